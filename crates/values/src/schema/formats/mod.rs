//! Formats of texts as the Go library judges them, in its words.

mod names;
mod network;
mod times;

use std::error::Error;

use boon::Format;
use gostd::regexp::Regexp;
use serde_json::Value;

/// What takes the place of the format `regex` in schemas: the engine has one of its own, with a syntax of its own,
/// that cannot be replaced.
pub(super) const REGEX: &str = "regex of Go";

/// The formats that the Go library knows, in place of the engine's own, and nothing in place of those that it does
/// not know.
pub(super) const FORMATS: [Format; 21] = [
    Format {
        name: REGEX,
        func: |value| check(value, regex),
    },
    Format {
        name: "json-pointer",
        func: |value| check(value, names::json_pointer),
    },
    Format {
        name: "relative-json-pointer",
        func: |value| check(value, names::relative_json_pointer),
    },
    Format {
        name: "uuid",
        func: |value| check(value, names::uuid),
    },
    Format {
        name: "semver",
        func: |value| check(value, names::semver),
    },
    Format {
        name: "duration",
        func: |value| check(value, times::duration),
    },
    Format {
        name: "period",
        func: |value| check(value, times::period),
    },
    Format {
        name: "date",
        func: |value| check(value, times::date),
    },
    Format {
        name: "time",
        func: |value| check(value, times::time),
    },
    Format {
        name: "date-time",
        func: |value| check(value, times::date_time),
    },
    Format {
        name: "ipv4",
        func: |value| check(value, network::ipv4),
    },
    Format {
        name: "ipv6",
        func: |value| check(value, network::ipv6),
    },
    Format {
        name: "hostname",
        func: |value| check(value, network::hostname),
    },
    Format {
        name: "email",
        func: |value| check(value, network::email),
    },
    Format {
        name: "uri",
        func: |value| check(value, network::uri),
    },
    Format {
        name: "iri",
        func: |value| check(value, network::uri),
    },
    Format {
        name: "uri-reference",
        func: |value| check(value, network::uri_reference),
    },
    Format {
        name: "iri-reference",
        func: |value| check(value, network::uri_reference),
    },
    Format {
        name: "uri-template",
        func: |value| check(value, network::uri_template),
    },
    Format {
        name: "idn-hostname",
        func: |_| Ok(()),
    },
    Format {
        name: "idn-email",
        func: |_| Ok(()),
    },
];

/// Why a text does not have its format.
type Judged = Result<(), String>;

/// Only texts can be wrong.
fn check(value: &Value, judge: fn(&str) -> Judged) -> Result<(), Box<dyn Error>> {
    match value {
        Value::String(text) => Ok(judge(text)?),
        _ => Ok(()),
    }
}

fn regex(text: &str) -> Judged {
    Regexp::new(text)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// The number that a text is, as Go's `strconv.Atoi` reads it.
fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|error: std::num::ParseIntError| {
        use std::num::IntErrorKind::{NegOverflow, PosOverflow};
        let why = match error.kind() {
            PosOverflow | NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        let text = goval::strconv::quote(text.as_bytes());
        format!("strconv.Atoi: parsing {text}: {why}")
    })
}

/// A character as Go quotes it.
fn quoted(c: char) -> String {
    goval::strconv::quote_rune(u32::from(c))
}

/// Fails with a text unless it holds.
fn ensure(holds: bool, otherwise: &str) -> Judged {
    match holds {
        true => Ok(()),
        false => Err(otherwise.to_owned()),
    }
}
