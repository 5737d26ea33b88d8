//! YAML, JSON and TOML in and out, with Helm's ways of telling errors.

use gotmpl::Ty::{self, Any, Str};
use goval::{List, Map, Value, json, toml, yaml};

use crate::args::{Args, text};
use crate::table::{Entry, Outcome, panic, pure};
use crate::time_object::TimeObject;

pub(crate) const FUNCS: &[Entry] = &[
    pure("toYaml", &[Any], Str, |a| {
        Ok(text(one_newline_less(
            yaml::encode(a.arg(0)).unwrap_or_default(),
        )))
    }),
    pure("mustToYaml", &[Any], Str, |a| {
        let encoded = yaml::encode(a.arg(0)).map_err(|e| panic(e.to_string()))?;
        Ok(text(one_newline_less(encoded)))
    }),
    pure("toYamlPretty", &[Any], Str, |a| {
        match yaml::encode_pretty(a.arg(0)) {
            Ok(encoded) => Ok(text(one_newline_less(encoded))),
            Err(error) if error.is_panic() => Err(panic(error.to_string())),
            Err(_) => Ok(text("")),
        }
    }),
    pure("fromYaml", &[Str], Ty::Map, |a| {
        Ok(map_or_error(yaml::decode_map(a.bytes(0))))
    }),
    pure("fromYamlArray", &[Str], Ty::List, |a| {
        Ok(list_or_error(yaml_list(a.bytes(0))))
    }),
    pure("toJson", &[Any], Str, |a| {
        Ok(text(json::encode(a.arg(0)).unwrap_or_default()))
    }),
    pure("mustToJson", &[Any], Str, |a| {
        Ok(text(
            json::encode(a.arg(0)).map_err(|e| panic(e.to_string()))?,
        ))
    }),
    pure("toPrettyJson", &[Any], Str, |a| {
        Ok(text(pretty(a).unwrap_or_default()))
    }),
    pure("mustToPrettyJson", &[Any], Str, |a| {
        Ok(text(pretty(a).map_err(|e| e.to_string())?))
    }),
    pure("toRawJson", &[Any], Str, |a| {
        Ok(text(
            json::encode_raw(a.arg(0)).map_err(|e| panic(e.to_string()))?,
        ))
    }),
    pure("mustToRawJson", &[Any], Str, |a| {
        Ok(text(json::encode_raw(a.arg(0)).map_err(|e| e.to_string())?))
    }),
    pure("fromJson", &[Str], Ty::Map, |a| {
        Ok(map_or_error(json::decode_map(a.bytes(0))))
    }),
    pure("fromJsonArray", &[Str], Ty::List, |a| {
        Ok(list_or_error(json::decode_list(a.bytes(0))))
    }),
    pure("mustFromJson", &[Str], Any, |a| -> Outcome {
        Ok(json::decode(a.bytes(0)).map_err(|e| e.to_string())?)
    }),
    pure("toToml", &[Any], Str, |a| match toml::encode(a.arg(0)) {
        Ok(encoded) => Ok(text(encoded)),
        Err(error) if error.is_panic() => Err(panic(error.to_string())),
        Err(error) => Ok(text(error.to_string())),
    }),
    pure("mustToToml", &[Any], Str, |a| {
        Ok(text(
            toml::encode(a.arg(0)).map_err(|e| panic(e.to_string()))?,
        ))
    }),
    pure("fromToml", &[Str], Ty::Map, |a| {
        let decoded = toml::decode(a.bytes(0));
        Ok(map_or_error(decoded.inspect(give_methods)))
    }),
];

/// Turns the times of a TOML document into what the functions for times take.
fn give_methods(map: &Map) {
    for (key, value) in map.entries() {
        map.insert(key, with_methods(value));
    }
}

fn with_methods(value: Value) -> Value {
    match value {
        Value::Object(object) => match object.as_any().downcast_ref() {
            Some(time) => TimeObject::of_toml(time),
            None => Value::Object(object),
        },
        Value::Map(map) => {
            give_methods(&map);
            Value::Map(map)
        }
        Value::List(list) => {
            let elem = list.elem();
            let items = list.into_items().into_iter().map(with_methods);
            List::typed(elem, items.collect()).into()
        }
        other => other,
    }
}

fn pretty(a: &[Value]) -> Result<String, json::JsonError> {
    json::encode_indent(a.arg(0), "", "  ")
}

fn one_newline_less(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Errors go into the map, under the key `Error`.
fn map_or_error<E: ToString>(decoded: Result<Map, E>) -> Value {
    let map = decoded.unwrap_or_else(|e| Map::from_iter([("Error", e.to_string())]));
    map.into()
}

/// Errors become the only element.
fn list_or_error<E: ToString>(decoded: Result<List, E>) -> Value {
    let list = decoded.unwrap_or_else(|e| List::new(vec![e.to_string().into()]));
    list.into()
}

/// `yaml.Unmarshal` into a `[]any`; null gives an empty list.
fn yaml_list(text: &[u8]) -> Result<List, String> {
    let found = match yaml::decode(text).map_err(|e| e.to_string())? {
        Value::List(list) => return Ok(list),
        Value::Nil => return Ok(List::default()),
        Value::Map(_) => "object",
        Value::Bool(_) => "bool",
        Value::Int(..) | Value::Float(_) | Value::Complex(..) => "number",
        Value::Str(_) | Value::Bytes(_) | Value::Object(_) => "string",
    };
    Err(format!(
        "error unmarshaling JSON: while decoding JSON: \
         json: cannot unmarshal {found} into Go value of type []interface {{}}"
    ))
}
