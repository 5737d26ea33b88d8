//! Jobs: pods until enough of them have completed.

use super::{Ctx, count, is_finished, is_ready, pod_of, set_condition, set_count};
use crate::clock::parse;
use crate::object::{at, condition, is_terminating, name, number, set, text};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn reconcile(ctx: &mut Ctx<'_>, key: &Key, job: &Arc<Value>) -> ApiResult<()> {
    let is_complete = condition(job, "Complete").is_some_and(|c| text(c, &["status"]) == "True");
    if is_complete {
        return expire(ctx, key, job);
    }
    if at(job, &["spec", "suspend"]) == Some(&Value::Bool(true)) {
        return suspend(ctx, key, job);
    }
    let pods = ctx.owned("pods", &key.namespace, job);
    let succeeded = pods
        .iter()
        .filter(|(_, pod)| text(pod, &["status", "phase"]) == "Succeeded")
        .count();
    let succeeded = i64::try_from(succeeded).unwrap_or(i64::MAX);
    let parallel = number(job, &["spec", "parallelism"]).unwrap_or(1);
    // Without a number of completions the first success is enough.
    let wanted = number(job, &["spec", "completions"]).unwrap_or_else(|| parallel.max(1));
    let active = pods
        .iter()
        .filter(|(_, pod)| !is_finished(pod) && !is_terminating(pod))
        .count();
    let active = i64::try_from(active).unwrap_or(i64::MAX);
    for index in 0..(wanted - succeeded - active).min(parallel - active).max(0) {
        ctx.create("pods", worker(job, succeeded + active + index))?;
    }
    tell(ctx, key, job, succeeded, wanted)
}

fn worker(job: &Value, index: i64) -> Value {
    let mut pod = pod_of(job, &job["spec"]["template"]);
    set(
        &mut pod,
        &["metadata", "generateName"],
        format!("{}-", name(job)),
    );
    if text(job, &["spec", "completionMode"]) == "Indexed" {
        let label = "batch.kubernetes.io/job-completion-index";
        set(&mut pod, &["metadata", "labels", label], index.to_string());
        set(
            &mut pod,
            &["metadata", "annotations", label],
            index.to_string(),
        );
    }
    pod
}

fn tell(ctx: &mut Ctx<'_>, key: &Key, job: &Value, succeeded: i64, wanted: i64) -> ApiResult<()> {
    let pods = ctx.owned("pods", &key.namespace, job);
    let active: Vec<_> = pods
        .iter()
        .filter(|(_, pod)| !is_finished(pod) && !is_terminating(pod))
        .collect();
    let ready =
        i64::try_from(active.iter().filter(|(_, pod)| is_ready(pod)).count()).unwrap_or(i64::MAX);
    let now = ctx.now.clone();
    ctx.update(key, true, |object| {
        if text(object, &["status", "startTime"]).is_empty() {
            set(object, &["status", "startTime"], now.as_str());
        }
        set_count(object, &["status", "active"], count(&active));
        set(object, &["status", "ready"], ready);
        set_count(object, &["status", "succeeded"], succeeded);
        set(object, &["status", "terminating"], 0);
        set(object, &["status", "uncountedTerminatedPods"], json!({}));
        if succeeded >= wanted {
            set(object, &["status", "completionTime"], now.as_str());
            for kind in ["SuccessCriteriaMet", "Complete"] {
                let message = "Reached expected number of succeeded pods";
                let condition = json!({"type": kind, "status": "True", "reason": "CompletionsReached", "message": message, "lastProbeTime": now});
                set_condition(object, condition, &now);
            }
        }
    })
}

fn suspend(ctx: &mut Ctx<'_>, key: &Key, job: &Value) -> ApiResult<()> {
    for (pod, object) in ctx.owned("pods", &key.namespace, job) {
        if !is_finished(&object) {
            ctx.delete(&pod)?;
        }
    }
    let now = ctx.now.clone();
    ctx.update(key, true, |object| {
        let suspended = json!({"type": "Suspended", "status": "True", "reason": "JobSuspended", "message": "Job suspended", "lastProbeTime": now});
        if condition(object, "Suspended").is_none() {
            set_condition(object, suspended, &now);
        }
    })
}

/// A job with a time to live goes when that is over; not within a second of its end, so that whoever
/// watches it sees that it completed.
fn expire(ctx: &mut Ctx<'_>, key: &Key, job: &Value) -> ApiResult<()> {
    let Some(seconds) = number(job, &["spec", "ttlSecondsAfterFinished"]) else {
        return Ok(());
    };
    if ctx.is_due {
        return ctx.delete(key);
    }
    let finished = parse(text(job, &["status", "completionTime"])).unwrap_or(0);
    let left = finished + seconds - parse(&ctx.now).unwrap_or(0);
    ctx.wait_seconds(u64::try_from(left).unwrap_or(0).max(1));
    Ok(())
}
