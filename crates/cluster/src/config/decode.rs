//! JSON into the fields of a Go struct, with `encoding/json`'s words for what does not fit.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// A JSON object that is read as a Go struct.
#[derive(Clone)]
pub(super) struct Struct<'a> {
    /// The object; `None` where there is nothing to read.
    fields: Option<&'a Map<String, Value>>,
    /// The name of the struct.
    name: &'static str,
    /// The names of the fields from the root to here.
    path: String,
}

impl<'a> Struct<'a> {
    pub(super) fn root(json: &'a Value, name: &'static str) -> Struct<'a> {
        Struct {
            fields: json.as_object(),
            name,
            path: String::new(),
        }
    }

    fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields?.get(field).filter(|value| !value.is_null())
    }

    /// A string; empty if absent.
    pub(super) fn text(&self, field: &str) -> Result<String, String> {
        match self.get(field) {
            None => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) => Err(self.misfit(other, field, "string")),
        }
    }

    /// A boolean; false if absent.
    pub(super) fn flag(&self, field: &str) -> Result<bool, String> {
        match self.get(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.misfit(other, field, "bool")),
        }
    }

    /// Bytes in base64; empty if absent.
    pub(super) fn bytes(&self, field: &str) -> Result<Vec<u8>, String> {
        let text = match self.get(field) {
            None => return Ok(Vec::new()),
            Some(Value::String(text)) => text,
            Some(other) => return Err(self.misfit(other, field, "[]uint8")),
        };
        let bare: Vec<u8> = text
            .bytes()
            .filter(|b| !matches!(b, b'\n' | b'\r'))
            .collect();
        STANDARD.decode(&bare).map_err(|error| {
            use base64::DecodeError as E;
            let at = match error {
                E::InvalidByte(at, _) | E::InvalidLastSymbol(at, _) => at,
                E::InvalidLength(length) => length,
                E::InvalidPadding => bare.len(),
            };
            format!("illegal base64 data at input byte {at}")
        })
    }

    /// Strings; none if absent.
    pub(super) fn texts(&self, field: &str) -> Result<Vec<String>, String> {
        match self.get(field) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| match item {
                    Value::String(text) => Ok(text.clone()),
                    other => Err(self.misfit(other, field, "string")),
                })
                .collect(),
            Some(other) => Err(self.misfit(other, field, "[]string")),
        }
    }

    /// A struct; nothing to read if absent.
    pub(super) fn below(&self, field: &str, name: &'static str) -> Result<Struct<'a>, String> {
        let fields = match self.get(field) {
            None => None,
            Some(Value::Object(fields)) => Some(fields),
            Some(other) => return Err(self.misfit(other, field, &format!("v1.{name}"))),
        };
        Ok(Struct {
            fields,
            name,
            path: self.at(field),
        })
    }

    /// Structs; none if absent.
    pub(super) fn list(&self, field: &str, name: &'static str) -> Result<Vec<Struct<'a>>, String> {
        let items = match self.get(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(other) => return Err(self.misfit(other, field, &format!("[]v1.{name}"))),
        };
        items
            .iter()
            .map(|item| match item {
                Value::Object(fields) => Ok(Struct {
                    fields: Some(fields),
                    name,
                    path: self.at(field),
                }),
                other => Err(self.misfit(other, field, &format!("v1.{name}"))),
            })
            .collect()
    }

    /// Whether the field is there at all.
    pub(super) fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    /// The field as it is.
    pub(super) fn raw(&self, field: &str) -> Option<&'a Value> {
        self.get(field)
    }

    fn at(&self, field: &str) -> String {
        if self.path.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.path)
        }
    }

    fn misfit(&self, found: &Value, field: &str, wanted: &str) -> String {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        format!(
            "json: cannot unmarshal {found} into Go struct field {}.{} of type {wanted}",
            self.name,
            self.at(field)
        )
    }
}
