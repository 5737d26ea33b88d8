//! Floating-point numbers to text and back.

use std::io::Write as _;

use super::{NumError, NumErrorKind, underscores_ok};

/// `strconv.FormatFloat`: formats `b e E f g G x X`; a negative precision gives the fewest digits
/// that read back as the same number of `bits` (32 or 64).
pub fn format_float(x: f64, format: u8, precision: i32, bits: u32) -> String {
    let mut out = Vec::with_capacity(24);
    append_float(&mut out, x, format, precision, bits);
    out.into_iter().map(char::from).collect()
}

/// [`format_float`], appended to a buffer; what it writes is ASCII.
pub fn append_float(out: &mut Vec<u8>, x: f64, format: u8, precision: i32, bits: u32) {
    if x.is_nan() {
        return out.extend(b"NaN");
    }
    let x = if bits == 32 { f64::from(x as f32) } else { x };
    if x.is_infinite() {
        return out.extend(if x < 0.0 { b"-Inf" } else { b"+Inf" });
    }
    let shortest = precision < 0;
    let precision = usize::try_from(precision).unwrap_or(0);
    match format {
        b'e' | b'E' => {
            let digits = if shortest {
                Digits::shortest(x, bits)
            } else {
                Digits::with_exponent(x, precision)
            };
            let precision = if shortest {
                digits.len().saturating_sub(1)
            } else {
                precision
            };
            digits.write_exponent(out, precision, format);
        }
        b'f' if shortest => {
            let digits = Digits::shortest(x, bits);
            let precision = digits.len() as i32 - digits.point;
            digits.write_fixed(out, usize::try_from(precision).unwrap_or(0));
        }
        b'f' => {
            let digits = precision.min(MAX_DIGITS);
            // Writing to a vector does not fail.
            let _ = write!(out, "{x:.digits$}");
            out.resize(out.len() + (precision - digits), b'0');
        }
        b'g' | b'G' => general(out, x, format, shortest, precision, bits),
        b'b' => binary(out, x, bits),
        b'x' | b'X' => hexadecimal(out, x, format, shortest, precision),
        other => out.extend([b'%', other]),
    }
}

/// More digits than any number has before only zeros follow.
const MAX_DIGITS: usize = 1100;

fn general(out: &mut Vec<u8>, x: f64, format: u8, shortest: bool, precision: usize, bits: u32) {
    let (digits, precision) = if shortest {
        let digits = Digits::shortest(x, bits);
        let all = digits.len();
        (digits, all)
    } else {
        let precision = precision.max(1);
        (Digits::with_exponent(x, precision - 1).trimmed(), precision)
    };
    let (count, precision) = (digits.len() as i32, precision as i32);
    let limit = match () {
        () if shortest => 6,
        () if precision > count && count >= digits.point => count,
        () => precision,
    };
    let exponent = digits.point - 1;
    if exponent < -4 || exponent >= limit {
        let precision = precision.min(count).max(1) - 1;
        digits.write_exponent(
            out,
            precision as usize,
            if format == b'G' { b'E' } else { b'e' },
        );
    } else {
        let precision = if precision > digits.point {
            count
        } else {
            precision
        };
        digits.write_fixed(out, (precision - digits.point).max(0) as usize);
    }
}

/// The decimal digits of a number, `0.d1d2d3… × 10^point`; zero has no digits.
struct Digits {
    negative: bool,
    /// What Rust's `{:e}` wrote: `d.ddd` without its sign and exponent.
    text: Vec<u8>,
    point: i32,
}

impl Digits {
    fn shortest(x: f64, bits: u32) -> Digits {
        let mut text = Vec::with_capacity(32);
        // Writing to a vector does not fail.
        let _ = match bits {
            32 => write!(text, "{:e}", x as f32),
            _ => write!(text, "{x:e}"),
        };
        let digits = Digits::read(text, x);
        let most = if bits == 32 { 6 } else { 15 };
        match digits.len() {
            count if count >= most => digits.even_of_two(x, bits, count),
            _ => digits,
        }
    }

    /// Where two shortest forms are equally near, Go takes the even one.
    fn even_of_two(self, x: f64, bits: u32, count: usize) -> Digits {
        let text = format!("{x:.*e}", count - 1);
        let same = match bits {
            32 => text.parse() == Ok(x as f32),
            _ => text.parse() == Ok(x),
        };
        match same {
            true => Digits::read(text.into_bytes(), x).trimmed(),
            false => self,
        }
    }

    fn with_exponent(x: f64, precision: usize) -> Digits {
        let precision = precision.min(MAX_DIGITS);
        let mut text = Vec::with_capacity(precision + 16);
        let _ = write!(text, "{x:.precision$e}");
        Digits::read(text, x)
    }

    fn read(mut text: Vec<u8>, x: f64) -> Digits {
        let e = text.iter().position(|&c| c == b'e').unwrap_or(text.len());
        let exponent = std::str::from_utf8(&text[e..])
            .ok()
            .and_then(|t| t.get(1..)?.parse::<i32>().ok())
            .unwrap_or(0);
        text.truncate(e);
        text.retain(u8::is_ascii_digit);
        if x == 0.0 {
            text.clear();
        }
        Digits {
            negative: x.is_sign_negative(),
            point: if text.is_empty() { 0 } else { exponent + 1 },
            text,
        }
    }

    /// Without zeros at the end, which `%g` does not print.
    fn trimmed(mut self) -> Digits {
        while self.text.last() == Some(&b'0') {
            self.text.pop();
        }
        self
    }

    fn len(&self) -> usize {
        self.text.len()
    }

    fn digit(&self, i: usize) -> u8 {
        self.text.get(i).copied().unwrap_or(b'0')
    }

    fn write_exponent(&self, out: &mut Vec<u8>, precision: usize, e: u8) {
        if self.negative {
            out.push(b'-');
        }
        out.push(self.digit(0));
        if precision > 0 {
            out.push(b'.');
            out.extend((1..=precision).map(|i| self.digit(i)));
        }
        let exponent = if self.text.is_empty() {
            0
        } else {
            self.point - 1
        };
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "{}{sign}{:02}", char::from(e), exponent.unsigned_abs());
    }

    fn write_fixed(&self, out: &mut Vec<u8>, precision: usize) {
        if self.negative {
            out.push(b'-');
        }
        match usize::try_from(self.point) {
            Ok(whole) if whole > 0 => out.extend((0..whole).map(|i| self.digit(i))),
            _ => out.push(b'0'),
        }
        if precision > 0 {
            out.push(b'.');
            out.extend(
                (0..precision as i32).map(|i| {
                    usize::try_from(self.point + i).map_or(b'0', |place| self.digit(place))
                }),
            );
        }
    }
}

/// The mantissa (with its hidden bit), the exponent of its lowest bit, and the width of the mantissa.
fn parts(x: f64, bits: u32) -> (u64, i32, u32) {
    let (raw, width, bias) = match bits {
        32 => (u64::from((x as f32).to_bits()), 23, 127),
        _ => (x.to_bits(), 52, 1023),
    };
    let exponent_mask = if bits == 32 { 0xff } else { 0x7ff };
    let mantissa = raw & ((1 << width) - 1);
    match (raw >> width) as i32 & exponent_mask {
        0 => (mantissa, 1 - bias - width as i32, width),
        e => (mantissa | 1 << width, e - bias - width as i32, width),
    }
}

fn binary(out: &mut Vec<u8>, x: f64, bits: u32) {
    let (mantissa, exponent, _) = parts(x, bits);
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let _ = write!(out, "{sign}{mantissa}p{exponent:+}");
}

fn hexadecimal(out: &mut Vec<u8>, x: f64, format: u8, shortest: bool, precision: usize) {
    let (mantissa, exponent, width) = parts(x, 64);
    // The leading one goes to bit 60, so that fifteen hexadecimal digits follow it.
    let (mut mantissa, mut exponent) = match mantissa {
        0 => (0, 0),
        m => {
            let shift = m.leading_zeros() - 3;
            (m << shift, exponent + 60 - shift as i32)
        }
    };
    debug_assert!(width == 52);
    if !shortest && precision < 15 {
        let shift = (precision * 4) as u32;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    if x.is_sign_negative() {
        out.push(b'-');
    }
    out.extend([b'0', format, b'0' + (mantissa >> 60) as u8]);
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match shortest {
        true => fraction.trim_end_matches('0').to_owned(),
        false => format!("{fraction:0<precision$}")[..precision].to_owned(),
    };
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend(fraction.bytes().map(|c| match format {
            b'X' => c.to_ascii_uppercase(),
            _ => c,
        }));
    }
    let p = if format == b'X' { 'P' } else { 'p' };
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "{p}{sign}{:02}", exponent.unsigned_abs());
}

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
