//! Objects from the version in which they are stored to another one of the same resource.

use crate::kinds::Kind;
use crate::object::{at, remove, set, text};
use serde_json::{Value, json};

/// `object` as the version of `kind` has it.
pub(crate) fn to_version(kind: &Kind, object: &Value) -> Value {
    let mut out = object.clone();
    set(&mut out, &["apiVersion"], kind.api_version());
    match (&*kind.group, &*kind.version, &*kind.plural) {
        ("autoscaling", "v1", "horizontalpodautoscalers") => hpa_v1(&mut out),
        ("events.k8s.io", "v1", "events") => event_v1(&mut out),
        _ => {}
    }
    out
}

/// A request body into the version that is stored.
pub(crate) fn to_storage(kind: &Kind, object: &mut Value) {
    match (&*kind.group, &*kind.version, &*kind.plural) {
        ("autoscaling", "v1", "horizontalpodautoscalers") => {
            if let Some(target) = remove(object, &["spec", "targetCPUUtilizationPercentage"]) {
                let metric = json!([{"type": "Resource", "resource": {
                    "name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}}}]);
                set(object, &["spec", "metrics"], metric);
            }
            set(object, &["apiVersion"], "autoscaling/v2");
        }
        ("events.k8s.io", "v1", "events") => {
            for (new, old) in EVENT_FIELDS {
                if let Some(value) = remove(object, &[new]) {
                    set(object, &[old], value);
                }
            }
            set(object, &["apiVersion"], "v1");
        }
        _ => {
            if let Some(custom) = &kind.custom {
                set(
                    object,
                    &["apiVersion"],
                    crate::kinds::join(&kind.group, &custom.storage_version),
                );
            }
        }
    }
}

/// Fields of events.k8s.io/v1 and their names in v1.
const EVENT_FIELDS: &[(&str, &str)] = &[
    ("note", "message"),
    ("regarding", "involvedObject"),
    ("deprecatedSource", "source"),
    ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"),
    ("deprecatedCount", "count"),
    ("reportingController", "reportingComponent"),
];

fn event_v1(object: &mut Value) {
    for (new, old) in EVENT_FIELDS {
        if let Some(value) = remove(object, &[old]) {
            set(object, &[new], value);
        }
    }
}

fn hpa_v1(object: &mut Value) {
    let is_cpu = |metric: &&Value| text(metric, &["resource", "name"]) == "cpu";
    let metrics = remove(object, &["spec", "metrics"]).unwrap_or_default();
    let cpu = metrics.as_array().into_iter().flatten().find(is_cpu);
    if let Some(target) =
        cpu.and_then(|metric| at(metric, &["resource", "target", "averageUtilization"]))
    {
        set(
            object,
            &["spec", "targetCPUUtilizationPercentage"],
            target.clone(),
        );
    }
    remove(object, &["spec", "behavior"]);
    remove(object, &["status", "currentMetrics"]);
    remove(object, &["status", "conditions"]);
}
