//! Schemas: of the built-in kinds (from `data/schemas.jsonl`, made from the OpenAPI v3 documents of
//! Kubernetes) and of custom resource definitions. One type serves both.

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, OnceLock};

/// How deep a schema of a custom resource definition may nest.
const MAX_DEPTH: usize = 100;

/// One JSON schema with the extensions of Kubernetes.
#[derive(Debug, Default, Clone)]
pub(crate) struct Schema {
    /// The name of a built-in schema that holds what is absent here.
    pub(crate) reference: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) properties: BTreeMap<String, Schema>,
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) additional: Option<Box<Schema>>,
    pub(crate) default: Option<Value>,
    pub(crate) required: Vec<String>,
    pub(crate) list: ListType,
    pub(crate) map_keys: Vec<String>,
    pub(crate) atomic_map: bool,
    pub(crate) merge_key: Option<String>,
    pub(crate) patch_strategy: String,
    pub(crate) int_or_string: bool,
    pub(crate) preserve_unknown: bool,
    pub(crate) embedded: bool,
    pub(crate) nullable: bool,
    pub(crate) pattern: Option<Pattern>,
    /// The schema as it was written, for the rules that only validation reads.
    pub(crate) rules: Map<String, Value>,
}

/// `x-kubernetes-list-type`; a list without one is atomic.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListType {
    #[default]
    Atomic,
    Set,
    Map,
}

/// A regular expression that is compiled when it is first needed, as most never are.
///
/// Patterns are RE2 in the API server, whose syntax the regex crate shares but for rare corners; one that
/// it cannot read matches everything.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    compiled: Arc<OnceLock<Option<Regex>>>,
}

impl Pattern {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            compiled: Arc::default(),
        }
    }

    /// Whether it is found in `text`.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let compile = || {
            RegexBuilder::new(&self.text)
                .size_limit(1 << 20)
                .build()
                .ok()
        };
        self.compiled
            .get_or_init(compile)
            .as_ref()
            .is_none_or(|regex| regex.is_match(text))
    }
}

/// The rules that [`crate::crd`] checks on values.
const RULES: &[&str] = &[
    "enum",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "multipleOf",
    "format",
    "oneOf",
    "anyOf",
    "allOf",
    "not",
];

impl Schema {
    /// Reads a schema as OpenAPI documents and custom resource definitions write it.
    pub(crate) fn parse(value: &Value) -> Self {
        Self::parse_within(value, MAX_DEPTH)
    }

    fn parse_within(value: &Value, depth: usize) -> Self {
        let Some(depth) = depth.checked_sub(1) else {
            return Self::default();
        };
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let flag = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
        let texts = |key: &str| -> Vec<String> {
            let list = value
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            list.filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        let nested = |key: &str| {
            value
                .get(key)
                .filter(|v| v.is_object())
                .map(|v| Box::new(Self::parse_within(v, depth)))
        };
        let properties = value
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let rules = RULES
            .iter()
            .filter_map(|rule| Some(((*rule).to_owned(), value.get(*rule)?.clone())));
        Self {
            reference: text("$ref")
                .and_then(|r| r.rsplit('/').next())
                .map(str::to_owned),
            kind: text("type").map(str::to_owned),
            properties: properties
                .map(|(k, v)| (k.clone(), Self::parse_within(v, depth)))
                .collect(),
            items: nested("items"),
            additional: nested("additionalProperties"),
            default: value.get("default").cloned(),
            required: texts("required"),
            list: match text("x-kubernetes-list-type") {
                Some("map") => ListType::Map,
                Some("set") => ListType::Set,
                _ => ListType::Atomic,
            },
            map_keys: texts("x-kubernetes-list-map-keys"),
            atomic_map: text("x-kubernetes-map-type") == Some("atomic"),
            merge_key: text("x-kubernetes-patch-merge-key").map(str::to_owned),
            patch_strategy: text("x-kubernetes-patch-strategy")
                .unwrap_or_default()
                .to_owned(),
            int_or_string: flag("x-kubernetes-int-or-string"),
            preserve_unknown: flag("x-kubernetes-preserve-unknown-fields")
                || value.get("additionalProperties") == Some(&Value::Bool(true)),
            embedded: flag("x-kubernetes-embedded-resource"),
            nullable: flag("nullable"),
            pattern: text("pattern").map(Pattern::new),
            rules: rules.collect(),
        }
    }

    /// The schema itself, or the one that it refers to.
    pub(crate) fn resolve(&self) -> &Self {
        match self.reference.as_deref().and_then(named) {
            Some(found) => found.resolve(),
            None => self,
        }
    }

    /// The schema of a field of a map: a property of its own, or the one for all other keys.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        let map = self.resolve();
        map.properties.get(name).or(map.additional.as_deref())
    }

    /// Whether the map is replaced as a whole.
    pub(crate) fn is_atomic_map(&self) -> bool {
        self.atomic_map || self.resolve().atomic_map
    }
}

/// A schema of a built-in kind by its name in the OpenAPI documents.
pub(crate) fn named(name: &str) -> Option<&'static Schema> {
    let entry = BUILT_IN.get(name)?;
    let parse = || Schema::parse(&serde_json::from_str(entry.text).unwrap_or_default());
    Some(entry.schema.get_or_init(parse))
}

/// The text of a schema of a built-in kind.
pub(crate) fn text_of(name: &str) -> Option<&'static str> {
    BUILT_IN.get(name).map(|entry| entry.text)
}

/// The name of the schema of a built-in kind.
pub(crate) fn name_of(group: &str, version: &str, kind: &str) -> Option<&'static str> {
    KINDS
        .get(&(group.to_owned(), version.to_owned(), kind.to_owned()))
        .copied()
}

struct Entry {
    text: &'static str,
    schema: OnceLock<Schema>,
}

static BUILT_IN: LazyLock<HashMap<&'static str, Entry>> = LazyLock::new(|| {
    let lines = include_str!("../data/schemas.jsonl")
        .lines()
        .filter_map(|line| line.split_once('\t'));
    lines
        .map(|(name, text)| {
            (
                name,
                Entry {
                    text,
                    schema: OnceLock::new(),
                },
            )
        })
        .collect()
});

/// Group, version and kind of every schema that has them. Only the tail of each line is parsed.
static KINDS: LazyLock<HashMap<(String, String, String), &'static str>> = LazyLock::new(|| {
    const MARK: &str = "\"x-kubernetes-group-version-kind\":";
    let mut found = HashMap::new();
    for (name, entry) in BUILT_IN.iter() {
        let Some(at) = entry.text.find(MARK) else {
            continue;
        };
        let rest = &entry.text[at + MARK.len()..];
        let list = rest.split_inclusive(']').next().unwrap_or_default();
        let kinds: Vec<BTreeMap<String, String>> = serde_json::from_str(list).unwrap_or_default();
        for mut kind in kinds {
            let mut part = |key: &str| kind.remove(key).unwrap_or_default();
            found.insert((part("group"), part("version"), part("kind")), *name);
        }
    }
    found
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_keys_and_their_defaults_are_known() {
        let name = name_of("", "v1", "Service").unwrap();
        let ports = named(name)
            .unwrap()
            .field("spec")
            .unwrap()
            .field("ports")
            .unwrap();
        assert_eq!(
            (ports.list, &*ports.map_keys),
            (
                ListType::Map,
                &["port".to_owned(), "protocol".to_owned()][..]
            )
        );
        let protocol = ports.items.as_ref().unwrap().field("protocol").unwrap();
        assert_eq!(protocol.default, Some(Value::from("TCP")));
    }

    #[test]
    fn every_line_of_the_data_is_a_schema() {
        for (name, entry) in BUILT_IN.iter() {
            assert!(serde_json::from_str::<Value>(entry.text).is_ok(), "{name}");
        }
    }
}
