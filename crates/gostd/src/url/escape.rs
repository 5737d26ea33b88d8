//! Percent escapes: what each part of a URL must escape, and may have escaped.

use goval::strconv::quote;

/// Where in a URL a text stands, which decides what must be escaped.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    User,
    Host,
    Zone,
    Path,
    Fragment,
    Query,
}

impl Part {
    pub(super) fn must_escape(self, byte: u8) -> bool {
        let plain: &[u8] = match self {
            Part::User => b"-_.~$&+,;=",
            Part::Host | Part::Zone => b"-_.~!$&'()*+,;=:[]<>\"",
            Part::Path => b"-_.~$&+,/:;=@",
            Part::Fragment => b"-_.~$&+,/:;=?@!()*",
            Part::Query => b"-_.~",
        };
        !byte.is_ascii_alphanumeric() && !plain.contains(&byte)
    }
}

pub(super) fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if part.must_escape(byte) {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.push(byte);
        }
    }
    out
}

pub(super) fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let in_host = matches!(part, Part::Host | Part::Zone);
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            if in_host && byte.is_ascii() && part.must_escape(byte) {
                let shown = quote([byte]);
                return Err(format!("invalid character {shown} in host name"));
            }
            out.push(byte);
            rest = after;
            continue;
        }
        let escape = &rest[..rest.len().min(3)];
        let wrong = || format!("invalid URL escape {}", quote(escape));
        let digit = |i: usize| char::from(*escape.get(i)?).to_digit(16);
        let (Some(high), Some(low)) = (digit(1), digit(2)) else {
            return Err(wrong());
        };
        let value = (high * 16 + low) as u8;
        // In a host, only what is not ASCII may be escaped, and the percent sign of a zone.
        let allowed = match part {
            Part::Host => !value.is_ascii() || escape == b"%25",
            Part::Zone => escape == b"%25" || value == b' ' || !Part::Host.must_escape(value),
            _ => true,
        };
        if !allowed {
            return Err(wrong());
        }
        out.push(value);
        rest = &rest[3..];
    }
    Ok(out)
}
