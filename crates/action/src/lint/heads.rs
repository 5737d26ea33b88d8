//! The documents that a template makes, read only as far as rules need to know what they are.

use chart::{Fitted, documents};
use goval::json::{StreamError, decode_next};
use goval::{Shape, StructShape, Value};

/// How much of a text decides whether it may be JSON, in bytes.
const GUESSED: usize = 4096;
/// How much must be left of a text that is not JSON after all, in bytes.
const LEFT: usize = 4;

/// What says of which kind a document is.
pub(super) struct Head {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
}

/// The heads of the documents of a text; `None` for a document that is null. After an error there
/// are no more.
///
/// A text that begins with a brace is JSON as long as it can be read as such, and YAML from there
/// on. Where neither is right, what is said is what is wrong with the JSON:
/// `NewYAMLOrJSONDecoder` of Kubernetes' apimachinery.
pub(super) fn heads(text: &[u8]) -> Vec<Result<Option<Head>, String>> {
    let mut heads = Vec::new();
    let mut rest = text;
    let mut not_json = None;
    if looks_like_json(text) {
        let stopped = loop {
            match decode_next(rest, &HEAD) {
                Ok(None) => return heads,
                Ok(Some((value, length))) => {
                    heads.push(Ok(Head::of(value)));
                    rest = &rest[length..];
                }
                Err(why) => break why,
            }
        };
        // More than one object is surely JSON.
        if heads.len() > 1 {
            heads.push(Err(stopped.to_string()));
            return heads;
        }
        let words = words(&stopped, text.len() - rest.len());
        let Some(yaml) = after_space(rest) else {
            heads.push(Err(words));
            return heads;
        };
        rest = yaml;
        not_json = Some(words);
    }
    for document in documents(rest) {
        let read = document.and_then(|text| {
            goval::yaml::decode_shaped(&text, &HEAD, false).map_err(|error| error.to_string())
        });
        // Once a document is YAML, all are.
        let not_json = not_json.take();
        let failed = read.is_err();
        heads.push(read.map(Head::of).map_err(|why| not_json.unwrap_or(why)));
        if failed {
            break;
        }
    }
    heads
}

impl Head {
    fn of(value: Value) -> Option<Head> {
        if value.is_nil() {
            return None;
        }
        let fields = Fitted::from(value);
        Some(Head {
            api_version: fields.text("apiVersion"),
            kind: fields.text("Kind"),
            name: fields.object("Metadata").text("Name"),
        })
    }
}

fn looks_like_json(text: &[u8]) -> bool {
    let start = &text[..text.len().min(GUESSED)];
    String::from_utf8_lossy(start).trim_start().starts_with('{')
}

/// What is wrong with a value that so many bytes of JSON come before.
fn words(error: &StreamError, before: usize) -> String {
    match error {
        StreamError::Syntax { offset, error } => {
            format!("json: offset {}: {error}", before + offset)
        }
        other => other.to_string(),
    }
}

/// A text without the space that it begins with, up to the end of a line; `None` if that leaves too
/// little to look at.
fn after_space(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    while rest.len() >= LEFT {
        let chunk = rest[..LEFT].utf8_chunks().next()?;
        let first = chunk.valid().chars().next()?;
        if !first.is_whitespace() {
            return Some(rest);
        }
        rest = &rest[first.len_utf8()..];
        if first == '\n' {
            return Some(rest);
        }
    }
    None
}

const HEAD: Shape = Shape::Struct(&StructShape {
    go_type: "rules.k8sYamlStruct",
    fields: &[
        ("apiVersion", Shape::Str),
        ("Kind", Shape::Str),
        (
            "Metadata",
            Shape::Struct(&StructShape {
                go_type: "rules.k8sYamlMetadata",
                fields: &[("Namespace", Shape::Str), ("Name", Shape::Str)],
            }),
        ),
    ],
});

#[cfg(test)]
mod tests {
    use super::*;

    /// What `helm lint` says of templates with these texts.
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = heads(text.as_bytes())
            .into_iter()
            .map(|head| match head {
                Ok(head) => head.map_or("null".to_owned(), |head| head.kind),
                Err(why) => why,
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn documents_are_json_or_yaml() {
        check("kind: A\n---\nkind: B\n", &["A", "B"]);
        check("{\"kind\": \"A\"}\n{\"kind\": \"B\"}\n", &["A", "B"]);
        check("{\"kind\": \"A\"}\n---\nkind: B\n", &["A", "B"]);
        check("{kind: A}\n", &["A"]);
        check("null\n", &["null"]);
    }

    #[test]
    fn what_is_neither_is_bad_json() {
        let text = "invalid character '{' looking for beginning of object key string";
        check("{ {- $x := 1 -}}\n", &[&format!("json: offset 3: {text}")]);
        check(
            "{\"kind\": \"A\"}\n---\nkind: [\n",
            &[
                "A",
                "json: offset 16: invalid character '-' in numeric literal",
            ],
        );
        check("{\"kind\": ", &["unexpected EOF"]);
        check(
            "{\"kind\": \"A\"}\n{\"kind\": \"B\"}\n}",
            &[
                "A",
                "B",
                "invalid character '}' looking for beginning of value",
            ],
        );
    }
}
