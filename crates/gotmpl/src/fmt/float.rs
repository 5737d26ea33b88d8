//! Floats under the flags of a verb.

use goval::strconv;

use super::spec::Spec;

impl Spec {
    /// A float under the flags. `precision` is what the verb takes if none is given.
    pub(super) fn float(&self, out: &mut Vec<u8>, x: f64, verb: u8, precision: Option<usize>) {
        let precision = self.prec.or(precision);
        let digits = precision.map_or(-1, |digits| digits as i32);
        let text = strconv::format_float(x, verb, digits, 64);
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
            // An infinity always has its sign.
            let shown = !x.is_nan() || self.space || self.plus;
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
