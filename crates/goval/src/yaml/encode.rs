//! Values to YAML.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::emitter::{Dialect, Emitter, Role, is_break};
use super::key_order;
use super::resolve::{Scalar, resolve};
use super::style::Style;
use super::{Mode, YamlError, parse};
use crate::{MAX_DEPTH, MAX_OUTPUT, MAX_PARTS, Str, Value, json, strconv};

/// Keys up to this many bytes stay on one line with their value.
const MAX_SIMPLE_KEY: usize = 128;

/// What may be a key in the JSON that Go reads as YAML is 1,024 characters long at most; shorter
/// keys cannot get there, whatever is escaped in them.
const SURELY_KEY_IN_JSON: usize = 160;

/// `sigs.k8s.io/yaml.Marshal`.
pub(super) fn encode(value: &Value) -> Result<String, YamlError> {
    if survives_json(value, 0, &mut MAX_PARTS.clone()) {
        return write(value, Dialect::V2);
    }
    // Go reads its own JSON as YAML on the way, and what that does to some texts is odd enough to
    // be done here in the same way.
    let text = json::encode(value)
        .map_err(|error| YamlError::from(error).within("error marshaling into JSON"))?;
    let keep_integers = true;
    let value = parse(
        text.as_bytes(),
        Mode {
            keep_integers,
            ..Mode::default()
        },
    )?;
    write(&value, Dialect::V2)
}

/// `go.yaml.in/yaml/v3`'s encoder with an indentation of two.
pub(super) fn encode_pretty(value: &Value) -> Result<String, YamlError> {
    write(value, Dialect::V3)
}

/// Whether the way through JSON and its reading as YAML changes nothing but the types of numbers;
/// `parts` is how much there may be to look at.
fn survives_json(value: &Value, depth: usize, parts: &mut usize) -> bool {
    *parts = parts.saturating_sub(1);
    if depth > MAX_DEPTH || *parts == 0 {
        return false;
    }
    match value {
        Value::Str(text) => is_harmless(text),
        Value::List(list) => list
            .iter()
            .all(|item| survives_json(item, depth + 1, parts)),
        Value::Map(map) => map.entries().iter().all(|(key, item)| {
            key.len() <= SURELY_KEY_IN_JSON
                && is_harmless(key)
                && survives_json(item, depth + 1, parts)
        }),
        Value::Float(x) => x.is_finite(),
        Value::Complex(..) | Value::Object(_) => false,
        Value::Nil | Value::Bool(_) | Value::Int(..) | Value::Bytes(_) => true,
    }
}

/// Whether JSON shows the text without characters that YAML forbids or folds.
fn is_harmless(text: &Str) -> bool {
    if text.is_ascii() {
        return !text.contains(&0x7f);
    }
    text.to_str().is_some_and(|text| {
        !text
            .chars()
            .any(|c| matches!(c, '\x7f'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
    })
}

fn write(value: &Value, dialect: Dialect) -> Result<String, YamlError> {
    let mut writer = Writer {
        emitter: Emitter::new(dialect),
        depth: 0,
    };
    writer.node(value, -1, false)?;
    Ok(writer.emitter.finish())
}

struct Writer {
    emitter: Emitter,
    depth: usize,
}

impl Writer {
    /// Writes a node of a collection with that indentation, -1 for none.
    fn node(&mut self, value: &Value, indent: i32, in_mapping: bool) -> Result<(), YamlError> {
        match value {
            Value::Nil => self.bare("null", indent),
            nil if self.emitter.dialect == Dialect::V2 && nil.is_nil_collection() => {
                self.bare("null", indent);
            }
            Value::Bool(b) => self.bare(if *b { "true" } else { "false" }, indent),
            Value::Int(kind, n) if kind.is_unsigned() => {
                self.bare(itoa::Buffer::new().format(*n as u64), indent);
            }
            Value::Int(_, n) => self.bare(itoa::Buffer::new().format(*n), indent),
            Value::Float(x) => {
                let text = self.float(*x);
                self.bare(&text, indent);
            }
            Value::Complex(..) => {
                return Err(YamlError::unsupported("complex128"));
            }
            Value::Str(text) => self.text(text, Role::Value, indent),
            Value::Bytes(bytes) if self.emitter.dialect == Dialect::V2 => {
                let text = STANDARD.encode(bytes);
                self.text(&text.into(), Role::Value, indent);
            }
            Value::Bytes(bytes) => {
                let items: Vec<_> = bytes.iter().map(|&b| Value::int(b.into())).collect();
                self.sequence(&items, indent, in_mapping)?;
            }
            Value::List(list) => self.sequence(list, indent, in_mapping)?,
            Value::Map(map) => self.mapping(&map.entries(), indent)?,
            Value::Object(object) => {
                if self.emitter.dialect != Dialect::V2
                    && let Some(scalar) = object.to_yaml()
                {
                    self.bare(&scalar, indent);
                    return Ok(());
                }
                let plain = object.to_json().map_err(YamlError::yaml)?;
                self.enter()?;
                self.node(&plain, indent, in_mapping)?;
                self.depth -= 1;
            }
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), YamlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let problem = format_args!("exceeded max depth of {MAX_DEPTH}");
            return Err(YamlError::yaml(problem));
        }
        if self.emitter.len() > MAX_OUTPUT {
            let problem = format_args!("more than {MAX_OUTPUT} bytes");
            return Err(YamlError::yaml(problem));
        }
        Ok(())
    }

    fn sequence(
        &mut self,
        items: &[Value],
        indent: i32,
        in_mapping: bool,
    ) -> Result<(), YamlError> {
        if items.is_empty() {
            self.emitter.indicator("[", false);
            self.emitter.close("]");
            return Ok(());
        }
        self.enter()?;
        let flush = self.emitter.dialect == Dialect::V2 && in_mapping && !self.emitter.indention;
        let indent = if flush { indent } else { deeper(indent) };
        for item in items {
            self.emitter.write_indent(indent);
            self.emitter.indicator("-", true);
            self.node(item, indent, false)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn mapping(&mut self, entries: &[(Str, Value)], indent: i32) -> Result<(), YamlError> {
        if entries.is_empty() {
            self.emitter.indicator("{", false);
            self.emitter.close("}");
            return Ok(());
        }
        self.enter()?;
        let indent = deeper(indent);
        let texts: Vec<Cow<'_, str>> = entries.iter().map(|(key, _)| text_of(key)).collect();
        let unsorted = texts
            .iter()
            .zip(entries)
            .map(|(text, (key, value))| (&**text, (key, value)))
            .collect();
        for (text, (key, value)) in key_order::sort(unsorted, self.emitter.dialect) {
            self.emitter.write_indent(indent);
            if text.len() <= MAX_SIMPLE_KEY && !text.contains(is_break) {
                self.text(key, Role::SimpleKey, indent);
                self.emitter.colon();
            } else {
                self.emitter.indicator("?", true);
                self.text(key, Role::Value, indent);
                self.emitter.write_indent(indent);
                self.emitter.indicator(":", true);
            }
            self.node(value, indent, true)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// A scalar that is no string.
    fn bare(&mut self, text: &str, indent: i32) {
        self.emitter.scalar(text, Style::Plain, Role::Value, indent);
    }

    fn text(&mut self, text: &Str, role: Role, indent: i32) {
        if self.emitter.dialect == Dialect::V3 && text.to_str().is_none() {
            self.emitter.indicator("!!binary", false);
            let lines = base64_lines(text);
            let wish = if lines.contains('\n') {
                Style::Literal
            } else {
                Style::Plain
            };
            return self.emitter.scalar(&lines, wish, role, indent);
        }
        let text = text_of(text);
        let wish = match resolve(text.as_bytes()) {
            _ if text.contains('\n') => Style::Literal,
            Scalar::Str if !is_base_60(text.as_bytes()) => Style::Plain,
            _ => Style::DoubleQuoted,
        };
        self.emitter.scalar(&text, wish, role, indent);
    }

    fn float(&self, x: f64) -> String {
        if self.emitter.dialect == Dialect::V2 && x.fract() == 0.0 {
            // On the way through JSON a whole number becomes an integer, if it fits one.
            let text = strconv::format_float(x + 0.0, b'f', -1, 64);
            if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
                return text;
            }
        }
        match strconv::format_float(x, b'g', -1, 64) {
            text if text == "+Inf" => ".inf".into(),
            text if text == "-Inf" => "-.inf".into(),
            text if text == "NaN" => ".nan".into(),
            text => text,
        }
    }
}

fn deeper(indent: i32) -> i32 {
    if indent < 0 { 0 } else { indent + 2 }
}

/// The text, with U+FFFD for each byte that is not UTF-8, as JSON has it.
fn text_of(text: &Str) -> Cow<'_, str> {
    match text.to_str() {
        Some(text) => Cow::Borrowed(text),
        None => {
            let mut out = Vec::with_capacity(text.len());
            json::push_valid(&mut out, text);
            Cow::Owned(String::from_utf8_lossy(&out).into_owned())
        }
    }
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: quoted for the sake of other parsers.
fn is_base_60(text: &[u8]) -> bool {
    let unsigned = match text {
        [b'+' | b'-', rest @ ..] => rest,
        all => all,
    };
    let fraction = unsigned
        .iter()
        .position(|&c| c == b'.')
        .unwrap_or(unsigned.len());
    let (whole, fraction) = unsigned.split_at(fraction);
    let mut parts = whole.split(|&c| c == b':');
    let first = parts.next().unwrap_or_default();
    let is_first = matches!(first, [b'0'..=b'9', rest @ ..]
        if rest.iter().all(|c| c.is_ascii_digit() || *c == b'_'));
    let is_part = |part: &[u8]| matches!(part, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    is_first
        && whole.contains(&b':')
        && parts.all(is_part)
        && fraction
            .iter()
            .skip(1)
            .all(|c| c.is_ascii_digit() || *c == b'_')
}

/// Base64 in lines of 70 characters, each with its newline, if it is longer than one.
fn base64_lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    if text.len() < 70 {
        return text;
    }
    let mut out = String::with_capacity(text.len() + text.len() / 70 + 1);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(70));
        out.push_str(line);
        out.push('\n');
        rest = next;
    }
    out
}
