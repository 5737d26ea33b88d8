//! What an update without it keeps.

use super::each;
use crate::kinds::Kind;
use crate::object::{at, items, map_mut, set, set_default, text};
use serde_json::Value;

/// Keeps what the server once chose where an update leaves it open.
pub(crate) fn keep(kind: &Kind, live: &Value, new: &mut Value) {
    if kind.is("", "services") {
        keep_addresses(live, new);
    } else if kind.is("", "persistentvolumeclaims") {
        for field in ["volumeName", "storageClassName"] {
            if let Some(value) = at(live, &["spec", field]) {
                set_default(new, &["spec", field], value.clone());
            }
        }
    } else if kind.is("batch", "jobs") {
        keep_job_selector(live, new);
    } else if kind.is("", "namespaces") {
        set(
            new,
            &["spec"],
            live.get("spec").cloned().unwrap_or_default(),
        );
    } else if kind.is("", "pods")
        && let Some(spec) = at(live, &["spec"])
    {
        for field in [
            "nodeName",
            "serviceAccountName",
            "serviceAccount",
            "preemptionPolicy",
            "priority",
            "tolerations",
        ] {
            if let Some(value) = spec.get(field) {
                set_default(new, &["spec", field], value.clone());
            }
        }
    }
}

fn keep_job_selector(live: &Value, new: &mut Value) {
    if let Some(selector) = at(live, &["spec", "selector"]) {
        set_default(new, &["spec", "selector"], selector.clone());
    }
    let labels = at(live, &["spec", "template", "metadata", "labels"])
        .and_then(Value::as_object)
        .cloned();
    let Some(known) = map_mut(new, &["spec", "template", "metadata", "labels"]) else {
        return;
    };
    for (label, value) in labels.into_iter().flatten() {
        if label.contains("controller-uid") || label.contains("job-name") {
            known.entry(label).or_insert(value);
        }
    }
}

fn keep_addresses(live: &Value, new: &mut Value) {
    if text(new, &["spec", "type"]) == "ExternalName" {
        return;
    }
    for field in [
        "clusterIP",
        "clusterIPs",
        "ipFamilies",
        "ipFamilyPolicy",
        "healthCheckNodePort",
    ] {
        if let Some(value) = at(live, &["spec", field])
            && text(new, &["spec", field]).is_empty()
        {
            set_default(new, &["spec", field], value.clone());
        }
    }
    if !matches!(text(new, &["spec", "type"]), "NodePort" | "LoadBalancer") {
        return;
    }
    let known = items(live, &["spec", "ports"]).to_vec();
    each(new, &["spec", "ports"], |port| {
        let is_same = |other: &&Value| {
            ["port", "protocol"]
                .iter()
                .all(|f| other.get(f) == port.get(f))
        };
        if let Some(node_port) = known
            .iter()
            .find(is_same)
            .and_then(|other| at(other, &["nodePort"]))
        {
            set_default(port, &["nodePort"], node_port.clone());
        }
    });
}
