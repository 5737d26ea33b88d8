//! The rules for pods, and what failed pods say about the workload that made them.

use manifest::Object;
use serde_json::Value;

use super::{Readiness, State, conditions, kind_of, text};

/// How long a pod may be unschedulable before that counts as a failure, in seconds.
const SCHEDULE_WINDOW: i64 = 15;

/// kstatus's rule: ready, or ended in whatever way.
pub(super) fn pod(object: &Object, now: i64) -> Readiness {
    match text(object, "/status/phase") {
        "Succeeded" => Readiness::current("Pod has completed successfully"),
        "Failed" => Readiness::current("Pod has completed, but not successfully"),
        "Running" => running(object),
        "Pending" if is_unschedulable(object) => {
            if created(object).is_some_and(|created| now - SCHEDULE_WINDOW < created) {
                Readiness::waiting("Pod has not been scheduled")
            } else {
                Readiness::failed("Pod could not be scheduled")
            }
        }
        "Pending" => Readiness::waiting("Pod is in the Pending phase"),
        "" => Readiness::waiting("Pod phase not available"),
        other => Readiness::new(State::Unknown, format!("unknown phase {other}")),
    }
}

fn running(pod: &Object) -> Readiness {
    if conditions(pod).any(|c| c.kind == "Ready" && c.status == "True") {
        return Readiness::current("Pod is Ready");
    }
    let crashing = crash_looping(pod);
    if !crashing.is_empty() {
        let names = crashing.join(",");
        return Readiness::failed(format!("Containers in CrashLoop state: {names}"));
    }
    Readiness::waiting("Pod is running but is not Ready")
}

/// Helm's rule for hooks: the pod has ended.
pub(super) fn pod_done(pod: &Object) -> Readiness {
    match text(pod, "/status/phase") {
        "Succeeded" => Readiness::current(format!("pod {} succeeded", pod.name())),
        "Failed" => Readiness::failed(format!("pod {} failed", pod.name())),
        _ => Readiness::waiting("Pod in progress"),
    }
}

/// What a workload's rule asks about next while the workload itself is in progress: the kind of the
/// objects that it made, and a label selector for them. `None` where kstatus does not look.
pub fn pods_of(object: &Object) -> Option<(&'static str, &'static str, String)> {
    let (api_version, kind) = match kind_of(object) {
        ("apps" | "extensions", "Deployment") => ("apps/v1", "ReplicaSet"),
        ("apps" | "extensions", "ReplicaSet") | ("apps", "StatefulSet") => ("v1", "Pod"),
        _ => return None,
    };
    let selector = object.at("/spec/selector")?;
    Some((api_version, kind, selector_text(selector)))
}

/// Whether a failure of a pod is likely to pass: it is being deleted, or no node has room yet.
pub fn is_transient(made: &Object) -> bool {
    !text(made, "/metadata/deletionTimestamp").is_empty()
        || (kind_of(made) == ("", "Pod") && is_unschedulable(made))
}

fn is_unschedulable(pod: &Object) -> bool {
    conditions(pod).any(|condition| {
        condition.kind == "PodScheduled"
            && condition.status == "False"
            && condition.reason == "Unschedulable"
    })
}

fn created(pod: &Object) -> Option<i64> {
    let stamp = text(pod, "/metadata/creationTimestamp");
    stamp
        .parse()
        .ok()
        .map(|time: jiff::Timestamp| time.as_second())
}

fn crash_looping(pod: &Object) -> Vec<&str> {
    let all = pod
        .at("/status/containerStatuses")
        .and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter(|status| {
            status
                .pointer("/state/waiting/reason")
                .and_then(Value::as_str)
                == Some("CrashLoopBackOff")
        })
        .filter_map(|status| status.get("name")?.as_str())
        .collect()
}

/// A `LabelSelector` as the text that the API's list takes.
fn selector_text(selector: &Value) -> String {
    let mut parts = Vec::new();
    if let Some(labels) = selector.get("matchLabels").and_then(Value::as_object) {
        for (key, value) in labels {
            parts.push(format!("{key}={}", value.as_str().unwrap_or("")));
        }
    }
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    for expression in expressions.into_iter().flatten() {
        let field = |name| expression.get(name).and_then(Value::as_str).unwrap_or("");
        let values: Vec<&str> = expression
            .get("values")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let key = field("key");
        parts.push(match field("operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    parts.sort();
    parts.join(",")
}
