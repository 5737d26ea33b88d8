//! Arguments as Rust values, after the engine has checked them against the signature.

use std::borrow::Cow;

use goval::{Map, Value};

/// Typed access to arguments. What the signature rules out reads as the type's zero value.
pub(crate) trait Args {
    fn arg(&self, i: usize) -> &Value;
    /// A `string`.
    fn bytes(&self, i: usize) -> &[u8];
    /// A `string`, with what is not UTF-8 replaced.
    fn text(&self, i: usize) -> Cow<'_, str>;
    fn int(&self, i: usize) -> i64;
    fn bool(&self, i: usize) -> bool;
    fn float(&self, i: usize) -> f64;
    /// A `map[string]any`; `None` if it is a nil one.
    fn map(&self, i: usize) -> Option<&Map>;
    /// The arguments from the given one on.
    fn from(&self, i: usize) -> &[Value];
}

impl Args for [Value] {
    fn arg(&self, i: usize) -> &Value {
        self.get(i).unwrap_or(&Value::Nil)
    }

    fn bytes(&self, i: usize) -> &[u8] {
        match self.arg(i) {
            Value::Str(text) => text.as_bytes(),
            Value::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    fn text(&self, i: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes(i))
    }

    fn int(&self, i: usize) -> i64 {
        match self.arg(i) {
            Value::Int(_, i) => *i,
            _ => 0,
        }
    }

    fn bool(&self, i: usize) -> bool {
        matches!(self.arg(i), Value::Bool(true))
    }

    fn float(&self, i: usize) -> f64 {
        match self.arg(i) {
            Value::Float(x) => *x,
            _ => 0.0,
        }
    }

    fn map(&self, i: usize) -> Option<&Map> {
        self.arg(i).as_map()
    }

    fn from(&self, i: usize) -> &[Value] {
        self.get(i..).unwrap_or_default()
    }
}

/// A `string` result.
pub(crate) fn text(bytes: impl Into<goval::Str>) -> Value {
    Value::str(bytes)
}
