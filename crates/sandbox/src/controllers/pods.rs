//! Pods: bound to the one node, ready after a moment, complete where they are meant to end.
//!
//! No container runs. A pod is ready because it was asked for, not because something answered.

use super::{Ctx, NODE, is_finished, set_condition};
use crate::object::{at, fields, finalizers, is_terminating, items, set, text};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn reconcile(ctx: &mut Ctx<'_>, key: &Key, pod: &Arc<Value>) -> ApiResult<()> {
    if is_terminating(pod) {
        if finalizers(pod).is_empty() {
            ctx.state.store.delete(key);
        }
        return Ok(());
    }
    if is_finished(pod) {
        return Ok(());
    }
    if text(pod, &["spec", "nodeName"]).is_empty() {
        return schedule(ctx, key, pod);
    }
    match text(pod, &["status", "phase"]) {
        "Running" if ends_by_itself(pod) && ctx.is_due => complete(ctx, key),
        "Running" if ends_by_itself(pod) => {
            ctx.wait();
            Ok(())
        }
        "Running" => Ok(()),
        _ if ctx.is_due => run(ctx, key),
        _ => {
            ctx.wait();
            Ok(())
        }
    }
}

/// A pod that is not restarted for ever has an end, and here it is a good one.
fn ends_by_itself(pod: &Value) -> bool {
    text(pod, &["spec", "restartPolicy"]) != "Always"
}

fn schedule(ctx: &mut Ctx<'_>, key: &Key, pod: &Value) -> ApiResult<()> {
    if !fits_node(ctx, at(pod, &["spec", "nodeSelector"])) {
        let now = ctx.now.clone();
        return ctx.update(key, true, |pod| {
            let message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
            set_condition(pod, json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}), &now);
        });
    }
    ctx.update(key, false, |pod| set(pod, &["spec", "nodeName"], NODE))?;
    let now = ctx.now.clone();
    ctx.update(key, true, |pod| {
        set_condition(pod, json!({"type": "PodScheduled", "status": "True"}), &now);
    })
}

/// Whether the one node has the labels that a selector asks for.
pub(super) fn fits_node(ctx: &Ctx<'_>, selector: Option<&Value>) -> bool {
    let Some(selector) = selector.and_then(Value::as_object) else {
        return true;
    };
    let node = ctx.state.store.get(&Key::new("nodes", "", NODE));
    let labels = node.and_then(|node| fields(node, &["metadata", "labels"]));
    selector
        .iter()
        .all(|(key, value)| labels.is_some_and(|labels| labels.get(key) == Some(value)))
}

fn run(ctx: &mut Ctx<'_>, key: &Key) -> ApiResult<()> {
    let address = free_address(ctx);
    let now = ctx.now.clone();
    ctx.update(key, true, |pod| {
        let started = |ready: bool| json!({"running": {"startedAt": now}, "ready": ready});
        set(pod, &["status", "phase"], "Running");
        set(pod, &["status", "hostIP"], "127.0.0.1");
        set(pod, &["status", "hostIPs"], json!([{"ip": "127.0.0.1"}]));
        set(pod, &["status", "podIP"], address.as_str());
        set(pod, &["status", "podIPs"], json!([{"ip": address}]));
        set(pod, &["status", "startTime"], now.as_str());
        if let Some(generation) = at(pod, &["metadata", "generation"]).cloned() {
            set(pod, &["status", "observedGeneration"], generation);
        }
        let statuses = container_statuses(
            pod,
            "containers",
            &started(true)["running"],
            "running",
            true,
        );
        set(pod, &["status", "containerStatuses"], statuses);
        if !items(pod, &["spec", "initContainers"]).is_empty() {
            let done =
                json!({"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now});
            let statuses = container_statuses(pod, "initContainers", &done, "terminated", true);
            set(pod, &["status", "initContainerStatuses"], statuses);
        }
        for kind in [
            "PodReadyToStartContainers",
            "Initialized",
            "Ready",
            "ContainersReady",
            "PodScheduled",
        ] {
            set_condition(pod, json!({"type": kind, "status": "True"}), &now);
        }
    })
}

fn complete(ctx: &mut Ctx<'_>, key: &Key) -> ApiResult<()> {
    let now = ctx.now.clone();
    ctx.update(key, true, |pod| {
        set(pod, &["status", "phase"], "Succeeded");
        let done = json!({"exitCode": 0, "reason": "Completed", "startedAt": text(pod, &["status", "startTime"]), "finishedAt": now});
        let statuses = container_statuses(pod, "containers", &done, "terminated", false);
        set(pod, &["status", "containerStatuses"], statuses);
        for kind in ["Ready", "ContainersReady"] {
            set_condition(pod, json!({"type": kind, "status": "False", "reason": "PodCompleted"}), &now);
        }
    })
}

fn container_statuses(pod: &Value, list: &str, state: &Value, kind: &str, ready: bool) -> Value {
    let status = |container: &Value| {
        let mut status = json!({
            "name": text(container, &["name"]), "image": text(container, &["image"]), "imageID": "", "restartCount": 0,
            "lastState": {}, "ready": ready, "started": kind == "running",
        });
        set(&mut status, &["state", kind], state.clone());
        status
    };
    items(pod, &["spec", list]).iter().map(status).collect()
}

/// The lowest address of the pod network that no pod has.
fn free_address(ctx: &Ctx<'_>) -> String {
    let pods: Arc<str> = "pods".into();
    let used: BTreeSet<&str> = ctx
        .state
        .store
        .list(&pods, None)
        .map(|(_, pod)| text(pod, &["status", "podIP"]))
        .collect();
    let mut all =
        (0..=255_u8).flat_map(|high| (2..=254_u8).map(move |low| format!("10.244.{high}.{low}")));
    all.find(|address| !used.contains(&**address))
        .unwrap_or_else(|| "10.244.255.254".to_owned())
}
