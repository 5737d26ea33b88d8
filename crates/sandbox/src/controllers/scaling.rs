//! Disruption budgets and autoscalers: what they can tell of pods that nobody measures.

use super::{Ctx, count, is_ready, set_condition};
use crate::object::{at, number, set, text};
use crate::selector::Selector;
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn budget(ctx: &mut Ctx<'_>, key: &Key, budget: &Arc<Value>) -> ApiResult<()> {
    let selector = Selector::of_object(&budget["spec"]["selector"]);
    let pods: Arc<str> = "pods".into();
    let list = ctx.state.store.list(&pods, Some(&key.namespace));
    let selected: Vec<Arc<Value>> = list
        .filter(|(_, pod)| selector.matches(pod))
        .map(|(_, pod)| Arc::clone(pod))
        .collect();
    let healthy =
        i64::try_from(selected.iter().filter(|pod| is_ready(pod)).count()).unwrap_or(i64::MAX);
    let all = count(&selected);
    let desired = match (
        at(budget, &["spec", "minAvailable"]),
        at(budget, &["spec", "maxUnavailable"]),
    ) {
        (Some(least), _) => part_of(least, all),
        (None, Some(most)) => (all - part_of(most, all)).max(0),
        (None, None) => (all - 1).max(0),
    };
    let allowed = (healthy - desired).max(0);
    let generation = number(budget, &["metadata", "generation"]).unwrap_or(1);
    let now = ctx.now.clone();
    ctx.update(key, true, |budget| {
        for (field, value) in [("currentHealthy", healthy), ("desiredHealthy", desired), ("disruptionsAllowed", allowed),
            ("expectedPods", all), ("observedGeneration", generation)]
        {
            set(budget, &["status", field], value);
        }
        let (status, reason) = if allowed > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
        let condition = json!({"type": "DisruptionAllowed", "status": status, "reason": reason, "message": "", "observedGeneration": generation});
        set_condition(budget, condition, &now);
    })
}

/// A number, or a part of all, rounded up.
fn part_of(value: &Value, all: i64) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap_or(0),
        Value::String(text) => {
            (text.trim_end_matches('%').parse::<i64>().unwrap_or(0) * all + 99) / 100
        }
        _ => 0,
    }
}

/// Keeps the target between the bounds; there is nothing to measure beyond that.
pub(super) fn autoscaler(ctx: &mut Ctx<'_>, key: &Key, autoscaler: &Arc<Value>) -> ApiResult<()> {
    let reference = &autoscaler["spec"]["scaleTargetRef"];
    let kind = ctx
        .state
        .kinds
        .of_kind(text(reference, &["apiVersion"]), text(reference, &["kind"]))
        .cloned();
    let target = kind.map(|kind| {
        Key::new(
            Arc::clone(&kind.storage),
            &key.namespace,
            text(reference, &["name"]),
        )
    });
    let found = target.and_then(|target| Some((ctx.state.store.get(&target).cloned()?, target)));
    let now = ctx.now.clone();
    let Some((object, target)) = found else {
        return ctx.update(key, true, |autoscaler| {
            let message = "the target of the autoscaler was not found";
            set_condition(autoscaler, json!({"type": "AbleToScale", "status": "False", "reason": "FailedGetScale", "message": message}), &now);
        });
    };
    let least = number(autoscaler, &["spec", "minReplicas"]).unwrap_or(1);
    let most = number(autoscaler, &["spec", "maxReplicas"])
        .unwrap_or(least)
        .max(least);
    let current = number(&object, &["spec", "replicas"]).unwrap_or(1);
    let desired = if current == 0 {
        0
    } else {
        current.clamp(least, most)
    };
    if desired != current {
        ctx.update(&target, false, |object| {
            set(object, &["spec", "replicas"], desired)
        })?;
    }
    ctx.update(key, true, |autoscaler| {
        set(autoscaler, &["status", "currentReplicas"], number(&object, &["status", "replicas"]).unwrap_or(0));
        set(autoscaler, &["status", "desiredReplicas"], desired);
        set(autoscaler, &["status", "currentMetrics"], Value::Null);
        let able = json!({"type": "AbleToScale", "status": "True", "reason": "SucceededGetScale", "message": "the HPA controller was able to get the target's current scale"});
        set_condition(autoscaler, able, &now);
        let message = "the sandbox runs no containers, so there is nothing to measure";
        set_condition(autoscaler, json!({"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": message}), &now);
    })
}
