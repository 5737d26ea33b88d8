//! How Go prints values in messages.

use goval::Value;
use goval::strconv::format_float;

/// What `%v` prints.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Nil => "<nil>".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Int(kind, i) if kind.is_unsigned() => (*i as u64).to_string(),
        Value::Int(_, i) => i.to_string(),
        // `%v` switches to an exponent later than `%g` does.
        Value::Float(x) if *x == 0.0 || (1e-4..1e21).contains(&x.abs()) => {
            format_float(*x, b'f', -1, 64)
        }
        Value::Float(x) => format_float(*x, b'g', -1, 64),
        Value::Str(text) => text.to_str_lossy().into_owned(),
        Value::List(list) => {
            let items: Vec<String> = list.iter().map(shown).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Map(map) => {
            let entry = |(key, value): (goval::Str, Value)| format!("{key}:{}", shown(&value));
            let entries: Vec<String> = map.entries().into_iter().map(entry).collect();
            format!("map[{}]", entries.join(" "))
        }
        Value::Object(object) => object.display().to_string(),
        Value::Bytes(bytes) => format!("{bytes:?}").replace(',', ""),
        Value::Complex(..) => format!("{value:?}"),
    }
}

/// What `%t` prints, which is meant for `bool` and says so of everything else.
pub(crate) fn shown_as_bool(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::Nil => "%!t(<nil>)".to_owned(),
        Value::List(list) => {
            let item = |value: &Value| match value {
                Value::Nil => "<nil>".to_owned(),
                value => shown_as_bool(value),
            };
            let items: Vec<String> = list.iter().map(item).collect();
            format!("[{}]", items.join(" "))
        }
        other => format!("%!t({}={})", other.type_name(), shown(other)),
    }
}
