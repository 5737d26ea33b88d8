//! Annotations of a document, found and changed with kyaml's rules.

use goval::yaml::node::{Document, Node, NodeKind, ScalarStyle, Writer};

use crate::Error;

const METADATA: &str = "metadata";
const ANNOTATIONS: &str = "annotations";

/// The value of an annotation; empty if the document has none of that name (kyaml's `GetMeta`).
///
/// # Errors
/// `missing Resource metadata`: the document has nothing that makes it an object.
pub fn annotation(document: &Document, name: &str) -> Result<String, Error> {
    match is_object(&document.root) {
        true => Ok(value(&document.root, name).unwrap_or_default().to_owned()),
        false => Err(Error("missing Resource metadata".to_owned())),
    }
}

/// Sets an annotation (kyaml's `SetAnnotation`). It stands last and in single quotes, unless it was
/// there already; then it keeps its place and style. A null stays one. (In a document that has
/// `metadata` twice, first empty and then with annotations that are null, kyaml loses what it sets;
/// here it is set.)
///
/// # Errors
/// The document or its metadata is no map.
pub fn annotate(document: &mut Document, name: &str, value: &str) -> Result<(), Error> {
    let root = &mut document.root;
    clear_empty_annotations(root)?;
    let Some(metadata) = field_or_new(root, METADATA)? else {
        return Ok(());
    };
    let Some(annotations) = field_or_new(metadata, ANNOTATIONS)? else {
        return Ok(());
    };
    let Some(fields) = fields_mut(annotations)? else {
        return Ok(());
    };
    let new = Node::scalar(value, ScalarStyle::SingleQuoted);
    match fields.iter_mut().find(|(key, _)| key.text() == name) {
        Some((_, old)) => *old = in_style_of(old, new),
        None => fields.push((Node::scalar(name, ScalarStyle::Plain), new)),
    }
    Ok(())
}

/// Removes an annotation (kyaml's `ClearAnnotation`).
///
/// # Errors
/// The document, its metadata or its annotations are no maps.
pub fn clear_annotation(document: &mut Document, name: &str) -> Result<(), Error> {
    let Some(metadata) = field_mut(&mut document.root, METADATA)? else {
        return Ok(());
    };
    let Some(annotations) = field_mut(metadata, ANNOTATIONS)? else {
        return Ok(());
    };
    clear(annotations, name, false)
}

/// Removes annotations that are empty, and metadata that is (kyaml's `ClearEmptyAnnotations`).
/// A scalar or an alias there is empty too.
pub(crate) fn clear_empty_annotations(root: &mut Node) -> Result<(), Error> {
    if let Some(metadata) = field_mut(root, METADATA)? {
        clear(metadata, ANNOTATIONS, true)?;
    }
    clear(root, METADATA, true)
}

/// The value of an annotation of something that may be no object.
pub(crate) fn value<'a>(root: &'a Node, name: &str) -> Option<&'a str> {
    let metadata = root.field(METADATA)?;
    let value = metadata.field(ANNOTATIONS)?.field(name)?;
    Some(if value.is_null() { "" } else { value.text() })
}

/// Whether there is anything that makes this an object; null counts as one.
pub(crate) fn is_object(root: &Node) -> bool {
    let has = |node: &Node, name: &str| node.field(name).is_some_and(|field| !is_empty(field));
    let named = |metadata: &Node| {
        let names = ["name", "namespace", "labels", ANNOTATIONS];
        !is_empty(metadata) && names.iter().any(|name| has(metadata, name))
    };
    root.is_null()
        || has(root, "apiVersion")
        || has(root, "kind")
        || root.field(METADATA).is_some_and(named)
}

/// Whether it is null, `{}` or `[]`.
pub(crate) fn is_empty(node: &Node) -> bool {
    match &node.kind {
        _ if node.is_null() => true,
        NodeKind::Sequence(items, _) => items.is_empty(),
        NodeKind::Mapping(fields, _) => fields.is_empty(),
        NodeKind::Scalar(..) | NodeKind::Alias(_) => false,
    }
}

/// A new value in the style of an old one.
fn in_style_of(old: &Node, new: Node) -> Node {
    let style = match old.kind {
        NodeKind::Scalar(_, style) => style,
        _ => ScalarStyle::Plain,
    };
    Node {
        tag: old.tag.as_ref().map(|_| "!!str".to_owned()),
        ..Node::scalar(new.text(), style)
    }
}

/// Removes the first field of that name; with `if_empty` the first that has nothing in it.
fn clear(node: &mut Node, name: &str, if_empty: bool) -> Result<(), Error> {
    let Some(fields) = fields_mut(node)? else {
        return Ok(());
    };
    let holds_nothing = |value: &Node| match &value.kind {
        NodeKind::Sequence(items, _) => items.is_empty(),
        NodeKind::Mapping(fields, _) => fields.is_empty(),
        NodeKind::Scalar(..) | NodeKind::Alias(_) => true,
    };
    let found = fields
        .iter()
        .position(|(key, value)| key.text() == name && (!if_empty || holds_nothing(value)));
    if let Some(at) = found {
        fields.remove(at);
    }
    Ok(())
}

fn field_mut<'a>(node: &'a mut Node, name: &str) -> Result<Option<&'a mut Node>, Error> {
    let fields = fields_mut(node)?;
    let mut fields = fields.into_iter().flatten();
    let found = fields.find(|(key, _)| key.text() == name);
    Ok(found.map(|(_, value)| value))
}

/// The field of that name, made if it is not there.
fn field_or_new<'a>(node: &'a mut Node, name: &str) -> Result<Option<&'a mut Node>, Error> {
    let Some(fields) = fields_mut(node)? else {
        return Ok(None);
    };
    let found = fields.iter().position(|(key, _)| key.text() == name);
    let at = found.unwrap_or_else(|| {
        let map = NodeKind::Mapping(Vec::new(), false);
        fields.push((Node::scalar(name, ScalarStyle::Plain), map.into()));
        fields.len() - 1
    });
    Ok(fields.get_mut(at).map(|(_, value)| value))
}

/// The fields of a map; none of null.
fn fields_mut(node: &mut Node) -> Result<Option<&mut Vec<(Node, Node)>>, Error> {
    if node.is_null() {
        return Ok(None);
    }
    if !matches!(node.kind, NodeKind::Mapping(..)) {
        return Err(wrong_kind(node));
    }
    match &mut node.kind {
        NodeKind::Mapping(fields, _) => Ok(Some(fields)),
        _ => Ok(None),
    }
}

fn wrong_kind(node: &Node) -> Error {
    let kind = match node.kind {
        NodeKind::Scalar(..) => "ScalarNode",
        NodeKind::Sequence(..) => "SequenceNode",
        NodeKind::Mapping(..) => "MappingNode",
        NodeKind::Alias(_) => "AliasNode",
    };
    let mut writer = Writer::default();
    writer.write(&node.clone().into(), false);
    let text = writer.finish();
    Error(format!(
        "wrong node kind: expected MappingNode but got {kind}: node contents:\n{text}"
    ))
}
