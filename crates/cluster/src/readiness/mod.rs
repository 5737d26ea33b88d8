//! When an object counts as ready: pure rules over its JSON.
//!
//! [`ready`] holds the rules of kstatus, which `--wait` uses; [`hook_done`] and [`job_done`] what
//! Helm waits for in hooks and with `--wait-for-jobs`; [`legacy`] the rules of Helm 3.

pub mod legacy;
mod pods;
mod workloads;

use manifest::{Gvk, Object};
use serde_json::Value;

pub use self::pods::{is_transient, pods_of};

/// What a rule says about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// In one word.
    pub state: State,
    /// For people.
    pub message: String,
}

/// How far an object is. The names are those of kstatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its controller works on it.
    InProgress,
    /// It will not become what was asked for.
    Failed,
    /// It is what was asked for.
    Current,
    /// It is being deleted.
    Terminating,
    /// It does not exist.
    NotFound,
    /// Nobody has looked yet.
    Unknown,
}

impl State {
    /// The name that errors show.
    pub fn name(self) -> &'static str {
        match self {
            State::InProgress => "InProgress",
            State::Failed => "Failed",
            State::Current => "Current",
            State::Terminating => "Terminating",
            State::NotFound => "NotFound",
            State::Unknown => "Unknown",
        }
    }
}

impl Readiness {
    pub(crate) fn new(state: State, message: impl Into<String>) -> Readiness {
        Readiness {
            state,
            message: message.into(),
        }
    }

    fn current(message: impl Into<String>) -> Readiness {
        Readiness::new(State::Current, message)
    }

    fn waiting(message: impl Into<String>) -> Readiness {
        Readiness::new(State::InProgress, message)
    }

    fn failed(message: impl Into<String>) -> Readiness {
        Readiness::new(State::Failed, message)
    }

    /// Of an object that is not there.
    pub fn not_found() -> Readiness {
        Readiness::new(State::NotFound, "Resource not found")
    }

    /// Of an object that nobody has looked at.
    pub fn unknown() -> Readiness {
        Readiness::new(State::Unknown, "")
    }
}

/// How ready an object is by kstatus: what holds for all kinds, then the rules of its kind, then a
/// `Ready` condition. An object that none of these speaks of is ready.
///
/// `now` is in seconds since 1970; an unschedulable pod is given a moment before it counts as failed.
pub fn ready(object: &Object, now: i64) -> Readiness {
    common(object)
        .or_else(|| workloads::by_kind(object, now))
        .or_else(|| ready_condition(object))
        .unwrap_or_else(|| Readiness::current("Resource is current"))
}

/// What hooks are waited for: the end of Jobs and Pods, and nothing else.
pub fn hook_done(object: &Object) -> Readiness {
    match kind_of(object) {
        ("batch", "Job") => job_done(object),
        ("", "Pod") => pods::pod_done(object),
        _ => Readiness::current("Resource is current"),
    }
}

/// What a Job is waited for: that it completes.
pub fn job_done(job: &Object) -> Readiness {
    workloads::job_ended(job).unwrap_or_else(|| Readiness::waiting("Job in progress"))
}

/// Whether readiness of this kind never depends on what a controller does, so that an object that
/// is there needs no watch.
pub fn is_static_kind(gvk: &Gvk) -> bool {
    matches!(
        (gvk.group.as_str(), gvk.kind.as_str()),
        ("", "ConfigMap" | "Secret" | "ServiceAccount" | "LimitRange")
            | (
                "rbac.authorization.k8s.io",
                "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding"
            )
            | ("scheduling.k8s.io", "PriorityClass")
            | ("storage.k8s.io", "StorageClass")
            | (
                "admissionregistration.k8s.io",
                "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration"
            )
    )
}

/// What holds for every kind: deletion, generations, the two conditions of kstatus itself.
fn common(object: &Object) -> Option<Readiness> {
    if !text(object, "/metadata/deletionTimestamp").is_empty() {
        return Some(Readiness::new(
            State::Terminating,
            "Resource scheduled for deletion",
        ));
    }
    let generation = object.at("/metadata/generation").and_then(Value::as_i64);
    let observed = object
        .at("/status/observedGeneration")
        .and_then(Value::as_i64);
    if let (Some(generation), Some(observed)) = (generation, observed)
        && generation != observed
    {
        return Some(Readiness::waiting(format!(
            "{} generation is {generation}, but latest observed generation is {observed}",
            object.kind()
        )));
    }
    conditions(object).find_map(|condition| match (condition.kind, condition.status) {
        ("Reconciling", "True") => Some(Readiness::waiting(condition.message)),
        ("Stalled", "True") => Some(Readiness::failed(condition.message)),
        _ => None,
    })
}

/// Kinds without rules of their own often tell by a condition.
fn ready_condition(object: &Object) -> Option<Readiness> {
    conditions(object)
        .filter(|condition| condition.kind == "Ready")
        .find_map(|condition| match condition.status {
            "True" => Some(Readiness::current("Resource is Ready")),
            "False" | "Unknown" => Some(Readiness::waiting(condition.message)),
            _ => None,
        })
}

/// An entry of `status.conditions`.
#[derive(Clone, Copy)]
struct Condition<'a> {
    kind: &'a str,
    status: &'a str,
    reason: &'a str,
    message: &'a str,
}

fn conditions(object: &Object) -> impl Iterator<Item = Condition<'_>> {
    let all = object.at("/status/conditions").and_then(Value::as_array);
    all.into_iter().flatten().map(|condition| {
        let field = |name| condition.get(name).and_then(Value::as_str).unwrap_or("");
        Condition {
            kind: field("type"),
            status: field("status"),
            reason: field("reason"),
            message: field("message"),
        }
    })
}

/// The group and the kind.
fn kind_of(object: &Object) -> (&str, &str) {
    let group = object.api_version().split_once('/').map_or("", |(g, _)| g);
    (group, object.kind())
}

fn text<'a>(object: &'a Object, pointer: &str) -> &'a str {
    object.at(pointer).and_then(Value::as_str).unwrap_or("")
}

fn int(object: &Object, pointer: &str, default: i64) -> i64 {
    object
        .at(pointer)
        .and_then(Value::as_i64)
        .unwrap_or(default)
}

#[cfg(test)]
mod tests;
