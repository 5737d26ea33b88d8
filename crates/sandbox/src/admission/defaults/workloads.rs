//! What makes pods.

use super::each;
use super::pods::pod_spec;
use crate::object::{at, items, set, set_default, text};
use serde_json::{Value, json};

pub(super) fn replication_controller(object: &mut Value) {
    set_default(object, &["spec", "replicas"], 1);
    if let Some(labels) = at(object, &["spec", "template", "metadata", "labels"]).cloned() {
        set_default(object, &["spec", "selector"], labels);
    }
    pod_spec(object, &["spec", "template", "spec"]);
}

pub(super) fn workload(plural: &str, object: &mut Value) {
    pod_spec(object, &["spec", "template", "spec"]);
    match plural {
        "deployments" => {
            set_default(object, &["spec", "replicas"], 1);
            set_default(object, &["spec", "strategy", "type"], "RollingUpdate");
            if text(object, &["spec", "strategy", "type"]) == "RollingUpdate" {
                set_default(
                    object,
                    &["spec", "strategy", "rollingUpdate", "maxUnavailable"],
                    "25%",
                );
                set_default(
                    object,
                    &["spec", "strategy", "rollingUpdate", "maxSurge"],
                    "25%",
                );
            }
            set_default(object, &["spec", "revisionHistoryLimit"], 10);
            set_default(object, &["spec", "progressDeadlineSeconds"], 600);
        }
        "replicasets" => set_default(object, &["spec", "replicas"], 1),
        "statefulsets" => stateful_set(object),
        "daemonsets" => {
            set_default(
                object,
                &[
                    "metadata",
                    "annotations",
                    "deprecated.daemonset.template.generation",
                ],
                "1",
            );
            set_default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
            if text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate" {
                set_default(
                    object,
                    &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
                    1,
                );
                set_default(
                    object,
                    &["spec", "updateStrategy", "rollingUpdate", "maxSurge"],
                    0,
                );
            }
            set_default(object, &["spec", "revisionHistoryLimit"], 10);
        }
        _ => {}
    }
}

fn stateful_set(object: &mut Value) {
    set_default(object, &["spec", "replicas"], 1);
    set_default(object, &["spec", "podManagementPolicy"], "OrderedReady");
    set_default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
    if text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate" {
        set_default(
            object,
            &["spec", "updateStrategy", "rollingUpdate", "partition"],
            0,
        );
        set_default(
            object,
            &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
            1,
        );
    }
    set_default(object, &["spec", "revisionHistoryLimit"], 10);
    set_default(
        object,
        &[
            "spec",
            "persistentVolumeClaimRetentionPolicy",
            "whenDeleted",
        ],
        "Retain",
    );
    set_default(
        object,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"],
        "Retain",
    );
    each(object, &["spec", "volumeClaimTemplates"], |claim| {
        set_default(claim, &["apiVersion"], "v1");
        set_default(claim, &["kind"], "PersistentVolumeClaim");
        set_default(claim, &["spec", "volumeMode"], "Filesystem");
        set_default(claim, &["status", "phase"], "Pending");
    });
}

pub(super) fn job(object: &mut Value) {
    pod_spec(object, &["spec", "template", "spec"]);
    if at(object, &["spec", "completions"]).is_none()
        && at(object, &["spec", "parallelism"]).is_none()
    {
        set(object, &["spec", "completions"], 1);
    }
    set_default(object, &["spec", "parallelism"], 1);
    set_default(object, &["spec", "backoffLimit"], 6);
    set_default(object, &["spec", "completionMode"], "NonIndexed");
    set_default(object, &["spec", "suspend"], false);
    set_default(object, &["spec", "manualSelector"], false);
    set_default(
        object,
        &["spec", "podReplacementPolicy"],
        "TerminatingOrFailed",
    );
}

pub(super) fn cron_job(object: &mut Value) {
    pod_spec(object, &["spec", "jobTemplate", "spec", "template", "spec"]);
    set_default(object, &["spec", "concurrencyPolicy"], "Allow");
    set_default(object, &["spec", "suspend"], false);
    set_default(object, &["spec", "successfulJobsHistoryLimit"], 3);
    set_default(object, &["spec", "failedJobsHistoryLimit"], 1);
}

pub(super) fn autoscaler(object: &mut Value) {
    set_default(object, &["spec", "minReplicas"], 1);
    if items(object, &["spec", "metrics"]).is_empty() {
        let cpu =
            json!({"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}});
        set(
            object,
            &["spec", "metrics"],
            json!([{"type": "Resource", "resource": cpu}]),
        );
    }
}
