//! What a plain scalar means: the rules of YAML 1.1 as go-yaml v2 reads them.

use std::borrow::Cow;

use crate::strconv::{parse_float, parse_int, parse_uint};

/// The meaning of a scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer beyond `i64`.
    Uint(u64),
    Float(f64),
    /// A string of its own text.
    Str,
    /// A string that looks like a time.
    Timestamp,
}

impl Scalar {
    /// The tag that belongs to it, in short form.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Scalar::Null => "!!null",
            Scalar::Bool(_) => "!!bool",
            Scalar::Int(_) | Scalar::Uint(_) => "!!int",
            Scalar::Float(_) => "!!float",
            Scalar::Str => "!!str",
            Scalar::Timestamp => "!!timestamp",
        }
    }
}

/// Resolves a scalar without a tag.
pub(super) fn resolve(text: &[u8]) -> Scalar {
    resolve_with(text, true)
}

/// Resolves a scalar; what looks like a time is one only without a tag, or with that of times.
pub(super) fn resolve_with(text: &[u8], times: bool) -> Scalar {
    let Some(first) = text.first() else {
        return Scalar::Null;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => special_float(text).map_or_else(|| float(text), Scalar::Float),
        b'+' | b'-' | b'0'..=b'9' => special_float(text).map_or_else(
            || match times && is_timestamp(text) {
                true => Scalar::Timestamp,
                false => number(text),
            },
            Scalar::Float,
        ),
        _ => Scalar::Str,
    }
}

fn word(text: &[u8]) -> Scalar {
    match text {
        b"y" | b"Y" | b"yes" | b"Yes" | b"YES" => Scalar::Bool(true),
        b"true" | b"True" | b"TRUE" | b"on" | b"On" | b"ON" => Scalar::Bool(true),
        b"n" | b"N" | b"no" | b"No" | b"NO" => Scalar::Bool(false),
        b"false" | b"False" | b"FALSE" | b"off" | b"Off" | b"OFF" => Scalar::Bool(false),
        b"~" | b"null" | b"Null" | b"NULL" => Scalar::Null,
        _ => Scalar::Str,
    }
}

fn special_float(text: &[u8]) -> Option<f64> {
    match text {
        b".nan" | b".NaN" | b".NAN" => Some(f64::NAN),
        b".inf" | b".Inf" | b".INF" | b"+.inf" | b"+.Inf" | b"+.INF" => Some(f64::INFINITY),
        b"-.inf" | b"-.Inf" | b"-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn float(text: &[u8]) -> Scalar {
    std::str::from_utf8(text)
        .ok()
        .and_then(|text| parse_float(text, 64).ok())
        .map_or(Scalar::Str, Scalar::Float)
}

fn number(text: &[u8]) -> Scalar {
    if let Some(n) = short_decimal(text) {
        return Scalar::Int(n);
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return Scalar::Str;
    };
    let digits = match text.contains('_') {
        true => Cow::Owned(text.replace('_', "")),
        false => Cow::Borrowed(text),
    };
    if !has_number_form(digits.as_bytes()) {
        return Scalar::Str;
    }
    if let Ok(n) = parse_int(&digits, 0, 64) {
        return Scalar::Int(n);
    }
    if let Ok(n) = parse_uint(&digits, 0, 64) {
        return Scalar::Uint(n);
    }
    if is_float(digits.as_bytes())
        && let Ok(x) = parse_float(&digits, 64)
    {
        return Scalar::Float(x);
    }
    // A binary number may have its sign after the prefix.
    if let Some(bits) = digits.strip_prefix("0b") {
        if let Ok(n) = parse_int(bits, 2, 64) {
            return Scalar::Int(n);
        }
        if let Ok(n) = parse_uint(bits, 2, 64) {
            return Scalar::Uint(n);
        }
    }
    Scalar::Str
}

/// The most frequent number: a few decimal digits without a leading zero.
fn short_decimal(text: &[u8]) -> Option<i64> {
    match text {
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] if text.len() < 18 => text.iter().try_fold(0, |n, c| {
            c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0'))
        }),
        _ => None,
    }
}

/// Whether the text can be a number at all; spares most strings the attempts and their errors.
fn has_number_form(text: &[u8]) -> bool {
    text.iter().all(|c| {
        c.is_ascii_hexdigit() || matches!(c, b'+' | b'-' | b'.' | b'x' | b'X' | b'o' | b'O')
    })
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
pub(super) fn is_float(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|c| c.is_ascii_digit()).count();
    let text = match text {
        [b'+' | b'-', rest @ ..] => rest,
        all => all,
    };
    let whole = digits(text);
    let mut rest = &text[whole..];
    if let [b'.', after @ ..] = rest {
        let fraction = digits(after);
        if whole + fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    } else if whole == 0 {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            !exponent.is_empty() && digits(exponent) == exponent.len()
        }
        _ => false,
    }
}

/// Whether Go reads the text as a time in one of the four layouts that go-yaml tries.
pub(super) fn is_timestamp(text: &[u8]) -> bool {
    let year = text.iter().take_while(|c| c.is_ascii_digit()).count();
    if year != 4 || text.get(4) != Some(&b'-') {
        return false;
    }
    let mut rest = &text[5..];
    let (Some(month), Some(())) = (one_or_two(&mut rest), literal(&mut rest, b'-')) else {
        return false;
    };
    let Some(day) = one_or_two(&mut rest) else {
        return false;
    };
    let year = text[..4]
        .iter()
        .fold(0, |n, c| n * 10 + u32::from(c - b'0'));
    if !(1..=12).contains(&month) || day < 1 || day > days_in(month, year) {
        return false;
    }
    match rest {
        [] => true,
        [b'T' | b't', clock @ ..] => clock_end(clock).is_some_and(is_zone),
        // Go passes over any number of spaces where the layout has one.
        [b' ', ..] => clock_end(rest.trim_ascii_start_spaces()) == Some(b""),
        _ => false,
    }
}

trait TrimSpaces {
    fn trim_ascii_start_spaces(&self) -> &Self;
}

impl TrimSpaces for [u8] {
    fn trim_ascii_start_spaces(&self) -> &[u8] {
        let spaces = self.iter().take_while(|&&c| c == b' ').count();
        &self[spaces..]
    }
}

/// Reads `15:4:5` with an optional fraction and gives what follows.
fn clock_end(mut text: &[u8]) -> Option<&[u8]> {
    let hour = one_or_two(&mut text)?;
    literal(&mut text, b':')?;
    let minute = one_or_two(&mut text)?;
    literal(&mut text, b':')?;
    let second = one_or_two(&mut text)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if let [b'.' | b',', b'0'..=b'9', ..] = text {
        let digits = text[1..].iter().take_while(|c| c.is_ascii_digit()).count();
        text = &text[1 + digits..];
    }
    Some(text)
}

fn is_zone(text: &[u8]) -> bool {
    match *text {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let two = |a: u8, b: u8| {
                (a.is_ascii_digit() && b.is_ascii_digit()).then(|| (a - b'0') * 10 + (b - b'0'))
            };
            two(h1, h2).is_some_and(|h| h <= 24) && two(m1, m2).is_some_and(|m| m <= 60)
        }
        _ => false,
    }
}

fn one_or_two(text: &mut &[u8]) -> Option<u32> {
    let digits = text
        .iter()
        .take(2)
        .take_while(|c| c.is_ascii_digit())
        .count();
    let (number, rest) = text.split_at(digits);
    *text = rest;
    (digits > 0).then(|| number.iter().fold(0, |n, c| n * 10 + u32::from(c - b'0')))
}

fn literal(text: &mut &[u8], expected: u8) -> Option<()> {
    let (&first, rest) = text.split_first()?;
    *text = rest;
    (first == expected).then_some(())
}

fn days_in(month: u32, year: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}
