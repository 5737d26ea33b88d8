//! Tables: the form of objects that `kubectl get` prints.

mod cells;
mod titles;

use crate::clock::{parse, seconds};
use crate::kinds::Kind;
use crate::object::{at, items, name, text};
use crate::request::Query;
use crate::watch::metadata_only;
use serde_json::{Map, Value, json};
use std::time::SystemTime;

/// A column: its title, its type, and whether only `-o wide` shows it.
struct Column {
    title: String,
    kind: String,
    wide: bool,
}

/// An object or a list of objects of `kind` as a table.
pub(crate) fn render(kind: &Kind, object: &Value, query: &Query, now: SystemTime) -> Value {
    let is_list = object.get("items").is_some_and(Value::is_array)
        && text(object, &["kind"]) == kind.list_kind;
    let objects = if is_list {
        items(object, &["items"])
    } else {
        std::slice::from_ref(object)
    };
    let include = query.get("includeObject").unwrap_or("Metadata");
    let now = seconds(now);
    let row = |object: &Value| {
        let mut row = Map::new();
        row.insert("cells".into(), Value::Array(cells_of(kind, object, now)));
        match include {
            "None" => row.insert("object".into(), Value::Null),
            "Object" => row.insert("object".into(), object.clone()),
            _ => row.insert("object".into(), metadata_only(object)),
        };
        Value::Object(row)
    };
    let metadata = match object.get("metadata") {
        Some(metadata) if is_list => metadata.clone(),
        _ => json!({"resourceVersion": text(object, &["metadata", "resourceVersion"])}),
    };
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
        "columnDefinitions": definitions(kind),
        "rows": objects.iter().map(row).collect::<Vec<_>>(),
    })
}

fn definitions(kind: &Kind) -> Value {
    let definition = |column: Column| {
        let format = if column.title == "Name" { "name" } else { "" };
        json!({
            "name": column.title, "type": column.kind, "format": format, "description": "",
            "priority": i32::from(column.wide),
        })
    };
    columns_of(kind).into_iter().map(definition).collect()
}

fn columns_of(kind: &Kind) -> Vec<Column> {
    if let Some(custom) = &kind.custom {
        return custom_columns(&custom.columns);
    }
    let titles = titles::titles(&kind.group, &kind.plural);
    titles
        .split(',')
        .map(|title| Column {
            title: title.trim_end_matches('*').to_owned(),
            kind: if titles::is_integer(title) {
                "integer"
            } else {
                "string"
            }
            .to_owned(),
            wide: title.ends_with('*'),
        })
        .collect()
}

fn cells_of(kind: &Kind, object: &Value, now: i64) -> Vec<Value> {
    match &kind.custom {
        Some(custom) => custom_cells(&custom.columns, object, now),
        None => cells::of(&kind.group, &kind.plural, object, now),
    }
}

fn custom_columns(columns: &[Value]) -> Vec<Column> {
    let name = Column {
        title: "Name".into(),
        kind: "string".into(),
        wide: false,
    };
    let declared = columns.iter().map(|column| Column {
        title: text(column, &["name"]).to_owned(),
        kind: text(column, &["type"]).to_owned(),
        wide: at(column, &["priority"])
            .and_then(Value::as_i64)
            .unwrap_or(0)
            > 0,
    });
    let age = columns.is_empty().then(|| Column {
        title: "Age".into(),
        kind: "date".into(),
        wide: false,
    });
    std::iter::once(name).chain(declared).chain(age).collect()
}

fn custom_cells(columns: &[Value], object: &Value, now: i64) -> Vec<Value> {
    let cell = |column: &Value| {
        let found = json_path(object, text(column, &["jsonPath"]));
        match (text(column, &["type"]), found) {
            (_, None) => Value::Null,
            ("date", Some(value)) => since(value.as_str().unwrap_or_default(), now).into(),
            ("integer" | "number" | "boolean", Some(value)) => value,
            (_, Some(Value::String(text))) => text.into(),
            (_, Some(other)) => other.to_string().into(),
        }
    };
    let age = columns.is_empty().then(|| cells::age(object, now));
    std::iter::once(name(object).into())
        .chain(columns.iter().map(cell))
        .chain(age)
        .collect()
}

/// The part of JSONPath that printer columns use: fields, indices, and filters by one equal field.
fn json_path(object: &Value, path: &str) -> Option<Value> {
    let mut place = object;
    let mut rest = path.trim().trim_start_matches('.');
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inside, after) = inner.split_once(']')?;
            place = match inside
                .strip_prefix("?(@.")
                .and_then(|filter| filter.strip_suffix(')'))
            {
                Some(filter) => {
                    let (field, wanted) = filter.split_once("==")?;
                    let wanted = wanted.trim().trim_matches(['\'', '"']);
                    place.as_array()?.iter().find(|item| {
                        item.get(field.trim()).and_then(Value::as_str) == Some(wanted)
                    })?
                }
                None => match inside.parse::<usize>() {
                    Ok(index) => place.get(index)?,
                    Err(_) => place.get(inside.trim_matches(['\'', '"']))?,
                },
            };
            rest = after.trim_start_matches('.');
            continue;
        }
        let (field, after) = next_field(rest);
        place = place.get(&field)?;
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    (!place.is_null()).then(|| place.clone())
}

/// A field up to the next sign; a backslash takes a dot into the name.
fn next_field(path: &str) -> (String, &str) {
    let mut field = String::new();
    let mut chars = path.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => field.extend(chars.next().map(|(_, c)| c)),
            '.' | '[' => return (field, &path[at..]),
            c => field.push(c),
        }
    }
    (field, "")
}

/// The time since `then` as kubectl shows it.
fn since(then: &str, now: i64) -> String {
    parse(then).map_or_else(|| "<unknown>".to_owned(), |then| human(now - then))
}

/// `duration.HumanDuration` of apimachinery: two units while the first is small.
fn human(seconds: i64) -> String {
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let both = |first: i64, unit: &str, rest: i64, lower: &str| {
        if rest == 0 {
            format!("{first}{unit}")
        } else {
            format!("{first}{unit}{rest}{lower}")
        }
    };
    match () {
        () if seconds < 120 => format!("{seconds}s"),
        () if minutes < 10 => both(minutes, "m", seconds % 60, "s"),
        () if minutes < 180 => format!("{minutes}m"),
        () if hours < 8 => both(hours, "h", minutes % 60, "m"),
        () if hours < 48 => format!("{hours}h"),
        () if hours < 192 => both(days, "d", hours % 24, "h"),
        () if days < 730 => format!("{days}d"),
        () if days < 365 * 8 => both(days / 365, "y", days % 365, "d"),
        () => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_shown_as_kubectl_shows_them() {
        let check = |seconds, expected: &str| assert_eq!(human(seconds), expected);
        check(0, "0s");
        check(119, "119s");
        check(120, "2m");
        check(599, "9m59s");
        check(600, "10m");
        check(3 * 3600, "3h");
        check(3 * 3600 + 60, "3h1m");
        check(48 * 3600, "2d");
        check(50 * 3600, "2d2h");
        check(400 * 86_400, "400d");
    }

    #[test]
    fn printer_columns_find_their_values() {
        let object = json!({"status": {"conditions": [{"type": "Ready", "status": "True"}], "n": [1]}, "a.b": "x"});
        let check = |path, expected: Option<Value>| {
            assert_eq!(json_path(&object, path), expected, "{path}")
        };
        check(
            ".status.conditions[?(@.type==\"Ready\")].status",
            Some("True".into()),
        );
        check(".status.n[0]", Some(1.into()));
        check(".a\\.b", Some("x".into()));
        check(".nope.x", None);
        check(".status[", None);
    }
}
