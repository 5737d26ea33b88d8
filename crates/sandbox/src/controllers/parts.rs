//! Parts of objects that several controllers write or read.

use crate::object::{at, condition, is_terminating, name, namespace, set, text, uid};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The entry of `ownerReferences` for what `owner` controls.
pub(crate) fn owner_reference(owner: &Value) -> Value {
    json!({
        "apiVersion": text(owner, &["apiVersion"]), "kind": text(owner, &["kind"]), "name": name(owner),
        "uid": uid(owner), "controller": true, "blockOwnerDeletion": true,
    })
}

/// A pod from a template, for `owner`.
pub(crate) fn pod_of(owner: &Value, template: &Value) -> Value {
    let mut pod =
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": namespace(owner)}});
    for part in ["labels", "annotations", "finalizers"] {
        if let Some(value) = at(template, &["metadata", part]) {
            set(&mut pod, &["metadata", part], value.clone());
        }
    }
    set(
        &mut pod,
        &["metadata", "ownerReferences"],
        json!([owner_reference(owner)]),
    );
    set(
        &mut pod,
        &["spec"],
        template.get("spec").cloned().unwrap_or_default(),
    );
    pod
}

/// Sets a condition; its time changes only with its status.
pub(crate) fn set_condition(object: &mut Value, mut new: Value, now: &str) {
    let kind = text(&new, &["type"]).to_owned();
    let since = match condition(object, &kind) {
        Some(old) if text(old, &["status"]) == text(&new, &["status"]) => {
            text(old, &["lastTransitionTime"]).to_owned()
        }
        _ => now.to_owned(),
    };
    set(&mut new, &["lastTransitionTime"], since);
    if at(object, &["status", "conditions"]).is_none() {
        set(object, &["status", "conditions"], json!([]));
    }
    let Some(Value::Array(list)) = object.pointer_mut("/status/conditions") else {
        return;
    };
    match list.iter_mut().find(|c| text(c, &["type"]) == kind) {
        Some(place) => *place = new,
        None => list.push(new),
    }
}

/// Whether a pod is ready.
pub(crate) fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready").is_some_and(|c| text(c, &["status"]) == "True") && !is_terminating(pod)
}

/// Whether a pod has ended.
pub(crate) fn is_finished(pod: &Value) -> bool {
    matches!(text(pod, &["status", "phase"]), "Succeeded" | "Failed")
}

/// A text that is the same for the same template, whatever the order of its fields.
pub(crate) fn template_hash(template: &Value) -> String {
    let mut template = template.clone();
    crate::object::remove(&mut template, &["metadata", "labels", "pod-template-hash"]);
    crate::object::remove(&mut template, &["metadata", "creationTimestamp"]);
    crate::names::hash(&sorted(&template).to_string())
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, Value> =
                fields.iter().map(|(k, v)| (k, sorted(v))).collect();
            Value::Object(
                fields
                    .into_iter()
                    .map(|(k, v)| (k.clone(), v))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(list) => list.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// A count where the API leaves zero out.
pub(crate) fn set_count(object: &mut Value, path: &[&str], count: i64) {
    if count == 0 {
        crate::object::remove(object, path);
    } else {
        set(object, path, count);
    }
}

/// The length of a list as the API counts.
pub(crate) fn count<T>(list: &[T]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}
