//! The rules of kstatus for kinds that Kubernetes itself brings.

use manifest::Object;
use serde_json::Value;

use super::{Readiness, conditions, int, kind_of, pods, text};

/// What a kind without a deadline has in its place: the largest 32-bit number.
const NO_DEADLINE: i64 = i32::MAX as i64;

/// The verdict of the rules for the object's kind, if there are any.
pub(super) fn by_kind(object: &Object, now: i64) -> Option<Readiness> {
    let verdict = match kind_of(object) {
        ("", "Service") => service(object),
        ("", "Pod") => pods::pod(object, now),
        ("", "Secret" | "ConfigMap") | ("batch", "CronJob") => {
            Readiness::current("Resource is always ready")
        }
        ("", "PersistentVolumeClaim") => claim(object),
        ("apps", "StatefulSet") => stateful_set(object),
        ("apps" | "extensions", "DaemonSet") => daemon_set(object),
        ("apps" | "extensions", "Deployment") => deployment(object),
        ("apps" | "extensions", "ReplicaSet") => replica_set(object),
        ("policy", "PodDisruptionBudget") => {
            Readiness::current("AllowedDisruptions has been computed.")
        }
        ("batch", "Job") => job(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(object),
        _ => return None,
    };
    Some(verdict)
}

/// One comparison of replica counts: while `have` is below `want`, the object is not ready.
struct Count {
    name: &'static str,
    have: i64,
    want: i64,
}

fn short(counts: &[Count]) -> Option<Readiness> {
    counts
        .iter()
        .find(|count| count.want > count.have)
        .map(|count| Readiness::waiting(format!("{}: {}/{}", count.name, count.have, count.want)))
}

fn count(name: &'static str, have: i64, want: i64) -> Count {
    Count { name, have, want }
}

/// More replicas than wanted: some still have to go.
fn surplus(have: i64, want: i64) -> Option<Readiness> {
    (have > want).then(|| Readiness::waiting(format!("Pending termination: {}", have - want)))
}

fn stateful_set(object: &Object) -> Readiness {
    if text(object, "/spec/updateStrategy/type") == "OnDelete" {
        return Readiness::current("StatefulSet is using the ondelete update strategy");
    }
    let want = int(object, "/spec/replicas", 1);
    let have = int(object, "/status/replicas", 0);
    let ready = int(object, "/status/readyReplicas", 0);
    let updated = int(object, "/status/updatedReplicas", 0);
    let counts = [count("Replicas", have, want), count("Ready", ready, want)];
    if let Some(waiting) = short(&counts).or_else(|| surplus(have, want)) {
        return waiting;
    }
    let partition = object
        .at("/spec/updateStrategy/rollingUpdate/partition")
        .and_then(Value::as_i64)
        .filter(|partition| *partition != -1);
    if let Some(partition) = partition {
        return short(&[count("updated", updated, want - partition)]).unwrap_or_else(|| {
            Readiness::current(format!("Partition rollout complete. updated: {updated}"))
        });
    }
    let current = int(object, "/status/currentReplicas", 0);
    if let Some(waiting) = short(&[count("current", current, want)]) {
        return waiting;
    }
    if text(object, "/status/currentRevision") != text(object, "/status/updateRevision") {
        return Readiness::waiting("Waiting for updated revision to match current");
    }
    Readiness::current(format!(
        "All replicas scheduled as expected. Replicas: {have}"
    ))
}

fn deployment(object: &Object) -> Readiness {
    // Without a deadline the controller never says that it makes progress.
    let deadline = int(object, "/spec/progressDeadlineSeconds", NO_DEADLINE);
    let mut progressing = deadline == NO_DEADLINE;
    let mut available = false;
    for condition in conditions(object) {
        match (condition.kind, condition.status, condition.reason) {
            ("Progressing", _, "ProgressDeadlineExceeded") => {
                return Readiness::failed("Progress deadline exceeded");
            }
            ("Progressing", "True", "NewReplicaSetAvailable") => progressing = true,
            ("Available", "True", _) => available = true,
            _ => {}
        }
    }
    let want = int(object, "/spec/replicas", 1);
    let have = int(object, "/status/replicas", 0);
    let updated = int(object, "/status/updatedReplicas", 0);
    let ready = int(object, "/status/readyReplicas", 0);
    let served = int(object, "/status/availableReplicas", 0);
    let counts = [
        count("Replicas", have, want),
        count("Updated", updated, want),
    ];
    let later = [
        count("Available", served, updated),
        count("Ready", ready, want),
    ];
    if let Some(waiting) = short(&counts)
        .or_else(|| surplus(have, want))
        .or_else(|| short(&later))
    {
        return waiting;
    }
    if !progressing {
        return Readiness::waiting("ReplicaSet not Available");
    }
    if !available {
        return Readiness::waiting("Deployment not Available");
    }
    Readiness::current(format!("Deployment is available. Replicas: {have}"))
}

fn replica_set(object: &Object) -> Readiness {
    if conditions(object).any(|c| c.kind == "ReplicaFailure" && c.status == "True") {
        return Readiness::waiting("Replica Failure condition. Check Pods");
    }
    let want = int(object, "/spec/replicas", 1);
    let have = int(object, "/status/replicas", 0);
    let counts = [
        count(
            "Labelled",
            int(object, "/status/fullyLabeledReplicas", 0),
            want,
        ),
        count(
            "Available",
            int(object, "/status/availableReplicas", 0),
            want,
        ),
        count("Ready", int(object, "/status/readyReplicas", 0), want),
    ];
    short(&counts)
        .or_else(|| surplus(have, want))
        .unwrap_or_else(|| Readiness::current(format!("ReplicaSet is available. Replicas: {have}")))
}

fn daemon_set(object: &Object) -> Readiness {
    for (pointer, field) in [
        ("/metadata/generation", "metadata.generation"),
        ("/status/observedGeneration", "status.observedGeneration"),
    ] {
        if object.at(pointer).and_then(Value::as_i64).is_none() {
            return Readiness::waiting(format!("{} {field} not found", object.kind()));
        }
    }
    let Some(want) = object
        .at("/status/desiredNumberScheduled")
        .and_then(Value::as_i64)
        .filter(|want| *want != -1)
    else {
        return Readiness::waiting("Missing .status.desiredNumberScheduled");
    };
    let counts = [
        count(
            "Current",
            int(object, "/status/currentNumberScheduled", 0),
            want,
        ),
        count(
            "Updated",
            int(object, "/status/updatedNumberScheduled", 0),
            want,
        ),
        count("Available", int(object, "/status/numberAvailable", 0), want),
        count("Ready", int(object, "/status/numberReady", 0), want),
    ];
    short(&counts).unwrap_or_else(|| {
        Readiness::current(format!(
            "All replicas scheduled as expected. Replicas: {want}"
        ))
    })
}

fn claim(object: &Object) -> Readiness {
    match object.at("/status/phase").and_then(Value::as_str) {
        Some("Bound") => Readiness::current("PVC is Bound"),
        phase => Readiness::waiting(format!(
            "PVC is not Bound. phase: {}",
            phase.unwrap_or("unknown")
        )),
    }
}

fn service(object: &Object) -> Readiness {
    let balanced = text(object, "/spec/type") == "LoadBalancer";
    if balanced && text(object, "/spec/clusterIP").is_empty() {
        return Readiness::waiting("ClusterIP not set. Service type: LoadBalancer");
    }
    Readiness::current("Service is ready")
}

/// A Job counts as ready once it runs; only its failure is one.
fn job(object: &Object) -> Readiness {
    if let Some(ended) = job_ended(object) {
        return ended;
    }
    if text(object, "/status/startTime").is_empty() {
        return Readiness::waiting("Job not started");
    }
    Readiness::current(format!(
        "Job in progress. success:{}, active: {}, failed: {}",
        int(object, "/status/succeeded", 0),
        int(object, "/status/active", 0),
        int(object, "/status/failed", 0)
    ))
}

/// How a Job ended, if it has.
pub(super) fn job_ended(job: &Object) -> Option<Readiness> {
    let parallelism = int(job, "/spec/parallelism", 1);
    let completions = int(job, "/spec/completions", parallelism);
    let succeeded = int(job, "/status/succeeded", 0);
    let failed = int(job, "/status/failed", 0);
    conditions(job).find_map(|condition| match (condition.kind, condition.status) {
        ("Complete", "True") => Some(Readiness::current(format!(
            "Job Completed. succeeded: {succeeded}/{completions}"
        ))),
        ("Failed", "True") => Some(Readiness::failed(format!(
            "Job Failed. failed: {failed}/{completions}"
        ))),
        _ => None,
    })
}

fn definition(object: &Object) -> Readiness {
    for condition in conditions(object) {
        match (condition.kind, condition.status) {
            ("NamesAccepted", "False") => return Readiness::failed(condition.message),
            ("Established", "False") if condition.reason != "Installing" => {
                return Readiness::failed(condition.message);
            }
            ("Established", "True") => return Readiness::current("CRD is established"),
            _ => {}
        }
    }
    Readiness::waiting("Install in progress")
}
