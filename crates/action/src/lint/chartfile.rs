//! Rules about Chart.yaml.

use chart::{LoadError, Metadata};
use gostd::semver::{Constraint, Version};
use gostd::url::Url;
use goval::strconv::quote;
use goval::{Map, Value};

use super::contacts::{is_email, is_url};
use super::{Linter, Severity};

const FILE: &str = "Chart.yaml";

type Checked = Result<(), String>;

pub(super) fn check(linter: &mut Linter<'_>) {
    let path = linter.path(FILE);
    if path.is_dir() {
        linter.add(Severity::Error, FILE, "should be a file, not a directory");
    }
    let text = source::read_file(&path);
    let parsed = text.and_then(|text| match Metadata::parse(&text) {
        Ok(metadata) => Ok((text, metadata)),
        Err(LoadError::File(_, reason)) => Err(reason),
        Err(other) => Err(other.to_string()),
    });
    let (text, metadata) = match parsed {
        Ok(parsed) => parsed,
        Err(why) => {
            return linter.add(
                Severity::Error,
                FILE,
                format!("unable to parse YAML\n\t{why}"),
            );
        }
    };
    let strictly = Metadata::check_strictly(&text)
        .map_err(|why| format!("failed to strictly parse chart metadata file\n\t{why}"));
    linter.warning(FILE, strictly);
    let fields = goval::yaml::decode_map(&text).unwrap_or_default();
    for checked in [
        name(&metadata),
        api_version(&metadata),
        is_text(&fields, "version"),
        version(&metadata),
        is_text(&fields, "appVersion"),
        maintainers(&metadata, &fields),
        sources(&metadata),
    ] {
        linter.error(FILE, checked);
    }
    if metadata.icon.is_empty() {
        linter.add(Severity::Info, FILE, "icon is recommended");
    }
    for checked in [icon(&metadata), kind(&metadata), dependencies(&metadata)] {
        linter.error(FILE, checked);
    }
    linter.warning(FILE, strict_version(&metadata));
}

fn name(metadata: &Metadata) -> Checked {
    let name = &metadata.name;
    if name.is_empty() {
        return Err("name is required".to_owned());
    }
    if name.contains('/') {
        return Err(format!("chart name {} is invalid", quote(name)));
    }
    Ok(())
}

fn api_version(metadata: &Metadata) -> Checked {
    const EITHER: &str = r#"The value must be either "v1" or "v2""#;
    match metadata.api_version.as_str() {
        "v1" | "v2" => Ok(()),
        "" => Err(format!("apiVersion is required. {EITHER}")),
        other => Err(format!("apiVersion '{other}' is not valid. {EITHER}")),
    }
}

/// Whether a field, if it is there, was written as text: `1.10` without quotes would become 1.1.
fn is_text(fields: &Map, key: &str) -> Checked {
    match fields.get(key) {
        None | Some(Value::Str(_)) => Ok(()),
        Some(other) => Err(format!(
            "{key} should be of type string but it's of type {}",
            other.type_name()
        )),
    }
}

fn version(metadata: &Metadata) -> Checked {
    let text = &metadata.version;
    if text.is_empty() {
        return Err("version is required".to_owned());
    }
    let version =
        Version::parse(text).map_err(|_| format!("version '{text}' is not a valid SemVer"))?;
    let beyond_zero = Constraint::parse(">0.0.0-0").map_err(|error| error.to_string())?;
    beyond_zero.validate(&version).or_else(|reasons| {
        let first = reasons.first();
        first.map_or(Ok(()), |reason| Err(format!("version {reason}")))
    })
}

fn strict_version(metadata: &Metadata) -> Checked {
    let version = &metadata.version;
    match Version::parse_strict(version) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("version '{version}' is not a valid SemVerV2")),
    }
}

/// The first thing that is wrong with one of the maintainers. A null among them is seen in the
/// plain fields only.
fn maintainers(metadata: &Metadata, fields: &Map) -> Checked {
    let plain = match fields.get("maintainers") {
        Some(Value::List(list)) => list.into_items(),
        _ => Vec::new(),
    };
    let mut given = metadata.maintainers.iter();
    for entry in plain {
        let Some(maintainer) = (if entry.is_nil() { None } else { given.next() }) else {
            return Err("a maintainer entry is empty".to_owned());
        };
        let (name, email, url) = (&maintainer.name, &maintainer.email, &maintainer.url);
        if name.is_empty() {
            return Err("each maintainer requires a name".to_owned());
        }
        if !email.is_empty() && !is_email(email) {
            return Err(format!("invalid email '{email}' for maintainer '{name}'"));
        }
        if !url.is_empty() && !is_url(url) {
            return Err(format!("invalid url '{url}' for maintainer '{name}'"));
        }
    }
    Ok(())
}

fn sources(metadata: &Metadata) -> Checked {
    match metadata.sources.iter().find(|url| !is_request_url(url)) {
        Some(url) => Err(format!("invalid source URL '{url}'")),
        None => Ok(()),
    }
}

fn icon(metadata: &Metadata) -> Checked {
    let icon = &metadata.icon;
    if icon.is_empty() || is_request_url(icon) {
        return Ok(());
    }
    Err(format!("invalid icon URL '{icon}'"))
}

fn kind(metadata: &Metadata) -> Checked {
    if metadata.kind.is_empty() || metadata.api_version == "v2" {
        return Ok(());
    }
    Err(format!(
        "chart type is not valid in apiVersion '{}'. It is valid in apiVersion 'v2'",
        metadata.api_version
    ))
}

fn dependencies(metadata: &Metadata) -> Checked {
    if metadata.dependencies.is_empty() || metadata.api_version == "v2" {
        return Ok(());
    }
    Err(format!(
        "dependencies are not valid in the Chart file with apiVersion '{}'. They are valid in apiVersion 'v2'",
        metadata.api_version
    ))
}

/// Whether a text is an absolute URL, of any scheme.
fn is_request_url(text: &str) -> bool {
    Url::parse_request(text).is_ok_and(|url| url.is_absolute())
}
