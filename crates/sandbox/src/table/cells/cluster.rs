//! Nodes, events and who may do what.

use super::super::since;
use super::{age, or_none};
use crate::object::{condition, fields, items, name, number, text};
use serde_json::Value;

pub(super) fn node(object: &Value, now: i64) -> Vec<Value> {
    let ready = condition(object, "Ready").map_or("Unknown", |c| {
        if text(c, &["status"]) == "True" {
            "Ready"
        } else {
            "NotReady"
        }
    });
    let roles = fields(object, &["metadata", "labels"])
        .into_iter()
        .flatten();
    let roles: Vec<&str> = roles
        .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
        .collect();
    let address = |kind: &str| {
        let found = items(object, &["status", "addresses"])
            .iter()
            .find(|a| text(a, &["type"]) == kind);
        or_none(
            found
                .map(|a| text(a, &["address"]).to_owned())
                .unwrap_or_default(),
        )
    };
    let info = |field: &str| {
        let found = text(object, &["status", "nodeInfo", field]);
        if found.is_empty() {
            "<unknown>".to_owned()
        } else {
            found.to_owned()
        }
    };
    vec![
        name(object).into(),
        ready.into(),
        or_none(roles.join(",")).into(),
        age(object, now),
        info("kubeletVersion").into(),
        address("InternalIP").into(),
        address("ExternalIP").into(),
        info("osImage").into(),
        info("kernelVersion").into(),
        info("containerRuntimeVersion").into(),
    ]
}

pub(super) fn event(object: &Value, now: i64) -> Vec<Value> {
    let either = |a: &[&str], b: &[&str]| {
        let first = text(object, a);
        if first.is_empty() {
            text(object, b).to_owned()
        } else {
            first.to_owned()
        }
    };
    let first = either(&["firstTimestamp"], &["eventTime"]);
    let last = either(&["lastTimestamp"], &["eventTime"]);
    let about = if object.get("regarding").is_some() {
        "regarding"
    } else {
        "involvedObject"
    };
    let subject = format!(
        "{}/{}",
        text(object, &[about, "kind"]).to_lowercase(),
        text(object, &[about, "name"])
    );
    let last = if last.is_empty() { first.clone() } else { last };
    vec![
        since(&last, now).into(),
        text(object, &["type"]).into(),
        text(object, &["reason"]).into(),
        subject.into(),
        text(object, &[about, "fieldPath"]).into(),
        either(&["source", "component"], &["reportingComponent"]).into(),
        either(&["message"], &["note"]).trim().into(),
        since(&first, now).into(),
        number(object, &["count"]).unwrap_or(1).to_string().into(),
        name(object).into(),
    ]
}

pub(super) fn binding(object: &Value, now: i64) -> Vec<Value> {
    let role = format!(
        "{}/{}",
        text(object, &["roleRef", "kind"]),
        text(object, &["roleRef", "name"])
    );
    let subjects = |kind: &str| {
        let own = items(object, &["subjects"])
            .iter()
            .filter(|s| text(s, &["kind"]) == kind);
        let shown = own.map(|s| match text(s, &["namespace"]) {
            "" => text(s, &["name"]).to_owned(),
            namespace => format!("{namespace}/{}", text(s, &["name"])),
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    vec![
        name(object).into(),
        role.into(),
        age(object, now),
        subjects("User").into(),
        subjects("Group").into(),
        subjects("ServiceAccount").into(),
    ]
}
