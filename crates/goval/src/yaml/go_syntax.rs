//! Nodes as Go's `%#v` prints them, for error messages.

use super::YamlError;
use super::decode::{decode_binary, is_binary, meaning};
use super::resolve::Scalar;
use super::tree::{NodeKind, Tree};
use crate::strconv;

/// Messages need not be longer; the guard against aliases that expand without end.
const MAX_LENGTH: usize = 1 << 20;

/// The error for a key whose type no key of JSON can have.
pub(super) fn unsupported_key(tree: &Tree<'_>, key: Scalar, value: usize) -> YamlError {
    let (key_type, key) = match key {
        Scalar::Null => ("%!s(<nil>)", "<nil>".to_owned()),
        other => ("uint64", scalar(other)),
    };
    let value = node(tree, value);
    YamlError::plain(format!(
        "unsupported map key of type: {key_type}, key: {key}, value: {value}"
    ))
}

/// A node as `%#v` prints the value that go-yaml reads from it.
pub(super) fn node(tree: &Tree<'_>, number: usize) -> String {
    match read(tree, number, 0) {
        Any::Scalar(Scalar::Null, _) => "<nil>".to_owned(),
        any => {
            let mut out = String::new();
            any.write(&mut out);
            out
        }
    }
}

/// A scalar that is no string, as `%#v` prints it.
pub(super) fn scalar(scalar: Scalar) -> String {
    match scalar {
        Scalar::Null => "interface {}(nil)".to_owned(),
        Scalar::Bool(b) => b.to_string(),
        Scalar::Int(n) => n.to_string(),
        Scalar::Uint(n) => format!("{n:#x}"),
        Scalar::Float(x) => strconv::format_float(x, b'g', -1, 64),
        Scalar::Str | Scalar::Timestamp => String::new(),
    }
}

/// A value of Go's with maps of any keys.
enum Any {
    Scalar(Scalar, Vec<u8>),
    Sequence(Vec<Any>),
    Mapping(Vec<(Any, Any)>),
}

fn read(tree: &Tree<'_>, number: usize, depth: usize) -> Any {
    let node = tree.node(number);
    if depth > crate::MAX_DEPTH {
        return Any::Scalar(Scalar::Null, Vec::new());
    }
    match node.kind {
        NodeKind::Alias(target) => read(tree, target, depth + 1),
        NodeKind::Sequence => {
            let items = tree.children(number);
            Any::Sequence(items.map(|item| read(tree, item, depth + 1)).collect())
        }
        NodeKind::Mapping => {
            let mut entries: Vec<(Any, Any)> = Vec::new();
            read_entries(tree, number, depth, &mut entries);
            entries.sort_by_key(|(key, _)| key.order());
            Any::Mapping(entries)
        }
        NodeKind::Scalar => {
            let found = meaning(&node.tag, &node.value, node.implicit).unwrap_or(Scalar::Str);
            let text = match is_binary(&node.tag) {
                true => decode_binary(&node.value).unwrap_or_default(),
                false => node.value.to_vec(),
            };
            Any::Scalar(found, text)
        }
    }
}

fn read_entries(tree: &Tree<'_>, number: usize, depth: usize, entries: &mut Vec<(Any, Any)>) {
    let mut children = tree.children(number);
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        if tree.node(key).is_merge() {
            let mut sources = match tree.node(value).kind {
                NodeKind::Sequence => tree.children(value).collect(),
                _ => vec![value],
            };
            while let Some(source) = sources.pop().filter(|_| depth <= crate::MAX_DEPTH) {
                match tree.node(source).kind {
                    NodeKind::Alias(target) => read_entries(tree, target, depth + 1, entries),
                    _ => read_entries(tree, source, depth + 1, entries),
                }
            }
            continue;
        }
        let entry = (read(tree, key, depth + 1), read(tree, value, depth + 1));
        entries.retain(|(key, _)| key.order() != entry.0.order());
        entries.push(entry);
    }
}

impl Any {
    fn write(&self, out: &mut String) {
        if out.len() > MAX_LENGTH {
            return;
        }
        match self {
            Any::Scalar(Scalar::Str | Scalar::Timestamp, text) => {
                out.push_str(&strconv::quote(text));
            }
            Any::Scalar(other, _) => out.push_str(&scalar(*other)),
            Any::Sequence(items) => {
                out.push_str("[]interface {}{");
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { ", " } else { "" });
                    item.write(out);
                }
                out.push('}');
            }
            Any::Mapping(entries) => {
                out.push_str("map[interface {}]interface {}{");
                for (i, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if i > 0 { ", " } else { "" });
                    key.write(out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Where a key stands among others when Go prints a map. Keys of several types stand in the order in
    /// which Go's linker lays out the types; this is the one of Helm's binaries.
    fn order(&self) -> (u8, Vec<u8>) {
        match self {
            Any::Scalar(Scalar::Null, _) => (0, Vec::new()),
            Any::Scalar(Scalar::Str | Scalar::Timestamp, text) => (1, text.clone()),
            Any::Scalar(Scalar::Bool(b), _) => (5, vec![u8::from(*b)]),
            Any::Scalar(Scalar::Int(n), _) => (3, order_of(*n)),
            Any::Scalar(Scalar::Uint(n), _) => (2, n.to_be_bytes().to_vec()),
            Any::Scalar(Scalar::Float(x), _) => (4, order_of(x.to_bits() as i64)),
            Any::Sequence(_) | Any::Mapping(_) => (6, Vec::new()),
        }
    }
}

fn order_of(n: i64) -> Vec<u8> {
    ((n as u64) ^ (1 << 63)).to_be_bytes().to_vec()
}
