//! Custom resource definitions: what they serve, and what their schemas do to objects.

use crate::kinds::{Custom, Kind, Subresource, priority, storage};
use crate::object::{at, items, name, set, text};
use crate::schema::Schema;
use crate::server::State;
use crate::status::Cause;
use crate::store::Key;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

const CRDS: &str = "apiextensions.k8s.io/customresourcedefinitions";
const VERBS: &[&str] = &[
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "create",
    "update",
    "watch",
];

/// Registers the definitions that are stored.
pub(crate) fn load(state: &mut State) {
    let crds: Arc<str> = CRDS.into();
    let found: Vec<Arc<Value>> = state
        .store
        .list(&crds, None)
        .map(|(_, crd)| Arc::clone(crd))
        .collect();
    for crd in found {
        serve(state, &crd);
    }
}

/// Gives a new definition the status of one that is served.
pub(crate) fn on_create(crd: &mut Value) {
    let now = text(crd, &["metadata", "creationTimestamp"]).to_owned();
    let condition = |kind: &str, reason: &str, message: &str| json!({"type": kind, "status": "True", "reason": reason, "message": message, "lastTransitionTime": now});
    let stored: Vec<Value> = items(crd, &["spec", "versions"])
        .iter()
        .filter(|version| at(version, &["storage"]) == Some(&Value::Bool(true)))
        .map(|version| version["name"].clone())
        .collect();
    let status = json!({
        "conditions": [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ],
        "acceptedNames": crd["spec"]["names"],
        "storedVersions": stored,
    });
    set(crd, &["status"], status);
}

/// Serves the resources of a definition that was written.
pub(crate) fn register(state: &mut State, crd: &Arc<Value>) {
    serve(state, crd);
}

/// Takes the resources of a definition away, with their objects.
pub(crate) fn unregister(state: &mut State, crd: &Value) {
    let (group, plural) = (
        text(crd, &["spec", "group"]),
        text(crd, &["spec", "names", "plural"]),
    );
    let resource = storage(group, plural);
    let keys: Vec<Key> = state
        .store
        .list(&resource, None)
        .map(|(key, _)| key.clone())
        .collect();
    for key in keys {
        state.store.delete(&key);
    }
    state.kinds.set_custom(group, plural, Vec::new());
}

fn serve(state: &mut State, crd: &Arc<Value>) {
    let (group, plural) = (
        text(crd, &["spec", "group"]),
        text(crd, &["spec", "names", "plural"]),
    );
    let versions = items(crd, &["spec", "versions"]);
    let is = |version: &Value, flag: &str| at(version, &[flag]) == Some(&Value::Bool(true));
    let stored = versions
        .iter()
        .find(|version| is(version, "storage"))
        .map_or("", |v| text(v, &["name"]));
    let served_ones = versions
        .iter()
        .enumerate()
        .filter(|(_, version)| is(version, "served"));
    let mut served: Vec<Kind> = served_ones
        .map(|(index, _)| kind_of(crd, index, stored))
        .collect();
    served.sort_by_key(|kind| std::cmp::Reverse(priority(&kind.version)));
    state.kinds.set_custom(group, plural, served);
}

fn kind_of(crd: &Arc<Value>, index: usize, stored: &str) -> Kind {
    let version = &crd["spec"]["versions"][index];
    let names = |field: &str| text(crd, &["spec", "names", field]).to_owned();
    let lists = |field: &str| -> Vec<String> {
        let list = items(crd, &["spec", "names", field]);
        list.iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect()
    };
    let (group, plural, kind) = (
        text(crd, &["spec", "group"]).to_owned(),
        names("plural"),
        names("kind"),
    );
    let status = at(version, &["subresources"]).is_some_and(|subs| subs.get("status").is_some());
    let scale = at(version, &["subresources", "scale"]).cloned();
    let mut subresources = Vec::new();
    let verbs: Vec<String> = ["get", "patch", "update"].map(str::to_owned).to_vec();
    if status {
        subresources.push(Subresource {
            name: "status".into(),
            kind: kind.clone(),
            group: None,
            version: None,
            verbs: verbs.clone(),
        });
    }
    if scale.is_some() {
        let (group, version) = (Some("autoscaling".to_owned()), Some("v1".to_owned()));
        subresources.push(Subresource {
            name: "scale".into(),
            kind: "Scale".into(),
            group,
            version,
            verbs,
        });
    }
    Kind {
        storage: storage(&group, &plural),
        version: text(version, &["name"]).to_owned(),
        singular: names("singular"),
        list_kind: names("listKind"),
        short_names: lists("shortNames"),
        categories: lists("categories"),
        namespaced: text(crd, &["spec", "scope"]) == "Namespaced",
        verbs: VERBS.iter().map(|verb| (*verb).to_owned()).collect(),
        subresources,
        custom: Some(Arc::new(Custom {
            definition: Arc::clone(crd),
            index,
            schema: OnceLock::new(),
            columns: items(version, &["additionalPrinterColumns"]).to_vec(),
            scale,
            storage_version: stored.to_owned(),
        })),
        group,
        plural,
        kind,
    }
}

/// The schema of whole objects: every one has metadata, whatever the definition says of it.
pub(crate) fn object_schema(raw: &Value) -> Schema {
    let mut schema = Schema::parse(raw);
    let text = || Schema {
        kind: Some("string".to_owned()),
        ..Schema::default()
    };
    schema.properties.insert("apiVersion".to_owned(), text());
    schema.properties.insert("kind".to_owned(), text());
    let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta".to_owned();
    schema.properties.insert(
        "metadata".to_owned(),
        Schema {
            reference: Some(metadata),
            ..Schema::default()
        },
    );
    schema
}

/// Drops the fields that a structural schema does not have; returns their paths.
pub(crate) fn prune(schema: &Schema, value: &mut Value) -> Vec<String> {
    let mut dropped = Vec::new();
    prune_at(schema, value, "", &mut dropped);
    dropped
}

fn prune_at(schema: &Schema, value: &mut Value, path: &str, dropped: &mut Vec<String>) {
    let schema = schema.resolve();
    match value {
        Value::Object(fields) => {
            let keeps_all = schema.preserve_unknown || schema.kind.as_deref() != Some("object");
            let is_embedded =
                |key: &str| schema.embedded && matches!(key, "apiVersion" | "kind" | "metadata");
            let mut unknown = Vec::new();
            for (key, value) in fields.iter_mut() {
                let below = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                match schema.properties.get(key).or(schema.additional.as_deref()) {
                    Some(field) => prune_at(field, value, &below, dropped),
                    None if keeps_all || is_embedded(key) => {}
                    None => {
                        dropped.push(below);
                        unknown.push(key.clone());
                    }
                }
            }
            for key in unknown {
                fields.shift_remove(&key);
            }
        }
        Value::Array(list) => {
            let Some(item) = schema.items.as_deref() else {
                return;
            };
            for (index, value) in list.iter_mut().enumerate() {
                prune_at(item, value, &format!("{path}[{index}]"), dropped);
            }
        }
        _ => {}
    }
}

/// Fills in the defaults of a schema; a null that is not allowed gives way to the default.
pub(crate) fn fill_defaults(schema: &Schema, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if schema.reference.is_some() {
                return;
            }
            for (key, field) in &schema.properties {
                let is_open = fields
                    .get(key)
                    .is_none_or(|value| value.is_null() && !field.nullable);
                if is_open && let Some(default) = &field.default {
                    fields.insert(key.clone(), default.clone());
                }
            }
            let nulls: Vec<String> = fields
                .iter()
                .filter(|(key, value)| {
                    value.is_null() && schema.field(key).is_some_and(|f| !f.nullable)
                })
                .map(|(key, _)| key.clone())
                .collect();
            for key in nulls {
                fields.shift_remove(&key);
            }
            for (key, value) in fields.iter_mut() {
                if let Some(field) = schema.field(key) {
                    fill_defaults(field, value);
                }
            }
        }
        Value::Array(list) => {
            if let Some(item) = schema.items.as_deref() {
                list.iter_mut().for_each(|value| fill_defaults(item, value));
            }
        }
        _ => {}
    }
}

/// Checks an object against the schema of its definition. CEL rules (`x-kubernetes-validations`) are not
/// evaluated, as the documentation says.
pub(crate) fn validate(schema: &Schema, value: &Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    validate_at(schema, value, "", &mut causes);
    causes
}

fn shown_path(path: &str) -> &str {
    if path.is_empty() { "<nil>" } else { path }
}

fn validate_at(schema: &Schema, value: &Value, path: &str, causes: &mut Vec<Cause>) {
    if schema.reference.is_some() || (value.is_null() && schema.nullable) {
        return;
    }
    if !has_type(schema, value) {
        let wanted = schema.kind.as_deref().unwrap_or("integer,string");
        let found = type_name(value);
        let field = shown_path(path);
        let detail = format!(
            "{field} in body must be of type {wanted}: {}",
            quoted(found)
        );
        causes.push(Cause::type_invalid(field, &found.into(), &detail));
        return;
    }
    check_rules(schema, value, path, causes);
    match value {
        Value::Object(fields) => {
            for required in schema
                .required
                .iter()
                .filter(|required| !fields.contains_key(*required))
            {
                causes.push(Cause::required(join(path, required), ""));
            }
            for (key, value) in fields {
                if let Some(field) = schema.field(key) {
                    validate_at(field, value, &join(path, key), causes);
                }
            }
        }
        Value::Array(list) => {
            if let Some(item) = schema.items.as_deref() {
                for (index, value) in list.iter().enumerate() {
                    validate_at(item, value, &format!("{path}[{index}]"), causes);
                }
            }
        }
        _ => {}
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn has_type(schema: &Schema, value: &Value) -> bool {
    if schema.int_or_string {
        return value.is_string() || value.is_i64() || value.is_u64();
    }
    let is_whole = |value: &Value| value.as_f64().is_some_and(|number| number.fract() == 0.0);
    match schema.kind.as_deref() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_number() && is_whole(value),
        Some("number") => value.is_number(),
        _ => true,
    }
}

fn check_rules(schema: &Schema, value: &Value, path: &str, causes: &mut Vec<Cause>) {
    let field = shown_path(path);
    let rules = &schema.rules;
    if let Some(Value::Array(allowed)) = rules.get("enum")
        && !allowed.iter().any(|a| crate::object::same(a, value))
    {
        let texts: Vec<String> = allowed
            .iter()
            .map(|a| a.as_str().map_or_else(|| a.to_string(), str::to_owned))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        causes.push(Cause::not_supported(field, value, &texts));
    }
    let limit = |rule: &str| rules.get(rule).and_then(Value::as_f64);
    let is_exclusive = |rule: &str| rules.get(rule) == Some(&Value::Bool(true));
    let mut refuse = |detail: String| {
        causes.push(Cause::invalid(
            field,
            value,
            &format!("{field} in body {detail}"),
        ))
    };
    if let Some(number) = value.as_f64() {
        match limit("minimum") {
            Some(least) if number < least => refuse(format!(
                "should be greater than or equal to {}",
                whole(least)
            )),
            Some(least) if number <= least && is_exclusive("exclusiveMinimum") => {
                refuse(format!("should be greater than {}", whole(least)))
            }
            _ => {}
        }
        match limit("maximum") {
            Some(most) if number > most => {
                refuse(format!("should be less than or equal to {}", whole(most)))
            }
            Some(most) if number >= most && is_exclusive("exclusiveMaximum") => {
                refuse(format!("should be less than {}", whole(most)))
            }
            _ => {}
        }
    }
    let count = |list: usize| u32::try_from(list).map_or(f64::MAX, f64::from);
    if let Some(text) = value.as_str() {
        let length = count(text.chars().count());
        if let Some(least) = limit("minLength").filter(|least| length < *least) {
            refuse(format!("should be at least {} chars long", whole(least)));
        }
        if let Some(most) = limit("maxLength").filter(|most| length > *most) {
            refuse(format!("should be at most {} chars long", whole(most)));
        }
        if let Some(pattern) = schema
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.matches(text))
        {
            refuse(format!("should match '{}'", pattern.text));
        }
    }
    if let Some(list) = value.as_array() {
        if let Some(least) = limit("minItems").filter(|least| count(list.len()) < *least) {
            refuse(format!("should have at least {} items", whole(least)));
        }
        if let Some(most) = limit("maxItems").filter(|most| count(list.len()) > *most) {
            refuse(format!("should have at most {} items", whole(most)));
        }
    }
}

fn whole(number: f64) -> String {
    format!("{number}")
}

/// The name that a definition must have.
pub(crate) fn expected_name(crd: &Value) -> String {
    format!(
        "{}.{}",
        text(crd, &["spec", "names", "plural"]),
        text(crd, &["spec", "group"])
    )
}

/// Whether a definition is one that can be served.
pub(crate) fn check_definition(crd: &Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    let expected = expected_name(crd);
    if name(crd) != expected {
        causes.push(Cause::invalid(
            "metadata.name",
            &name(crd).into(),
            "must be spec.names.plural+\".\"+spec.group",
        ));
    }
    for field in ["group", "scope"] {
        if text(crd, &["spec", field]).is_empty() {
            causes.push(Cause::required(format!("spec.{field}"), ""));
        }
    }
    for field in ["plural", "kind"] {
        if text(crd, &["spec", "names", field]).is_empty() {
            causes.push(Cause::required(format!("spec.names.{field}"), ""));
        }
    }
    let versions = items(crd, &["spec", "versions"]);
    let stored = versions
        .iter()
        .filter(|version| at(version, &["storage"]) == Some(&Value::Bool(true)))
        .count();
    if stored != 1 {
        causes.push(Cause::invalid(
            "spec.versions",
            &crd["spec"]["versions"],
            "must have exactly one version marked as storage version",
        ));
    }
    for (index, version) in versions.iter().enumerate() {
        if at(version, &["schema", "openAPIV3Schema"]).is_none() {
            causes.push(Cause::required(
                format!("spec.versions[{index}].schema.openAPIV3Schema"),
                "schemas are required",
            ));
        }
    }
    causes
}
