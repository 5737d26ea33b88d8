//! Texts of IP addresses, with the words of Go's `net/netip`.

use goval::strconv::quote;

/// What a text of an address says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whether it is one of four bytes.
    pub is_v4: bool,
    /// Whether it names a zone, as in `fe80::1%eth0`.
    pub has_zone: bool,
}

/// Reads an address. Go's `netip.ParseAddr`.
///
/// # Errors
/// What Go reports for the same text.
pub fn parse(text: &[u8]) -> Result<Address, String> {
    let wrong = |wrong: Wrong<'_>| wrong.told(text);
    match text.iter().find(|byte| b".:%".contains(byte)) {
        Some(b'.') => {
            four_fields(text).map_err(wrong)?;
            Ok(Address {
                is_v4: true,
                has_zone: false,
            })
        }
        Some(b':') => six(text).map_err(wrong),
        Some(_) => Err(Wrong::new("missing IPv6 address").told(text)),
        None => Err(Wrong::new("unable to parse IP").told(text)),
    }
}

/// What is wrong, and from where on.
struct Wrong<'a> {
    what: &'static str,
    at: &'a [u8],
}

impl<'a> Wrong<'a> {
    fn new(what: &'static str) -> Wrong<'a> {
        Wrong { what, at: b"" }
    }

    fn at(what: &'static str, at: &'a [u8]) -> Wrong<'a> {
        Wrong { what, at }
    }

    fn told(&self, text: &[u8]) -> String {
        let what = format!("ParseAddr({}): {}", quote(text), self.what);
        match self.at {
            b"" => what,
            at => format!("{what} (at {})", quote(at)),
        }
    }
}

/// Four numbers with dots between them.
fn four_fields(text: &[u8]) -> Result<(), Wrong<'_>> {
    let (mut value, mut digits, mut dots) = (0_u32, 0, 0);
    for (i, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return Err(Wrong::new("IPv4 field has octet with leading zero"));
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return Err(Wrong::new("IPv4 field has value >255"));
                }
            }
            b'.' => {
                if i == 0 || i == text.len() - 1 || text[i - 1] == b'.' {
                    let what = "IPv4 field must have at least one digit";
                    return Err(Wrong::at(what, &text[i..]));
                }
                if dots == 3 {
                    return Err(Wrong::new("IPv4 address too long"));
                }
                dots += 1;
                (value, digits) = (0, 0);
            }
            _ => return Err(Wrong::at("unexpected character", &text[i..])),
        }
    }
    match dots {
        3 => Ok(()),
        _ => Err(Wrong::new("IPv4 address too short")),
    }
}

/// Eight numbers with colons between them, some of which `::` stands for, or six and an address of four bytes.
fn six(text: &[u8]) -> Result<Address, Wrong<'_>> {
    let percent = text.iter().position(|&byte| byte == b'%');
    let (mut rest, zone) = percent.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
    if zone.is_some_and(<[u8]>::is_empty) {
        return Err(Wrong::new("zone must be a non-empty string"));
    }
    let found = Address {
        is_v4: false,
        has_zone: zone.is_some(),
    };
    let mut shortened = false;
    if let Some(after) = rest.strip_prefix(b"::") {
        shortened = true;
        rest = after;
        if rest.is_empty() {
            return Ok(found);
        }
    }
    let mut bytes = 0;
    while bytes < 16 {
        let digits = hexadecimal(rest)?;
        if rest.get(digits) == Some(&b'.') {
            if !shortened && bytes != 12 {
                let what = "embedded IPv4 address must replace the final 2 fields of the address";
                return Err(Wrong::at(what, rest));
            }
            if bytes + 4 > 16 {
                let what = "too many hex fields to fit an embedded IPv4 at the end of the address";
                return Err(Wrong::at(what, rest));
            }
            four_fields(rest)?;
            (rest, bytes) = (b"", bytes + 4);
            break;
        }
        bytes += 2;
        rest = &rest[digits..];
        match rest {
            [] => break,
            [b':'] => {
                return Err(Wrong::at("colon must be followed by more characters", rest));
            }
            [b':', after @ ..] => rest = after,
            _ => return Err(Wrong::at("unexpected character, want colon", rest)),
        }
        if let Some(after) = rest.strip_prefix(b":") {
            if shortened {
                return Err(Wrong::at("multiple :: in address", rest));
            }
            (shortened, rest) = (true, after);
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return Err(Wrong::at("trailing garbage after address", rest));
    }
    match (bytes, shortened) {
        (0..16, false) => Err(Wrong::new("address string too short")),
        (16, true) => Err(Wrong::new(
            "the :: must expand to at least one field of zeros",
        )),
        _ => Ok(found),
    }
}

/// How many hexadecimal digits a text starts with: one to four.
fn hexadecimal(text: &[u8]) -> Result<usize, Wrong<'_>> {
    let digits = text
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    match digits {
        0 => Err(Wrong::at(
            "each colon-separated field must have at least one digit",
            text,
        )),
        1..=4 => Ok(digits),
        _ => Err(Wrong::at("each group must have 4 or less digits", text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_in_go() {
        let check = |text: &str, expected: &str| {
            let found = match parse(text.as_bytes()) {
                Ok(address) => format!("{} {}", address.is_v4, address.has_zone),
                Err(error) => error,
            };
            assert_eq!(found, expected, "{text}");
        };
        check("1.2.3.4", "true false");
        check("::", "false false");
        check("1::2:3.4.5.6", "false false");
        check("fe80::1%eth0", "false true");
        check("x", r#"ParseAddr("x"): unable to parse IP"#);
        check(
            "12:00:60Z",
            r#"ParseAddr("12:00:60Z"): unexpected character, want colon (at "Z")"#,
        );
        check(
            "1:2:3:4:5:6:7",
            r#"ParseAddr("1:2:3:4:5:6:7"): address string too short"#,
        );
        check(
            "1:2:3:4:5:6:7:8::",
            r#"ParseAddr("1:2:3:4:5:6:7:8::"): the :: must expand to at least one field of zeros"#,
        );
    }
}
