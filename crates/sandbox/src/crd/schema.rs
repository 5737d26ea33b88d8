//! What the schema of a custom kind leaves of an object, and what it adds.

use crate::schema::Schema;
use serde_json::Value;

/// The schema of whole objects: every one has metadata, whatever the definition says of it.
pub(crate) fn object_schema(raw: &Value) -> Schema {
    let mut schema = Schema::parse(raw);
    let text = || Schema {
        kind: Some("string".to_owned()),
        ..Schema::default()
    };
    schema.properties.insert("apiVersion".to_owned(), text());
    schema.properties.insert("kind".to_owned(), text());
    let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta".to_owned();
    schema.properties.insert(
        "metadata".to_owned(),
        Schema {
            reference: Some(metadata),
            ..Schema::default()
        },
    );
    schema
}

/// Drops the fields that a structural schema does not have; returns their paths.
pub(crate) fn prune(schema: &Schema, value: &mut Value) -> Vec<String> {
    let mut dropped = Vec::new();
    prune_at(schema, value, "", &mut dropped);
    dropped
}

fn prune_at(schema: &Schema, value: &mut Value, path: &str, dropped: &mut Vec<String>) {
    let schema = schema.resolve();
    match value {
        Value::Object(fields) => {
            let keeps_all = schema.preserve_unknown || schema.kind.as_deref() != Some("object");
            let is_embedded =
                |key: &str| schema.embedded && matches!(key, "apiVersion" | "kind" | "metadata");
            let mut unknown = Vec::new();
            for (key, value) in fields.iter_mut() {
                let below = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                match schema.properties.get(key).or(schema.additional.as_deref()) {
                    Some(field) => prune_at(field, value, &below, dropped),
                    None if keeps_all || is_embedded(key) => {}
                    None => {
                        dropped.push(below);
                        unknown.push(key.clone());
                    }
                }
            }
            for key in unknown {
                fields.shift_remove(&key);
            }
        }
        Value::Array(list) => {
            let Some(item) = schema.items.as_deref() else {
                return;
            };
            for (index, value) in list.iter_mut().enumerate() {
                prune_at(item, value, &format!("{path}[{index}]"), dropped);
            }
        }
        _ => {}
    }
}

/// Fills in the defaults of a schema; a null that is not allowed gives way to the default.
pub(crate) fn fill_defaults(schema: &Schema, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if schema.reference.is_some() {
                return;
            }
            for (key, field) in &schema.properties {
                let is_open = fields
                    .get(key)
                    .is_none_or(|value| value.is_null() && !field.nullable);
                if is_open && let Some(default) = &field.default {
                    fields.insert(key.clone(), default.clone());
                }
            }
            let nulls: Vec<String> = fields
                .iter()
                .filter(|(key, value)| {
                    value.is_null() && schema.field(key).is_some_and(|f| !f.nullable)
                })
                .map(|(key, _)| key.clone())
                .collect();
            for key in nulls {
                fields.shift_remove(&key);
            }
            for (key, value) in fields.iter_mut() {
                if let Some(field) = schema.field(key) {
                    fill_defaults(field, value);
                }
            }
        }
        Value::Array(list) => {
            if let Some(item) = schema.items.as_deref() {
                list.iter_mut().for_each(|value| fill_defaults(item, value));
            }
        }
        _ => {}
    }
}
