//! A Kubernetes object of any kind, as plan, cluster and apply hand it around.

use std::fmt;

use goval::{IntKind, List, Map};
use serde_json::{Number, Value};

/// The group, version and kind of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gvk {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version in the group, such as `v1`.
    pub version: String,
    /// The kind, such as `Deployment`.
    pub kind: String,
}

impl Gvk {
    /// From an `apiVersion` (`apps/v1`, `v1`) and a kind.
    pub fn new(api_version: &str, kind: &str) -> Gvk {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Gvk {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        }
    }

    /// The `apiVersion` of objects of this kind: `group/version`, or the version alone.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// As apimachinery's `GroupVersionKind.String` prints it: `apps/v1, Kind=Deployment`.
impl fmt::Display for Gvk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}, Kind={}", self.group, self.version, self.kind)
    }
}

/// A Kubernetes object: a JSON object with `apiVersion`, `kind` and `metadata`.
///
/// The accessors never fail: a field that is absent or of another type reads as empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Value);

impl Object {
    /// The object that this JSON is; `None` if it is not a JSON object.
    pub fn from_json(json: Value) -> Option<Object> {
        json.is_object().then_some(Object(json))
    }

    /// The object that a document of a manifest is; `None` if it is not a map.
    pub fn from_value(value: &goval::Value) -> Option<Object> {
        Object::from_json(to_json(value))
    }

    /// The whole object as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// The whole object as JSON.
    pub fn into_json(self) -> Value {
        self.0
    }

    /// The group, version and kind.
    pub fn gvk(&self) -> Gvk {
        Gvk::new(self.api_version(), self.kind())
    }

    /// `apiVersion`.
    pub fn api_version(&self) -> &str {
        text(self.0.get("apiVersion"))
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        text(self.0.get("kind"))
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        text(self.meta("name"))
    }

    /// `metadata.generateName`.
    pub fn generate_name(&self) -> &str {
        text(self.meta("generateName"))
    }

    /// `metadata.namespace`; empty for objects of the cluster's scope and where none was given.
    pub fn namespace(&self) -> &str {
        text(self.meta("namespace"))
    }

    /// `metadata.resourceVersion`.
    pub fn resource_version(&self) -> &str {
        text(self.meta("resourceVersion"))
    }

    /// A label, if it is set.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.meta("labels")?.get(key)?.as_str()
    }

    /// An annotation, if it is set.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.meta("annotations")?.get(key)?.as_str()
    }

    /// A field below, such as `at("/status/phase")`, by RFC 6901 pointer.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.0.pointer(pointer)
    }

    /// Sets `metadata.namespace`.
    pub fn set_namespace(&mut self, namespace: &str) {
        self.set_meta(&[], "namespace", namespace);
    }

    /// Sets a label.
    pub fn set_label(&mut self, key: &str, value: &str) {
        self.set_meta(&["labels"], key, value);
    }

    /// Sets an annotation.
    pub fn set_annotation(&mut self, key: &str, value: &str) {
        self.set_meta(&["annotations"], key, value);
    }

    /// Sets `metadata.resourceVersion`.
    pub fn set_resource_version(&mut self, version: &str) {
        self.set_meta(&[], "resourceVersion", version);
    }

    /// The items of a list, and theirs, or the object itself if it is no list.
    ///
    /// As apimachinery sees it, whatever has a field `items` is a list. An item without a kind has
    /// that of the list, without its `List`.
    pub fn flatten(self) -> Vec<Object> {
        let gvk = Gvk::new(
            self.api_version(),
            self.kind().strip_suffix("List").unwrap_or_default(),
        );
        match self.0 {
            Value::Object(mut map) if map.get("items").is_some_and(Value::is_array) => {
                let Some(Value::Array(items)) = map.remove("items") else {
                    return Vec::new();
                };
                let items = items.into_iter().filter_map(Object::from_json);
                items
                    .flat_map(|mut item| {
                        item.ensure_gvk(&gvk);
                        item.flatten()
                    })
                    .collect()
            }
            other => vec![Object(other)],
        }
    }

    /// Sets `apiVersion` and `kind` where they are missing, as in the items of a list.
    pub fn ensure_gvk(&mut self, gvk: &Gvk) {
        if self.kind().is_empty() {
            *child(&mut self.0, "kind") = Value::String(gvk.kind.clone());
        }
        if self.api_version().is_empty() {
            *child(&mut self.0, "apiVersion") = Value::String(gvk.api_version());
        }
    }

    fn meta(&self, field: &str) -> Option<&Value> {
        self.0.get("metadata")?.get(field)
    }

    /// Sets `metadata.<path>.<key>`, replacing whatever on the way is not a map.
    fn set_meta(&mut self, path: &[&str], key: &str, value: &str) {
        let mut at = &mut self.0;
        for step in std::iter::once(&"metadata").chain(path) {
            at = child(at, step);
        }
        *child(at, key) = Value::String(value.to_owned());
    }
}

/// The value under a key, made if absent; a parent that is no map becomes one.
fn child<'a>(parent: &'a mut Value, key: &str) -> &'a mut Value {
    if !parent.is_object() {
        *parent = Value::Object(serde_json::Map::new());
    }
    &mut parent[key]
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// A value of a manifest as JSON. Whole numbers become integers, as the API machinery reads them.
pub fn to_json(value: &goval::Value) -> Value {
    match value {
        goval::Value::Bool(b) => Value::Bool(*b),
        goval::Value::Int(kind, i) if kind.is_unsigned() => Value::from(*i as u64),
        goval::Value::Int(_, i) => Value::from(*i),
        goval::Value::Float(x) => number(*x),
        goval::Value::Str(s) => Value::String(s.to_str_lossy().into_owned()),
        goval::Value::List(list) => list.iter().map(to_json).collect(),
        goval::Value::Map(map) => map
            .entries()
            .into_iter()
            .map(|(key, value)| (key.to_str_lossy().into_owned(), to_json(&value)))
            .collect(),
        _ => Value::Null,
    }
}

/// JSON of the API as a value for templates: integers are `int64` and fractions `float64`, as
/// apimachinery's JSON decoder gives them to unstructured objects.
pub fn from_json(json: &Value) -> goval::Value {
    match json {
        Value::Null => goval::Value::Nil,
        Value::Bool(b) => goval::Value::Bool(*b),
        Value::Number(n) => match n.as_i64() {
            Some(i) => goval::Value::Int(IntKind::Int64, i),
            None => goval::Value::Float(n.as_f64().unwrap_or_default()),
        },
        Value::String(s) => goval::Value::str(s.as_str()),
        Value::Array(items) => goval::Value::List(List::new(items.iter().map(from_json).collect())),
        Value::Object(map) => goval::Value::Map(
            map.iter()
                .map(|(key, value)| (key.as_str(), from_json(value)))
                .collect::<Map>(),
        ),
    }
}

fn number(x: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() <= EXACT {
        return Value::from(x as i64);
    }
    Number::from_f64(x).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gvk_splits_and_joins_api_versions() {
        assert_eq!(Gvk::new("v1", "Pod").to_string(), "/v1, Kind=Pod");
        let gvk = Gvk::new("apps/v1", "Deployment");
        assert_eq!(gvk.to_string(), "apps/v1, Kind=Deployment");
        assert_eq!(gvk.api_version(), "apps/v1");
    }

    #[test]
    fn labels_are_set_even_where_metadata_is_null() {
        let mut object = Object::from_json(json!({"metadata": {"labels": null}})).unwrap();
        object.set_label("a", "b");
        object.set_annotation("c", "d");
        assert_eq!(
            object.into_json(),
            json!({"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}})
        );
    }

    #[test]
    fn lists_are_their_items() {
        let list = json!({"apiVersion": "v1", "kind": "PodList", "items": [
            {"metadata": {"name": "a"}},
            {"apiVersion": "v1", "kind": "List", "items": [{"kind": "Secret", "apiVersion": "v1"}]}]});
        let kinds: Vec<String> = Object::from_json(list)
            .unwrap()
            .flatten()
            .iter()
            .map(|object| object.gvk().to_string())
            .collect();
        assert_eq!(kinds, ["/v1, Kind=Pod", "/v1, Kind=Secret"]);
    }

    #[test]
    fn numbers_survive_the_way_there_and_back() {
        let json = json!({"a": 3, "b": 2.5, "c": 5368709120_i64, "d": [null, true, "x"]});
        assert_eq!(to_json(&from_json(&json)), json);
        assert_eq!(to_json(&goval::Value::Float(80.0)), json!(80));
    }
}
