//! Floating-point numbers to text.

use std::io::Write as _;

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
