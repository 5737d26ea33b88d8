//! `Value` among serde's types.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};

use crate::{IntKind, List, Map, Value};

/// Integers beyond this lose digits in a `float64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Serializes what `json.Marshal` would: bytes as base64, keys sorted, text made valid UTF-8.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Nil => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(kind, i) if kind.is_unsigned() => serializer.serialize_u64(*i as u64),
            Value::Int(_, i) => serializer.serialize_i64(*i),
            Value::Float(x) if !x.is_finite() => {
                Err(S::Error::custom(format!("json: unsupported value: {x}")))
            }
            Value::Float(x) => serializer.serialize_f64(*x),
            Value::Complex(..) => Err(S::Error::custom("json: unsupported type: complex128")),
            Value::Str(text) => serializer.serialize_str(&text.to_str_lossy()),
            Value::Bytes(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            Value::List(list) => serializer.collect_seq(list.iter()),
            Value::Map(map) => map.serialize(serializer),
            Value::Object(object) => object
                .to_json()
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.entries();
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (key, value) in &entries {
            map.serialize_entry(&*key.to_str_lossy(), value)?;
        }
        map.end()
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// As `json.Unmarshal` into an `any`: every number becomes a `float64`.
impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Value::Nil,
            serde_json::Value::Bool(b) => Value::Bool(b),
            serde_json::Value::Number(n) => Value::Float(n.as_f64().unwrap_or_default()),
            serde_json::Value::String(text) => Value::str(text),
            serde_json::Value::Array(items) => {
                Value::List(List::new(items.into_iter().map(Value::from).collect()))
            }
            serde_json::Value::Object(entries) => Value::Map(entries.into_iter().collect()),
        }
    }
}

/// Whole numbers become integers, so that they print without a point.
///
/// What JSON cannot hold (infinities, complex numbers) becomes null.
impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Nil | Value::Complex(..) => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Int(IntKind::Uint | IntKind::Uint64, i) => (*i as u64).into(),
            Value::Int(_, i) => (*i).into(),
            Value::Float(x) if x.fract() == 0.0 && x.abs() < EXACT => (*x as i64).into(),
            Value::Float(x) => (*x).into(),
            Value::Str(text) => text.to_str_lossy().into_owned().into(),
            Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
            Value::List(list) => list.iter().map(serde_json::Value::from).collect(),
            Value::Map(map) => map
                .entries()
                .iter()
                .map(|(key, value)| (key.to_str_lossy().into_owned(), value.into()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Value::Object(object) => object
                .to_json()
                .map_or(serde_json::Value::Null, |plain| (&plain).into()),
        }
    }
}
