//! Which characters Go calls letters, digits and printable.
//!
//! Rust's own tables follow another version of Unicode and other properties, so the facts are kept here.

mod tables;

/// `unicode.IsLetter`, of a code point.
pub fn is_letter(c: u32) -> bool {
    if c < 0x80 {
        return (c as u8).is_ascii_alphabetic();
    }
    contains(tables::LETTER, c)
}

/// `unicode.IsDigit`, of a code point.
pub fn is_digit(c: u32) -> bool {
    if c < 0x80 {
        return (c as u8).is_ascii_digit();
    }
    contains(tables::DIGIT, c)
}

/// `strconv.IsPrint`.
pub(crate) fn is_print(c: u32) -> bool {
    if c < 0x80 {
        return (0x20..0x7f).contains(&c);
    }
    contains(tables::PRINT, c)
}

/// `strconv.IsGraphic`.
pub(crate) fn is_graphic(c: u32) -> bool {
    is_print(c) || contains(tables::GRAPHIC, c)
}

fn contains(ranges: &[(u32, u32)], c: u32) -> bool {
    let after = ranges.partition_point(|&(first, _)| first <= c);
    after > 0 && c <= ranges[after - 1].1
}
