//! What a flag holds, and how each type reads and prints it.

use std::collections::BTreeMap;

use chart::Event;

use crate::go;

/// The value of a flag.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A boolean.
    Bool(bool),
    /// A signed integer; a duration in nanoseconds.
    Int(i64),
    /// An unsigned integer.
    Uint(u64),
    /// A 32-bit float.
    Float(f32),
    /// A text, and any type that is one of a few words.
    Text(String),
    /// A list that grows with each use of the flag.
    List(Vec<String>),
    /// Pairs that grow with each use of the flag.
    Map(BTreeMap<String, String>),
}

/// The type of a flag, as pflag tells them apart.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// `--f`, `--f=false`.
    Bool,
    /// Any text.
    Text,
    /// A 64-bit integer in any of Go's notations.
    Int,
    /// An unsigned one.
    Uint,
    /// A 32-bit float.
    Float,
    /// A duration such as `5m0s`.
    Duration,
    /// Values between commas, in CSV; each use of the flag adds to the list.
    Strings,
    /// One value for each use of the flag, commas and all.
    Array,
    /// `key=value` pairs between commas.
    Pairs,
    /// A type that the program defines.
    Custom(&'static Custom),
}

/// A flag type of the program's own.
pub(crate) struct Custom {
    /// What help prints in place of the value.
    pub(crate) name: &'static str,
    /// The value before any use.
    pub(crate) zero: fn() -> Value,
    /// Takes one use of the flag into the value; may have something to say about it.
    pub(crate) set: fn(&mut Value, &str) -> Result<Option<Event>, String>,
}

impl Kind {
    /// The value before any use.
    pub(crate) fn zero(self) -> Value {
        match self {
            Kind::Bool => Value::Bool(false),
            Kind::Text => Value::Text(String::new()),
            Kind::Int | Kind::Duration => Value::Int(0),
            Kind::Uint => Value::Uint(0),
            Kind::Float => Value::Float(0.0),
            Kind::Strings | Kind::Array => Value::List(Vec::new()),
            Kind::Pairs => Value::Map(BTreeMap::new()),
            Kind::Custom(custom) => (custom.zero)(),
        }
    }

    /// pflag's name of the type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Bool => "bool",
            Kind::Text => "string",
            Kind::Int => "int",
            Kind::Uint => "uint",
            Kind::Float => "float32",
            Kind::Duration => "duration",
            Kind::Strings => "stringSlice",
            Kind::Array => "stringArray",
            Kind::Pairs => "stringToString",
            Kind::Custom(custom) => custom.name,
        }
    }

    /// What help prints after the flag's name when its text names nothing between backquotes.
    pub(crate) fn placeholder(self) -> &'static str {
        match self {
            Kind::Bool => "",
            Kind::Strings => "strings",
            other => other.name(),
        }
    }

    /// Whether completion may offer the flag again after a use.
    pub(crate) fn repeats(self) -> bool {
        let name = self.name();
        name.contains("Slice") || name.contains("Array") || name.starts_with("stringTo")
    }

    /// Takes one use of the flag into its value. `first` is whether a default still stands, which
    /// a list or map then replaces.
    ///
    /// # Errors
    /// Go's words for what is wrong with the text.
    pub(crate) fn set(
        self,
        value: &mut Value,
        text: &str,
        first: bool,
    ) -> Result<Option<Event>, String> {
        *value = match self {
            Kind::Bool => Value::Bool(go::parse_bool(text)?),
            Kind::Text => Value::Text(text.to_owned()),
            Kind::Int => Value::Int(go::parse_int(text, 0, 64)?),
            Kind::Uint => Value::Uint(go::parse_uint(text)?),
            Kind::Float => Value::Float(go::parse_float32(text)?),
            Kind::Duration => Value::Int(go::parse_duration(text)?),
            Kind::Strings => appended(value, first, read_strings(text)?),
            Kind::Array => appended(value, first, vec![text.to_owned()]),
            Kind::Pairs => extended(value, first, read_pairs(text)?),
            Kind::Custom(custom) => return (custom.set)(value, text),
        };
        Ok(None)
    }

    /// The value as help prints a default.
    pub(crate) fn display(self, value: &Value) -> String {
        match (self, value) {
            (_, Value::Bool(b)) => b.to_string(),
            (Kind::Duration, Value::Int(n)) => go::format_duration(*n),
            (_, Value::Int(n)) => n.to_string(),
            (_, Value::Uint(n)) => n.to_string(),
            (_, Value::Float(f)) => go::format_float32(*f),
            (_, Value::Text(text)) => text.clone(),
            (Kind::Custom(_), Value::List(list)) => format!("[{}]", list.join(",")),
            (_, Value::List(list)) => format!("[{}]", go::write_record(list)),
            (_, Value::Map(map)) => {
                let pairs: Vec<_> = map.iter().map(|(k, v)| format!("{k}={v}")).collect();
                format!("[{}]", go::write_record(&pairs))
            }
        }
    }

    /// Whether help leaves the default out because it says nothing.
    pub(crate) fn is_zero(self, default: &str) -> bool {
        match self {
            Kind::Bool => matches!(default, "false" | ""),
            Kind::Duration => matches!(default, "0" | "0s"),
            Kind::Int | Kind::Uint | Kind::Float => default == "0",
            Kind::Text => default.is_empty(),
            Kind::Strings | Kind::Array => default == "[]",
            // pflag does not know the zero of any other type, so these print `(default [])`.
            Kind::Pairs | Kind::Custom(_) => matches!(default, "false" | "<nil>" | "" | "0"),
        }
    }
}

fn appended(value: &mut Value, first: bool, more: Vec<String>) -> Value {
    match value {
        Value::List(list) if !first => {
            let mut list = std::mem::take(list);
            list.extend(more);
            Value::List(list)
        }
        _ => Value::List(more),
    }
}

fn extended(value: &mut Value, first: bool, more: BTreeMap<String, String>) -> Value {
    match value {
        Value::Map(map) if !first => {
            let mut map = std::mem::take(map);
            map.extend(more);
            Value::Map(map)
        }
        _ => Value::Map(more),
    }
}

fn read_strings(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        Ok(Vec::new())
    } else {
        go::read_record(text)
    }
}

/// Reads `a=1,b=2`. A single pair is taken whole, so its value may hold commas.
fn read_pairs(text: &str) -> Result<BTreeMap<String, String>, String> {
    let malformed = |pair: &str| format!("{pair} must be formatted as key=value");
    let pairs = match text.matches('=').count() {
        0 => return Err(malformed(text)),
        1 => vec![text.trim_matches('"').to_owned()],
        _ => go::read_record(text)?,
    };
    pairs
        .iter()
        .map(|pair| {
            let (key, value) = pair.split_once('=').ok_or_else(|| malformed(pair))?;
            Ok((key.to_owned(), value.to_owned()))
        })
        .collect()
}
