//! Request bodies in Kubernetes' protobuf, which typed clients such as `kubectl create` and Helm's
//! storage send. Answers are always JSON, which they accept.
//!
//! The numbers of the fields come from `data/messages.txt`, made from the struct tags of the Go types.

use crate::kinds::split;
use crate::schema;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value, json};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What every body begins with.
const MAGIC: &[u8] = b"k8s\0";
/// How deep messages may nest.
const MAX_DEPTH: usize = 64;
const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1";

/// Reads an object from its envelope.
pub(crate) fn decode(body: &[u8]) -> Result<Value, String> {
    let envelope = body
        .strip_prefix(MAGIC)
        .ok_or("the body does not begin as Kubernetes' protobuf does")?;
    let (mut api_version, mut kind, mut raw) = (String::new(), String::new(), &[][..]);
    for field in Fields(envelope) {
        match field? {
            (1, Wire::Bytes(meta)) => {
                for part in Fields(meta) {
                    match part? {
                        (1, Wire::Bytes(text)) => api_version = utf8(text)?,
                        (2, Wire::Bytes(text)) => kind = utf8(text)?,
                        _ => {}
                    }
                }
            }
            (2, Wire::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let (group, version) = split(&api_version);
    // Options of a request come under the group of what they are for.
    let name = match kind.as_str() {
        "DeleteOptions" => format!("{META}.DeleteOptions"),
        _ => schema::name_of(group, version, &kind)
            .unwrap_or_default()
            .to_owned(),
    };
    let fields = MESSAGES
        .get(&*name)
        .ok_or_else(|| format!("there is no message for {api_version} {kind}"))?;
    let mut object = Map::new();
    object.insert("apiVersion".into(), api_version.into());
    object.insert("kind".into(), kind.into());
    message(fields, raw, &mut object, MAX_DEPTH)?;
    Ok(Value::Object(object))
}

/// One field of a message, as its Go type declares it.
pub(crate) struct Field {
    number: u64,
    pub(crate) name: &'static str,
    /// `string`, `int`, …, or the name of a message.
    pub(crate) kind: &'static str,
    pub(crate) pointer: bool,
    pub(crate) omit_empty: bool,
    pub(crate) list: bool,
    pub(crate) map: bool,
    /// Whether its fields stand in JSON among those of the message itself.
    pub(crate) inline: bool,
}

/// The fields of a message, by its name in the OpenAPI documents.
pub(crate) fn fields_of(name: &str) -> Option<&'static [Field]> {
    MESSAGES.get(name).map(Vec::as_slice)
}

/// The fields of each message, by its name.
static MESSAGES: LazyLock<HashMap<&'static str, Vec<Field>>> = LazyLock::new(|| {
    let lines = include_str!("../data/messages.txt")
        .lines()
        .filter_map(|line| line.split_once('\t'));
    lines
        .map(|(name, fields)| (name, fields.split(';').filter_map(field).collect()))
        .collect()
});

fn field(text: &'static str) -> Option<Field> {
    let mut parts = text.split(' ');
    let (number, name, flags, kind) = (
        parts.next()?.parse().ok()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    );
    let has = |flag: char| flags.contains(flag);
    Some(Field {
        number,
        name,
        kind,
        pointer: has('*'),
        omit_empty: has('o'),
        list: has('l'),
        map: has('m'),
        inline: has('i'),
    })
}

/// A value as it stands on the wire.
#[derive(Clone, Copy)]
enum Wire<'a> {
    Number(u64),
    Fixed(u64),
    Bytes(&'a [u8]),
}

/// The fields of an encoded message, in their order.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Wire<'a>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn read(&mut self) -> Result<(u64, Wire<'a>), String> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Wire::Number(self.varint()?),
            1 => Wire::Fixed(self.fixed::<8>().map(u64::from_le_bytes)?),
            2 => {
                let length = usize::try_from(self.varint()?)
                    .map_err(|_| "a length out of range".to_owned())?;
                let bytes = self.0.split_at_checked(length).ok_or_else(truncated)?;
                self.0 = bytes.1;
                Wire::Bytes(bytes.0)
            }
            5 => Wire::Fixed(u64::from(self.fixed::<4>().map(u32::from_le_bytes)?)),
            other => return Err(format!("wire type {other} is not known")),
        };
        Ok((tag >> 3, value))
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or_else(truncated)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number out of range".to_owned())
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (bytes, rest) = self.0.split_first_chunk::<N>().ok_or_else(truncated)?;
        self.0 = rest;
        Ok(*bytes)
    }
}

fn truncated() -> String {
    "the body ends too soon".to_owned()
}

fn utf8(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| "a text that is not UTF-8".to_owned())
}

fn message(
    fields: &[Field],
    bytes: &[u8],
    out: &mut Map<String, Value>,
    depth: usize,
) -> Result<(), String> {
    let depth = depth.checked_sub(1).ok_or("nested too deep")?;
    for entry in Fields(bytes) {
        let (number, wire) = entry?;
        // A field of a newer client is dropped, as the API server does it.
        let Some(field) = fields.iter().find(|field| field.number == number) else {
            continue;
        };
        if field.map {
            let Wire::Bytes(pair) = wire else { continue };
            let (key, value) = map_entry(field.kind, pair, depth)?;
            if let Value::Object(map) = out.entry(field.name).or_insert_with(|| json!({})) {
                map.insert(key, value);
            }
        } else if field.inline {
            let Wire::Bytes(inner) = wire else { continue };
            message(
                MESSAGES.get(field.kind).map_or(&[], Vec::as_slice),
                inner,
                out,
                depth,
            )?;
        } else if field.list {
            let value = value(field.kind, wire, depth)?;
            if let Value::Array(list) = out.entry(field.name).or_insert_with(|| json!([])) {
                list.push(value);
            }
        } else {
            let value = value(field.kind, wire, depth)?;
            // Go writes plain zeros to the wire that it would leave out of JSON.
            let is_zero =
                matches!(&value, Value::Null | Value::Bool(false)) || value == "" || value == 0;
            let omitted = is_zero && field.omit_empty && !field.pointer;
            if !omitted && !value.is_null() {
                out.insert(field.name.into(), value);
            }
        }
    }
    Ok(())
}

fn map_entry(kind: &str, pair: &[u8], depth: usize) -> Result<(String, Value), String> {
    let mut key = String::new();
    let mut found = None;
    for part in Fields(pair) {
        match part? {
            (1, Wire::Bytes(text)) => key = utf8(text)?,
            (2, wire) => found = Some(value(kind, wire, depth)?),
            _ => {}
        }
    }
    Ok((key, found.unwrap_or_else(|| "".into())))
}

fn value(kind: &str, wire: Wire<'_>, depth: usize) -> Result<Value, String> {
    match (kind, wire) {
        ("bool", Wire::Number(number)) => Ok((number != 0).into()),
        ("int", Wire::Number(number)) => Ok(signed(number).into()),
        ("double", Wire::Fixed(bits)) => {
            Ok(Number::from_f64(f64::from_bits(bits)).map_or(Value::Null, Value::Number))
        }
        ("bytes", Wire::Bytes(bytes)) => Ok(STANDARD.encode(bytes).into()),
        ("string", Wire::Bytes(bytes)) => utf8(bytes).map(Value::from),
        ("strings", Wire::Bytes(bytes)) => texts(bytes),
        (kind, Wire::Bytes(bytes)) => special(kind, bytes, depth),
        (kind, _) => Err(format!("a {kind} is encoded as something else")),
    }
}

/// Negative numbers stand on the wire in two's complement.
fn signed(number: u64) -> i64 {
    i64::from_ne_bytes(number.to_ne_bytes())
}

/// A named list of strings is a message with one field.
fn texts(bytes: &[u8]) -> Result<Value, String> {
    let text = |field: Result<(u64, Wire<'_>), String>| match field? {
        (1, Wire::Bytes(text)) => utf8(text).map(Value::from),
        _ => Err("a list of strings holds something else".to_owned()),
    };
    Fields(bytes).map(text).collect()
}

/// Messages whose JSON is not the sum of their fields.
fn special(kind: &str, bytes: &[u8], depth: usize) -> Result<Value, String> {
    match kind.rsplit('.').next().unwrap_or_default() {
        "Quantity" => first_text(bytes),
        "Time" if kind.starts_with(META) => time(bytes, false),
        "MicroTime" => time(bytes, true),
        "IntOrString" => int_or_string(bytes),
        "RawExtension" | "FieldsV1" | "JSON" => first_json(bytes),
        "JSONSchemaPropsOrBool" | "JSONSchemaPropsOrArray" | "JSONSchemaPropsOrStringArray" => {
            alternative(kind, bytes, depth)
        }
        _ => match MESSAGES.get(kind) {
            Some(fields) => {
                let mut out = Map::new();
                message(fields, bytes, &mut out, depth)?;
                Ok(Value::Object(out))
            }
            // What is no message is a string under another name.
            None => utf8(bytes).map(Value::from),
        },
    }
}

fn first_bytes(bytes: &[u8]) -> Result<&[u8], String> {
    for field in Fields(bytes) {
        if let (1, Wire::Bytes(inner)) = field? {
            return Ok(inner);
        }
    }
    Ok(&[])
}

fn first_text(bytes: &[u8]) -> Result<Value, String> {
    first_bytes(bytes).and_then(utf8).map(Value::from)
}

fn first_json(bytes: &[u8]) -> Result<Value, String> {
    match first_bytes(bytes)? {
        [] => Ok(Value::Null),
        raw => serde_json::from_slice(raw).map_err(|error| error.to_string()),
    }
}

fn numbers(bytes: &[u8]) -> Result<(i64, i64), String> {
    let (mut first, mut second) = (0, 0);
    for field in Fields(bytes) {
        match field? {
            (1, Wire::Number(number)) => first = signed(number),
            (2, Wire::Number(number)) => second = signed(number),
            _ => {}
        }
    }
    Ok((first, second))
}

/// An empty message is the zero time, which is null in JSON.
fn time(bytes: &[u8], micro: bool) -> Result<Value, String> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let (seconds, nanos) = numbers(bytes)?;
    let nanos = if micro {
        i32::try_from(nanos).unwrap_or(0)
    } else {
        0
    };
    let time = jiff::Timestamp::new(seconds, nanos).map_err(|error| error.to_string())?;
    Ok(if micro {
        format!("{time:.6}")
    } else {
        time.to_string()
    }
    .into())
}

fn int_or_string(bytes: &[u8]) -> Result<Value, String> {
    let (kind, number) = numbers(bytes)?;
    let mut text = String::new();
    for field in Fields(bytes) {
        if let (3, Wire::Bytes(inner)) = field? {
            text = utf8(inner)?;
        }
    }
    Ok(if kind == 0 {
        number.into()
    } else {
        text.into()
    })
}

/// A schema, or a flag or a list in its place.
fn alternative(kind: &str, bytes: &[u8], depth: usize) -> Result<Value, String> {
    let props = kind
        .trim_end_matches("OrBool")
        .trim_end_matches("OrArray")
        .trim_end_matches("OrStringArray");
    let mut list = Vec::new();
    let mut flag = false;
    for field in Fields(bytes) {
        match field? {
            (1, Wire::Number(allows)) => flag = allows != 0,
            (2, Wire::Bytes(inner)) if kind.ends_with("OrStringArray") => {
                list.push(utf8(inner)?.into())
            }
            (2, Wire::Bytes(inner)) if kind.ends_with("OrArray") => {
                list.push(special(props, inner, depth)?)
            }
            (_, Wire::Bytes(inner)) => return special(props, inner, depth),
            _ => {}
        }
    }
    Ok(if kind.ends_with("OrBool") {
        flag.into()
    } else {
        Value::Array(list)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A Secret as Helm's storage sends it, by hand: name `a`, data `k` = `v`, type `t`.
    #[test]
    fn a_secret_is_read() {
        let object = b"\x0a\x05\x0a\x01a\x42\x00\x12\x06\x0a\x01k\x12\x01v\x1a\x01t";
        let mut body = MAGIC.to_vec();
        body.extend(b"\x0a\x0c\x0a\x02v1\x12\x06Secret\x12");
        body.push(u8::try_from(object.len()).unwrap());
        body.extend(object);
        let expected = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"k": "dg=="}, "type": "t"});
        assert_eq!(decode(&body).unwrap(), expected);
    }

    #[test]
    fn every_line_of_the_data_is_a_message() {
        for line in include_str!("../data/messages.txt").lines() {
            let (name, fields) = line.split_once('\t').unwrap();
            let all = fields.split(';').filter(|text| !text.is_empty());
            assert!(all.clone().all(|text| field(text).is_some()), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for kind in ["Pod", "Deployment", "CustomResourceDefinition"] {
                let mut out = Map::new();
                let name = MESSAGES.keys().find(|name| name.ends_with(&format!(".{kind}"))).unwrap();
                let _ = message(&MESSAGES[name], &bytes, &mut out, MAX_DEPTH);
            }
            let _ = decode(&[MAGIC, &bytes].concat());
        }
    }
}
