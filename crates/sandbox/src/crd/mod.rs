//! Custom resource definitions: what they serve, and what their schemas do to objects.

mod schema;
mod validate;

pub(crate) use schema::{fill_defaults, object_schema, prune};
pub(crate) use validate::validate;

use crate::kinds::{Custom, Kind, Subresource, priority, storage};
use crate::object::{at, items, name, set, text};
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
