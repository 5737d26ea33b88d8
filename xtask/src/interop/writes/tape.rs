//! What a run of Helm has sent, in a form in which two runs can be compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::super::mask::Masks;
use super::super::world;
use super::protobuf;

/// A write as the proxy records it.
#[derive(Debug)]
struct Recorded {
    method: String,
    path: String,
    r#type: String,
    body: String,
}

/// What was sent, with everything masked that differs from run to run.
#[derive(Debug, Default)]
pub(super) struct Tape {
    /// Each write in full, in the order in which they were sent; those that may be sent at once, sorted.
    pub(super) writes: Vec<String>,
    /// The kinds of reads.
    pub(super) reads: BTreeSet<String>,
}

impl Tape {
    /// Takes in what a proxy has recorded of writes into a file, and told of all requests.
    pub(super) fn read(
        file: &Path,
        requests: &[String],
        namespace: &str,
        masks: &Masks,
    ) -> Result<Tape> {
        let text = fs::read_to_string(file)?;
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).context("a recorded line")?;
            // Beside the writes there are the lengths of answers.
            let Some(write) = Recorded::of(&value) else {
                continue;
            };
            if is_ours_alone(&write.path) {
                continue;
            }
            let group = write.group();
            let shown = write.show(masks)?.replace(namespace, "NAMESPACE");
            match groups.last_mut() {
                Some((last, members)) if *last == group => members.push(shown),
                _ => groups.push((group, vec![shown])),
            }
        }
        let sorted = groups.into_iter().flat_map(|(_, mut members)| {
            members.sort();
            members
        });
        let reads = requests.iter().filter_map(|line| {
            let (_, request) = line.split_once(' ')?;
            let path = request.strip_prefix("GET ")?;
            (!is_ours_alone(path)).then(|| kind_of_read(path))
        });
        Ok(Tape {
            writes: sorted.collect(),
            reads: reads.collect(),
        })
    }
}

impl Recorded {
    fn of(value: &Value) -> Option<Recorded> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Recorded {
            method: text("method")?,
            path: text("path")?,
            r#type: text("type")?,
            body: text("body")?,
        })
    }

    /// What writes have in common that Helm sends at once, or that may be: method and place.
    fn group(&self) -> String {
        let (place, _) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let place = match self.method.as_str() {
            "POST" => place,
            _ => place
                .rsplit_once('/')
                .map_or(place, |(collection, _)| collection),
        };
        format!("{} {place}", self.method)
    }

    fn show(&self, masks: &Masks) -> Result<String> {
        let Recorded {
            method,
            path,
            r#type,
            body,
        } = self;
        // Helm's client of records speaks protobuf where ours speaks JSON: what they say has to be the same.
        let (body, r#type) = match body.strip_prefix("base64:") {
            Some(packed) => {
                let packed = BASE64_STANDARD.decode(packed)?;
                match protobuf::object(&packed).with_context(|| format!("protobuf of {path}"))? {
                    Value::Null => (String::new(), ""),
                    object => (object.to_string(), "application/json"),
                }
            }
            None => (body.clone(), r#type.as_str()),
        };
        let body = match serde_json::from_str::<Value>(&body) {
            Ok(mut value) if !value["data"]["release"].is_null() => {
                world::open_record(&mut value)?;
                masks.value(&mut value);
                sorted(value).to_string()
            }
            Ok(value) => masks.text(&sorted(value).to_string()),
            Err(_) => body,
        };
        Ok(format!("{method} {path} {type}\n{body}"))
    }
}

/// The same JSON with the keys of objects in order: Go sorts them, and they mean the same in any.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            let fields = fields.into_iter();
            Value::Object(fields.map(|(key, field)| (key, sorted(field))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Leases around changes, which Helm does not have.
fn is_ours_alone(path: &str) -> bool {
    path.contains("/leases")
}

/// A read with its names left out: `/api/v1/namespaces/{}/secrets/{}`, and the names of its parameters.
fn kind_of_read(path: &str) -> String {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let mut parts: Vec<&str> = place.split('/').collect();
    let core = parts.get(1) == Some(&"api");
    // After `/api/v1` or `/apis/GROUP/VERSION`.
    let first = if core { 3 } else { 4 };
    let is_object = matches!(parts.get(1), Some(&"api" | &"apis")) && parts.len() > first;
    if is_object {
        let namespaced = parts[first] == "namespaces" && parts.len() > first + 2;
        let kind = if namespaced { first + 2 } else { first };
        if namespaced {
            parts[first + 1] = "{}";
        }
        if let Some(name) = parts.get_mut(kind + 1) {
            *name = "{}";
        }
        parts[kind] = match parts[kind] {
            "secrets" => "secrets",
            _ => "KIND",
        };
        if !core {
            parts[2] = "GROUP";
            parts[3] = "VERSION";
        }
    }
    let mut keys: Vec<&str> = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        // How long the client means to wait says nothing of what is read.
        .filter(|key| !key.is_empty() && *key != "timeout")
        .collect();
    keys.sort_unstable();
    let place = match is_object {
        true => parts.join("/").replace("/apis/GROUP/VERSION", "/api/v1"),
        false => place.to_owned(),
    };
    match keys.is_empty() {
        true => place,
        false => format!("{place}?{}", keys.join("&")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_of_a_kind_are_one() {
        for (path, kind) in [
            ("/version", "/version"),
            (
                "/apis/apps/v1/namespaces/a/deployments/b",
                "/api/v1/namespaces/{}/KIND/{}",
            ),
            (
                "/api/v1/namespaces/a/services/b",
                "/api/v1/namespaces/{}/KIND/{}",
            ),
            ("/api/v1/namespaces/a", "/api/v1/KIND/{}"),
            (
                "/api/v1/namespaces/a/secrets?labelSelector=x%3Dy",
                "/api/v1/namespaces/{}/secrets?labelSelector",
            ),
            ("/api", "/api"),
        ] {
            assert_eq!(kind_of_read(path), kind);
        }
    }
}
