//! Quoted strings.

use std::fmt::Write as _;

use bstr::ByteSlice as _;

use crate::unicode;

/// `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub fn is_print(c: char) -> bool {
    unicode::is_print(u32::from(c))
}

/// `strconv.IsGraphic`: what is printable, and Unicode's other spaces.
pub fn is_graphic(c: char) -> bool {
    unicode::is_graphic(u32::from(c))
}

/// `strconv.Quote`: a Go string literal of a text, or of any bytes.
pub fn quote(text: impl AsRef<[u8]>) -> String {
    quote_with(text.as_ref(), is_print)
}

/// `strconv.QuoteToASCII`: a Go string literal of ASCII only.
pub fn quote_to_ascii(text: &[u8]) -> String {
    quote_with(text, |c| c.is_ascii() && is_print(c))
}

/// `strconv.QuoteToGraphic`: a Go string literal that leaves Unicode's spaces as they are.
pub fn quote_to_graphic(text: &[u8]) -> String {
    quote_with(text, is_graphic)
}

/// `strconv.QuoteRune`; what is no character is shown as U+FFFD.
pub fn quote_rune(rune: u32) -> String {
    quote_rune_with(rune, is_print)
}

/// `strconv.QuoteRuneToASCII`.
pub fn quote_rune_to_ascii(rune: u32) -> String {
    quote_rune_with(rune, |c| c.is_ascii() && is_print(c))
}

fn quote_with(text: &[u8], plain: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for (start, end, c) in text.char_indices() {
        let bytes = &text[start..end];
        if c == char::REPLACEMENT_CHARACTER && bytes != "\u{fffd}".as_bytes() {
            for byte in bytes {
                // Writing to a string does not fail.
                let _ = write!(out, "\\x{byte:02x}");
            }
        } else {
            escape(&mut out, c, '"', &plain);
        }
    }
    out.push('"');
    out
}

fn quote_rune_with(rune: u32, plain: impl Fn(char) -> bool) -> String {
    let mut out = String::from("'");
    let c = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
    escape(&mut out, c, '\'', &plain);
    out.push('\'');
    out
}

fn escape(out: &mut String, c: char, delimiter: char, plain: impl Fn(char) -> bool) {
    let short = match c {
        c if c == delimiter => delimiter,
        '\\' => '\\',
        c if plain(c) => return out.push(c),
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0c' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0b' => 'v',
        c => {
            let _ = match u32::from(c) {
                n if n < 0x20 || n == 0x7f => write!(out, "\\x{n:02x}"),
                n if n < 0x10000 => write!(out, "\\u{n:04x}"),
                n => write!(out, "\\U{n:08x}"),
            };
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

#[cfg(test)]
mod tests {
    use super::quote;

    // The results are those of Go's strconv.Quote.
    #[test]
    fn quotes_as_go() {
        assert_eq!(quote("a\"b\\\n\x01\u{7f}"), r#""a\"b\\\n\x01\x7f""#);
        assert_eq!(quote(b"\xffa\xc3"), r#""\xffa\xc3""#);
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
