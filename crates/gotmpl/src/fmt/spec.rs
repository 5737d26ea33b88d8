//! The flags of a verb, and how text and integers look under them.

use goval::strconv;

use crate::quoting;
use crate::unicode;

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Default)]
pub(super) struct Spec {
    pub(super) width: Option<usize>,
    pub(super) prec: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`
    pub(super) plus_v: bool,
    /// `%#v`
    pub(super) sharp_v: bool,
}

/// Whether and how a number shows its base.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Binary,
    Octal,
    /// `%O`
    PrefixedOctal,
    Decimal,
    Hex,
    UpperHex,
}

impl Spec {
    /// Appends a text, filled up to the width, which counts characters.
    pub(super) fn pad(&self, out: &mut Vec<u8>, text: &[u8]) {
        let missing = self.width.unwrap_or(0).saturating_sub(unicode::count(text));
        if !self.minus {
            self.fill(out, missing);
        }
        out.extend_from_slice(text);
        if self.minus {
            self.fill(out, missing);
        }
    }

    /// Appends padding: zeros if asked for, but never on the right.
    pub(super) fn fill(&self, out: &mut Vec<u8>, count: usize) {
        let byte = if self.zero && !self.minus { b'0' } else { b' ' };
        out.resize(out.len() + count, byte);
    }

    /// The text cut after as many characters as the precision says.
    pub(super) fn truncate<'s>(&self, text: &'s [u8]) -> &'s [u8] {
        let Some(mut left) = self.prec else {
            return text;
        };
        let mut end = 0;
        while left > 0 && end < text.len() {
            end += unicode::decode(&text[end..]).1;
            left -= 1;
        }
        &text[..end]
    }

    /// `%s`
    pub(super) fn text(&self, out: &mut Vec<u8>, text: &[u8]) {
        self.pad(out, self.truncate(text));
    }

    /// `%q`
    pub(super) fn quoted(&self, out: &mut Vec<u8>, text: &[u8]) {
        let text = self.truncate(text);
        if self.sharp && quoting::can_backquote(text) {
            self.pad(out, &[b"`", text, b"`"].concat());
        } else if self.plus {
            self.pad(out, strconv::quote_to_ascii(text).as_bytes());
        } else {
            self.pad(out, strconv::quote(text).as_bytes());
        }
    }

    /// `%x` and `%X` of text: two digits for each byte.
    pub(super) fn hex_bytes(&self, out: &mut Vec<u8>, bytes: &[u8], upper: bool) {
        let bytes = &bytes[..bytes.len().min(self.prec.unwrap_or(usize::MAX))];
        if bytes.is_empty() {
            return self.fill(out, self.width.unwrap_or(0));
        }
        let prefix: &[u8] = match (self.sharp, upper) {
            (false, _) => b"",
            (true, false) => b"0x",
            (true, true) => b"0X",
        };
        let digits = if upper { UPPER } else { LOWER };
        let mut text = prefix.to_vec();
        for (i, byte) in bytes.iter().enumerate() {
            if self.space && i > 0 {
                text.push(b' ');
                text.extend_from_slice(prefix);
            }
            text.push(digits[usize::from(byte >> 4)]);
            text.push(digits[usize::from(byte & 15)]);
        }
        self.pad(out, &text);
    }

    /// `%c`
    pub(super) fn char(&self, out: &mut Vec<u8>, code: u64) {
        let mut text = [0; 4];
        self.pad(out, to_char(code).encode_utf8(&mut text).as_bytes());
    }

    /// `%q` of an integer
    pub(super) fn quoted_char(&self, out: &mut Vec<u8>, code: u64) {
        let code = u32::from(to_char(code));
        let literal = if self.plus {
            strconv::quote_rune_to_ascii(code)
        } else {
            strconv::quote_rune(code)
        };
        self.pad(out, literal.as_bytes());
    }

    /// `%U`
    pub(super) fn unicode(&self, out: &mut Vec<u8>, code: u64) {
        let digits = self.prec.unwrap_or(0).max(4);
        let mut text = b"U+".to_vec();
        push_number(&mut text, code, 16, UPPER, digits);
        let c = u32::try_from(code).ok().and_then(char::from_u32);
        if let Some(c) = c.filter(|&c| self.sharp && unicode::is_print(c)) {
            text.extend_from_slice(b" '");
            quoting::push_char(&mut text, c);
            text.push(b'\'');
        }
        Spec {
            zero: false,
            ..*self
        }
        .pad(out, &text);
    }

    /// An integer: its magnitude, and whether it is negative.
    pub(super) fn integer(&self, out: &mut Vec<u8>, value: u64, negative: bool, base: Base) {
        let unfilled = Spec {
            zero: false,
            ..*self
        };
        let signed = negative || self.plus || self.space;
        let min_digits = match (self.prec, self.width) {
            (Some(0), _) if value == 0 => return unfilled.fill(out, self.width.unwrap_or(0)),
            (Some(prec), _) => prec,
            (None, Some(width)) if self.zero && !self.minus => {
                width.saturating_sub(usize::from(signed))
            }
            _ => 0,
        };
        let (radix, digits) = match base {
            Base::Binary => (2, LOWER),
            Base::Octal | Base::PrefixedOctal => (8, LOWER),
            Base::Decimal => (10, LOWER),
            Base::Hex => (16, LOWER),
            Base::UpperHex => (16, UPPER),
        };
        let mut number = Vec::with_capacity(24);
        push_number(&mut number, value, radix, digits, min_digits);
        let mut text = Vec::with_capacity(number.len() + 4);
        match (negative, self.plus, self.space) {
            (true, ..) => text.push(b'-'),
            (false, true, _) => text.push(b'+'),
            (false, false, true) => text.push(b' '),
            (false, false, false) => {}
        }
        if base == Base::PrefixedOctal {
            text.extend_from_slice(b"0o");
        }
        match base {
            Base::Binary if self.sharp => text.extend_from_slice(b"0b"),
            Base::Octal | Base::PrefixedOctal if self.sharp && number[0] != b'0' => text.push(b'0'),
            Base::Hex if self.sharp => text.extend_from_slice(b"0x"),
            Base::UpperHex if self.sharp => text.extend_from_slice(b"0X"),
            _ => {}
        }
        text.extend_from_slice(&number);
        unfilled.pad(out, &text);
    }
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// Appends a number in decimal.
pub(super) fn push_decimal(out: &mut Vec<u8>, value: u64) {
    push_number(out, value, 10, LOWER, 1);
}

/// Appends a number in decimal, with its sign if it is negative.
pub(super) fn push_signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    push_decimal(out, value.unsigned_abs());
}

fn push_number(out: &mut Vec<u8>, mut value: u64, base: u64, digits: &[u8; 16], min: usize) {
    let mut buffer = [0; 64];
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = digits[(value % base) as usize];
        value /= base;
        if value == 0 {
            break;
        }
    }
    let text = &buffer[start..];
    out.resize(out.len() + min.saturating_sub(text.len()), b'0');
    out.extend_from_slice(text);
}

/// The character of a code, U+FFFD for what is none.
fn to_char(code: u64) -> char {
    let c = u32::try_from(code).ok().and_then(char::from_u32);
    c.unwrap_or(char::REPLACEMENT_CHARACTER)
}
