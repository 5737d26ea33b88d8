//! The dynamic value that templates compute with.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::{List, MAX_DEPTH, MAX_PARTS, Map, Str};

/// A Go value as templates see it, with Go's types kept apart.
///
/// Cloning is cheap. A [`Map`] is shared by its clones, as in Go: `set` changes what every holder
/// sees. Everything else is immutable.
#[derive(Clone, Default)]
pub enum Value {
    /// An untyped nil: a null of YAML, a missing key.
    #[default]
    Nil,
    /// A `bool`.
    Bool(bool),
    /// Any of Go's integer types; unsigned ones keep their bits.
    Int(IntKind, i64),
    /// A `float64`: every number that comes out of YAML or JSON.
    Float(f64),
    /// A `complex128`: only from constants in templates (real, imaginary).
    Complex(f64, f64),
    /// A `string`.
    Str(Str),
    /// A `[]byte`.
    Bytes(Arc<[u8]>),
    /// A slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// A Go value with fields or methods of its own: a time, a version, a chart's files.
    Object(Arc<dyn Object>),
}

/// Which of Go's integer types an integer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntKind {
    /// `int`: constants in templates, `len`, sprig's `int`.
    Int,
    /// `int8`.
    Int8,
    /// `int16`.
    Int16,
    /// `int32`.
    Int32,
    /// `int64`: integers from `--set`, sprig's arithmetic.
    Int64,
    /// `uint`.
    Uint,
    /// `uint8`: an element of a `[]byte`.
    Uint8,
    /// `uint16`.
    Uint16,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
}

impl IntKind {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            IntKind::Int => "int",
            IntKind::Int8 => "int8",
            IntKind::Int16 => "int16",
            IntKind::Int32 => "int32",
            IntKind::Int64 => "int64",
            IntKind::Uint => "uint",
            IntKind::Uint8 => "uint8",
            IntKind::Uint16 => "uint16",
            IntKind::Uint32 => "uint32",
            IntKind::Uint64 => "uint64",
        }
    }

    /// Whether the bits are to be read as unsigned.
    pub fn is_unsigned(self) -> bool {
        matches!(
            self,
            IntKind::Uint | IntKind::Uint8 | IntKind::Uint16 | IntKind::Uint32 | IntKind::Uint64
        )
    }
}

/// A Go value with fields and methods that templates can reach.
///
/// The defaults describe an opaque value without any.
pub trait Object: Any + Send + Sync {
    /// Go's name of the type as `%T` prints it, such as `time.Time`.
    fn type_name(&self) -> &str;

    /// Go's kind as `kindOf` prints it: `struct`, `ptr`, `map`, `int64`, ….
    fn kind(&self) -> &str {
        "struct"
    }

    /// The exported field of that name.
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The signature of the method of that name, for the checks of Go's reflection.
    fn method(&self, _name: &str) -> Option<Method> {
        None
    }

    /// Calls a method that [`Object::method`] has described, with arguments that fit it.
    ///
    /// # Errors
    /// The error that the Go method returns.
    fn call(&self, name: &str, _args: &[Value]) -> Result<Value, String> {
        Err(format!("{} has no method {name}", self.type_name()))
    }

    /// What `%v` prints.
    fn display(&self) -> Str;

    /// What `%s` of an `error` or `fmt.Stringer` prints; `None` if the type is neither.
    fn stringer(&self) -> Option<Str> {
        None
    }

    /// What an action of a template prints. Of a struct's field Go takes the address there, so that
    /// methods of the pointer count, which they do not once the value was handed to a function.
    fn printed(&self) -> Str {
        self.stringer().unwrap_or_else(|| self.display())
    }

    /// All fields of a struct, in Go's order, for formatting verbs that print them one by one.
    fn fields(&self) -> Option<Vec<(&str, Value)>> {
        None
    }

    /// Whether Go's templates take it for true.
    fn truth(&self) -> bool {
        true
    }

    /// The elements, for `range`, `index` and `len`, when the kind is a map or slice.
    fn as_plain(&self) -> Option<Value> {
        None
    }

    /// What functions get of it, if that is not the thing itself: a struct loses its address on the way, and with it
    /// the methods of its pointer.
    fn handed(&self) -> Option<Value> {
        None
    }

    /// What is left of it where Go copies it field by field, if that is not all of it.
    fn copied(&self) -> Option<Value> {
        None
    }

    /// What `encoding/json` makes of a struct: its fields under their names in JSON, in Go's order.
    fn json_fields(&self) -> Option<Vec<(&str, Value)>> {
        None
    }

    /// What `encoding/json` makes of it, as a plain value.
    ///
    /// # Errors
    /// The error that the Go type's `MarshalJSON` returns.
    fn to_json(&self) -> Result<Value, String> {
        Ok(match self.json_fields() {
            Some(fields) => Value::Map(fields.into_iter().collect()),
            None => Value::Str(self.display()),
        })
    }

    /// What TOML writes for it, where that is not what JSON makes of it: times and durations.
    fn to_toml(&self) -> Option<String> {
        None
    }

    /// The plain scalar that `go.yaml.in/yaml/v3` writes for it, where that is not what JSON makes of
    /// it: times and durations.
    fn to_yaml(&self) -> Option<String> {
        None
    }

    /// Whether Go's `==` or `reflect.DeepEqual` holds.
    fn equals(&self, _other: &dyn Object) -> bool {
        false
    }

    /// For downcasts to the concrete type.
    fn as_any(&self) -> &dyn Any;
}

/// How a method of an [`Object`] may be called.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// Go's names of the parameter types; the last one is repeated if `variadic`.
    pub params: &'static [&'static str],
    /// Whether the last parameter takes any number of arguments.
    pub variadic: bool,
}

impl Value {
    /// An `int`.
    pub fn int(i: i64) -> Value {
        Value::Int(IntKind::Int, i)
    }

    /// An `int64`.
    pub fn int64(i: i64) -> Value {
        Value::Int(IntKind::Int64, i)
    }

    /// A string.
    pub fn str(s: impl Into<Str>) -> Value {
        Value::Str(s.into())
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&Str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is an untyped nil.
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// Whether it is a nil slice or map, which JSON shows as null although it is a typed value.
    pub fn is_nil_collection(&self) -> bool {
        match self {
            Value::List(list) => list.is_nil(),
            Value::Map(map) => map.is_nil(),
            _ => false,
        }
    }

    /// Go's name of the type as `%T` prints it; `<nil>` for an untyped nil.
    pub fn type_name(&self) -> &str {
        match self {
            Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(kind, _) => kind.name(),
            Value::Float(_) => "float64",
            Value::Complex(..) => "complex128",
            Value::Str(_) => "string",
            Value::Bytes(_) => "[]uint8",
            Value::List(list) => list.type_name(),
            Value::Map(map) => map.type_name(),
            Value::Object(object) => object.type_name(),
        }
    }

    /// Go's kind as `reflect.Kind` prints it; `invalid` for an untyped nil.
    pub fn kind(&self) -> &str {
        match self {
            Value::Nil => "invalid",
            Value::Bool(_) => "bool",
            Value::Int(kind, _) => kind.name(),
            Value::Float(_) => "float64",
            Value::Complex(..) => "complex128",
            Value::Str(_) => "string",
            Value::Bytes(_) | Value::List(_) => "slice",
            Value::Map(_) => "map",
            Value::Object(object) => object.kind(),
        }
    }

    /// A copy that shares no map with the original; `None` if the value is nested deeper than
    /// [`MAX_DEPTH`] levels, as one that contains itself is, or has more than [`MAX_PARTS`] parts.
    pub fn deep_copy(&self) -> Option<Value> {
        self.copy_below(0, &mut MAX_PARTS.clone())
    }

    /// As [`Value::deep_copy`], for a value at this depth; each part is taken off `parts`.
    pub(crate) fn copy_below(&self, depth: usize, parts: &mut usize) -> Option<Value> {
        *parts = parts.checked_sub(1)?;
        match self {
            _ if depth > MAX_DEPTH => None,
            Value::List(list) => list.copy_below(depth + 1, parts).map(Value::List),
            Value::Map(map) => map.copy_below(depth + 1, parts).map(Value::Map),
            Value::Object(object) => Some(object.copied().unwrap_or_else(|| self.clone())),
            other => Some(other.clone()),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(kind, i) if kind.is_unsigned() => {
                write!(f, "{}({})", kind.name(), *i as u64)
            }
            Value::Int(kind, i) => write!(f, "{}({i})", kind.name()),
            Value::Float(x) => write!(f, "float64({x})"),
            Value::Complex(re, im) => write!(f, "complex128({re},{im})"),
            Value::Str(text) => write!(f, "{text:?}"),
            Value::Bytes(bytes) => write!(f, "bytes({bytes:?})"),
            Value::List(list) => fmt::Debug::fmt(list, f),
            Value::Map(map) => fmt::Debug::fmt(map, f),
            Value::Object(object) => write!(f, "{}({})", object.type_name(), object.display()),
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Value::Float(x)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Str(text.into())
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Value::Str(text)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(map)
    }
}

impl From<List> for Value {
    fn from(list: List) -> Self {
        Value::List(list)
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    /// A chart has hundreds of thousands of values, so each byte counts.
    #[test]
    fn values_are_small() {
        assert_eq!(size_of::<Value>(), 24);
    }
}
