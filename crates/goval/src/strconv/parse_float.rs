//! Floating-point numbers from text.

use super::{NumError, NumErrorKind, underscores_ok};

/// `strconv.ParseFloat`: decimal and hexadecimal numbers, `inf`, `infinity` and `nan` in any case.
///
/// # Errors
/// The text is no such number, or rounds to infinity in `bits` (32 or 64).
pub fn parse_float(text: &str, bits: u32) -> Result<f64, NumError> {
    let fail = |kind| NumError {
        func: "ParseFloat",
        num: text.to_owned(),
        kind,
    };
    if let Some(x) = special(text) {
        return Ok(x);
    }
    let form = Form::of(text.as_bytes()).ok_or_else(|| fail(NumErrorKind::Syntax))?;
    let x = match form {
        Form::Decimal { underscores: false } => read_decimal(text, bits),
        Form::Decimal { underscores: true } => read_decimal(&text.replace('_', ""), bits),
        Form::Hexadecimal => read_hexadecimal(text, bits),
    };
    match x {
        x if x.is_infinite() => Err(fail(NumErrorKind::Range)),
        x => Ok(x),
    }
}

fn special(text: &str) -> Option<f64> {
    let (sign, name) = match text.as_bytes() {
        [b'+', ..] => (1.0, &text[1..]),
        [b'-', ..] => (-1.0, &text[1..]),
        _ => (1.0, text),
    };
    if name.eq_ignore_ascii_case("inf") || name.eq_ignore_ascii_case("infinity") {
        return Some(sign * f64::INFINITY);
    }
    text.eq_ignore_ascii_case("nan").then_some(f64::NAN)
}

fn read_decimal(text: &str, bits: u32) -> f64 {
    // The form has been checked, and Rust reads every such text.
    match bits {
        32 => text.parse::<f32>().map_or(0.0, f64::from),
        _ => text.parse::<f64>().unwrap_or(0.0),
    }
}

enum Form {
    Decimal { underscores: bool },
    Hexadecimal,
}

impl Form {
    /// Checks the whole text against Go's grammar of floating-point literals.
    fn of(text: &[u8]) -> Option<Form> {
        let unsigned = match text {
            [b'+' | b'-', rest @ ..] => rest,
            all => all,
        };
        let (hex, body) = match unsigned {
            [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (true, rest),
            all => (false, all),
        };
        let is_digit = |c: u8| c.is_ascii_digit() || hex && c.is_ascii_hexdigit();
        let end = body
            .iter()
            .position(|&c| !(is_digit(c) || c == b'.' || c == b'_'))
            .unwrap_or(body.len());
        let (mantissa, exponent) = body.split_at(end);
        let dots = mantissa.iter().filter(|&&c| c == b'.').count();
        if dots > 1 || !mantissa.iter().any(|&c| is_digit(c)) {
            return None;
        }
        let marker = if hex { b'p' } else { b'e' };
        match exponent {
            [] if hex => return None,
            [] => {}
            [e, rest @ ..] if e | 0x20 == marker => {
                let digits = match rest {
                    [b'+' | b'-', digits @ ..] => digits,
                    digits => digits,
                };
                if !digits.first()?.is_ascii_digit() {
                    return None;
                }
                if !digits.iter().all(|&c| c.is_ascii_digit() || c == b'_') {
                    return None;
                }
            }
            _ => return None,
        }
        let underscores = text.contains(&b'_');
        if underscores && !underscores_ok(text) {
            return None;
        }
        Some(match hex {
            true => Form::Hexadecimal,
            false => Form::Decimal { underscores },
        })
    }
}

/// Reads a hexadecimal number of checked form, rounding half to even.
fn read_hexadecimal(text: &str, bits: u32) -> f64 {
    let negative = text.starts_with('-');
    let body = text.trim_start_matches(['+', '-']);
    let body = body.get(2..).unwrap_or_default();
    let (digits, power) = body.split_once(['p', 'P']).unwrap_or((body, "0"));
    let power = power.replace('_', "");
    let power: i64 = power.parse().unwrap_or(match power.starts_with('-') {
        true => -100_000,
        false => 100_000,
    });
    let mut exponent = power.clamp(-100_000, 100_000);
    // 61 bits and one sticky bit are more than any format keeps.
    let (mut mantissa, mut fraction) = (0u64, false);
    for c in digits.bytes() {
        match c {
            b'.' => fraction = true,
            b'_' => {}
            c => {
                let digit = char::from(c).to_digit(16).unwrap_or(0);
                if mantissa >> 57 == 0 {
                    mantissa = mantissa << 4 | u64::from(digit);
                    exponent -= if fraction { 4 } else { 0 };
                } else {
                    mantissa |= u64::from(digit != 0);
                    exponent += if fraction { 0 } else { 4 };
                }
            }
        }
    }
    let size = round_to(mantissa, exponent, bits);
    if negative { -size } else { size }
}

/// `mantissa × 2^exponent`, rounded half to even to the precision of the format.
fn round_to(mantissa: u64, exponent: i64, bits: u32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let (width, lowest, highest) = match bits {
        32 => (24, -149, 127),
        _ => (53, -1074, 1023),
    };
    let top = exponent + 63 - i64::from(mantissa.leading_zeros());
    let unit = (top - width + 1).max(lowest);
    let drop = unit - exponent;
    let kept = match drop {
        d if d <= 0 => mantissa << (-d).min(63),
        d if d > 64 => 0,
        d => {
            let wide = u128::from(mantissa);
            let (whole, rest, half) = (wide >> d, wide & ((1 << d) - 1), 1u128 << (d - 1));
            let up = rest > half || rest == half && whole & 1 == 1;
            (whole + u128::from(up)) as u64
        }
    };
    // Two exact steps: the power may be below what one multiplication could express.
    let result = kept as f64 * 2f64.powi((unit / 2) as i32) * 2f64.powi((unit - unit / 2) as i32);
    if result >= 2f64.powi(highest) * 2.0 {
        return f64::INFINITY;
    }
    result
}
