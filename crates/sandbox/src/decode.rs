//! Request bodies: JSON and YAML into values, checked against the schema of their kind.

use crate::protobuf;
use crate::schema::Schema;
use crate::status::{ApiError, ApiResult};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// How deep a body may nest.
const MAX_DEPTH: usize = 128;

/// A body, and the fields that stand in it twice.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) value: Value,
    pub(crate) duplicates: Vec<String>,
}

impl From<Value> for Decoded {
    /// A value without duplicate fields.
    fn from(value: Value) -> Self {
        let duplicates = Vec::new();
        Decoded { value, duplicates }
    }
}

/// The media type of the body, without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> &str {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/json");
    value.split(';').next().unwrap_or_default().trim()
}

/// Reads an object from a request body.
pub(crate) fn object(headers: &HeaderMap, body: &[u8]) -> ApiResult<Decoded> {
    match media_type(headers) {
        "application/json" | "*/*" | "" => json(body),
        "application/yaml" | "text/yaml" => yaml(body),
        "application/vnd.kubernetes.protobuf" => {
            let value = protobuf::decode(body).map_err(|error| {
                ApiError::bad_request(format!("error decoding protobuf: {error}"))
            })?;
            Ok(Decoded::from(value))
        }
        other => Err(ApiError::unsupported_media_type(format!(
            "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml (not {other})"
        ))),
    }
}

/// Reads JSON, and notes duplicate keys instead of dropping them silently.
pub(crate) fn json(body: &[u8]) -> ApiResult<Decoded> {
    let mut duplicates = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let seed = Seed {
        path: String::new(),
        depth: MAX_DEPTH,
        duplicates: &mut duplicates,
    };
    let value = seed
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(value) => Ok(Decoded { value, duplicates }),
        Err(error) => Err(ApiError::bad_request(format!(
            "error decoding request body: {error}"
        ))),
    }
}

/// Reads one YAML document. JSON is YAML, and the usual content of an apply patch.
pub(crate) fn yaml(body: &[u8]) -> ApiResult<Decoded> {
    if body.trim_ascii_start().starts_with(b"{") {
        return json(body);
    }
    let value = serde_saphyr::from_slice::<Value>(body);
    let value =
        value.map_err(|error| ApiError::bad_request(format!("error decoding YAML: {error}")))?;
    Ok(Decoded::from(value))
}

struct Seed<'a> {
    path: String,
    depth: usize,
    duplicates: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| A::Error::custom("nested too deep"))?;
        let mut items = Vec::new();
        loop {
            let path = format!("{}[{}]", self.path, items.len());
            match access.next_element_seed(Seed {
                path,
                depth,
                duplicates: self.duplicates,
            })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| A::Error::custom("nested too deep"))?;
        let mut fields = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let path = join(&self.path, &key);
            if fields.contains_key(&key) && !self.duplicates.contains(&path) {
                self.duplicates.push(path.clone());
            }
            let value = access.next_value_seed(Seed {
                path,
                depth,
                duplicates: self.duplicates,
            })?;
            fields.insert(key, value);
        }
        Ok(Value::Object(fields))
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// Brings an object into the form that the API server holds after it read it into its Go type: unknown
/// fields and nulls go. Returns the unknown fields, or the words for a value of a wrong type.
pub(crate) fn conform(schema: &Schema, value: &mut Value) -> Result<Vec<String>, String> {
    let mut unknown = Vec::new();
    conform_at(schema, value, "", "", &mut unknown)?;
    Ok(unknown)
}

fn conform_at(
    schema: &Schema,
    value: &mut Value,
    path: &str,
    owner: &str,
    unknown: &mut Vec<String>,
) -> Result<(), String> {
    let go_name = schema
        .reference
        .as_deref()
        .and_then(|name| name.rsplit('.').next())
        .unwrap_or(owner);
    let schema = schema.resolve();
    let wrong = |found: &str, wanted: &str| {
        let field = dotted(path);
        Err(format!(
            "json: cannot unmarshal {found} into Go struct field {owner}.{field} of type {wanted}"
        ))
    };
    match (schema.kind.as_deref(), &mut *value) {
        (_, Value::Null) | (None, _) => Ok(()),
        (Some("object"), Value::Object(fields)) => {
            conform_map(schema, fields, path, go_name, unknown)
        }
        (Some("array"), Value::Array(items)) => {
            let Some(item) = schema.items.as_deref() else {
                return Ok(());
            };
            items.iter_mut().enumerate().try_for_each(|(index, value)| {
                conform_at(item, value, &format!("{path}[{index}]"), owner, unknown)
            })
        }
        (Some("string"), Value::String(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_)) => Ok(()),
        (Some("integer"), Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(()),
        // Go reads 1e3 and 3.0 of JSON as text and refuses them for an integer.
        (Some("integer"), Value::Number(number)) => {
            wrong(&format!("number {number}"), integer_type(schema))
        }
        (Some(kind), found) => wrong(json_type(found), go_type(kind, schema)),
    }
}

fn conform_map(
    schema: &Schema,
    fields: &mut Map<String, Value>,
    path: &str,
    owner: &str,
    unknown: &mut Vec<String>,
) -> Result<(), String> {
    if schema.properties.is_empty() && schema.additional.is_none() {
        return Ok(());
    }
    let is_struct = !schema.properties.is_empty();
    let mut dropped = Vec::new();
    for (key, value) in fields.iter_mut() {
        let below = join(path, key);
        match schema.properties.get(key).or(schema.additional.as_deref()) {
            Some(field) if value.is_null() => match (is_struct, field.kind.as_deref()) {
                (false, Some("string")) => *value = Value::from(""),
                _ => dropped.push(key.clone()),
            },
            Some(field) => conform_at(field, value, &below, owner, unknown)?,
            None if schema.preserve_unknown => {}
            None => {
                unknown.push(below);
                dropped.push(key.clone());
            }
        }
    }
    for key in dropped {
        fields.shift_remove(&key);
    }
    Ok(())
}

/// Go names a field of a list item without the index.
fn dotted(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn integer_type(schema: &Schema) -> &'static str {
    match schema.rules.get("format").and_then(Value::as_str) {
        Some("int32") => "int32",
        _ => "int64",
    }
}

fn go_type(kind: &str, schema: &Schema) -> &'static str {
    match kind {
        "integer" => integer_type(schema),
        "boolean" => "bool",
        "number" => "float64",
        "array" => "[]interface {}",
        "object" => "map[string]interface {}",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{name_of, named};
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn duplicate_and_unknown_fields_are_found() {
        let body = br#"{"spec": {"replicas": 1, "replicas": 2, "nope": 1, "template": {"spec": {"containers": [{"x": 1}]}}}}"#;
        let Decoded {
            mut value,
            duplicates,
        } = json(body).unwrap();
        assert_eq!(duplicates, ["spec.replicas"]);
        let schema = name_of("apps", "v1", "Deployment").and_then(named).unwrap();
        let unknown = conform(schema, &mut value).unwrap();
        assert_eq!(unknown, ["spec.nope", "spec.template.spec.containers[0].x"]);
        assert_eq!(
            value,
            json!({"spec": {"replicas": 2, "template": {"spec": {"containers": [{}]}}}})
        );
    }

    #[test]
    fn a_wrong_type_is_said_as_go_says_it() {
        let schema = name_of("apps", "v1", "Deployment").and_then(named).unwrap();
        let error = conform(schema, &mut json!({"spec": {"replicas": "x"}})).unwrap_err();
        let expected = "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32";
        assert_eq!(error, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = json(&bytes);
            let _ = yaml(&bytes);
        }
    }
}
