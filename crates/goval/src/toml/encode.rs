//! Values to TOML.

use super::time::Time;
use super::{TomlError, key_part, key_text};
use crate::{MAX_DEPTH, Map, Object, Str, Value, strconv};

/// `toml.Encoder.Encode`: simple keys of a table first, then its sub-tables, each sorted; two
/// spaces of indentation for each level.
///
/// # Errors
/// A list contains nil, the value is a list of tables, or a type has no form in TOML. For nil Go's
/// library panics, see [`TomlError::is_panic`].
pub fn encode(value: &Value) -> Result<String, TomlError> {
    if value.is_nil() {
        return Err(TomlError {
            message: "reflect: call of reflect.Value.Type on zero Value".into(),
            panics: true,
        });
    }
    let mut writer = Writer {
        out: String::new(),
        depth: 0,
    };
    writer.entry(&mut Vec::new(), value)?;
    Ok(writer.out)
}

/// Appends a basic string.
pub(super) fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x08' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\x0c' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\x1f' | '\x7f' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// How a value is written below its key.
#[derive(PartialEq)]
enum Kind {
    Nothing,
    Simple,
    Table,
    Tables,
}

struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    fn new_line(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn indent(&mut self, key: &[String]) {
        for _ in 1..key.len() {
            self.out.push_str("  ");
        }
    }

    fn enter(&mut self) -> Result<(), TomlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TomlError::new("toml: value is nested too deep"));
        }
        Ok(())
    }

    fn entry(&mut self, key: &mut Vec<String>, value: &Value) -> Result<(), TomlError> {
        match (kind_of(value)?, value) {
            (Kind::Nothing, _) => Ok(()),
            (Kind::Table, Value::Map(map)) => {
                if key.len() == 1 {
                    self.new_line();
                }
                if !key.is_empty() {
                    self.header(key, "[", "]");
                }
                self.table(key, map)
            }
            (Kind::Tables, Value::List(list)) => {
                if key.is_empty() {
                    let problem = "toml: top-level values must be Go maps or structs";
                    return Err(TomlError::new(problem));
                }
                for item in list.iter().filter_map(Value::as_map) {
                    self.new_line();
                    self.header(key, "[[", "]]");
                    self.table(key, item)?;
                }
                Ok(())
            }
            _ => {
                if let Some(name) = key.last() {
                    let name = key_part(name);
                    self.indent(key);
                    self.out.push_str(&name);
                    self.out.push_str(" = ");
                }
                self.element(value)?;
                if !key.is_empty() {
                    self.new_line();
                }
                Ok(())
            }
        }
    }

    fn header(&mut self, key: &[String], open: &str, close: &str) {
        self.indent(key);
        self.out.push_str(open);
        self.out.push_str(&key_text(key));
        self.out.push_str(close);
        self.new_line();
    }

    fn table(&mut self, key: &mut Vec<String>, map: &Map) -> Result<(), TomlError> {
        self.enter()?;
        let (direct, sub) = split(map)?;
        for (name, value) in direct.iter().chain(&sub) {
            key.push(name.to_str_lossy().into_owned());
            self.entry(key, value)?;
            key.pop();
        }
        self.depth -= 1;
        Ok(())
    }

    fn element(&mut self, value: &Value) -> Result<(), TomlError> {
        match value {
            Value::Str(text) => write_quoted(&mut self.out, &text.to_str_lossy()),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Int(kind, n) if kind.is_unsigned() => {
                self.out.push_str(itoa::Buffer::new().format(*n as u64));
            }
            Value::Int(_, n) => self.out.push_str(itoa::Buffer::new().format(*n)),
            Value::Float(x) => self.float(*x),
            Value::Bytes(bytes) => {
                let items: Vec<_> = bytes.iter().map(|&b| Value::int(b.into())).collect();
                self.array(&items)?;
            }
            Value::List(list) => self.array(list)?,
            Value::Map(map) => self.inline_table(map)?,
            Value::Object(object) => self.object(&**object)?,
            Value::Nil | Value::Complex(..) => {
                let found = value.type_name();
                return Err(TomlError::new(format_args!("unexpected type: {found}")));
            }
        }
        Ok(())
    }

    fn float(&mut self, x: f64) {
        let text = match x {
            x if x.is_nan() => "nan".into(),
            x if x.is_infinite() => if x < 0.0 { "-inf" } else { "inf" }.into(),
            x => strconv::format_float(x, b'g', -1, 64),
        };
        self.out.push_str(&text);
        if x.is_finite() && !text.contains(['e', '.']) {
            self.out.push_str(".0");
        }
    }

    fn array(&mut self, items: &[Value]) -> Result<(), TomlError> {
        self.enter()?;
        self.out.push('[');
        for (i, item) in items.iter().enumerate() {
            self.out.push_str(if i > 0 { ", " } else { "" });
            self.element(item)?;
        }
        self.out.push(']');
        self.depth -= 1;
        Ok(())
    }

    fn inline_table(&mut self, map: &Map) -> Result<(), TomlError> {
        self.enter()?;
        self.out.push('{');
        let (direct, sub) = split(map)?;
        for (group, more) in [(&direct, !sub.is_empty()), (&sub, false)] {
            for (i, (name, value)) in group.iter().enumerate() {
                if value.is_nil() {
                    continue;
                }
                self.out.push_str(&key_part(&name.to_str_lossy()));
                self.out.push_str(" = ");
                self.element(value)?;
                if more || i + 1 != group.len() {
                    self.out.push_str(", ");
                }
            }
        }
        self.out.push('}');
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self, object: &dyn Object) -> Result<(), TomlError> {
        if let Some(time) = object.as_any().downcast_ref::<Time>() {
            self.out.push_str(&time.to_toml());
            return Ok(());
        }
        self.enter()?;
        let plain = object.to_json().map_err(TomlError::new)?;
        self.element(&plain)?;
        self.depth -= 1;
        Ok(())
    }
}

type Entries = Vec<(Str, Value)>;

/// The entries that stand directly in a table, and those that are tables of their own.
fn split(map: &Map) -> Result<(Entries, Entries), TomlError> {
    let (mut direct, mut sub) = (Vec::new(), Vec::new());
    for entry in map.entries() {
        match kind_of(&entry.1)? {
            Kind::Table | Kind::Tables => sub.push(entry),
            Kind::Simple | Kind::Nothing => direct.push(entry),
        }
    }
    Ok((direct, sub))
}

fn kind_of(value: &Value) -> Result<Kind, TomlError> {
    match value {
        Value::Nil => Ok(Kind::Nothing),
        Value::Map(_) => Ok(Kind::Table),
        Value::Complex(..) => Err(TomlError::new("unsupported type: complex128")),
        Value::List(list) => {
            check_elements(list, 0)?;
            let tables = !list.is_empty() && list.iter().all(|item| item.as_map().is_some());
            Ok(if tables { Kind::Tables } else { Kind::Simple })
        }
        _ => Ok(Kind::Simple),
    }
}

/// Go looks into every list below a list when it asks for the type of the outer one.
fn check_elements(items: &[Value], depth: usize) -> Result<(), TomlError> {
    for item in items {
        match item {
            Value::Nil => {
                return Err(TomlError::new("toml: cannot encode array with nil element"));
            }
            Value::Complex(..) => return Err(TomlError::new("unsupported type: complex128")),
            Value::List(list) if depth < MAX_DEPTH => check_elements(list, depth + 1)?,
            _ => {}
        }
    }
    Ok(())
}
