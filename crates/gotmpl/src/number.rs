//! Numeric constants in templates: what Go's `strconv` and `fmt.Sscan` make of their text.

use crate::ast::{Ideal, Number};
use crate::fmt::quote;
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
    parse_float(text.strip_suffix(b"i")?).ok()
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
    number.uint = parse_uint(text);
    number.int = parse_int(text);
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
    let float = parse_float(text).map_err(|_| format!("illegal number syntax: {}", quote(text)))?;
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

/// Go's `strconv.ParseInt(text, 0, 64)`.
fn parse_int(text: &[u8]) -> Option<i64> {
    match text {
        [b'-', digits @ ..] => {
            let magnitude = parse_uint(digits)?;
            (magnitude <= 1 << 63).then(|| (magnitude as i64).wrapping_neg())
        }
        [b'+', digits @ ..] => i64::try_from(parse_uint(digits)?).ok(),
        digits => i64::try_from(parse_uint(digits)?).ok(),
    }
}

/// Go's `strconv.ParseUint(text, 0, 64)`.
fn parse_uint(text: &[u8]) -> Option<u64> {
    let (base, digits) = match text {
        [] => return None,
        [b'0', b'b' | b'B', rest @ ..] if !rest.is_empty() => (2, rest),
        [b'0', b'o' | b'O', rest @ ..] if !rest.is_empty() => (8, rest),
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (16, rest),
        [b'0', rest @ ..] => (8, rest),
        rest => (10, rest),
    };
    let mut value: u64 = 0;
    for &byte in digits.iter().filter(|&&b| b != b'_') {
        let digit = char::from(byte).to_digit(base)?;
        value = value.checked_mul(base.into())?.checked_add(digit.into())?;
    }
    underscores_ok(text).then_some(value)
}

/// Whether every underscore stands between digits or after the base prefix.
fn underscores_ok(text: &[u8]) -> bool {
    let text = text
        .strip_prefix(b"-")
        .or(text.strip_prefix(b"+"))
        .unwrap_or(text);
    let (digits, hex, mut after_digit) = match text {
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (rest, false, true),
        [b'0', b'x' | b'X', rest @ ..] => (rest, true, true),
        rest => (rest, false, false),
    };
    let mut after_underscore = false;
    for &byte in digits {
        let digit = byte.is_ascii_digit() || hex && byte.is_ascii_hexdigit();
        match byte {
            b'_' if !after_digit => return false,
            b'_' => (after_digit, after_underscore) = (false, true),
            _ if digit => (after_digit, after_underscore) = (true, false),
            _ if after_underscore => return false,
            _ => after_digit = false,
        }
    }
    !after_underscore
}

/// Why a text is not a float, in the words of Go's `strconv`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum BadFloat {
    Syntax,
    Range,
}

/// Go's `strconv.ParseFloat(text, 64)`, for texts that start with a digit, sign or point.
fn parse_float(text: &[u8]) -> Result<f64, BadFloat> {
    let unsigned = text
        .strip_prefix(b"-")
        .or(text.strip_prefix(b"+"))
        .unwrap_or(text);
    if unsigned.iter().any(|b| b == &b'_') && !underscores_ok(text) {
        return Err(BadFloat::Syntax);
    }
    let plain: Vec<u8> = unsigned.iter().copied().filter(|&b| b != b'_').collect();
    let magnitude = match plain.as_slice() {
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => hex_float(rest)?,
        [b'0'..=b'9' | b'.', ..] => std::str::from_utf8(&plain)
            .ok()
            .and_then(|plain| plain.parse::<f64>().ok())
            .ok_or(BadFloat::Syntax)?,
        _ => return Err(BadFloat::Syntax),
    };
    if magnitude.is_infinite() {
        return Err(BadFloat::Range);
    }
    Ok(if text.starts_with(b"-") {
        -magnitude
    } else {
        magnitude
    })
}

/// The value of `1.8p-3`, what follows `0x` in a hexadecimal float; the exponent is required.
fn hex_float(text: &[u8]) -> Result<f64, BadFloat> {
    let p = text
        .iter()
        .position(|b| b"pP".contains(b))
        .ok_or(BadFloat::Syntax)?;
    let (digits, exponent) = (&text[..p], &text[p + 1..]);
    let (mut mantissa, mut shift, mut point, mut seen) = (0u64, 0i64, false, false);
    for &byte in digits {
        if byte == b'.' && !point {
            point = true;
            continue;
        }
        let digit = char::from(byte).to_digit(16).ok_or(BadFloat::Syntax)?;
        seen = true;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            shift -= i64::from(point) * 4;
        } else {
            mantissa |= u64::from(digit != 0); // only rounding still asks for it
            shift += i64::from(!point) * 4;
        }
    }
    let exponent = signed_exponent(exponent).ok_or(BadFloat::Syntax)?;
    if !seen {
        return Err(BadFloat::Syntax);
    }
    Ok(scale(mantissa, shift + exponent))
}

fn signed_exponent(text: &[u8]) -> Option<i64> {
    let digits = text
        .strip_prefix(b"-")
        .or(text.strip_prefix(b"+"))
        .unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits
        .iter()
        .fold(0i64, |e, d| (e * 10 + i64::from(d - b'0')).min(100_000));
    Some(if text.starts_with(b"-") {
        -value
    } else {
        value
    })
}

/// `mantissa * 2^exponent`, rounded once, to the nearest even.
fn scale(mantissa: u64, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let top = mantissa.leading_zeros();
    let mantissa = mantissa << top;
    let exponent = exponent - i64::from(top) + 63; // of the leading bit
    if exponent > 1023 {
        return f64::INFINITY;
    }
    let kept = if exponent >= -1022 {
        53
    } else {
        53 + (exponent + 1022)
    };
    if kept < 0 {
        return 0.0;
    }
    let dropped = 64 - kept as u32;
    let wide = u128::from(mantissa);
    let (high, low, half) = (
        wide >> dropped,
        wide & ((1 << dropped) - 1),
        1 << (dropped - 1),
    );
    let rounded = high + u128::from(low > half || low == half && high & 1 == 1);
    let biased = if exponent >= -1022 {
        (exponent + 1022) as u64
    } else {
        0
    };
    // The leading bit of a normal number adds one to the exponent's field, a carry another one.
    f64::from_bits((biased << 52) + rounded as u64)
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

/// The longest start of the text that has the shape of a float.
fn float_token(text: &[u8]) -> &[u8] {
    let mut len = 0;
    let mut accept = |set: &[u8]| {
        let found = text.get(len).is_some_and(|b| set.contains(b));
        len += usize::from(found);
        found
    };
    accept(b"+-");
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
    parse_float(text).map_err(|bad| {
        let reason = match bad {
            BadFloat::Syntax => "invalid syntax",
            BadFloat::Range => "value out of range",
        };
        format!("strconv.ParseFloat: parsing {}: {reason}", quote(text))
    })
}
