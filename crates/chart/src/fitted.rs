//! Fields of a document that was fitted to the shape of a Go struct.

use std::collections::BTreeMap;

use goval::{Map, Value};

use crate::{Time, TimeError};

/// The fields that a document had of a Go struct, by their names in JSON, after
/// [`goval::yaml::decode_shaped`] has checked them. What is absent reads as empty.
#[derive(Clone, Default)]
pub struct Fitted(Map);

impl From<Value> for Fitted {
    fn from(value: Value) -> Self {
        match value {
            Value::Map(map) => Fitted(map),
            _ => Fitted::default(),
        }
    }
}

impl Fitted {
    /// Hands over the value of a field if it is there.
    fn with<T>(&self, key: &str, set: impl FnOnce(Value) -> T) -> Option<T> {
        self.0.get(key).map(set)
    }

    /// Whether the field is there and not null.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// A `string`.
    pub fn text(&self, key: &str) -> String {
        self.with(key, |value| text(&value)).unwrap_or_default()
    }

    /// A `bool`.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.0.get(key), Some(Value::Bool(true)))
    }

    /// An `int`.
    pub fn integer(&self, key: &str) -> i64 {
        match self.0.get(key) {
            Some(Value::Int(_, number)) => number,
            _ => 0,
        }
    }

    /// A `time.Time`. An empty text is the zero time, since Helm 3 wrote it like that.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn time(&self, key: &str) -> Result<Time, TimeError> {
        match self.text(key).as_str() {
            "" => Ok(Time::default()),
            text => text.parse(),
        }
    }

    /// A `[]string`.
    pub fn texts(&self, key: &str) -> Vec<String> {
        self.values(key).iter().map(text).collect()
    }

    /// A `[]any`.
    pub fn values(&self, key: &str) -> Vec<Value> {
        match self.0.get(key) {
            Some(Value::List(list)) => list.into_items(),
            _ => Vec::new(),
        }
    }

    /// A `map[string]string`.
    pub fn text_map(&self, key: &str) -> BTreeMap<String, String> {
        let entries = self.map(key).map(|map| map.entries()).unwrap_or_default();
        let entries = entries.into_iter();
        entries
            .map(|(key, value)| (key.to_str_lossy().into_owned(), text(&value)))
            .collect()
    }

    /// A `map[string]any`.
    pub fn map(&self, key: &str) -> Option<Map> {
        match self.0.get(key) {
            Some(Value::Map(map)) => Some(map),
            _ => None,
        }
    }

    /// A struct; one without fields if it is absent.
    pub fn object(&self, key: &str) -> Fitted {
        self.with(key, Fitted::from).unwrap_or_default()
    }

    /// A slice of pointers to structs; `None` stands for a null in it.
    pub fn objects(&self, key: &str) -> Vec<Option<Fitted>> {
        let objects = self.values(key).into_iter();
        objects
            .map(|value| (!value.is_nil()).then(|| Fitted::from(value)))
            .collect()
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_str_lossy().into_owned(),
        _ => String::new(),
    }
}
