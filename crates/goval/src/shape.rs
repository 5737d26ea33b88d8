//! Decoding into Go structs: what fits, what is converted, and Go's words for what does not.

use crate::json::{self, JsonError};
use crate::{IntKind, List, Map, Str, Value, strconv};

/// A Go type that a document is read into.
///
/// Decoding gives plain values: a struct becomes a [`Map`] that has the fields of the Go type only,
/// under the names given here; what is null or absent is left out.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// `any`, or a type that reads itself; numbers become `float64`.
    Any,
    /// `string`; YAML's numbers and booleans are converted to it.
    Str,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `float64`.
    Float,
    /// A slice.
    List(&'static ListShape),
    /// A map with string keys.
    Map(&'static MapShape),
    /// A struct, or a pointer to one.
    Struct(&'static StructShape),
}

/// A Go slice.
#[derive(Debug)]
pub struct ListShape {
    /// Go's name of the type, such as `[]*v2.Dependency`.
    pub go_type: &'static str,
    /// The type of its elements.
    pub elem: Shape,
}

/// A Go map with string keys.
#[derive(Debug)]
pub struct MapShape {
    /// Go's name of the type, such as `map[string]string`.
    pub go_type: &'static str,
    /// The type of its values.
    pub elem: Shape,
}

/// A Go struct.
#[derive(Debug)]
pub struct StructShape {
    /// Go's name of the type with its package, such as `v2.Metadata`.
    pub go_type: &'static str,
    /// The names of its fields in JSON, and their types.
    pub fields: &'static [(&'static str, Shape)],
}

impl StructShape {
    /// The field that `encoding/json` takes for a key: by its exact name, else in any case.
    fn field(&self, key: &[u8]) -> Option<&(&'static str, Shape)> {
        let exact = self.fields.iter().find(|(name, _)| name.as_bytes() == key);
        exact.or_else(|| {
            let mut fields = self.fields.iter();
            fields.find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(key))
        })
    }
}

impl Shape {
    /// What is wanted of an entry of a map; `None` for one that no field takes.
    pub(crate) fn of_key(&self, key: &[u8]) -> Option<&Shape> {
        match self {
            Shape::Struct(of) => of.field(key).map(|(_, shape)| shape),
            Shape::Map(of) => Some(&of.elem),
            // A map that does not fit is an error, for which it is kept.
            _ => Some(&Shape::Any),
        }
    }

    /// What is wanted of the elements of a list.
    pub(crate) fn of_element(&self) -> &Shape {
        match self {
            Shape::List(of) => &of.elem,
            _ => &Shape::Any,
        }
    }
}

/// Converts numbers and booleans that are to become strings, as `sigs.k8s.io/yaml` does before
/// JSON sees them.
pub(crate) fn convert_scalars(value: Value, shape: &Shape) -> Value {
    match (value, shape) {
        (Value::Map(map), Shape::Struct(of)) => {
            convert_entries(&map, |key| of.field(key).map(|f| &f.1))
        }
        (Value::Map(map), Shape::Map(of)) => convert_entries(&map, |_| Some(&of.elem)),
        (Value::List(list), Shape::List(of)) => {
            let items = list.into_items().into_iter();
            Value::List(List::new(
                items.map(|item| convert_scalars(item, &of.elem)).collect(),
            ))
        }
        (Value::Bool(b), Shape::Str) => Value::str(if b { "true" } else { "false" }),
        (Value::Int(kind, n), Shape::Str) if kind.is_unsigned() => {
            Value::str((n as u64).to_string())
        }
        (Value::Int(_, n), Shape::Str) => Value::str(n.to_string()),
        (Value::Float(x), Shape::Str) => Value::str(strconv::format_float(x, b'g', -1, 32)),
        (other, _) => other,
    }
}

fn convert_entries<'s>(map: &Map, shape_of: impl Fn(&[u8]) -> Option<&'s Shape>) -> Value {
    let entries = map.entries().into_iter().map(|(key, value)| {
        let value = match shape_of(&key) {
            Some(shape) => convert_scalars(value, shape),
            None => value,
        };
        (key, value)
    });
    Value::Map(entries.collect())
}

/// Stores a value of JSON in a Go type.
///
/// With `strict`, keys that no field takes are errors (`DisallowUnknownFields`).
///
/// # Errors
/// The first part that does not fit, in the order of the keys.
pub(crate) fn fit(value: &Value, shape: &Shape, strict: bool) -> Result<Value, JsonError> {
    let mut fitter = Fitter {
        strict,
        path: Vec::new(),
        inside: None,
        error: None,
    };
    let fitted = fitter.value(value, shape);
    match fitter.error {
        Some(error) => Err(error),
        None => Ok(fitted.unwrap_or_default()),
    }
}

struct Fitter {
    strict: bool,
    /// The fields that lead to where we are.
    path: Vec<&'static str>,
    /// The innermost struct.
    inside: Option<&'static StructShape>,
    error: Option<JsonError>,
}

impl Fitter {
    /// `None` stands for what keeps its zero value.
    fn value(&mut self, value: &Value, shape: &Shape) -> Option<Value> {
        match (shape, value) {
            (_, Value::Nil) => None,
            (Shape::Any, any) => Some(as_any(any)),
            (Shape::Str, Value::Str(text)) => Some(Value::Str(text.clone())),
            (Shape::Str, _) => self.mismatch(value, "string"),
            (Shape::Bool, Value::Bool(b)) => Some(Value::Bool(*b)),
            (Shape::Bool, _) => self.mismatch(value, "bool"),
            (Shape::Float, Value::Int(..) | Value::Float(_)) => Some(as_any(value)),
            (Shape::Float, _) => self.mismatch(value, "float64"),
            (Shape::Int, _) => self.int(value),
            (Shape::List(of), Value::List(list)) => {
                let items = list.iter();
                let items = items.map(|item| self.element(item, &of.elem));
                Some(Value::List(List::new(items.collect())))
            }
            (Shape::List(of), _) => self.mismatch(value, of.go_type),
            (Shape::Map(of), Value::Map(map)) => {
                let fitted = Map::new();
                for (key, item) in map.entries() {
                    fitted.insert(key, self.element(&item, &of.elem));
                }
                Some(Value::Map(fitted))
            }
            (Shape::Map(of), _) => self.mismatch(value, of.go_type),
            (Shape::Struct(of), Value::Map(map)) => Some(self.fields(map, of)),
            (Shape::Struct(of), _) => self.mismatch(value, of.go_type),
        }
    }

    /// An element exists even where it keeps its zero value.
    fn element(&mut self, value: &Value, shape: &Shape) -> Value {
        self.value(value, shape).unwrap_or_else(|| match shape {
            Shape::Str => Value::str(""),
            Shape::Bool => Value::Bool(false),
            Shape::Int => Value::int(0),
            Shape::Float => Value::Float(0.0),
            Shape::Any | Shape::List(_) | Shape::Map(_) | Shape::Struct(_) => Value::Nil,
        })
    }

    fn fields(&mut self, map: &Map, of: &'static StructShape) -> Value {
        let fitted = Map::new();
        for (key, item) in map.entries() {
            let Some((name, shape)) = of.field(&key) else {
                if self.strict {
                    self.unknown(&key);
                }
                continue;
            };
            self.path.push(name);
            let outer = self.inside.replace(of);
            if let Some(item) = self.value(&item, shape) {
                fitted.insert(*name, item);
            }
            self.inside = outer;
            self.path.pop();
        }
        Value::Map(fitted)
    }

    fn int(&mut self, value: &Value) -> Option<Value> {
        match *value {
            Value::Int(kind, n) if n >= 0 || !kind.is_unsigned() => Some(Value::int(n)),
            Value::Float(x) if x.fract() == 0.0 && x.abs() < 9.2e18 => Some(Value::int(x as i64)),
            Value::Int(..) | Value::Float(_) => {
                let literal = json::encode(value).unwrap_or_default();
                self.mismatch_of(&format!("number {literal}"), "int")
            }
            _ => self.mismatch(value, "int"),
        }
    }

    fn mismatch(&mut self, value: &Value, go_type: &str) -> Option<Value> {
        self.mismatch_of(json::kind_name(value), go_type)
    }

    fn mismatch_of(&mut self, found: &str, go_type: &str) -> Option<Value> {
        let target = match self.inside {
            Some(of) => {
                let name = match of.go_type.rsplit('.').next().unwrap_or_default() {
                    literal if literal.starts_with("struct {") => "",
                    name => name,
                };
                format!("struct field {name}.{}", self.path.join("."))
            }
            None => "value".to_owned(),
        };
        self.error.get_or_insert_with(|| {
            JsonError(format!(
                "json: cannot unmarshal {found} into Go {target} of type {go_type}"
            ))
        });
        None
    }

    fn unknown(&mut self, key: &Str) {
        self.error.get_or_insert_with(|| {
            JsonError(format!("json: unknown field {}", strconv::quote(key)))
        });
    }
}

/// The value as JSON gives it to an `any`.
fn as_any(value: &Value) -> Value {
    match value {
        Value::Int(IntKind::Uint64, n) => Value::Float(*n as u64 as f64),
        Value::Int(_, n) => Value::Float(*n as f64),
        Value::List(list) => Value::List(List::new(list.iter().map(as_any).collect())),
        Value::Map(map) => {
            let entries = map.entries().into_iter();
            Value::Map(entries.map(|(key, item)| (key, as_any(&item))).collect())
        }
        other => other.clone(),
    }
}
