//! What registries answer: JSON, and errors in the words of the registry.

use goval::json::decode_next;
use goval::strconv::format_float;
use goval::{ListShape, StructShape};
use goval::{Map, Shape, Value};

use crate::http::OpenAnswer;

/// The most that is read of an answer that tells an error.
const MAX_ERROR: u64 = 8 * 1024;

static ERROR: StructShape = StructShape {
    go_type: "errcode.Error",
    fields: &[
        ("code", Shape::Str),
        ("message", Shape::Str),
        ("detail", Shape::Any),
    ],
};
static ERRORS: ListShape = ListShape {
    go_type: "errcode.Errors",
    elem: Shape::Struct(&ERROR),
};
static ANSWER: StructShape = StructShape {
    go_type: "struct",
    fields: &[("errors", Shape::List(&ERRORS))],
};

/// An answer that is an error: what was asked, its status, and what the registry says about it.
pub(crate) fn error(answer: OpenAnswer) -> String {
    let (asked, status) = (answer.asked(), answer.status);
    let (text, _) = answer.read(MAX_ERROR);
    let said = match decode_next(&text, &Shape::Struct(&ANSWER)) {
        Ok(Some((Value::Map(answer), _))) => words(&answer),
        _ => String::new(),
    };
    let said = match said.as_str() {
        "" => status_text(status).to_owned(),
        said => said.to_owned(),
    };
    format!("{asked}: response status code {status}: {said}")
}

/// The JSON of an answer, up to a length, as a Go type.
///
/// # Errors
/// What is no JSON, or does not fit.
pub(crate) fn decode(answer: OpenAnswer, limit: u64, shape: &Shape) -> Result<Map, String> {
    let asked = answer.asked();
    let failed = |why: String| format!("{asked}: failed to decode response: {why}");
    let (text, broken) = answer.read(limit);
    match (decode_next(&text, shape), broken) {
        (Ok(Some((Value::Map(map), _))), _) => Ok(map),
        (Ok(Some(_)), _) => Ok(Map::new()),
        (_, Some(why)) => Err(failed(why)),
        (Ok(None), None) => Err(failed("EOF".to_owned())),
        (Err(error), None) => Err(failed(error.to_string())),
    }
}

/// A text of a decoded object; empty if it is not there.
pub(crate) fn text(map: &Map, key: &str) -> String {
    let value = map.get(key);
    let text = value.as_ref().and_then(Value::as_str);
    text.map(|text| text.to_str_lossy().into_owned())
        .unwrap_or_default()
}

/// The errors of an answer in one line.
fn words(answer: &Map) -> String {
    let errors = answer.get("errors");
    let errors = errors.as_ref().and_then(Value::as_list);
    let told = errors.into_iter().flat_map(|errors| errors.items());
    let told = told.filter_map(|error| error.as_map().map(one));
    told.collect::<Vec<_>>().join("; ")
}

fn one(error: &Map) -> String {
    let code = text(error, "code").replace('_', " ").to_lowercase();
    let message = text(error, "message");
    match error.get("detail") {
        _ if message.is_empty() => code,
        None | Some(Value::Nil) => format!("{code}: {message}"),
        Some(detail) => format!("{code}: {message}: {}", shown(&detail)),
    }
}

/// A decoded value as Go's `%v` shows it.
fn shown(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(" ");
    match value {
        Value::Nil => "<nil>".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Float(x) => format_float(*x, b'g', -1, 64),
        Value::Str(text) => text.to_str_lossy().into_owned(),
        Value::List(items) => format!("[{}]", list(items.items().iter().map(shown).collect())),
        Value::Map(map) => {
            let entries = map.entries().into_iter();
            let entries =
                entries.map(|(key, value)| format!("{}:{}", key.to_str_lossy(), shown(&value)));
            format!("map[{}]", list(entries.collect()))
        }
        _ => String::new(),
    }
}

/// Go's name of a status, where the standard has renamed some since.
fn status_text(status: u16) -> &'static str {
    match status {
        203 => "Non-Authoritative Information",
        413 => "Request Entity Too Large",
        414 => "Request URI Too Long",
        416 => "Requested Range Not Satisfiable",
        _ => ureq::http::StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = match decode_next(text.as_bytes(), &Shape::Struct(&ANSWER)) {
            Ok(Some((Value::Map(answer), _))) => words(&answer),
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn registries_tell_errors_with_code_message_and_detail() {
        check(
            r#"{"errors":[{"code":"NAME_UNKNOWN","message":"no such name","detail":{"name":"a","b":[1,null]}}]}"#,
            "name unknown: no such name: map[b:[1 <nil>] name:a]",
        );
        check(
            r#"{"errors":[{"code":"DENIED"},{"code":"X","message":"y"}]}"#,
            "denied; x: y",
        );
        check("{}", "");
    }
}
