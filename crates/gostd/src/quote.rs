//! Go's `%q` for the error texts of this crate.

use std::fmt::Write as _;

/// Quotes a text as Go's `strconv.Quote` does.
pub(crate) fn quote(text: &str) -> String {
    quote_bytes(text.as_bytes())
}

/// Quotes what may not be UTF-8; such bytes are escaped.
pub(crate) fn quote_bytes(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for chunk in text.utf8_chunks() {
        quote_chars(&mut out, chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}

fn quote_chars(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a String cannot fail.
                let _ = match code {
                    0..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
                    0x10000.. => write!(out, "\\U{code:08x}"),
                    _ => write!(out, "\\u{code:04x}"),
                };
            }
        }
    }
}

/// Whether Go prints the character as it is: letters, marks, numbers, punctuation, symbols, space.
///
/// Rust's debug escapes know the same property, and besides escape quotes and combining marks.
fn is_printable(c: char) -> bool {
    c == ' '
        || !matches!(c.escape_debug().nth(1), Some('u' | 'n' | 'r' | 't' | '0'))
        || is_combining(c)
}

/// Combining marks, which Rust escapes only because they would merge with what stands before.
fn is_combining(c: char) -> bool {
    format!("a{c}").escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_as_go() {
        assert_eq!(quote("a\"b\\\n\x01\u{7f}"), r#""a\"b\\\n\x01\x7f""#);
        assert_eq!(
            quote("ä\u{301}\u{200b}\u{a0}😀'"),
            "\"ä\u{301}\\u200b\\u00a0😀'\""
        );
        assert_eq!(
            quote("\u{85}\u{e000}\u{10ffff}"),
            r#""\u0085\ue000\U0010ffff""#
        );
    }
}
