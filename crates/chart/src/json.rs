//! How dynamic values are written by `serde`, for the records that hold them.

use goval::{List, Map, Value};
use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// Writes a list of values; for `#[serde(serialize_with)]`.
///
/// # Errors
/// What the serializer fails with, and values that JSON cannot hold.
pub fn values<S: Serializer>(values: &[Value], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(Json))
}

/// A value as Go's `encoding/json` sees it.
pub struct Json<'a, T>(pub &'a T);

impl Serialize for Json<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Nil => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(kind, i) if kind.is_unsigned() => serializer.serialize_u64(*i as u64),
            Value::Int(_, i) => serializer.serialize_i64(*i),
            Value::Float(x) => serializer.serialize_f64(*x),
            Value::Str(text) => serializer.collect_str(text),
            Value::List(list) => Json(list).serialize(serializer),
            Value::Map(map) => Json(map).serialize(serializer),
            Value::Object(object) => {
                let plain = object.to_json().map_err(S::Error::custom)?;
                Json(&plain).serialize(serializer)
            }
            Value::Complex(..) | Value::Bytes(_) => Err(S::Error::custom(format!(
                "json: unsupported type: {}",
                self.0.type_name()
            ))),
        }
    }
}

impl Serialize for Json<'_, List> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0.iter() {
            out.serialize_element(&Json(item))?;
        }
        out.end()
    }
}

impl Serialize for Json<'_, Map> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.entries();
        let mut out = serializer.serialize_map(Some(entries.len()))?;
        for (key, value) in &entries {
            out.serialize_entry(&*key.to_str_lossy(), &Json(value))?;
        }
        out.end()
    }
}
