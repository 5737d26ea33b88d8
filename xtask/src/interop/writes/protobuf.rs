//! Secrets and ConfigMaps in the protobuf of the Kubernetes API, as client-go sends them, read as JSON.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

/// What every such body begins with.
const MAGIC: &[u8] = b"k8s\0";

/// The object in a body, null for a deletion without options; `None` if it is another one, or not as it should be.
pub(super) fn object(body: &[u8]) -> Option<Value> {
    let unknown = fields(body.strip_prefix(MAGIC)?)?;
    let types = fields(first(&unknown, 1)?)?;
    let kind = text(first(&types, 2)?)?;
    let api_version = text(first(&types, 1)?)?;
    let object = fields(first(&unknown, 2).unwrap_or_default())?;
    if kind == "DeleteOptions" && object.is_empty() {
        return Some(Value::Null);
    }
    let meta = fields(first(&object, 1)?)?;
    let labels = pairs(&meta, 11, &|value| text(value).map(Value::from))?;
    let data = match kind.as_str() {
        "Secret" => pairs(&object, 2, &|value| {
            Some(BASE64_STANDARD.encode(value).into())
        }),
        "ConfigMap" => pairs(&object, 2, &|value| text(value).map(Value::from)),
        _ => None,
    }?;
    let mut json = json!({
        "apiVersion": api_version,
        "data": data,
        "kind": kind,
        "metadata": {"labels": labels, "name": text(first(&meta, 1)?)?},
    });
    if kind == "Secret" {
        json["type"] = text(first(&object, 3)?)?.into();
    }
    Some(json)
}

/// A message as the numbers and contents of its fields; numbers are left out.
fn fields(mut message: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message)?;
        match key & 7 {
            0 => drop(varint(&mut message)?),
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                let (content, rest) = message.split_at_checked(length)?;
                message = rest;
                found.push((key >> 3, content));
            }
            _ => return None,
        }
    }
    Some(found)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn first<'a>(message: &[(u64, &'a [u8])], number: u64) -> Option<&'a [u8]> {
    let found = message.iter().find(|(found, _)| *found == number);
    found.map(|(_, content)| *content)
}

fn text(content: &[u8]) -> Option<String> {
    String::from_utf8(content.to_vec()).ok()
}

/// A field that is a map.
fn pairs(
    message: &[(u64, &[u8])],
    number: u64,
    read: &dyn Fn(&[u8]) -> Option<Value>,
) -> Option<Map<String, Value>> {
    let entries = message.iter().filter(|(found, _)| *found == number);
    let pairs = entries.map(|(_, entry)| {
        let entry = fields(entry)?;
        let value = first(&entry, 2).unwrap_or_default();
        Some((text(first(&entry, 1)?)?, read(value)?))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_map_is_read() {
        let body = b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x15\x0a\x0a\x0a\x01a\x5a\x05\x0a\x01l\x12\x00\x12\x07\x0a\x01k\x12\x02vv";
        let object = object(body).unwrap();
        assert_eq!(
            object,
            json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "vv"},
                "metadata": {"name": "a", "labels": {"l": ""}}})
        );
        assert_eq!(super::object(b"k8s\0\x0a\xff"), None);
    }
}
