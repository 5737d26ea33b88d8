//! Characters as Go's package `unicode` sees them: general categories, and cases of one character
//! each, where Rust's own functions go by derived properties and map `ß` to two letters.

use std::sync::LazyLock;

use crate::regexp::category;

type Ranges = LazyLock<Vec<(char, char)>>;

static LETTER: Ranges = LazyLock::new(|| category("L"));
static LOWER: Ranges = LazyLock::new(|| category("Ll"));
static UPPER: Ranges = LazyLock::new(|| category("Lu"));
static TITLE: Ranges = LazyLock::new(|| category("Lt"));
static DIGIT: Ranges = LazyLock::new(|| category("Nd"));
static NUMBER: Ranges = LazyLock::new(|| category("N"));
static PUNCT: Ranges = LazyLock::new(|| category("P"));

/// Go's `unicode.IsLetter`.
pub fn is_letter(c: char) -> bool {
    is_in(c, &LETTER, |b| b.is_ascii_alphabetic())
}

/// Go's `unicode.IsLower`.
pub fn is_lower(c: char) -> bool {
    is_in(c, &LOWER, |b| b.is_ascii_lowercase())
}

/// Go's `unicode.IsUpper`.
pub fn is_upper(c: char) -> bool {
    is_in(c, &UPPER, |b| b.is_ascii_uppercase())
}

/// Go's `unicode.IsTitle`.
pub fn is_title(c: char) -> bool {
    is_in(c, &TITLE, |_| false)
}

/// Go's `unicode.IsDigit`: decimal digits.
pub fn is_digit(c: char) -> bool {
    is_in(c, &DIGIT, |b| b.is_ascii_digit())
}

/// Go's `unicode.IsNumber`.
pub fn is_number(c: char) -> bool {
    is_in(c, &NUMBER, |b| b.is_ascii_digit())
}

/// Go's `unicode.IsPunct`.
pub fn is_punct(c: char) -> bool {
    // Of ASCII's marks, these are symbols.
    is_in(c, &PUNCT, |b| {
        b.is_ascii_punctuation() && !b"$+<=>^`|~".contains(b)
    })
}

/// Go's `unicode.ToUpper`.
pub fn to_upper(c: char) -> char {
    single(c.to_uppercase()).unwrap_or_else(|| greek_upper(c))
}

/// Go's `unicode.ToLower`.
pub fn to_lower(c: char) -> char {
    // Only the dotted capital I has a small form of two characters.
    single(c.to_lowercase()).unwrap_or('i')
}

/// Go's `unicode.ToTitle`.
pub fn to_title(c: char) -> char {
    match c {
        '\u{01c4}'..='\u{01c6}' => '\u{01c5}',
        '\u{01c7}'..='\u{01c9}' => '\u{01c8}',
        '\u{01ca}'..='\u{01cc}' => '\u{01cb}',
        '\u{01f1}'..='\u{01f3}' => '\u{01f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        c => to_upper(c),
    }
}

fn is_in(c: char, ranges: &Ranges, ascii: fn(&u8) -> bool) -> bool {
    if let Ok(byte @ 0..0x80) = u8::try_from(c) {
        return ascii(&byte);
    }
    let after = ranges.partition_point(|&(low, _)| low <= c);
    after > 0 && c <= ranges[after - 1].1
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    chars.next().filter(|_| chars.next().is_none())
}

/// The capital of a letter whose full capital form has several characters: itself, but for Greek
/// letters with an iota below.
fn greek_upper(c: char) -> char {
    let offset = match c {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => 0,
    };
    char::from_u32(u32::from(c) + offset).unwrap_or(c)
}
