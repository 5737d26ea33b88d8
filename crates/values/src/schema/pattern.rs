//! Patterns that Go's syntax does not know and the engine's would accept, such as `a{1001}`, and texts that are to
//! be patterns of Go's.

use std::borrow::Cow;

use gostd::regexp::Regexp;
use serde_json::{Map, Value};

use super::formats::REGEX;

/// Before a pattern, it makes the engine refuse it, too.
const REFUSED: &str = "(?=";

/// Marks all patterns of a schema that Go refuses, so that the engine finds them where Go does, and gives the format
/// `regex` the name that stands for Go's.
pub(super) fn refuse(schema: Value) -> Value {
    match schema {
        Value::Object(entries) => Value::Object(entries.into_iter().map(entry).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(refuse).collect()),
        other => other,
    }
}

/// A pattern as it was before [`refuse`].
pub(super) fn original(pattern: &str) -> &str {
    match pattern.strip_prefix(REFUSED) {
        Some(original) if Regexp::new(original).is_err() => original,
        _ => pattern,
    }
}

fn entry((keyword, value): (String, Value)) -> (String, Value) {
    let value = match (keyword.as_str(), value) {
        ("pattern", Value::String(pattern)) => Value::String(marked(&pattern).into_owned()),
        ("patternProperties", Value::Object(schemas)) => {
            let schemas = schemas.into_iter();
            let marked = schemas.map(|(name, schema)| (marked(&name).into_owned(), refuse(schema)));
            Value::Object(marked.collect::<Map<_, _>>())
        }
        ("format", Value::String(format)) if format == "regex" => Value::String(REGEX.to_owned()),
        // Values, not schemas.
        ("const" | "enum" | "default" | "examples", value) => value,
        (_, value) => refuse(value),
    };
    (keyword, value)
}

fn marked(pattern: &str) -> Cow<'_, str> {
    match Regexp::new(pattern) {
        Ok(_) => pattern.into(),
        Err(_) => format!("{REFUSED}{pattern}").into(),
    }
}
