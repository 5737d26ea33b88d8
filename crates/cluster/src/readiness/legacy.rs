//! The rules by which Helm 3 judged readiness (`--wait=legacy`).

use manifest::Object;
use serde_json::Value;

use super::{conditions, int, kind_of, text};

/// What else must be looked at before an object can be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is ready.
    Ready,
    /// It is not ready yet.
    NotReady,
    /// It never will be; why.
    Failed(String),
    /// It depends on the newest ReplicaSet that the Deployment owns.
    AskReplicaSets,
    /// It depends on whether all pods of this label selector are ready.
    AskPods(String),
}

impl From<bool> for Verdict {
    fn from(ready: bool) -> Self {
        if ready {
            Verdict::Ready
        } else {
            Verdict::NotReady
        }
    }
}

/// How ready a live object is; `jobs` says whether Jobs must be complete.
pub fn ready(live: &Object, jobs: bool) -> Verdict {
    match kind_of(live) {
        ("", "Pod") => is_pod_ready(live).into(),
        ("batch", "Job") if jobs => job(live),
        ("apps", "Deployment") => {
            if live.at("/spec/paused").and_then(Value::as_bool) == Some(true) {
                Verdict::Ready
            } else {
                Verdict::AskReplicaSets
            }
        }
        ("", "PersistentVolumeClaim") => (text(live, "/status/phase") == "Bound").into(),
        ("", "Service") => service(live).into(),
        ("apps", "DaemonSet") => daemon_set(live).into(),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(live).into(),
        ("apps", "StatefulSet") => stateful_set(live).into(),
        ("", "ReplicationController") => pods_after_generation(live, "/spec/selector"),
        ("apps", "ReplicaSet") => pods_after_generation(live, "/spec/selector/matchLabels"),
        _ => Verdict::Ready,
    }
}

/// Whether a pod's `Ready` condition holds.
pub fn is_pod_ready(pod: &Object) -> bool {
    conditions(pod).any(|c| c.kind == "Ready" && c.status == "True")
}

/// Whether a Deployment has enough ready pods in its newest ReplicaSet.
pub fn deployment(live: &Object, replica_set: &Object) -> bool {
    let wanted = int(live, "/spec/replicas", 1);
    let needed = wanted - max_unavailable(live, wanted);
    observed(replica_set)
        && observed(live)
        && int(replica_set, "/status/readyReplicas", 0) >= needed
}

/// The newest ReplicaSet of a Deployment: the one that it owns with its present pod template.
///
/// The controller numbers the sets; the Deployment carries the number of the current one.
pub fn newest<'a>(deployment: &Object, sets: &'a [Object]) -> Option<&'a Object> {
    const REVISION: &str = "deployment.kubernetes.io/revision";
    let uid = text(deployment, "/metadata/uid");
    let revision = deployment.annotation(REVISION);
    sets.iter().find(|set| {
        let owners = set
            .at("/metadata/ownerReferences")
            .and_then(Value::as_array);
        let owned = owners
            .into_iter()
            .flatten()
            .any(|owner| owner.get("uid").and_then(Value::as_str) == Some(uid));
        owned && set.annotation(REVISION) == revision
    })
}

fn observed(object: &Object) -> bool {
    int(object, "/status/observedGeneration", 0) == int(object, "/metadata/generation", 0)
}

fn job(job: &Object) -> Verdict {
    if int(job, "/status/failed", 0) > int(job, "/spec/backoffLimit", 6) {
        return Verdict::Failed(format!("job is failed: {}/{}", job.namespace(), job.name()));
    }
    let completions = job.at("/spec/completions").and_then(Value::as_i64);
    completions
        .is_none_or(|wanted| int(job, "/status/succeeded", 0) >= wanted)
        .into()
}

fn service(service: &Object) -> bool {
    let kind = text(service, "/spec/type");
    if kind == "ExternalName" {
        return true;
    }
    if text(service, "/spec/clusterIP").is_empty() {
        return false;
    }
    let filled = |pointer| {
        let list = service.at(pointer).and_then(Value::as_array);
        list.is_some_and(|list| !list.is_empty())
    };
    kind != "LoadBalancer" || filled("/spec/externalIPs") || filled("/status/loadBalancer/ingress")
}

fn daemon_set(set: &Object) -> bool {
    if !observed(set) {
        return false;
    }
    if text(set, "/spec/updateStrategy/type") != "RollingUpdate" {
        return true;
    }
    let desired = int(set, "/status/desiredNumberScheduled", 0);
    if int(set, "/status/updatedNumberScheduled", 0) != desired {
        return false;
    }
    let slack = set
        .at("/spec/updateStrategy/rollingUpdate/maxUnavailable")
        .and_then(|value| scaled(value, desired, true))
        .unwrap_or(desired);
    int(set, "/status/numberReady", 0) >= desired - slack
}

fn stateful_set(set: &Object) -> bool {
    if !observed(set) {
        return false;
    }
    if text(set, "/spec/updateStrategy/type") != "RollingUpdate" {
        return true;
    }
    let partition = int(set, "/spec/updateStrategy/rollingUpdate/partition", 0);
    let replicas = int(set, "/spec/replicas", 1);
    let revisions_agree =
        text(set, "/status/currentRevision") == text(set, "/status/updateRevision");
    int(set, "/status/updatedReplicas", 0) >= replicas - partition
        && int(set, "/status/readyReplicas", 0) == replicas
        && (partition != 0 || revisions_agree)
}

fn definition(crd: &Object) -> bool {
    // A conflict of names is somebody else's to resolve: waiting would not help.
    conditions(crd).any(|c| {
        matches!(
            (c.kind, c.status),
            ("Established", "True") | ("NamesAccepted", "False")
        )
    })
}

fn pods_after_generation(object: &Object, selector: &str) -> Verdict {
    if !observed(object) {
        return Verdict::NotReady;
    }
    let labels = object.at(selector).and_then(Value::as_object);
    let mut parts: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or("")))
        .collect();
    parts.sort();
    Verdict::AskPods(parts.join(","))
}

/// How many pods of a Deployment may be missing while it rolls: its `maxUnavailable`, but at least
/// one if its `maxSurge` is none, and none unless it rolls.
fn max_unavailable(deployment: &Object, replicas: i64) -> i64 {
    if text(deployment, "/spec/strategy/type") != "RollingUpdate" || replicas == 0 {
        return 0;
    }
    let field = |name: &str, up| {
        deployment
            .at(&format!("/spec/strategy/rollingUpdate/{name}"))
            .and_then(|value| scaled(value, replicas, up))
            .unwrap_or(0)
    };
    let unavailable = match (field("maxSurge", true), field("maxUnavailable", false)) {
        (0, 0) => 1,
        (_, unavailable) => unavailable,
    };
    unavailable.min(replicas)
}

/// A number, or a percentage of a total rounded up or down.
fn scaled(value: &Value, total: i64, up: bool) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let percent: i64 = value.as_str()?.strip_suffix('%')?.parse().ok()?;
    let hundredths = percent * total;
    Some(if up {
        (hundredths + 99).div_euclid(100)
    } else {
        hundredths.div_euclid(100)
    })
}
