//! Values with their Go types as text, as `oracle/values/dump.go` writes and reads them.

use goval::{Map, Value, toml};

pub(crate) fn dump(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, value);
    out
}

pub(crate) fn dump_map(map: Map) -> Vec<u8> {
    dump(&Value::Map(map))
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Nil => out.push(b'n'),
        Value::Bool(b) => out.push(if *b { b't' } else { b'f' }),
        Value::Int(kind, n) if kind.is_unsigned() => out.extend(format!("u{};", *n as u64).bytes()),
        Value::Int(_, n) => out.extend(format!("i{n};").bytes()),
        Value::Float(x) if x.is_nan() => out.extend(b"dNaN;"),
        Value::Float(x) => out.extend(format!("d{:x};", x.to_bits()).bytes()),
        Value::Complex(..) => out.push(b'?'),
        Value::Str(text) => text_of(out, b's', text),
        Value::Bytes(bytes) => text_of(out, b'b', bytes),
        Value::List(list) => {
            out.extend(format!("l{};", list.len()).bytes());
            list.iter().for_each(|item| write(out, item));
        }
        Value::Map(map) => {
            out.extend(format!("m{};", map.len()).bytes());
            for (key, item) in map.entries() {
                text_of(out, b's', &key);
                write(out, &item);
            }
        }
        Value::Object(object) => {
            let json = object.to_json().unwrap_or_default();
            assert!(object.as_any().is::<toml::Time>());
            let json = json.as_str().cloned().unwrap_or_default();
            out.extend(format!("T{json}|{};", object.display()).bytes());
        }
    }
}

fn text_of(out: &mut Vec<u8>, kind: u8, text: &[u8]) {
    out.push(kind);
    out.extend(format!("{};", text.len()).bytes());
    out.extend(text);
}
