use serde_json::json;

use super::*;

const NOW: i64 = 1_800_000_000;

fn object(api_version: &str, kind: &str, mut json: Value) -> Object {
    json["apiVersion"] = api_version.into();
    json["kind"] = kind.into();
    Object::from_json(json).unwrap()
}

/// The verdict as `State: message`.
fn check(api_version: &str, kind: &str, json: Value, expected: &str) {
    let verdict = ready(&object(api_version, kind, json), NOW);
    assert_eq!(
        format!("{}: {}", verdict.state.name(), verdict.message),
        expected
    );
}

#[test]
fn deployments_tell_what_they_wait_for() {
    let check = |json, expected| check("apps/v1", "Deployment", json, expected);
    check(json!({}), "InProgress: Replicas: 0/1");
    check(
        json!({"metadata": {"generation": 2}, "status": {"observedGeneration": 1}}),
        "InProgress: Deployment generation is 2, but latest observed generation is 1",
    );
    check(
        json!({"spec": {"replicas": 2}, "status": {"replicas": 3, "updatedReplicas": 2}}),
        "InProgress: Pending termination: 1",
    );
    check(
        json!({"spec": {"replicas": 2}, "status": {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 1}}),
        "InProgress: Available: 1/2",
    );
    let all =
        json!({"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "readyReplicas": 1});
    check(
        json!({"status": all}),
        "InProgress: Deployment not Available",
    );
    check(
        json!({"spec": {"progressDeadlineSeconds": 600}, "status": all}),
        "InProgress: ReplicaSet not Available",
    );
    let mut done = all;
    done["conditions"] = json!([
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
        {"type": "Available", "status": "True"}]);
    check(
        json!({"spec": {"progressDeadlineSeconds": 600}, "status": done}),
        "Current: Deployment is available. Replicas: 1",
    );
    check(
        json!({"status": {"conditions": [{"type": "Progressing", "status": "False",
            "reason": "ProgressDeadlineExceeded"}]}}),
        "Failed: Progress deadline exceeded",
    );
}

#[test]
fn stateful_sets_mind_partitions_and_revisions() {
    let check = |json, expected| check("apps/v1", "StatefulSet", json, expected);
    check(
        json!({"spec": {"updateStrategy": {"type": "OnDelete"}}}),
        "Current: StatefulSet is using the ondelete update strategy",
    );
    check(
        json!({"spec": {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
               "status": {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 1}}),
        "InProgress: updated: 1/2",
    );
    check(
        json!({"status": {"replicas": 1, "readyReplicas": 1, "currentReplicas": 1,
               "currentRevision": "a", "updateRevision": "b"}}),
        "InProgress: Waiting for updated revision to match current",
    );
}

#[test]
fn daemon_sets_need_their_controller_to_have_looked() {
    let check = |json, expected| check("apps/v1", "DaemonSet", json, expected);
    check(
        json!({}),
        "InProgress: DaemonSet metadata.generation not found",
    );
    check(
        json!({"metadata": {"generation": 1}}),
        "InProgress: DaemonSet status.observedGeneration not found",
    );
    check(
        json!({"metadata": {"generation": 1}, "status": {"observedGeneration": 1,
            "desiredNumberScheduled": 2, "currentNumberScheduled": 2, "updatedNumberScheduled": 2,
            "numberAvailable": 2, "numberReady": 2}}),
        "Current: All replicas scheduled as expected. Replicas: 2",
    );
}

#[test]
fn pods_are_given_a_moment_to_be_scheduled() {
    let pending = |created: &str| {
        json!({"metadata": {"creationTimestamp": created}, "status": {"phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}})
    };
    check(
        "v1",
        "Pod",
        pending("2027-01-15T08:00:00Z"),
        "InProgress: Pod has not been scheduled",
    );
    check(
        "v1",
        "Pod",
        pending("2027-01-15T07:59:00Z"),
        "Failed: Pod could not be scheduled",
    );
    check(
        "v1",
        "Pod",
        json!({"status": {"phase": "Running", "containerStatuses": [
            {"name": "a", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}}),
        "Failed: Containers in CrashLoop state: a",
    );
}

#[test]
fn other_kinds() {
    check(
        "v1",
        "ConfigMap",
        json!({}),
        "Current: Resource is always ready",
    );
    check(
        "v1",
        "ServiceAccount",
        json!({}),
        "Current: Resource is current",
    );
    check(
        "v1",
        "PersistentVolumeClaim",
        json!({}),
        "InProgress: PVC is not Bound. phase: unknown",
    );
    check(
        "v1",
        "Service",
        json!({"spec": {"type": "LoadBalancer"}}),
        "InProgress: ClusterIP not set. Service type: LoadBalancer",
    );
    check("batch/v1", "Job", json!({}), "InProgress: Job not started");
    check(
        "batch/v1",
        "Job",
        json!({"status": {"startTime": "x", "active": 1}}),
        "Current: Job in progress. success:0, active: 1, failed: 0",
    );
    check(
        "example.com/v1",
        "Thing",
        json!({"status": {"conditions": [{"type": "Ready", "status": "False", "message": "not yet"}]}}),
        "InProgress: not yet",
    );
    check(
        "example.com/v1",
        "Thing",
        json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}),
        "Terminating: Resource scheduled for deletion",
    );
    check(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        json!({"status": {"conditions": [{"type": "Established", "status": "True"}]}}),
        "Current: CRD is established",
    );
}

#[test]
fn hooks_wait_for_the_end_of_jobs_and_pods() {
    let failed = json!({"spec": {"completions": 2}, "status": {"failed": 1,
        "conditions": [{"type": "Failed", "status": "True"}]}});
    let job = object("batch/v1", "Job", failed);
    assert_eq!(
        hook_done(&job),
        Readiness::failed("Job Failed. failed: 1/2")
    );
    let pod = object(
        "v1",
        "Pod",
        json!({"metadata": {"name": "p"}, "status": {"phase": "Succeeded"}}),
    );
    assert_eq!(hook_done(&pod), Readiness::current("pod p succeeded"));
    let other = object("v1", "Secret", json!({}));
    assert_eq!(hook_done(&other).state, State::Current);
}

#[test]
fn helm_3_counts_ready_pods_of_the_newest_replica_set() {
    let deployment = object(
        "apps/v1",
        "Deployment",
        json!({
        "metadata": {"uid": "u", "annotations": {"deployment.kubernetes.io/revision": "2"}},
        "spec": {"replicas": 4, "strategy": {"type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": 1}}}}),
    );
    let set = |revision: &str, ready: i64| {
        object(
            "apps/v1",
            "ReplicaSet",
            json!({
            "metadata": {"annotations": {"deployment.kubernetes.io/revision": revision},
                "ownerReferences": [{"uid": "u"}]},
            "status": {"readyReplicas": ready}}),
        )
    };
    let sets = [set("1", 4), set("2", 3)];
    let newest = legacy::newest(&deployment, &sets).unwrap();
    assert_eq!(newest.at("/status/readyReplicas"), Some(&json!(3)));
    assert!(legacy::deployment(&deployment, newest));
    assert!(!legacy::deployment(&deployment, &set("2", 2)));
}

#[test]
fn workloads_say_where_their_pods_are() {
    let set = object(
        "apps/v1",
        "StatefulSet",
        json!({"spec": {"selector": {
        "matchLabels": {"b": "2", "a": "1"},
        "matchExpressions": [{"key": "c", "operator": "In", "values": ["x", "y"]}]}}}),
    );
    assert_eq!(
        pods_of(&set),
        Some(("v1", "Pod", "a=1,b=2,c in (x,y)".to_owned()))
    );
}
