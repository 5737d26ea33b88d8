//! index.yaml: which versions of which charts a repository has.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) use chart::INDEX_ENTRY as ENTRY;
use chart::{Event, Fitted, INDEX, Level, Metadata, Time};
use gostd::semver::{Constraint, Version};
use goval::json;
use goval::yaml;
use serde::Serialize;

use super::other;
use crate::{Listener, SourceError, read_file, write_atomically};

/// The content of index.yaml.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// The version of the format: `v1`.
    pub api_version: String,
    /// When it was made.
    pub generated: Time,
    /// The versions of each chart, newest first.
    pub entries: BTreeMap<String, Vec<IndexEntry>>,
    /// Keys of whoever signs the charts; unused by Helm.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub public_keys: Vec<String>,
    /// Free-form additions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// One version of a chart in a repository.
#[derive(Clone, Debug, Default, Serialize)]
pub struct IndexEntry {
    /// What its Chart.yaml says.
    #[serde(flatten)]
    pub metadata: Metadata,
    /// Where its archive is; absolute, or relative to the repository.
    pub urls: Vec<String>,
    /// When it was added.
    pub created: Time,
    /// Whether it should no longer be used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// The SHA-256 of its archive in hexadecimal digits.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

impl Index {
    /// An index without charts.
    pub fn empty(now: Time) -> Index {
        Index {
            api_version: "v1".to_owned(),
            generated: now,
            ..Index::default()
        }
    }

    /// Reads a cached index.
    ///
    /// # Errors
    /// A file that is not there, not YAML or JSON, or not an index.
    pub fn load(path: &Path, listener: &dyn Listener) -> Result<Index, SourceError> {
        let text = read_file(path).map_err(other)?;
        let source = path.display().to_string();
        Index::parse(&text, &source, listener)
            .map_err(|why| other(format!("error loading {source}: {why}")))
    }

    /// Reads the text of an index. Entries that are no charts are left out, with a warning.
    ///
    /// # Errors
    /// What is neither JSON nor strict YAML, has a field of the wrong type, or names no version of
    /// the format.
    pub fn parse(text: &[u8], source: &str, listener: &dyn Listener) -> Result<Index, String> {
        if text.is_empty() {
            return Err("empty index.yaml file".to_owned());
        }
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
        let value = if is_json {
            json::decode_shaped(text, &INDEX).map_err(|error| error.to_string())
        } else {
            yaml::decode_shaped(text, &INDEX, true).map_err(|error| error.to_string())
        };
        let fields = Fitted::from(value?);
        let time = |fields: &Fitted, key| fields.time(key).map_err(|error| error.to_string());
        let mut index = Index {
            api_version: fields.text("apiVersion"),
            generated: time(&fields, "generated")?,
            entries: BTreeMap::new(),
            public_keys: fields.texts("publicKeys"),
            annotations: fields.text_map("annotations"),
        };
        let charts = fields.object("entries");
        let names = fields.map("entries").map(|map| map.keys());
        for name in names.unwrap_or_default() {
            let name = name.to_str_lossy().into_owned();
            let entries = valid_entries(&name, charts.objects(&name), source, listener)?;
            index.entries.insert(name, entries);
        }
        index.sort();
        match index.api_version.is_empty() {
            true => Err("no API version specified".to_owned()),
            false => Ok(index),
        }
    }

    /// Puts the versions of each chart in order, newest first.
    pub fn sort(&mut self) {
        self.entries.values_mut().for_each(newest_first);
    }

    /// The version of a chart that was asked for: that very version, or the newest in a range; the
    /// newest stable one if none was asked for.
    ///
    /// # Errors
    /// No such chart, no such version, or a range that is none.
    pub fn get(
        &self,
        name: &str,
        version: &str,
        listener: &dyn Listener,
    ) -> Result<&IndexEntry, String> {
        let entries = self.entries.get(name).ok_or("no chart name found")?;
        let found = pick(name, version, entries, |entry| &entry.metadata.version)?;
        if !version.is_empty() && found.metadata.version != version {
            listener.log(chosen(name, version, &found.metadata.version));
        }
        Ok(found)
    }

    /// Whether there is this version, or one that this range allows.
    fn has(&self, name: &str, version: &str) -> bool {
        self.get(name, version, &crate::Silent).is_ok()
    }

    /// Adds the versions of another index that this one does not have.
    pub fn merge(&mut self, other: Index) {
        for entry in other.entries.into_values().flatten() {
            let (name, version) = (&entry.metadata.name, &entry.metadata.version);
            if !self.has(name, version) {
                let name = name.clone();
                self.entries.entry(name).or_default().push(entry);
            }
        }
    }

    /// Writes the index, as YAML or as JSON.
    ///
    /// # Errors
    /// What the operating system reports.
    pub fn save(&self, path: &Path, as_json: bool) -> Result<(), SourceError> {
        let text = json::to_string(self).map_err(|error| other(error.to_string()))?;
        let text = if as_json {
            indented(&text)
        } else {
            json::decode(text.as_bytes())
                .map_err(|error| error.to_string())
                .and_then(|value| yaml::encode(&value).map_err(|error| error.to_string()))
        };
        write_atomically(path, text.map_err(other)?.as_bytes(), 0o644)
    }
}

/// The entries of a chart, without those that are invalid. Helm looks from the last to the first,
/// which shows in the order of its warnings.
fn valid_entries(
    name: &str,
    given: Vec<Option<Fitted>>,
    source: &str,
    listener: &dyn Listener,
) -> Result<Vec<IndexEntry>, String> {
    let mut entries = Vec::with_capacity(given.len());
    for fields in given.into_iter().rev() {
        let Some(fields) = fields else {
            let event = Event::warn(format!("{SKIPPING}: empty entry"));
            listener.log(event.with("name", name).with("source", source));
            continue;
        };
        match IndexEntry::read(&fields)? {
            Ok(entry) => entries.push(entry),
            Err(why) => listener.log(skipped(name, &fields, source, why)),
        }
    }
    entries.reverse();
    Ok(entries)
}

const SKIPPING: &str = "skipping loading invalid entry for chart";

/// What is said of an entry that is left out.
pub(super) fn skipped(name: &str, fields: &Fitted, source: &str, why: String) -> Event {
    Event::warn(SKIPPING)
        .with("name", name)
        .with("version", fields.text("version"))
        .with("source", source)
        .with("error", why)
}

/// Puts the versions of a chart in order, newest first.
pub(super) fn newest_first(entries: &mut Vec<IndexEntry>) {
    let mut keyed: Vec<_> = entries
        .drain(..)
        .map(|entry| (Version::parse(&entry.metadata.version).ok(), entry))
        .collect();
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => b.cmp(a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    entries.extend(keyed.into_iter().map(|(_, entry)| entry));
}

/// The version that was asked for, of those of a chart, newest first: that very version, or the newest
/// in a range; the newest stable one if none was asked for.
pub(super) fn pick<'e, T>(
    name: &str,
    version: &str,
    entries: &'e [T],
    version_of: impl Fn(&T) -> &str,
) -> Result<&'e T, String> {
    if entries.is_empty() {
        return Err("no chart version found".to_owned());
    }
    let wanted = if version.is_empty() { "*" } else { version };
    let constraint = Constraint::parse(wanted).map_err(|error| error.to_string())?;
    let exact = entries.iter().find(|entry| version_of(entry) == version);
    if let (Some(exact), false) = (exact, version.is_empty()) {
        return Ok(exact);
    }
    let fits = |entry: &&T| {
        Version::parse(version_of(entry)).is_ok_and(|version| constraint.check(&version))
    };
    let found = entries.iter().find(fits);
    found.ok_or_else(|| format!("no chart version found for {name}-{version}"))
}

/// What Helm logs when a version was chosen that is not the one that was asked for.
pub(super) fn chosen(name: &str, wanted: &str, selected: &str) -> Event {
    if is_range(wanted) {
        return Event::new(Level::Debug, "selected version matching constraint")
            .with("chart", name)
            .with("constraint", wanted)
            .with("selected", selected);
    }
    let text = "unable to find exact version requested; falling back to closest available version";
    Event::warn(text)
        .with("chart", name)
        .with("requested", wanted)
        .with("selected", selected)
}

/// Whether a version is meant as a range: `^1`, `1.x`, but not `1.10`.
pub fn is_range(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    version.contains(['^', '~', '<', '>', '=', '!', '*'])
        || version.contains("||")
        || version.contains(" - ")
        || core.contains(['x', 'X'])
}

impl IndexEntry {
    /// Reads an entry; the inner error is a reason to leave it out.
    pub(super) fn read(fields: &Fitted) -> Result<Result<IndexEntry, String>, String> {
        let created = fields.time("created").map_err(|error| error.to_string())?;
        Ok(Metadata::of_index(fields)
            .map(|metadata| IndexEntry {
                metadata,
                urls: fields.texts("urls"),
                created,
                removed: fields.flag("removed"),
                digest: fields.text("digest"),
            })
            .map_err(|error| error.to_string()))
    }
}

/// JSON with two spaces for each level, keys in their order, and Go's escapes.
fn indented(json: &str) -> Result<String, String> {
    let value: serde_json::Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let pretty = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
    // What Go escapes stands in strings only.
    Ok(pretty
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silent;

    const INDEX: &str = "\
apiVersion: v1
entries:
  alpine:
  - name: alpine
    version: 0.1.0
    apiVersion: v2
    urls: [alpine-0.1.0.tgz]
  - name: alpine
    version: 0.2.0
    urls: [alpine-0.2.0.tgz]
  - name: alpine
    version: 0.3.0-rc.1
    urls: []
";

    fn index() -> Index {
        Index::parse(INDEX.as_bytes(), "test", &Silent).unwrap()
    }

    fn check(version: &str, expected: Result<&str, &str>) {
        let index = index();
        let found = index.get("alpine", version, &Silent);
        let found = found.as_ref().map(|entry| entry.metadata.version.as_str());
        assert_eq!(found.map_err(String::as_str), expected);
    }

    #[test]
    fn versions_are_chosen_as_by_helm() {
        check("", Ok("0.2.0"));
        check("0.1.0", Ok("0.1.0"));
        check("^0.1.0", Ok("0.1.0"));
        check(">0.0.0-0", Ok("0.3.0-rc.1"));
        check("0.3.0-rc.1", Ok("0.3.0-rc.1"));
        check("1.0.0", Err("no chart version found for alpine-1.0.0"));
        check("a", Err("improper constraint: \"a\""));
    }

    #[test]
    fn what_is_no_index_is_refused() {
        let error = |text: &str| Index::parse(text.as_bytes(), "test", &Silent).unwrap_err();
        assert_eq!(error(""), "empty index.yaml file");
        assert_eq!(error("entries: {}"), "no API version specified");
        assert!(error("a: 1\na: 2").contains("already set in map"));
    }

    #[test]
    fn ranges_are_told_from_versions() {
        for version in ["^1", "~1.10", ">=1", "1.x", "1 - 2", "1 || 2", "*"] {
            assert!(is_range(version), "{version}");
        }
        for version in ["1", "1.10", "1.2.3-x", "v1.0.0+x"] {
            assert!(!is_range(version), "{version}");
        }
    }
}
