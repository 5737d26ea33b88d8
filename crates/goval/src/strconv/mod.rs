//! Numbers and quoted strings to text and back as Go's package `strconv` does it.

mod float;
mod int;
mod parse_float;
mod quote;

use std::fmt;

pub use float::{append_float, format_float};
pub use int::{parse_bool, parse_int, parse_uint};
pub use parse_float::parse_float;
pub use quote::{
    is_graphic, is_print, quote, quote_rune, quote_rune_to_ascii, quote_to_ascii, quote_to_graphic,
};

/// A text that is not the number (or bool) that was asked for: Go's `*strconv.NumError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumError {
    /// The Go function that failed, such as `ParseInt`.
    pub func: &'static str,
    /// The text as it was given.
    pub num: String,
    /// What is wrong with it.
    pub kind: NumErrorKind,
}

/// What is wrong with the text of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumErrorKind {
    /// It does not have the form of such a number.
    Syntax,
    /// It is a number too large for the type.
    Range,
}

impl fmt::Display for NumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.kind {
            NumErrorKind::Syntax => "invalid syntax",
            NumErrorKind::Range => "value out of range",
        };
        let num = quote(self.num.as_bytes());
        write!(f, "strconv.{}: parsing {num}: {why}", self.func)
    }
}

impl std::error::Error for NumError {}

/// Whether each underscore stands between two digits, or between a base prefix and a digit.
fn underscores_ok(text: &[u8]) -> bool {
    let text = match text {
        [b'+' | b'-', rest @ ..] => rest,
        all => all,
    };
    let (digits, hex, mut after_digit) = match text {
        [b'0', p, rest @ ..] if matches!(p | 0x20, b'b' | b'o' | b'x') => {
            (rest, p | 0x20 == b'x', true)
        }
        all => (all, false, false),
    };
    let mut after_underscore = false;
    for &c in digits {
        let digit = c.is_ascii_digit() || hex && c.is_ascii_hexdigit();
        if c == b'_' && !after_digit || after_underscore && !digit {
            return false;
        }
        (after_digit, after_underscore) = (digit, c == b'_');
    }
    !after_underscore
}
