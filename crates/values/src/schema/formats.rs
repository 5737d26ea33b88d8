//! Formats that the Go library judges otherwise than the engine does.

use std::error::Error;

use boon::Format;
use serde_json::Value;

/// The formats that replace the engine's own.
pub(super) const FORMATS: [Format; 7] = [
    Format {
        name: "ipv4",
        func: |value| check(value, ipv4),
    },
    Format {
        name: "json-pointer",
        func: |value| check(value, json_pointer),
    },
    Format {
        name: "uuid",
        func: |value| check(value, uuid),
    },
    Format {
        name: "uri",
        func: |value| check(value, uri),
    },
    Format {
        name: "iri",
        func: |value| check(value, uri),
    },
    Format {
        name: "uri-reference",
        func: |value| check(value, uri_reference),
    },
    Format {
        name: "iri-reference",
        func: |value| check(value, uri_reference),
    },
];

/// Only texts can be wrong.
fn check(value: &Value, judge: fn(&str) -> Result<(), String>) -> Result<(), Box<dyn Error>> {
    match value {
        Value::String(text) => Ok(judge(text)?),
        _ => Ok(()),
    }
}

fn ipv4(text: &str) -> Result<(), String> {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return Err("expected four decimals".to_owned());
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return Err("leading zeros".to_owned());
        }
        let number: i64 = group.parse().map_err(|_| {
            let group = goval::strconv::quote(group.as_bytes());
            format!("strconv.Atoi: parsing {group}: invalid syntax")
        })?;
        if !(0..=255).contains(&number) {
            return Err("decimal must be between 0 and 255".to_owned());
        }
    }
    Ok(())
}

fn json_pointer(text: &str) -> Result<(), String> {
    if !text.is_empty() && !text.starts_with('/') {
        return Err("not starting with /".to_owned());
    }
    let mut parts = text.split('~').skip(1);
    if parts.any(|part| !part.starts_with(['0', '1'])) {
        return Err("~ must be followed by 0 or 1".to_owned());
    }
    Ok(())
}

fn uuid(text: &str) -> Result<(), String> {
    let lengths = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != lengths.len() {
        return Err("must have 5 elements".to_owned());
    }
    for (i, (group, length)) in groups.iter().zip(lengths).enumerate() {
        if group.len() != length {
            let place = i + 1;
            return Err(format!("element {place} must be {length} characters long"));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            let c = goval::strconv::quote_rune(u32::from(c));
            return Err(format!("non-hex character {c}"));
        }
    }
    Ok(())
}

fn uri(text: &str) -> Result<(), String> {
    parse_url(text)?;
    if scheme(text).is_none() {
        return Err("relative url".to_owned());
    }
    Ok(())
}

fn uri_reference(text: &str) -> Result<(), String> {
    if text.contains('\\') {
        return Err("contains \\".to_owned());
    }
    parse_url(text)
}

/// Go's `url.Parse` accepts nearly everything; these are its complaints that a value can cause.
fn parse_url(text: &str) -> Result<(), String> {
    let failed = |reason: String| {
        let text = goval::strconv::quote(text.as_bytes());
        Err(format!("parse {text}: {reason}"))
    };
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return failed("net/url: invalid control character in URL".to_owned());
    }
    if text.starts_with(':') {
        return failed("missing protocol scheme".to_owned());
    }
    let segment = text.split(['/', '?', '#']).next().unwrap_or_default();
    if scheme(text).is_none() && segment.contains(':') {
        return failed("first path segment in URL cannot contain colon".to_owned());
    }
    let parts = text.split_once('?').map_or(text, |(path, _)| path);
    for part in [
        parts,
        text.split_once('#').map_or("", |(_, fragment)| fragment),
    ] {
        for (at, _) in part.match_indices('%') {
            let escape: String = part[at..].chars().take(3).collect();
            let is_hex = escape.len() == 3 && escape[1..].bytes().all(|b| b.is_ascii_hexdigit());
            if !is_hex {
                let escape = goval::strconv::quote(escape.as_bytes());
                return failed(format!("invalid URL escape {escape}"));
            }
        }
    }
    Ok(())
}

/// What stands before the first colon, if it is a scheme.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let starts = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let follows = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    (starts && bytes.all(follows)).then_some(scheme)
}
