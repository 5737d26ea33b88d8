//! Values to TOML.

use super::{TomlError, key_part, key_text};
use crate::{MAX_DEPTH, MAX_OUTPUT, MAX_PARTS, Map, Object, Str, Value, strconv};

/// `toml.Encoder.Encode`: simple keys of a table first, then its sub-tables, each sorted; two
/// spaces of indentation for each level.
///
/// # Errors
/// A list contains nil, the value is a list of tables, or a type has no form in TOML. For nil Go's
/// library panics, see [`TomlError::is_panic`].
pub fn encode(value: &Value) -> Result<Str, TomlError> {
    if value.is_nil() {
        return Err(TomlError {
            message: "reflect: call of reflect.Value.Type on zero Value".into(),
            panics: true,
        });
    }
    if let Value::Complex(..) = value {
        return Err(TomlError::new("unsupported type for key '': complex128"));
    }
    let mut writer = Writer {
        out: Vec::new(),
        depth: 0,
    };
    writer.entry(&mut Vec::new(), value)?;
    Ok(writer.out.into())
}

/// Appends a basic string; bytes that are not UTF-8 are left as they are.
pub(super) fn write_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &c in text {
        match c {
            b'"' => out.extend(b"\\\""),
            b'\\' => out.extend(b"\\\\"),
            b'\x08' => out.extend(b"\\b"),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\x0c' => out.extend(b"\\f"),
            b'\r' => out.extend(b"\\r"),
            0..0x20 | 0x7f => out.extend(format!("\\u{c:04x}").bytes()),
            c => out.push(c),
        }
    }
    out.push(b'"');
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
    out: Vec<u8>,
    depth: usize,
}

impl Writer {
    fn put(&mut self, text: impl AsRef<[u8]>) {
        self.out.extend_from_slice(text.as_ref());
    }

    fn new_line(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn indent(&mut self, key: &[Str]) {
        for _ in 1..key.len() {
            self.out.extend(b"  ");
        }
    }

    fn enter(&mut self) -> Result<(), TomlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TomlError::new("toml: value is nested too deep"));
        }
        if self.out.len() > MAX_OUTPUT {
            let problem = format_args!("toml: more than {MAX_OUTPUT} bytes");
            return Err(TomlError::new(problem));
        }
        Ok(())
    }

    fn entry(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), TomlError> {
        match (kind_of(value)?, value) {
            (Kind::Nothing, _) => Ok(()),
            (Kind::Table, _) => {
                if key.len() == 1 {
                    self.new_line();
                }
                if !key.is_empty() {
                    self.header(key, "[", "]");
                }
                self.table(key, entries(value).unwrap_or_default())
            }
            (Kind::Tables, Value::List(list)) => {
                if key.is_empty() {
                    let problem = "toml: top-level values must be Go maps or structs";
                    return Err(TomlError::new(problem));
                }
                for item in list.iter().filter_map(entries) {
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
                    self.put(&name);
                    self.put(" = ");
                }
                self.element(value)?;
                if !key.is_empty() {
                    self.new_line();
                }
                Ok(())
            }
        }
    }

    fn header(&mut self, key: &[Str], open: &str, close: &str) {
        self.indent(key);
        self.put(open);
        self.put(key_text(key));
        self.put(close);
        self.new_line();
    }

    fn table(&mut self, key: &mut Vec<Str>, entries: Entries) -> Result<(), TomlError> {
        self.enter()?;
        let (direct, sub) = split(entries)?;
        for (name, value) in direct.iter().chain(&sub) {
            key.push(name.clone());
            self.entry(key, value)?;
            key.pop();
        }
        self.depth -= 1;
        Ok(())
    }

    fn element(&mut self, value: &Value) -> Result<(), TomlError> {
        match value {
            Value::Str(text) => write_quoted(&mut self.out, text),
            Value::Bool(b) => self.put(if *b { "true" } else { "false" }),
            Value::Int(kind, n) if kind.is_unsigned() => {
                self.put(itoa::Buffer::new().format(*n as u64));
            }
            Value::Int(_, n) => self.put(itoa::Buffer::new().format(*n)),
            Value::Float(x) => self.float(*x),
            Value::Bytes(bytes) => {
                let items: Vec<_> = bytes.iter().map(|&b| Value::int(b.into())).collect();
                self.array(&items)?;
            }
            Value::List(list) => self.array(list)?,
            Value::Map(_) => self.inline_table(entries(value).unwrap_or_default())?,
            Value::Object(object) => match entries(value) {
                Some(entries) => self.inline_table(entries)?,
                None => self.object(&**object)?,
            },
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
        self.put(&text);
        if x.is_finite() && !text.contains(['e', '.']) {
            self.put(".0");
        }
    }

    fn array(&mut self, items: &[Value]) -> Result<(), TomlError> {
        self.enter()?;
        self.out.push(b'[');
        for (i, item) in items.iter().enumerate() {
            self.put(if i > 0 { ", " } else { "" });
            self.element(item)?;
        }
        self.out.push(b']');
        self.depth -= 1;
        Ok(())
    }

    fn inline_table(&mut self, entries: Entries) -> Result<(), TomlError> {
        self.enter()?;
        self.out.push(b'{');
        let (direct, sub) = split(entries)?;
        for (group, more) in [(&direct, !sub.is_empty()), (&sub, false)] {
            for (i, (name, value)) in group.iter().enumerate() {
                if value.is_nil() || value.is_nil_collection() {
                    continue;
                }
                self.put(key_part(name));
                self.put(" = ");
                self.element(value)?;
                if more || i + 1 != group.len() {
                    self.put(", ");
                }
            }
        }
        self.out.push(b'}');
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self, object: &dyn Object) -> Result<(), TomlError> {
        if let Some(literal) = object.to_toml() {
            self.put(literal);
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

/// The entries of what is a table: a map in the order of its keys, or a struct in that of its fields.
fn entries(value: &Value) -> Option<Entries> {
    match value {
        Value::Map(map) => Some(map.entries()),
        Value::Object(object) if object.to_toml().is_none() => {
            if object.kind() == "map" {
                return object.as_plain()?.as_map().map(Map::entries);
            }
            let fields = object.fields()?.into_iter();
            let exported = fields.filter(|(name, _)| name.starts_with(char::is_uppercase));
            Some(exported.map(|(name, value)| (name.into(), value)).collect())
        }
        _ => None,
    }
}

fn is_table(value: &Value) -> bool {
    matches!(value, Value::Map(_)) || entries(value).is_some()
}

/// The entries that stand directly in a table, and those that are tables of their own.
fn split(entries: Entries) -> Result<(Entries, Entries), TomlError> {
    let (mut direct, mut sub) = (Vec::new(), Vec::new());
    for entry in entries {
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
        nil if nil.is_nil_collection() => Ok(Kind::Nothing),
        Value::Map(_) => Ok(Kind::Table),
        Value::Complex(..) => Err(TomlError::new("unsupported type: complex128")),
        Value::List(list) => {
            check_elements(list, 0, &mut MAX_PARTS.clone())?;
            let tables = !list.is_empty() && list.iter().all(is_table);
            Ok(if tables { Kind::Tables } else { Kind::Simple })
        }
        value if is_table(value) => Ok(Kind::Table),
        _ => Ok(Kind::Simple),
    }
}

/// Go looks into every list below a list when it asks for the type of the outer one. Beyond so many
/// parts the output is too long anyway.
fn check_elements(items: &[Value], depth: usize, parts: &mut usize) -> Result<(), TomlError> {
    for item in items {
        *parts = parts.saturating_sub(1);
        match item {
            Value::Nil => {
                return Err(TomlError::new("toml: cannot encode array with nil element"));
            }
            Value::Complex(..) => return Err(TomlError::new("unsupported type: complex128")),
            Value::List(list) if depth < MAX_DEPTH && *parts > 0 => {
                check_elements(list, depth + 1, parts)?;
            }
            _ => {}
        }
    }
    Ok(())
}
