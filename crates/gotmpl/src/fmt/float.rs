//! Floats as Go's `strconv` and `fmt` write them.

use super::spec::Spec;

/// More digits than any `f64` has; beyond them there are only zeros.
const MAX_DIGITS: usize = 1100;

/// Go's `strconv.FormatFloat(x, format, precision, 64)` for the formats `e E f g G b x X`; no
/// precision stands for as few digits as tell the number from all others.
pub fn format_float(x: f64, format: u8, precision: Option<usize>) -> String {
    if x.is_nan() {
        return "NaN".to_owned();
    }
    if x.is_infinite() {
        return if x < 0.0 { "-Inf" } else { "+Inf" }.to_owned();
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let magnitude = x.abs();
    let text = match format {
        b'b' => binary(magnitude),
        b'x' => hex(magnitude, precision),
        b'X' => hex(magnitude, precision).to_uppercase(),
        b'f' => fixed(magnitude, precision),
        b'e' => exponential(&Digits::new(magnitude, precision.map(|p| p + 1)), precision),
        b'E' => {
            exponential(&Digits::new(magnitude, precision.map(|p| p + 1)), precision).to_uppercase()
        }
        b'G' => general(magnitude, precision).to_uppercase(),
        _ => general(magnitude, precision),
    };
    format!("{sign}{text}")
}

/// The decimal digits of a number, without zeros at the end, and where the point stands.
struct Digits {
    digits: String,
    /// The number is `0.digits × 10^point`.
    point: i32,
}

impl Digits {
    /// The shortest digits, or as many as asked for, rounded.
    fn new(x: f64, count: Option<usize>) -> Digits {
        let text = match count {
            None => format!("{x:e}"),
            Some(count) => format!("{x:.*e}", count.clamp(1, MAX_DIGITS) - 1),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.replace('.', "").trim_end_matches('0').to_owned();
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let point = if digits.is_empty() { 0 } else { exponent + 1 };
        Digits { digits, point }
    }

    fn len(&self) -> usize {
        self.digits.len()
    }
}

/// `%e`: one digit, a point, the others, and an exponent of at least two digits.
fn exponential(digits: &Digits, precision: Option<usize>) -> String {
    let first = digits.digits.get(..1).unwrap_or("0");
    let rest = digits.digits.get(1..).unwrap_or("");
    let precision = precision.unwrap_or(rest.len());
    let exponent = if digits.len() == 0 {
        0
    } else {
        digits.point - 1
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    let exponent = exponent.unsigned_abs();
    if precision == 0 {
        return format!("{first}e{sign}{exponent:02}");
    }
    let zeros = zeros(precision.saturating_sub(rest.len()));
    format!("{first}.{rest}{zeros}e{sign}{exponent:02}")
}

fn zeros(count: usize) -> String {
    "0".repeat(count)
}

/// `%f`
fn fixed(x: f64, precision: Option<usize>) -> String {
    match precision {
        None => format!("{x}"),
        Some(precision) if precision <= MAX_DIGITS => format!("{x:.precision$}"),
        Some(precision) => format!("{x:.MAX_DIGITS$}{}", zeros(precision - MAX_DIGITS)),
    }
}

/// `%g`: `%e` for large exponents, `%f` otherwise.
fn general(x: f64, precision: Option<usize>) -> String {
    let precision = precision.map(|p| p.max(1));
    let digits = Digits::new(x, precision);
    let exponent = digits.point - 1;
    let threshold = match precision {
        None => 6,
        Some(p) if p > digits.len() && digits.len() as i32 >= digits.point => digits.len() as i32,
        Some(p) => p.min(MAX_DIGITS) as i32,
    };
    if exponent < -4 || exponent >= threshold {
        return exponential(&digits, None);
    }
    plain(&digits)
}

/// The digits with their point and no exponent.
fn plain(digits: &Digits) -> String {
    let Digits { digits, point } = digits;
    match usize::try_from(*point) {
        Ok(0) if digits.is_empty() => "0".to_owned(),
        Ok(point) if point >= digits.len() => format!("{digits}{}", zeros(point - digits.len())),
        Ok(0) => format!("0.{digits}"),
        Ok(point) => format!("{}.{}", &digits[..point], &digits[point..]),
        Err(_) => format!("0.{}{digits}", zeros(point.unsigned_abs() as usize)),
    }
}

/// The mantissa with its leading bit, as an integer, and the exponent of its lowest bit.
fn parts(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let (field, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    match field {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, field - 1075),
    }
}

/// `%b`: the mantissa and the power of two to multiply it with.
fn binary(x: f64) -> String {
    let (mantissa, exponent) = parts(x);
    format!("{mantissa}p{exponent:+}")
}

/// `%x`: a hexadecimal mantissa and a power of two.
fn hex(x: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(x);
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros() - 3; // the leading bit becomes bit 60
        mantissa <<= shift;
        exponent += 60 - shift as i32;
    }
    if let Some(precision) = precision.filter(|&p| p < 15) {
        let kept = 4 * precision as u32;
        let rest = mantissa << kept & ((1 << 60) - 1);
        mantissa >>= 60 - kept;
        if rest | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - kept;
        if mantissa >> 61 == 1 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(p) if p <= 15 => digits[..p].to_owned(),
        Some(p) => digits + &zeros(p - 15),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    let exponent = exponent.unsigned_abs();
    format!("0x{}{point}{fraction}p{sign}{exponent:02}", mantissa >> 60)
}

impl Spec {
    /// A float under the flags. `precision` is what the verb takes if none is given.
    pub(super) fn float(&self, out: &mut Vec<u8>, x: f64, verb: u8, precision: Option<usize>) {
        let precision = self.prec.or(precision);
        let text = format_float(x, verb, precision);
        let (sign, digits) = match text.as_bytes() {
            [b'-', digits @ ..] => (b'-', digits),
            [b'+', digits @ ..] | digits => (b'+', digits),
        };
        let sign = if self.space && sign == b'+' && !self.plus {
            b' '
        } else {
            sign
        };
        let shown = self.plus || sign != b'+';
        if !x.is_finite() {
            let shown = if x.is_nan() {
                self.space || self.plus
            } else {
                shown
            };
            let text = with_sign(shown.then_some(sign), digits);
            return Spec {
                zero: false,
                ..*self
            }
            .pad(out, &text);
        }
        let digits = if self.sharp && verb != b'b' {
            with_point(digits, verb, precision)
        } else {
            digits.to_vec()
        };
        let width = self.width.unwrap_or(0);
        if shown && self.zero && !self.minus && width > digits.len() + 1 {
            out.push(sign);
            self.fill(out, width - digits.len() - 1);
            out.extend_from_slice(&digits);
        } else {
            self.pad(out, &with_sign(shown.then_some(sign), &digits));
        }
    }
}

fn with_sign(sign: Option<u8>, digits: &[u8]) -> Vec<u8> {
    sign.into_iter().chain(digits.iter().copied()).collect()
}

/// What `#` does to a float: the point is always there, and `%g` keeps its zeros.
fn with_point(number: &[u8], verb: u8, precision: Option<usize>) -> Vec<u8> {
    let exponent = match verb {
        b'x' | b'X' => number.iter().position(|b| b"pP".contains(b)),
        _ => number.iter().position(|b| b"eE".contains(b)),
    };
    let (mantissa, tail) = number.split_at(exponent.unwrap_or(number.len()));
    let mut wanted = match verb {
        b'g' | b'G' | b'x' => precision.unwrap_or(6) as i64,
        _ => 0,
    };
    let significant = mantissa
        .iter()
        .filter(|&&b| b != b'.')
        .skip_while(|&&b| b == b'0')
        .count();
    wanted -= significant as i64;
    let mut out = mantissa.to_vec();
    if !mantissa.contains(&b'.') {
        if mantissa == b"0" {
            wanted -= 1;
        }
        out.push(b'.');
    }
    out.resize(out.len() + wanted.max(0) as usize, b'0');
    out.extend_from_slice(tail);
    out
}
