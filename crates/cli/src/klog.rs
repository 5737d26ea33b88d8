//! The hidden flags of Kubernetes' logging library, which every command accepts.
//!
//! They are checked as Go does it and have no effect: this program has no such log.

use chart::Event;

use crate::command::{Custom, Flag, Kind, Value};
use crate::go;

/// The flags, with `-` where the library has `_`.
pub(crate) const FLAGS: &[Flag] = &[
    switch("add-dir-header"),
    switch("alsologtostderr"),
    of(SEVERITY, "alsologtostderrthreshold").default("0"),
    switch("legacy-stderr-threshold-behavior").default("true"),
    of(LOCATION, "log-backtrace-at"),
    of(Kind::Text, "log-dir"),
    of(Kind::Text, "log-file"),
    of(MEGABYTES, "log-file-max-size"),
    switch("logtostderr").default("true"),
    switch("one-output"),
    switch("skip-headers"),
    switch("skip-log-headers"),
    of(SEVERITY, "stderrthreshold").default("2"),
    of(LEVEL, "v").short('v'),
    of(MODULES, "vmodule"),
];

const HELP: &str = "accepted for compatibility; has no effect";

const fn of(kind: Kind, name: &'static str) -> Flag {
    Flag::new(kind, name, HELP).hidden()
}

const fn switch(name: &'static str) -> Flag {
    of(SWITCH, name).implied("true")
}

/// A boolean of Go's own flag package, which says less about mistakes.
const SWITCH: Kind = Kind::Custom(&Custom {
    name: "bool",
    zero: || Value::Bool(false),
    set: |value, text| {
        *value = Value::Bool(go::parse_bool(text).map_err(|_| "parse error")?);
        Ok(None)
    },
});

const MEGABYTES: Kind = Kind::Custom(&Custom {
    name: "uint64",
    zero: || Value::Uint(1800),
    set: |value, text| {
        let parsed = go::parse_uint(text).map_err(|why| {
            if why.ends_with("out of range") {
                "value out of range"
            } else {
                "parse error"
            }
        });
        *value = Value::Uint(parsed?);
        Ok(None)
    },
});

const LEVEL: Kind = Kind::Custom(&Custom {
    name: "Level",
    zero: || Value::Int(0),
    set: |value, text| {
        *value = Value::Int(go::parse_int(text, 10, 32)?);
        Ok(None)
    },
});

const SEVERITY: Kind = Kind::Custom(&Custom {
    name: "severity",
    zero: || Value::Int(0),
    set: |value, text| {
        const NAMES: [&str; 4] = ["INFO", "WARNING", "ERROR", "FATAL"];
        let name = text.to_uppercase();
        let known = NAMES
            .iter()
            .zip(0..)
            .find(|(n, _)| **n == name)
            .map(|(_, number)| number);
        *value = Value::Int(match known {
            Some(number) => number,
            None => go::parse_int(text, 10, 32)?,
        });
        Ok(None)
    },
});

const LOCATION: Kind = Kind::Custom(&Custom {
    name: "traceLocation",
    zero: || Value::Text(":0".to_owned()),
    set: |value, text| match text.split_once(':') {
        _ if text.is_empty() => keep(value, ":0"),
        Some((file, line)) if file.contains('.') => match go::parse_int(line, 10, 64) {
            Ok(n) if n > 0 => keep(value, text),
            Ok(_) => Err("negative or zero value for level".to_owned()),
            Err(_) => Err("syntax error: expect file.go:234".to_owned()),
        },
        _ => Err("syntax error: expect file.go:234".to_owned()),
    },
});

const MODULES: Kind = Kind::Custom(&Custom {
    name: "moduleSpec",
    zero: || Value::Text(String::new()),
    set: |value, text| {
        for item in text.split(',').filter(|item| !item.is_empty()) {
            match item.split_once('=') {
                Some((pattern, level)) if !pattern.is_empty() && !level.is_empty() => {
                    if go::parse_int(level, 10, 32).is_err() {
                        return Err(
                            "syntax error: expect comma-separated list of filename=N".to_owned()
                        );
                    }
                }
                _ => {
                    return Err(
                        "syntax error: expect comma-separated list of filename=N".to_owned()
                    );
                }
            }
        }
        keep(value, text)
    },
});

fn keep(value: &mut Value, text: &str) -> Result<Option<Event>, String> {
    *value = Value::Text(text.to_owned());
    Ok(None)
}
