//! Characters in bytes that need not be UTF-8, as Go reads them.

pub(crate) use goval::strconv::is_print;

/// Whether the character can be part of a name in a template.
pub(crate) fn is_alphanumeric(c: char) -> bool {
    let code = u32::from(c);
    c == '_' || goval::unicode::is_letter(code) || goval::unicode::is_digit(code)
}

/// Splits the first character off, as Go's `utf8.DecodeRune` does: what is not UTF-8 is taken byte
/// by byte, each of them U+FFFD. Gives the character and its length, which is 0 at the end.
pub(crate) fn decode(bytes: &[u8]) -> (char, usize) {
    let Some(&first) = bytes.first() else {
        return (char::REPLACEMENT_CHARACTER, 0);
    };
    if first.is_ascii() {
        return (char::from(first), 1);
    }
    for len in 2..=bytes.len().min(4) {
        if let Ok(text) = std::str::from_utf8(&bytes[..len]) {
            return (text.chars().next().unwrap_or_default(), len);
        }
    }
    (char::REPLACEMENT_CHARACTER, 1)
}

/// The number of characters, as Go's `utf8.RuneCount` counts them.
pub(crate) fn count(mut bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    let mut count = 0;
    while !bytes.is_empty() {
        bytes = &bytes[decode(bytes).1..];
        count += 1;
    }
    count
}
