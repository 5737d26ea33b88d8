//! Values to JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::JsonError;
use crate::{MAX_DEPTH, MAX_OUTPUT, Value, strconv};

/// `json.Marshal`: compact, keys sorted, `<`, `>` and `&` escaped.
///
/// # Errors
/// A number is infinite or no number, a type has no form in JSON, or a map contains itself.
pub fn encode(value: &Value) -> Result<String, JsonError> {
    Writer::new(true).finish(value)
}

/// What `json.Encoder` writes after `SetEscapeHTML(false)`, without its final newline.
///
/// # Errors
/// As [`encode`].
pub fn encode_raw(value: &Value) -> Result<String, JsonError> {
    Writer::new(false).finish(value)
}

/// `json.MarshalIndent`: each element on a line of its own, which begins with the prefix and one
/// indent for each level.
///
/// # Errors
/// As [`encode`].
pub fn encode_indent(value: &Value, prefix: &str, indent: &str) -> Result<String, JsonError> {
    let mut writer = Writer::new(true);
    writer.layout = Some((prefix, indent));
    writer.finish(value)
}

/// Appends a string literal; each byte that is not UTF-8 becomes U+FFFD.
pub(crate) fn write_str(out: &mut String, text: &[u8], escape_html: bool) {
    out.push('"');
    for chunk in text.utf8_chunks() {
        write_fragment(out, chunk.valid(), escape_html);
        for _ in chunk.invalid() {
            out.push_str("\\ufffd");
        }
    }
    out.push('"');
}

/// Appends a number as Go's encoder writes a `float64`; it must be finite.
pub(crate) fn write_float(out: &mut String, x: f64, bits: u32) {
    let size = x.abs();
    let exponent = match bits {
        32 => size as f32 != 0.0 && ((size as f32) < 1e-6 || size as f32 >= 1e21),
        _ => size != 0.0 && !(1e-6..1e21).contains(&size),
    };
    if !exponent && x.trunc() == x && size < 1e15 && !(x == 0.0 && x.is_sign_negative()) {
        out.push_str(itoa::Buffer::new().format(x as i64));
        return;
    }
    let text = strconv::format_float(x, if exponent { b'e' } else { b'f' }, -1, bits);
    match text.split_once("e-0") {
        Some((mantissa, digit)) => out.extend([mantissa, "e-", digit]),
        None => out.push_str(&text),
    }
}

pub(crate) fn write_fragment(out: &mut String, text: &str, escape_html: bool) {
    let bytes = text.as_bytes();
    let mut written = 0;
    let mut at = 0;
    while at < bytes.len() {
        let (length, escape) = match bytes[at] {
            b'"' => (1, "\\\""),
            b'\\' => (1, "\\\\"),
            b'\n' => (1, "\\n"),
            b'\r' => (1, "\\r"),
            b'\t' => (1, "\\t"),
            b'\x08' => (1, "\\b"),
            b'\x0c' => (1, "\\f"),
            b'<' if escape_html => (1, "\\u003c"),
            b'>' if escape_html => (1, "\\u003e"),
            b'&' if escape_html => (1, "\\u0026"),
            c if c < 0x20 => (1, ""),
            0xe2 if bytes[at..].starts_with("\u{2028}".as_bytes()) => (3, "\\u2028"),
            0xe2 if bytes[at..].starts_with("\u{2029}".as_bytes()) => (3, "\\u2029"),
            _ => {
                at += 1;
                continue;
            }
        };
        out.push_str(&text[written..at]);
        if escape.is_empty() {
            out.push_str(&format!("\\u{:04x}", bytes[at]));
        } else {
            out.push_str(escape);
        }
        at += length;
        written = at;
    }
    out.push_str(&text[written..]);
}

struct Writer<'a> {
    out: String,
    escape_html: bool,
    layout: Option<(&'a str, &'a str)>,
    depth: usize,
}

impl Writer<'_> {
    fn new(escape_html: bool) -> Self {
        Writer {
            out: String::new(),
            escape_html,
            layout: None,
            depth: 0,
        }
    }

    fn finish(mut self, value: &Value) -> Result<String, JsonError> {
        self.value(value)?;
        Ok(self.out)
    }

    fn value(&mut self, value: &Value) -> Result<(), JsonError> {
        match value {
            Value::Nil => self.out.push_str("null"),
            nil if nil.is_nil_collection() => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Int(kind, i) if kind.is_unsigned() => {
                self.out.push_str(itoa::Buffer::new().format(*i as u64));
            }
            Value::Int(_, i) => self.out.push_str(itoa::Buffer::new().format(*i)),
            Value::Float(x) if !x.is_finite() => return Err(unsupported_value(*x)),
            Value::Float(x) => write_float(&mut self.out, *x, 64),
            Value::Complex(..) => {
                return Err(JsonError("json: unsupported type: complex128".into()));
            }
            Value::Str(text) => write_str(&mut self.out, text, self.escape_html),
            Value::Bytes(bytes) => {
                self.out.push('"');
                STANDARD.encode_string(bytes, &mut self.out);
                self.out.push('"');
            }
            Value::List(list) => {
                self.open('[', value)?;
                for (i, item) in list.iter().enumerate() {
                    self.element(i);
                    self.value(item)?;
                }
                self.close(']', list.is_empty());
            }
            Value::Map(map) => self.members(value, &map.entries())?,
            Value::Object(object) => {
                self.enter(value)?;
                match object.json_fields() {
                    Some(fields) => self.members(value, &fields)?,
                    None => self.value(&object.to_json().map_err(JsonError)?)?,
                }
                self.depth -= 1;
            }
        }
        Ok(())
    }

    fn members<K: AsRef<[u8]>>(
        &mut self,
        value: &Value,
        members: &[(K, Value)],
    ) -> Result<(), JsonError> {
        self.open('{', value)?;
        for (i, (key, item)) in members.iter().enumerate() {
            self.element(i);
            write_str(&mut self.out, key.as_ref(), self.escape_html);
            self.out.push(':');
            if self.layout.is_some() {
                self.out.push(' ');
            }
            self.value(item)?;
        }
        self.close('}', members.is_empty());
        Ok(())
    }

    fn open(&mut self, bracket: char, value: &Value) -> Result<(), JsonError> {
        self.out.push(bracket);
        self.enter(value)
    }

    /// Go looks for cycles when it is a thousand levels down; nothing reasonable is that deep.
    fn enter(&mut self, value: &Value) -> Result<(), JsonError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let via = value.type_name();
            return Err(JsonError(format!(
                "json: unsupported value: encountered a cycle via {via}"
            )));
        }
        if self.out.len() > MAX_OUTPUT {
            return Err(JsonError(format!("json: more than {MAX_OUTPUT} bytes")));
        }
        Ok(())
    }

    fn element(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.line();
    }

    fn close(&mut self, bracket: char, empty: bool) {
        self.depth -= 1;
        if !empty {
            self.line();
        }
        self.out.push(bracket);
    }

    fn line(&mut self) {
        if let Some((prefix, indent)) = self.layout {
            self.out.push('\n');
            self.out.push_str(prefix);
            for _ in 0..self.depth {
                self.out.push_str(indent);
            }
        }
    }
}

fn unsupported_value(x: f64) -> JsonError {
    let x = strconv::format_float(x, b'g', -1, 64);
    JsonError(format!("json: unsupported value: {x}"))
}
