//! Protobuf messages from the Go types that they are generated from: a line per struct, of fields
//! `number name flags type`.
//!
//! Flags: `*` a pointer, `o` omitempty, `l` a list, `m` a map, `i` inlined in JSON, `-` none.
//! Types: `string`, `bytes`, `int`, `bool`, `double`, or the name of a message.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

/// Named slices that are messages of their own.
const WRAPPERS: &[&str] = &["Verbs", "ExtraValue"];

pub(crate) fn lines(modules: &Path, version: &str) -> Result<String, Box<dyn Error>> {
    let mut packages = Vec::new();
    let api = modules.join(format!("api@{version}"));
    for group in fs::read_dir(&api)? {
        for found in fs::read_dir(group?.path()).into_iter().flatten() {
            let found = found?.path();
            let name = found
                .file_name()
                .and_then(|n| n.to_str())
                .unwrap_or_default()
                .to_owned();
            let is_stable =
                name.starts_with('v') && !name.contains("alpha") && !name.contains("beta");
            let relative = found
                .strip_prefix(&api)?
                .to_str()
                .unwrap_or_default()
                .replace('/', ".");
            if is_stable && found.join("types.go").exists() {
                packages.push((found, format!("io.k8s.api.{relative}")));
            }
        }
    }
    let meta = modules.join(format!("apimachinery@{version}/pkg/apis/meta/v1"));
    packages.push((meta, "io.k8s.apimachinery.pkg.apis.meta.v1".to_owned()));
    let extensions = modules.join(format!(
        "apiextensions-apiserver@{version}/pkg/apis/apiextensions/v1"
    ));
    packages.push((
        extensions,
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1".to_owned(),
    ));
    let mut found = BTreeSet::new();
    for (folder, prefix) in &packages {
        let mut sources = Vec::new();
        for file in fs::read_dir(folder)? {
            let file = file?.path();
            let name = file
                .file_name()
                .and_then(|n| n.to_str())
                .unwrap_or_default();
            if name.starts_with("types") && name.ends_with(".go") && !name.contains("swagger") {
                sources.push(fs::read_to_string(&file)?);
            }
        }
        let aliases: BTreeMap<String, String> = sources.iter().flat_map(|s| aliases(s)).collect();
        for source in &sources {
            found.extend(structs(source, prefix, &aliases));
        }
    }
    Ok(found.into_iter().collect())
}

/// `type Protocol string` and the like.
fn aliases(source: &str) -> Vec<(String, String)> {
    let declared = source.lines().filter_map(|line| line.strip_prefix("type "));
    let pairs = declared.filter_map(|rest| rest.split_once(' '));
    pairs
        .filter(|(_, t)| !t.starts_with("struct") && !t.starts_with("interface"))
        .map(|(n, t)| (n.to_owned(), t.trim().to_owned()))
        .collect()
}

/// The prefixes that the imports of a file stand for.
fn imports(source: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in source.lines().filter(|line| line.contains("\"k8s.io/")) {
        let path = line.split('"').nth(1).unwrap_or_default();
        let before = line
            .split('"')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_start_matches("import")
            .trim();
        let name = if before.is_empty() {
            path.rsplit('/').next().unwrap_or_default()
        } else {
            before
        };
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        parts[0] = "io.k8s".to_owned();
        found.insert(name.to_owned(), parts.join("."));
    }
    found
}

fn structs(source: &str, prefix: &str, aliases: &BTreeMap<String, String>) -> Vec<String> {
    let imports = imports(source);
    let mut found = Vec::new();
    let mut current: Option<(String, Vec<String>)> = None;
    for line in source.lines() {
        if let Some(rest) = line
            .strip_prefix("type ")
            .and_then(|rest| rest.strip_suffix(" struct {"))
        {
            current = Some((rest.to_owned(), Vec::new()));
        } else if line == "}" {
            if let Some((name, fields)) = current.take() {
                found.push(format!("{prefix}.{name}\t{}\n", fields.join(";")));
            }
        } else if let Some((_, fields)) = &mut current {
            fields.extend(field(line, prefix, &imports, aliases));
        }
    }
    found
}

fn field(
    line: &str,
    prefix: &str,
    imports: &BTreeMap<String, String>,
    aliases: &BTreeMap<String, String>,
) -> Option<String> {
    let (declaration, rest) = line.split_once('`')?;
    let tags = rest.split('`').next()?;
    let tag = |name: &str| tags.split(&format!("{name}:\"")).nth(1)?.split('"').next();
    let number = tag("protobuf")?.split(',').nth(1)?;
    let json = tag("json").unwrap_or_default();
    let go_type = declaration.split_whitespace().last()?;
    let mut flags = String::new();
    let kind = kind(go_type, prefix, imports, aliases, &mut flags);
    if json.contains("omitempty") {
        flags.push('o');
    }
    let name = json.split(',').next().unwrap_or_default();
    if name.is_empty() {
        flags.push('i');
    }
    let or_dash = |text: &str| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text.to_owned()
        }
    };
    Some(format!(
        "{number} {} {} {kind}",
        or_dash(name),
        or_dash(&flags)
    ))
}

fn kind(
    go: &str,
    prefix: &str,
    imports: &BTreeMap<String, String>,
    aliases: &BTreeMap<String, String>,
    flags: &mut String,
) -> String {
    if let Some(inner) = go.strip_prefix('*') {
        flags.push('*');
        return kind(inner, prefix, imports, aliases, flags);
    }
    if go == "[]byte" {
        return "bytes".to_owned();
    }
    if let Some(inner) = go.strip_prefix("[]") {
        flags.push('l');
        return kind(inner, prefix, imports, aliases, flags);
    }
    if let Some((_, value)) = go
        .strip_prefix("map[")
        .and_then(|rest| rest.split_once(']'))
    {
        flags.push('m');
        return kind(value, prefix, imports, aliases, flags);
    }
    match go {
        "string" => return "string".to_owned(),
        "bool" => return "bool".to_owned(),
        "int" | "int32" | "int64" | "uint32" | "uint64" => return "int".to_owned(),
        "float64" | "float32" => return "double".to_owned(),
        _ => {}
    }
    let (package, name) = go.split_once('.').unwrap_or(("", go));
    if name == "ResourceList" && !package.is_empty() {
        flags.push('m');
        return "io.k8s.apimachinery.pkg.api.resource.Quantity".to_owned();
    }
    if WRAPPERS.contains(&name) {
        return "strings".to_owned();
    }
    if package.is_empty() {
        return match aliases.get(name) {
            Some(other) => kind(other, prefix, imports, aliases, flags),
            None => format!("{prefix}.{name}"),
        };
    }
    match (package, name) {
        // Names of strings in packages that are not read here.
        ("types", _)
        | (
            _,
            "Protocol"
            | "ResourceName"
            | "PersistentVolumeAccessMode"
            | "ConditionStatus"
            | "URIScheme"
            | "TaintEffect"
            | "PodPhase"
            | "ResourceVersionMatch"
            | "LabelSelectorOperator"
            | "NodeSelectorOperator",
        ) => "string".to_owned(),
        _ => format!(
            "{}.{name}",
            imports.get(package).map_or(package, String::as_str)
        ),
    }
}
