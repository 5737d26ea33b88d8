//! Writes `data/` from the API description that Kubernetes publishes in its own Go module.
//!
//! `cargo run -p sandbox --example make_data -- GO_MODULES/k8s.io v1.37.1`
//!
//! Resources and schemas come from the documents in `kubernetes/api`, the numbers of protobuf fields from
//! the struct tags in `api`, `apimachinery` and `apiextensions-apiserver`.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

#[path = "make_data/messages.rs"]
mod messages;

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "usage: make_data GO_MODULES/k8s.io VERSION";
    let modules = std::env::args().nth(1).ok_or(usage)?;
    let version = std::env::args().nth(2).ok_or(usage)?;
    let modules = Path::new(&modules);
    let api = modules.join(format!("kubernetes@{version}/api"));
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    fs::write(out.join("resources.jsonl"), lines(&resources(&api)?))?;
    fs::write(out.join("schemas.jsonl"), schema_lines(&api)?)?;
    // The libraries are versioned v0 where Kubernetes is v1.
    let version = version.replacen("v1.", "v0.", 1);
    fs::write(
        out.join("messages.txt"),
        messages::lines(modules, &version)?,
    )?;
    Ok(())
}

/// Every resource of every stable version, one JSON object each: the discovery documents, flat.
fn resources(api: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
    let core = read(&api.join("discovery/api__v1.json"))?;
    let mut found = from_legacy(&core);
    let aggregated = read(&api.join("discovery/aggregated_v2.json"))?;
    for group in aggregated["items"].as_array().ok_or("no groups")? {
        let name = group["metadata"]["name"].as_str().unwrap_or_default();
        for version in group["versions"].as_array().ok_or("no versions")? {
            let version_name = version["version"].as_str().unwrap_or_default();
            if !stable(version_name) || name == "storagemigration.k8s.io" {
                continue;
            }
            let list = format!("discovery/apis__{name}__{version_name}.json");
            let mut part = from_legacy(&read(&api.join(list))?);
            for resource in &mut part {
                resource["group"] = json!(name);
                resource["version"] = json!(version_name);
            }
            found.extend(part);
        }
    }
    Ok(found)
}

fn stable(version: &str) -> bool {
    !version.contains("alpha") && !version.contains("beta")
}

/// Folds `pods`, `pods/status`, … of an APIResourceList into one entry with its subresources.
fn from_legacy(list: &Value) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for entry in list["resources"].as_array().into_iter().flatten() {
        let name = entry["name"].as_str().unwrap_or_default();
        let mut entry = entry.clone();
        if let Some(fields) = entry.as_object_mut() {
            fields.remove("storageVersionHash");
        }
        match name.split_once('/') {
            None => {
                entry["group"] = json!("");
                entry["version"] = json!("v1");
                found.push(entry);
            }
            Some((parent, sub)) => {
                entry["name"] = json!(sub);
                if let Some(parent) = found.iter_mut().find(|r| r["name"] == parent) {
                    let subs = parent
                        .as_object_mut()
                        .map(|p| p.entry("subresources").or_insert(json!([])));
                    if let Some(Value::Array(subs)) = subs {
                        subs.push(entry);
                    }
                }
            }
        }
    }
    found
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|v| format!("{v}\n")).collect()
}

/// The schemas of all stable groups, without prose, sorted by name: `name<TAB>schema`.
fn schema_lines(api: &Path) -> Result<String, Box<dyn Error>> {
    let mut schemas: Map<String, Value> = Map::new();
    let mut files: Vec<_> = fs::read_dir(api.join("openapi-spec/v3"))?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::path);
    for file in files {
        let document = read(&file.path())?;
        for (name, schema) in document["components"]["schemas"]
            .as_object()
            .into_iter()
            .flatten()
        {
            schemas
                .entry(name.clone())
                .or_insert_with(|| without_prose(schema));
        }
    }
    let mut wanted = BTreeSet::new();
    for (name, schema) in &schemas {
        let kinds = schema["x-kubernetes-group-version-kind"].as_array();
        let is_stable = |kind: &Value| kind["version"].as_str().is_some_and(stable);
        if kinds.is_some_and(|kinds| kinds.iter().any(is_stable))
            && !name.contains(".storagemigration.")
        {
            reach(name, &schemas, &mut wanted);
        }
    }
    let line = |name: &String| format!("{name}\t{}\n", schemas[name]);
    Ok(wanted.iter().map(line).collect())
}

fn reach(name: &str, schemas: &Map<String, Value>, wanted: &mut BTreeSet<String>) {
    if !wanted.insert(name.to_owned()) {
        return;
    }
    let text = schemas.get(name).map(Value::to_string).unwrap_or_default();
    for part in text.split("\"#/components/schemas/").skip(1) {
        reach(part.split('"').next().unwrap_or_default(), schemas, wanted);
    }
}

/// Drops descriptions, and turns `allOf: [one reference]` into the reference that it stands for.
fn without_prose(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut kept = Map::new();
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("description", Value::String(_)) => {}
                    ("properties", Value::Object(properties)) => {
                        let inner = properties
                            .iter()
                            .map(|(k, v)| (k.clone(), without_prose(v)));
                        kept.insert(key.clone(), Value::Object(inner.collect()));
                    }
                    ("allOf", Value::Array(parts)) if parts.len() == 1 => {
                        kept.insert("$ref".into(), parts[0]["$ref"].clone());
                    }
                    // The kinds that every API version shares list all of them; one is enough.
                    ("x-kubernetes-group-version-kind", Value::Array(kinds)) if kinds.len() > 3 => {
                        kept.insert(
                            key.clone(),
                            json!([{"group": "", "version": "v1", "kind": kinds[0]["kind"]}]),
                        );
                    }
                    _ => {
                        kept.insert(key.clone(), without_prose(value));
                    }
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => items.iter().map(without_prose).collect(),
        other => other.clone(),
    }
}

fn read(path: &Path) -> Result<Value, Box<dyn Error>> {
    let bytes = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(serde_json::from_slice(&bytes)?)
}
