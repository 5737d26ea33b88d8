//! Go's `strconv.Quote` and the class of characters that it leaves as they are.

use std::fmt::Write as _;

/// Text in double quotes with Go's escapes, as `%q` prints it.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if is_print(c) => out.push(c),
            c => escape(&mut out, c),
        }
    }
    out.push('"');
    out
}

fn escape(out: &mut String, c: char) {
    let code = u32::from(c);
    let written = match code {
        0..0x80 => write!(out, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// Whether Go's `strconv.IsPrint` holds: letters, marks, numbers, punctuation, symbols and the space.
pub fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    // `escape_debug` goes by the same Unicode classes; combining marks are escaped only at the start
    // of a text, hence the letter before the character.
    String::from_iter(['a', c]).escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        let cases = [
            ("plain", r#""plain""#),
            ("\u{0}\u{7f}\u{85}\u{2028}", r#""\x00\x7f\u0085\u2028""#),
            ("é\u{301}日\u{1f600}", "\"é\u{301}日\u{1f600}\""),
            ("\u{e000}\u{f0000}", r#""\ue000\U000f0000""#),
            ("\u{a0}\u{feff}\u{ad}", r#""\u00a0\ufeff\u00ad""#),
        ];
        for (text, expected) in cases {
            assert_eq!(quote(text), expected);
        }
    }
}
