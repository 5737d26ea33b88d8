//! Numeric constants in templates: what Go's `strconv` and `fmt.Sscan` make of their text.

use goval::strconv::{self, quote};

use crate::ast::{Ideal, Number};
use crate::lex::Kind;
use crate::quoting::{Unescaped, unescape};

/// Reads the text of a token of kind number, complex or character constant.
///
/// # Errors
/// The message that Go's parser gives for the text.
pub(crate) fn parse(text: &[u8], kind: Kind) -> Result<Number, String> {
    let mut number = Number {
        text: text.into(),
        int: None,
        uint: None,
        float: None,
        complex: None,
        ideal: None,
    };
    match kind {
        Kind::CharConstant => char_constant(&mut number, text)?,
        Kind::Complex => set_complex(&mut number, scan_complex(text)?),
        _ => match imaginary(text) {
            Some(im) => set_complex(&mut number, (0.0, im)),
            None => real(&mut number, text)?,
        },
    }
    number.ideal = ideal(&number, text);
    Ok(number)
}

fn char_constant(number: &mut Number, text: &[u8]) -> Result<(), String> {
    let (unescaped, rest) = unescape(&text[1..], b'\'').ok_or("invalid syntax")?;
    if rest != b"'" {
        return Err(format!(
            "malformed character constant: {}",
            String::from_utf8_lossy(text)
        ));
    }
    let value = match unescaped {
        Unescaped::Byte(byte) => u32::from(byte),
        Unescaped::Char(c) => u32::from(c),
    };
    number.int = Some(value.into());
    number.uint = Some(value.into());
    number.float = Some(value.into());
    Ok(())
}

/// The imaginary part of a constant such as `2i`.
fn imaginary(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text.strip_suffix(b"i")?).ok()?;
    strconv::parse_float(text, 64).ok()
}

/// A complex constant is every simpler number too that its real part is, if nothing is imaginary.
fn set_complex(number: &mut Number, (re, im): (f64, f64)) {
    number.complex = Some((re, im));
    if im == 0.0 {
        number.float = Some(re);
        number.int = exact_int(re);
        number.uint = exact_uint(re);
    }
}

fn real(number: &mut Number, text: &[u8]) -> Result<(), String> {
    let digits = String::from_utf8_lossy(text);
    number.uint = strconv::parse_uint(&digits, 0, 64).ok();
    number.int = strconv::parse_int(&digits, 0, 64).ok();
    if number.int == Some(0) {
        number.uint = Some(0); // -0 is unsigned too
    }
    number.float = match (number.int, number.uint) {
        (Some(int), _) => Some(int as f64),
        (None, Some(uint)) => Some(uint as f64),
        (None, None) => None,
    };
    if number.float.is_some() {
        return Ok(());
    }
    let float = strconv::parse_float(&digits, 64)
        .map_err(|_| format!("illegal number syntax: {}", quote(text)))?;
    if !text.iter().any(|b| b".eEpP".contains(b)) {
        return Err(format!("integer overflow: {}", quote(text)));
    }
    number.float = Some(float);
    number.int = exact_int(float);
    number.uint = exact_uint(float);
    Ok(())
}

/// The type by the looks of the text: complex, float if there is a point or exponent, else int.
fn ideal(number: &Number, text: &[u8]) -> Option<Ideal> {
    if let Some((re, im)) = number.complex {
        return Some(Ideal::Complex(re, im));
    }
    let is_hex_int = text.len() > 2
        && matches!(text, [b'0', b'x' | b'X', ..])
        && !text.iter().any(|b| b"pP".contains(b));
    let looks_float = text[0] != b'\'' && !is_hex_int && text.iter().any(|b| b".eEpP".contains(b));
    match number.float {
        Some(float) if looks_float => Some(Ideal::Float(float)),
        _ => number.int.map(Ideal::Int),
    }
}

fn exact_int(float: f64) -> Option<i64> {
    let in_range = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float);
    (in_range && float.trunc() == float).then_some(float as i64)
}

fn exact_uint(float: f64) -> Option<u64> {
    let in_range = (0.0..18_446_744_073_709_551_616.0).contains(&float);
    (in_range && float.trunc() == float).then_some(float as u64)
}

/// What Go's `fmt.Sscan` reads as a `complex128`.
fn scan_complex(text: &[u8]) -> Result<(f64, f64), String> {
    const BAD: &str = "syntax error scanning complex number";
    let re = float_token(text);
    let rest = &text[re.len()..];
    if !matches!(rest, [b'+' | b'-', ..]) {
        return Err(BAD.to_owned());
    }
    let im_len = 1 + float_token(&rest[1..]).len();
    if rest.get(im_len) != Some(&b'i') {
        return Err(BAD.to_owned());
    }
    Ok((scanned_float(re)?, scanned_float(&rest[..im_len])?))
}

/// What Go takes for the start of a float: the longest one that has the shape of it, with what might have been the
/// beginning of `NaN` or `Inf`.
fn float_token(text: &[u8]) -> &[u8] {
    let mut len = 0;
    let mut accept = |set: &[u8]| {
        let found = text.get(len).is_some_and(|b| set.contains(b));
        len += usize::from(found);
        found
    };
    if accept(b"nN") && accept(b"aA") && accept(b"nN") {
        return &text[..len];
    }
    accept(b"+-");
    if accept(b"iI") && accept(b"nN") && accept(b"fF") {
        return &text[..len];
    }
    let (mut digits, mut exponent): (&[u8], &[u8]) = (b"0123456789_", b"eEpP");
    if accept(b"0") && accept(b"xX") {
        (digits, exponent) = (b"0123456789abcdefABCDEF_", b"pP");
    }
    while accept(digits) {}
    if accept(b".") {
        while accept(digits) {}
    }
    if accept(exponent) {
        accept(b"+-");
        while accept(b"0123456789_") {}
    }
    &text[..len]
}

fn scanned_float(text: &[u8]) -> Result<f64, String> {
    let text = String::from_utf8_lossy(text);
    strconv::parse_float(&text, 64).map_err(|error| error.to_string())
}
