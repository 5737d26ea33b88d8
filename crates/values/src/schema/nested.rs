//! The drafts that parts of a schema name for themselves. The engine knows but the one of the whole; the Go library
//! asks for the others, and fails where there is none.

use serde_json::Value;

use super::SchemaLoader;
use goval::strconv::quote;

/// Keywords whose value is a schema or a list of them.
const SCHEMAS: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords whose value has schemas under names.
const NAMED: &[&str] = &[
    "$defs",
    "definitions",
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Addresses of drafts, without the scheme.
const DRAFTS: &[&str] = &[
    "json-schema.org/schema",
    "json-schema.org/draft/2020-12/schema",
    "json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft-07/schema",
    "json-schema.org/draft-06/schema",
    "json-schema.org/draft-04/schema",
];

/// Looks for a draft below the root that cannot be had.
///
/// # Errors
/// What the Go library says of the first one.
pub(super) fn check(schema: &Value, loader: &SchemaLoader) -> Result<(), String> {
    let Value::Object(entries) = schema else {
        return Ok(());
    };
    for (keyword, value) in entries {
        if SCHEMAS.contains(&keyword.as_str()) {
            match value {
                Value::Array(schemas) => schemas.iter().try_for_each(|s| part(s, loader))?,
                schema => part(schema, loader)?,
            }
        } else if NAMED.contains(&keyword.as_str())
            && let Value::Object(schemas) = value
        {
            schemas.values().try_for_each(|s| part(s, loader))?;
        }
    }
    Ok(())
}

fn part(schema: &Value, loader: &SchemaLoader) -> Result<(), String> {
    if let Some(draft) = schema.get("$schema").and_then(Value::as_str) {
        let draft = draft.split('#').next().unwrap_or_default();
        let address = ["https://", "http://"];
        let address = address.iter().find_map(|scheme| draft.strip_prefix(scheme));
        let is_loaded = ["file:", "http:", "https:"];
        let is_loaded = is_loaded.iter().any(|scheme| draft.starts_with(scheme));
        if is_loaded && !address.is_some_and(|address| DRAFTS.contains(&address)) {
            loader(draft).map_err(|error| format!("failing loading {}: {error}", quote(draft)))?;
        }
    }
    check(schema, loader)
}
