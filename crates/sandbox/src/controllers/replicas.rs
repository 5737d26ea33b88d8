//! ReplicaSets and ReplicationControllers: as many pods as they ask for.

use super::{Ctx, count, is_finished, is_ready, pod_of, set_count};
use crate::object::{at, is_terminating, name, number, set, text};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::Value;
use std::sync::Arc;

pub(super) fn reconcile(ctx: &mut Ctx<'_>, key: &Key, set_of_pods: &Arc<Value>) -> ApiResult<()> {
    let wanted = number(set_of_pods, &["spec", "replicas"]).unwrap_or(1);
    let pods = active(ctx, key, set_of_pods);
    for _ in count(&pods)..wanted {
        let template = at(set_of_pods, &["spec", "template"])
            .cloned()
            .unwrap_or_default();
        let mut pod = pod_of(set_of_pods, &template);
        set(
            &mut pod,
            &["metadata", "generateName"],
            format!("{}-", name(set_of_pods)),
        );
        ctx.create("pods", pod)?;
    }
    // The youngest and least ready go first.
    let mut surplus = pods;
    surplus.sort_by_key(|(_, pod)| {
        (
            !is_ready(pod),
            std::cmp::Reverse(text(pod, &["metadata", "creationTimestamp"]).to_owned()),
        )
    });
    surplus.reverse();
    let excess = usize::try_from(count(&surplus) - wanted).unwrap_or(0);
    for (pod, _) in surplus.iter().rev().take(excess) {
        ctx.delete(pod)?;
    }
    tell(ctx, key, set_of_pods)
}

fn active(ctx: &Ctx<'_>, key: &Key, owner: &Value) -> Vec<(Key, Arc<Value>)> {
    let mut pods = ctx.owned("pods", &key.namespace, owner);
    pods.retain(|(_, pod)| !is_terminating(pod) && !is_finished(pod));
    pods
}

fn tell(ctx: &mut Ctx<'_>, key: &Key, owner: &Value) -> ApiResult<()> {
    let pods = active(ctx, key, owner);
    let ready =
        i64::try_from(pods.iter().filter(|(_, pod)| is_ready(pod)).count()).unwrap_or(i64::MAX);
    let generation = number(owner, &["metadata", "generation"]).unwrap_or(1);
    ctx.update(key, true, |object| {
        set(object, &["status", "replicas"], count(&pods));
        set_count(object, &["status", "fullyLabeledReplicas"], count(&pods));
        set_count(object, &["status", "readyReplicas"], ready);
        set_count(object, &["status", "availableReplicas"], ready);
        set(object, &["status", "observedGeneration"], generation);
    })
}
