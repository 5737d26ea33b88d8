//! Streams of documents.

use goval::yaml::node::{self, Document, Node, NodeKind, Writer};
use memchr::memmem;

use crate::Error;
use crate::annotation::{
    annotate, clear_annotation, clear_empty_annotations, is_empty, is_object, value,
};

const INDEX: &str = "internal.config.kubernetes.io/index";
const LEGACY_INDEX: &str = "config.kubernetes.io/index";
const PATH: &str = "internal.config.kubernetes.io/path";
const LEGACY_PATH: &str = "config.kubernetes.io/path";
const ID: &str = "internal.config.kubernetes.io/id";
const LEGACY_ID: &str = "config.k8s.io/id";
const SEQUENCE_INDENT: &str = "internal.config.kubernetes.io/seqindent";

/// Reads the documents of a text (`kio.ParseAll`). A list that is alone is replaced by its items; each
/// other document gets annotations with its number, which [`write_all`] removes. Empty documents are
/// left out, with their comments.
///
/// # Errors
/// The text is not YAML, a document is no map, or something other than a comment follows a `---`.
pub fn read_all(text: &[u8]) -> Result<Vec<Document>, Error> {
    let text = without_carriage_returns(text);
    let pieces = split(&text)?;
    let mut documents = Vec::with_capacity(pieces.len());
    let mut index = 0;
    for piece in &pieces {
        let read = node::read(piece).map_err(|e| Error(format!("MalformedYAMLError: {e}")))?;
        let Some(mut document) = read.filter(|document| !document.root.is_null()) else {
            continue;
        };
        copy_legacy_annotations(&mut document)?;
        for name in [LEGACY_INDEX, INDEX] {
            annotate(&mut document, name, &index.to_string())?;
        }
        if pieces.len() == 1 && is_list(&document.root) {
            documents.extend(items(document.root).into_iter().map(Document::from));
            continue;
        }
        documents.push(document);
        index += 1;
    }
    Ok(documents)
}

/// Writes documents one behind the other (`kio.StringAll`), without the annotations of [`read_all`].
///
/// # Errors
/// A document has metadata or annotations that are no maps, or is alone and wants to be a file in
/// JSON, which is not built yet.
pub fn write_all(mut documents: Vec<Document>) -> Result<String, Error> {
    if let [document] = &documents[..]
        && is_json(&document.root)
    {
        return Err(Error(format!(
            "annotation {PATH} names a JSON file: writing JSON is not built yet"
        )));
    }
    let mut writer = Writer::default();
    for document in &mut documents {
        let is_wide = value(&document.root, SEQUENCE_INDENT) == Some("wide");
        for name in [INDEX, LEGACY_INDEX, SEQUENCE_INDENT] {
            clear_annotation(document, name)?;
        }
        clear_empty_annotations(&mut document.root)?;
        match document.root.field("bareSeqNodeWrappingKey") {
            Some(wrapped) if !is_empty(wrapped) => {
                writer.write(&wrapped.clone().into(), is_wide);
            }
            _ => writer.write(document, is_wide),
        }
    }
    Ok(writer.finish())
}

fn without_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memmem::find(rest, b"\r\n") {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out
}

/// Cuts a text at its lines that begin with `---`, but for one at its very beginning. What is cut off
/// keeps the line break before it.
fn split(text: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut pieces = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(found) = memmem::find(&text[from..], b"\n---") {
        let separator = from + found;
        let Some(length) = memchr::memchr(b'\n', &text[separator + 4..]) else {
            break;
        };
        let end = separator + 4 + length;
        let behind = String::from_utf8_lossy(&text[separator + 4..end]);
        if !matches!(behind.trim().chars().next(), None | Some('#')) {
            let line = String::from_utf8_lossy(&text[separator..end]);
            let line = line.trim();
            return Err(Error(format!("invalid document separator: {line}")));
        }
        pieces.push(&text[start..=separator]);
        (start, from) = (end + 1, end + 1);
    }
    if !text.is_empty() {
        pieces.push(&text[start..]);
    }
    Ok(pieces)
}

/// Gives path, index and identity their new names, or their old ones, if only the others are there.
fn copy_legacy_annotations(document: &mut Document) -> Result<(), Error> {
    if !is_object(&document.root) {
        return Ok(());
    }
    let pairs = [(LEGACY_PATH, PATH), (LEGACY_INDEX, INDEX), (LEGACY_ID, ID)];
    for (old, new) in pairs {
        let get = |name| value(&document.root, name).unwrap_or_default().to_owned();
        match (get(old), get(new)) {
            (legacy, current) if legacy.is_empty() == current.is_empty() => {}
            (legacy, current) if legacy.is_empty() => annotate(document, old, &current)?,
            (legacy, _) => annotate(document, new, &legacy)?,
        }
    }
    Ok(())
}

fn is_list(root: &Node) -> bool {
    let kind = root.field("kind").filter(|kind| !is_empty(kind));
    kind.is_some_and(|kind| matches!(kind.text(), "List" | "ResourceList"))
        && (root.field("items").is_some() || root.field("functionConfig").is_some())
}

/// The items of a list; the keys and values in turn if they are in a map.
fn items(root: Node) -> Vec<Node> {
    let NodeKind::Mapping(fields, _) = root.kind else {
        return Vec::new();
    };
    let mut fields = fields.into_iter();
    let items = fields.find(|(key, _)| key.text() == "items");
    match items.map(|(_, items)| items.kind) {
        Some(NodeKind::Sequence(items, _)) => items,
        Some(NodeKind::Mapping(fields, _)) => fields
            .into_iter()
            .flat_map(|(key, value)| [key, value])
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether annotations say that this is to be a file in JSON.
fn is_json(root: &Node) -> bool {
    let path = value(root, PATH).or_else(|| value(root, LEGACY_PATH));
    path.is_some_and(|path| path.trim_end_matches('/').ends_with(".json"))
}
