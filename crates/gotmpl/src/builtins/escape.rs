//! `html`, `js` and `urlquery`.

use crate::quoting::push_char;
use crate::unicode;

/// Go's `template.HTMLEscapeString`.
pub(super) fn html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            0 => out.extend("\u{fffd}".bytes()),
            b'"' => out.extend(b"&#34;"),
            b'\'' => out.extend(b"&#39;"),
            b'&' => out.extend(b"&amp;"),
            b'<' => out.extend(b"&lt;"),
            b'>' => out.extend(b"&gt;"),
            _ => out.push(byte),
        }
    }
    out
}

/// Go's `template.JSEscapeString`.
pub(super) fn js(mut text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    while !text.is_empty() {
        let (c, len) = unicode::decode(text);
        match c {
            '\\' => out.extend(br"\\"),
            '\'' => out.extend(br"\'"),
            '"' => out.extend(br#"\""#),
            '<' | '>' | '&' | '=' | '\0'..' ' => {
                out.extend(format!("\\u{:04X}", u32::from(c)).bytes())
            }
            // An invalid byte decodes to a printable character, and Go keeps the byte.
            _ if unicode::is_print(c) => out.extend(&text[..len]),
            '\x7f' => push_char(&mut out, c),
            _ => out.extend(format!("\\u{:04X}", u32::from(c)).bytes()),
        }
        text = &text[len..];
    }
    out
}

/// Go's `url.QueryEscape`.
pub(super) fn url_query(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte),
            b' ' => out.push(b'+'),
            _ => out.extend(format!("%{byte:02X}").bytes()),
        }
    }
    out
}
