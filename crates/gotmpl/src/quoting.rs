//! Reading Go's string literals, as `strconv` does.

use crate::unicode;

/// One character or byte of a literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unescaped {
    /// From `\x` or an octal escape, or a plain ASCII character.
    Byte(u8),
    Char(char),
}

/// Go's `strconv.Unquote` of a string with its double or back quotes; `None` is its `invalid syntax`.
pub(crate) fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (&quote, rest) = literal.split_first()?;
    let (&end, mut inner) = rest.split_last()?;
    if quote != end {
        return None;
    }
    if quote == b'`' {
        return (!inner.contains(&b'`')).then(|| without_carriage_returns(inner));
    }
    if !inner.contains(&b'\\') && std::str::from_utf8(inner).is_ok() {
        let plain = !inner.contains(&b'\n') && !inner.contains(&quote);
        return plain.then(|| inner.to_vec());
    }
    let mut out = Vec::with_capacity(inner.len());
    while !inner.is_empty() {
        let (unescaped, rest) = unescape(inner, quote)?;
        match unescaped {
            Unescaped::Byte(b'\n') if inner[0] == b'\n' => return None,
            Unescaped::Byte(byte) => out.push(byte),
            Unescaped::Char(c) => push_char(&mut out, c),
        }
        inner = rest;
    }
    Some(out)
}

fn without_carriage_returns(text: &[u8]) -> Vec<u8> {
    match memchr::memchr(b'\r', text) {
        None => text.to_vec(),
        Some(_) => text.iter().copied().filter(|&b| b != b'\r').collect(),
    }
}

/// Go's `strconv.UnquoteChar`: the first character of what stands between quotes, and the rest.
pub(crate) fn unescape(text: &[u8], quote: u8) -> Option<(Unescaped, &[u8])> {
    match text {
        [] => None,
        [b, ..] if *b == quote => None,
        [b'\\', escape, rest @ ..] => unescape_after_backslash(*escape, rest, quote),
        [b'\\'] => None,
        [b, rest @ ..] if b.is_ascii() => Some((Unescaped::Byte(*b), rest)),
        _ => {
            let (c, len) = unicode::decode(text);
            Some((Unescaped::Char(c), &text[len..]))
        }
    }
}

fn unescape_after_backslash(escape: u8, rest: &[u8], quote: u8) -> Option<(Unescaped, &[u8])> {
    let byte = match escape {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'\'' | b'"' if escape == quote => escape,
        b'x' => {
            let (value, rest) = digits(rest, 2, 16)?;
            return Some((Unescaped::Byte(value as u8), rest));
        }
        b'u' | b'U' => {
            let (value, rest) = digits(rest, if escape == b'u' { 4 } else { 8 }, 16)?;
            return Some((Unescaped::Char(char::from_u32(value)?), rest));
        }
        b'0'..=b'7' => {
            let (value, rest) = digits(rest, 2, 8)?;
            let value = u32::from(escape - b'0') << 6 | value;
            return Some((Unescaped::Byte(u8::try_from(value).ok()?), rest));
        }
        _ => return None,
    };
    Some((Unescaped::Byte(byte), rest))
}

fn digits(text: &[u8], count: usize, base: u32) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(count)?;
    let mut value: u32 = 0;
    for &byte in digits {
        value = value.checked_mul(base)? + char::from(byte).to_digit(base)?;
    }
    Some((value, rest))
}

/// Appends a character as UTF-8.
pub(crate) fn push_char(out: &mut Vec<u8>, c: char) {
    out.extend(c.encode_utf8(&mut [0; 4]).bytes());
}

/// Go's `strconv.CanBackquote`: whether the text can stand unchanged between back quotes.
pub(crate) fn can_backquote(mut text: &[u8]) -> bool {
    while !text.is_empty() {
        let (c, len) = unicode::decode(text);
        let invalid = c == char::REPLACEMENT_CHARACTER && len == 1;
        if invalid || c == '\u{feff}' || c == '`' || c == '\x7f' || c < ' ' && c != '\t' {
            return false;
        }
        text = &text[len..];
    }
    true
}
