//! JSON to values.

use std::collections::BTreeMap;

use bstr::ByteSlice as _;

use super::JsonError;
use crate::{Elem, List, MAX_DEPTH, Map, Shape, Str, Value, shape, strconv};

/// `json.Unmarshal` into an `any`: numbers become `float64`, the last of equal keys wins.
///
/// # Errors
/// The text is not JSON, with Go's words; or a number does not fit a `float64`.
pub fn decode(text: &[u8]) -> Result<Value, JsonError> {
    let (value, unfit) = read(text)?;
    unfit.map_or(Ok(value), Err)
}

/// `json.Decoder.Decode` into an `any`: the first value of a text and how many bytes it takes, with the
/// space before it. What follows is not looked at.
///
/// # Errors
/// As [`decode`], but a text that ends too early is an `unexpected EOF`.
pub fn decode_first(text: &[u8]) -> Result<(Value, usize), JsonError> {
    let mut reader = Reader::new(text);
    let value = reader
        .value()
        .map_err(|error| match reader.at < text.len() {
            true => error,
            false => JsonError("unexpected EOF".to_owned()),
        })?;
    reader.unfit.map_or(Ok((value, reader.at)), Err)
}

/// `json.Unmarshal` into a `map[string]any`; null gives a nil map.
///
/// # Errors
/// As [`decode`], or the text is not an object.
pub fn decode_map(text: &[u8]) -> Result<Map, JsonError> {
    match read(text)? {
        (Value::Map(map), unfit) => unfit.map_or(Ok(map), Err),
        (Value::Nil, None) => Ok(Map::nil(Elem::Any)),
        (other, _) => Err(mismatch(&number_if_nil(other), "map[string]interface {}")),
    }
}

/// `json.Unmarshal` into a `[]any`; null gives a nil list.
///
/// # Errors
/// As [`decode`], or the text is not an array.
pub fn decode_list(text: &[u8]) -> Result<List, JsonError> {
    match read(text)? {
        (Value::List(list), unfit) => unfit.map_or(Ok(list), Err),
        (Value::Nil, None) => Ok(List::nil(Elem::Any)),
        (other, _) => Err(mismatch(&number_if_nil(other), "[]interface {}")),
    }
}

/// What does not fit a map or list is told by its kind: a number that no float holds, too.
fn number_if_nil(value: Value) -> Value {
    match value {
        Value::Nil => Value::Float(f64::INFINITY),
        other => other,
    }
}

/// The value, and the first number in it that no float holds, in whose place is nil.
fn read(text: &[u8]) -> Result<(Value, Option<JsonError>), JsonError> {
    let mut reader = Reader::new(text);
    let value = reader.value()?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.unexpected("after top-level value"));
    }
    Ok((value, reader.unfit))
}

/// `json.Unmarshal` into a Go type.
///
/// # Errors
/// As [`decode`], or a part of the text does not fit the type.
pub fn decode_shaped(text: &[u8], shape: &Shape) -> Result<Value, JsonError> {
    shape::fit(&decode(text)?, shape, false)
}

/// Go's error for a value that does not fit the type it is to be stored in.
pub(crate) fn mismatch(value: &Value, go_type: &str) -> JsonError {
    let found = kind_name(value);
    JsonError(format!(
        "json: cannot unmarshal {found} into Go value of type {go_type}"
    ))
}

/// What Go's errors call a JSON value of that kind.
pub(crate) fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Nil => "null",
        Value::Bool(_) => "bool",
        Value::Int(..) | Value::Float(_) | Value::Complex(..) => "number",
        Value::Str(_) | Value::Bytes(_) | Value::Object(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

pub(super) struct Reader<'a> {
    text: &'a [u8],
    /// The next byte to read; after an error, the one that was wrong.
    pub(super) at: usize,
    depth: usize,
    /// The first number that did not fit; Go reports it only if the syntax is right to the end.
    pub(super) unfit: Option<JsonError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Reader<'a> {
        Reader {
            text,
            at: 0,
            depth: 0,
            unfit: None,
        }
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    /// The error for the byte that stands here; where the text ends, Go tries a space instead.
    fn unexpected(&self, context: &str) -> JsonError {
        let c = match self.peek().unwrap_or(b' ') {
            b'\'' => r"'\''".to_owned(),
            b'"' => r#"'"'"#.to_owned(),
            c => {
                let quoted = strconv::quote(char::from(c).encode_utf8(&mut [0; 4]).as_bytes());
                format!("'{}'", &quoted[1..quoted.len() - 1])
            }
        };
        JsonError(format!("invalid character {c} {context}"))
    }

    /// As [`Reader::unexpected`] where a space would have been skipped.
    fn unexpected_after_space(&self, context: &str) -> JsonError {
        match self.peek() {
            Some(_) => self.unexpected(context),
            None => JsonError("unexpected end of JSON input".into()),
        }
    }

    pub(super) fn value(&mut self) -> Result<Value, JsonError> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Ok(Value::Str(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Nil),
            _ => Err(self.unexpected_after_space("looking for beginning of value")),
        }
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.unexpected("exceeded max depth"));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        self.enter()?;
        let mut entries = Vec::new();
        if self.peek() != Some(b'}') {
            loop {
                self.skip_space();
                if self.peek() != Some(b'"') {
                    return Err(
                        self.unexpected_after_space("looking for beginning of object key string")
                    );
                }
                let key = self.string()?;
                self.skip_space();
                if self.peek() != Some(b':') {
                    return Err(self.unexpected_after_space("after object key"));
                }
                self.at += 1;
                entries.push((key, self.value()?));
                self.skip_space();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return Err(self.unexpected_after_space("after object key:value pair")),
                }
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Value::Map(Map::from_entries(BTreeMap::from_iter(entries))))
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        self.enter()?;
        let mut items = Vec::new();
        if self.peek() != Some(b']') {
            loop {
                items.push(self.value()?);
                self.skip_space();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err(self.unexpected_after_space("after array element")),
                }
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Value::List(List::new(items)))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                let expected = char::from(expected);
                let context = format!("in literal {word} (expecting '{expected}')");
                return Err(self.unexpected(&context));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits("in numeric literal")?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let literal = self.text[start..self.at].to_str_lossy();
        let x: f64 = literal.parse().unwrap_or(f64::INFINITY);
        if x.is_finite() {
            return Ok(Value::Float(x));
        }
        self.unfit.get_or_insert_with(|| {
            JsonError(format!(
                "json: cannot unmarshal number {literal} into Go value of type float64"
            ))
        });
        Ok(Value::Nil)
    }

    fn digits(&mut self, context: &str) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.unexpected(context));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Str, JsonError> {
        self.at += 1;
        let start = self.at;
        let length = self.text[start..]
            .iter()
            .position(|&c| c == b'"' || c == b'\\' || c < 0x20)
            .unwrap_or(self.text.len() - start);
        let plain = &self.text[start..start + length];
        self.at += length;
        if self.peek() == Some(b'"') && plain.to_str().is_ok() {
            self.at += 1;
            return Ok(plain.into());
        }
        let mut out = Vec::with_capacity(length + 16);
        push_valid(&mut out, plain);
        self.rest_of_string(&mut out)?;
        Ok(out.into())
    }

    fn rest_of_string(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(out)?;
                }
                None => return Err(self.unexpected_after_space("in string literal")),
                Some(c) if c < 0x20 => return Err(self.unexpected("in string literal")),
                Some(_) => {
                    let rest = &self.text[self.at..];
                    let length = rest
                        .iter()
                        .position(|&c| c == b'"' || c == b'\\' || c < 0x20)
                        .unwrap_or(rest.len());
                    push_valid(out, &rest[..length]);
                    self.at += length;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => c,
            Some(b'b') => b'\x08',
            Some(b'f') => b'\x0c',
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode_escape(out),
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        out.push(c);
        Ok(())
    }

    fn unicode_escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let first = self.hex4()?;
        let mut rune = first;
        if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with(b"\\u") {
            let after_first = self.at;
            self.at += 1;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                rune = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            } else {
                // Half a pair stands for U+FFFD, and the second escape for itself.
                self.at = after_first;
            }
        }
        let c = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    /// The four digits after the `u` that stands here.
    fn hex4(&mut self) -> Result<u32, JsonError> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            match self.peek().and_then(|c| char::from(c).to_digit(16)) {
                Some(digit) => value = value << 4 | digit,
                None => return Err(self.unexpected("in \\u hexadecimal character escape")),
            }
            self.at += 1;
        }
        Ok(value)
    }
}

/// Appends text, with U+FFFD for each byte that is not UTF-8.
pub(crate) fn push_valid(out: &mut Vec<u8>, text: &[u8]) {
    for chunk in text.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
}
