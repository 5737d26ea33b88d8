//! Rendered files to hooks and manifests, in the order of their installation.

use std::borrow::Cow;
use std::collections::BTreeMap;

use goval::yaml::{Position, YamlError, decode_shaped};
use goval::{Map, MapShape, Shape, StructShape, Value};

use crate::{Hook, HookEvent, Order, split};

const HOOK: &str = "helm.sh/hook";
const HOOK_WEIGHT: &str = "helm.sh/hook-weight";
const HOOK_DELETE: &str = "helm.sh/hook-delete-policy";
const HOOK_OUTPUT_LOG: &str = "helm.sh/hook-output-log-policy";
const RESOURCE_POLICY: &str = "helm.sh/resource-policy";

/// A document that becomes an object of the release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Path of the template it came from.
    pub path: String,
    /// The document.
    pub content: String,
    /// What identifies it.
    pub head: Head,
}

/// What every object says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
}

/// Rendered files, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    /// The hooks, by kind.
    pub hooks: Vec<Hook>,
    /// The objects, by kind.
    pub manifests: Vec<Manifest>,
    /// The `helm.sh/hook` annotations of documents that were dropped because no such hook exists.
    pub unknown_hooks: Vec<String>,
}

/// A document that is not the YAML of an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("YAML parse error on {path}: {reason}")]
pub struct ManifestError {
    /// Path of the template it came from.
    pub path: String,
    /// What is wrong with it, in the words of Helm's YAML library.
    pub reason: String,
    /// Where in the rendered file that is, if it is known.
    pub position: Option<Position>,
}

/// Takes rendered files apart: Helm's `SortManifests`. Partials and blank files are left out.
///
/// The files must come in the order of their paths.
///
/// # Errors
/// The first document that is not the YAML of an object.
pub fn sort<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    order: Order,
) -> Result<Sorted, ManifestError> {
    let texts = texts(files);
    let documents = documents(&texts);
    let mut sorted = Sorted::default();
    for (document, head) in documents.iter().zip(heads(&documents)) {
        let head = head.map_err(|error| document.error(&error))?;
        add(document.path, document.text, head, &mut sorted);
    }
    order.sort(&mut sorted.hooks, |hook| &hook.kind);
    order.sort(&mut sorted.manifests, |manifest| &manifest.head.kind);
    Ok(sorted)
}

/// Everything that [`sort`] would refuse, not only the first.
pub fn all_errors<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<ManifestError> {
    let texts = texts(files);
    let documents = documents(&texts);
    let heads = heads(&documents);
    let wrong = documents.iter().zip(heads);
    wrong
        .filter_map(|(document, head)| head.err().map(|error| document.error(&error)))
        .collect()
}

/// A document of a rendered file.
struct Document<'a> {
    path: &'a str,
    /// As it was rendered, which may not be UTF-8.
    raw: &'a [u8],
    text: &'a str,
    /// The whole file.
    file: &'a str,
}

impl Document<'_> {
    fn error(&self, error: &YamlError) -> ManifestError {
        let before = self.text.as_ptr().addr() - self.file.as_ptr().addr();
        let lines = self.file[..before].matches('\n').count();
        ManifestError {
            path: self.path.to_owned(),
            reason: error.to_string(),
            position: error.position().map(|position| Position {
                line: position.line + lines,
                ..position
            }),
        }
    }
}

/// A rendered file: its path, its bytes, and as many bytes of text.
type Text<'a> = (&'a str, &'a [u8], Cow<'a, str>);

fn texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<Text<'a>> {
    let is_partial = |path: &str| {
        path.rsplit('/')
            .next()
            .is_some_and(|base| base.starts_with('_'))
    };
    files
        .into_iter()
        .filter(|(path, _)| !is_partial(path))
        .map(|(path, raw)| (path, raw, readable(raw)))
        .collect()
}

fn documents<'a>(texts: &'a [Text<'a>]) -> Vec<Document<'a>> {
    let of_file = |(path, raw, file): &'a Text<'a>| {
        let texts = split(file).into_iter();
        texts.map(move |text| {
            let at = text.as_ptr().addr() - file.as_ptr().addr();
            let raw = &raw[at..at + text.len()];
            Document {
                path,
                raw,
                text,
                file,
            }
        })
    };
    texts.iter().flat_map(of_file).collect()
}

fn heads(documents: &[Document<'_>]) -> Vec<Result<Head, YamlError>> {
    parallel::map(
        documents,
        |document| document.text.len(),
        |document| Head::parse(document.raw),
    )
}

/// Text of the same length, with a `?` for each byte that is not UTF-8. No document with such bytes can be parsed, so
/// that nobody sees these.
fn readable(raw: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(raw) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        text += chunk.valid();
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Cow::Owned(text)
}

fn add(path: &str, document: &str, head: Head, sorted: &mut Sorted) {
    let Some(annotation) = head.annotations.get(HOOK) else {
        sorted.manifests.push(Manifest {
            path: path.to_owned(),
            content: document.to_owned(),
            head,
        });
        return;
    };
    let names = words(annotation);
    match names
        .iter()
        .map(|name| HookEvent::from_annotation(name))
        .collect()
    {
        None => sorted.unknown_hooks.push(annotation.clone()),
        Some(events) => sorted.hooks.push(Hook {
            name: head.name.clone(),
            kind: head.kind.clone(),
            path: path.to_owned(),
            manifest: document.to_owned(),
            events,
            weight: head.number(HOOK_WEIGHT),
            delete_policies: head.words(HOOK_DELETE),
            output_log_policies: head.words(HOOK_OUTPUT_LOG),
        }),
    }
}

impl Head {
    /// Reads the head of a document.
    ///
    /// # Errors
    /// What is not YAML, or has a field of the wrong type, in the words of Helm's YAML library.
    pub fn parse(document: &[u8]) -> Result<Head, YamlError> {
        let head = decode_shaped(document, &HEAD, false)?;
        let field = |map: &Value, key: &str| map.as_map().and_then(|map| map.get(key));
        let text = |value: Option<Value>| match value {
            Some(Value::Str(text)) => text.to_str_lossy().into_owned(),
            _ => String::new(),
        };
        let metadata = field(&head, "metadata").unwrap_or_default();
        let annotations = field(&metadata, "annotations");
        let annotations = annotations.as_ref().and_then(Value::as_map);
        let entries = annotations.map(Map::entries).unwrap_or_default();
        Ok(Head {
            api_version: text(field(&head, "apiVersion")),
            kind: text(field(&head, "kind")),
            name: text(field(&metadata, "name")),
            annotations: entries
                .into_iter()
                .map(|(key, value)| (key.to_str_lossy().into_owned(), text(Some(value))))
                .collect(),
        })
    }

    fn words(&self, annotation: &str) -> Vec<String> {
        self.annotations
            .get(annotation)
            .map(|text| words(text))
            .unwrap_or_default()
    }

    fn number(&self, annotation: &str) -> i64 {
        let text = self.annotations.get(annotation);
        text.and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}

/// The part of an object that Helm reads.
const HEAD: Shape = Shape::Struct(&StructShape {
    go_type: "util.SimpleHead",
    fields: &[
        ("apiVersion", Shape::Str),
        ("kind", Shape::Str),
        (
            "metadata",
            Shape::Struct(&StructShape {
                go_type: "struct { Name string \"json:\\\"name\\\"\"; \
                     Annotations map[string]string \"json:\\\"annotations\\\"\" }",
                fields: &[
                    ("name", Shape::Str),
                    (
                        "annotations",
                        Shape::Map(&MapShape {
                            go_type: "map[string]string",
                            elem: Shape::Str,
                        }),
                    ),
                ],
            }),
        ),
    ],
});

/// The words of a list with commas, in lower case.
fn words(text: &str) -> Vec<String> {
    text.split(',')
        .map(|word| word.trim().to_lowercase())
        .collect()
}

/// Parts manifests into those that an uninstall keeps and those that it deletes.
///
/// One with a resource policy other than `keep` is in neither, as in Helm.
pub fn part_kept(manifests: Vec<Manifest>) -> (Vec<Manifest>, Vec<Manifest>) {
    let (mut keep, mut delete) = (Vec::new(), Vec::new());
    for manifest in manifests {
        let policy = manifest.head.annotations.get(RESOURCE_POLICY);
        match policy.map(|policy| policy.trim().to_lowercase()) {
            None => delete.push(manifest),
            Some(policy) if policy == "keep" => keep.push(manifest),
            Some(_) => {}
        }
    }
    (keep, delete)
}

/// The text of a document in a release's manifest, with the line that tells where it came from.
pub fn with_source(path: &str, content: &str) -> String {
    ["---\n# Source: ", path, "\n", content, "\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The errors are Helm's.
    #[test]
    fn what_is_not_utf8_is_told_before_other_mistakes() {
        let check = |text: &[u8], reason: &str| {
            let error = sort([("a.yaml", text)], Order::Install).expect_err("an error");
            assert_eq!(error.reason, reason, "{}", text.escape_ascii());
        };
        let trailing = "error converting YAML to JSON: yaml: invalid trailing UTF-8 octet";
        check(b"a: b: caf\xe9\nc: d\n", trailing);
        check(b"a: 1\n---\n# caf\xe9, \xe9\nb: 1\n", trailing);
    }
}
