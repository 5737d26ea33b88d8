//! Deployments: a ReplicaSet for each template, and the step from one to the next.

use super::{Ctx, owner_reference, set_condition, set_count, template_hash};
use crate::object::{at, name, number, remove, set, text};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Value, json};
use std::sync::Arc;

const HASH: &str = "pod-template-hash";
const REVISION: &str = "deployment.kubernetes.io/revision";

pub(super) fn reconcile(ctx: &mut Ctx<'_>, key: &Key, deployment: &Arc<Value>) -> ApiResult<()> {
    let sets = ctx.owned("apps/replicasets", &key.namespace, deployment);
    let hash = template_hash(&deployment["spec"]["template"]);
    let is_paused = at(deployment, &["spec", "paused"]) == Some(&Value::Bool(true));
    let current = sets
        .iter()
        .find(|(_, set)| text(set, &["metadata", "labels", HASH]) == hash)
        .cloned();
    if !is_paused || current.is_some() {
        roll(ctx, key, deployment, &sets, current, &hash)?;
    }
    tell(ctx, key, deployment, &hash)
}

fn roll(
    ctx: &mut Ctx<'_>,
    key: &Key,
    deployment: &Value,
    sets: &[(Key, Arc<Value>)],
    current: Option<(Key, Arc<Value>)>,
    hash: &str,
) -> ApiResult<()> {
    let wanted = number(deployment, &["spec", "replicas"]).unwrap_or(1);
    let old: Vec<&(Key, Arc<Value>)> = sets
        .iter()
        .filter(|(_, set)| text(set, &["metadata", "labels", HASH]) != hash)
        .collect();
    let newest = old.iter().map(|(_, set)| revision(set)).max().unwrap_or(0);
    let recreates = text(deployment, &["spec", "strategy", "type"]) == "Recreate";
    let old_pods: i64 = old
        .iter()
        .map(|(_, set)| number(set, &["status", "replicas"]).unwrap_or(0))
        .sum();
    // Recreate ends all old pods before it makes a new one.
    let replicas = if recreates && old_pods > 0 { 0 } else { wanted };
    let (current_key, current) = match current {
        Some(found) => found,
        None => {
            let created =
                ctx.create("apps/replicasets", replica_set(deployment, hash, replicas))?;
            (
                Key::new("apps/replicasets", &key.namespace, name(&created)),
                created,
            )
        }
    };
    let own = revision(&current).max(newest + i64::from(revision(&current) <= newest));
    ctx.update(&current_key, false, |set_of_pods| {
        set(set_of_pods, &["spec", "replicas"], replicas);
        set(
            set_of_pods,
            &["metadata", "annotations", REVISION],
            own.to_string(),
        );
        set(
            set_of_pods,
            &[
                "metadata",
                "annotations",
                "deployment.kubernetes.io/desired-replicas",
            ],
            wanted.to_string(),
        );
    })?;
    ctx.update(key, false, |deployment| {
        set(
            deployment,
            &["metadata", "annotations", REVISION],
            own.to_string(),
        )
    })?;
    let is_ready = number(&current, &["status", "availableReplicas"]).unwrap_or(0) >= wanted;
    if is_ready || recreates {
        for (old_key, _) in &old {
            ctx.update(old_key, false, |set_of_pods| {
                set(set_of_pods, &["spec", "replicas"], 0)
            })?;
        }
    }
    forget_oldest(ctx, deployment, &old)
}

fn revision(set: &Value) -> i64 {
    text(set, &["metadata", "annotations", REVISION])
        .parse()
        .unwrap_or(0)
}

/// Keeps no more old sets than the deployment wants.
fn forget_oldest(
    ctx: &mut Ctx<'_>,
    deployment: &Value,
    old: &[&(Key, Arc<Value>)],
) -> ApiResult<()> {
    let limit = number(deployment, &["spec", "revisionHistoryLimit"])
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(10);
    let mut empty: Vec<_> = old
        .iter()
        .filter(|(_, set)| {
            number(set, &["status", "replicas"]).unwrap_or(0) == 0
                && number(set, &["spec", "replicas"]) == Some(0)
        })
        .collect();
    empty.sort_by_key(|(_, set)| revision(set));
    let surplus = empty.len().saturating_sub(limit);
    empty
        .iter()
        .take(surplus)
        .try_for_each(|(key, _)| ctx.delete(key))
}

fn replica_set(deployment: &Value, hash: &str, replicas: i64) -> Value {
    let mut template = deployment["spec"]["template"].clone();
    set(&mut template, &["metadata", "labels", HASH], hash);
    let mut selector = deployment["spec"]["selector"].clone();
    set(&mut selector, &["matchLabels", HASH], hash);
    let mut annotations = at(deployment, &["metadata", "annotations"])
        .cloned()
        .unwrap_or_else(|| json!({}));
    remove(
        &mut annotations,
        &["kubectl.kubernetes.io/last-applied-configuration"],
    );
    remove(&mut annotations, &[REVISION]);
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{}-{hash}", name(deployment)),
            "namespace": text(deployment, &["metadata", "namespace"]),
            "labels": template["metadata"]["labels"],
            "annotations": annotations,
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": {"replicas": replicas, "selector": selector, "template": template},
    });
    if let Some(seconds) = at(deployment, &["spec", "minReadySeconds"]) {
        set(&mut object, &["spec", "minReadySeconds"], seconds.clone());
    }
    object
}

fn tell(ctx: &mut Ctx<'_>, key: &Key, deployment: &Value, hash: &str) -> ApiResult<()> {
    let sets = ctx.owned("apps/replicasets", &key.namespace, deployment);
    let sum = |field: &str| -> i64 {
        sets.iter()
            .map(|(_, set)| number(set, &["status", field]).unwrap_or(0))
            .sum()
    };
    let (replicas, ready, available) = (
        sum("replicas"),
        sum("readyReplicas"),
        sum("availableReplicas"),
    );
    let current = sets
        .iter()
        .find(|(_, set)| text(set, &["metadata", "labels", HASH]) == hash);
    let updated = current.map_or(0, |(_, set)| {
        number(set, &["status", "replicas"]).unwrap_or(0)
    });
    let wanted = number(deployment, &["spec", "replicas"]).unwrap_or(1);
    let set_name = current.map(|(key, _)| key.name.clone()).unwrap_or_default();
    let is_complete = updated == wanted && replicas == wanted && available == wanted;
    let now = ctx.now.clone();
    let generation = number(deployment, &["metadata", "generation"]).unwrap_or(1);
    ctx.update(key, true, |object| {
        set(object, &["status", "observedGeneration"], generation);
        set_count(object, &["status", "replicas"], replicas);
        set_count(object, &["status", "updatedReplicas"], updated);
        set_count(object, &["status", "readyReplicas"], ready);
        set_count(object, &["status", "availableReplicas"], available);
        set_count(object, &["status", "unavailableReplicas"], (wanted.max(replicas) - available).max(0));
        let least = wanted - unavailable_allowed(object, wanted);
        set_timed(object, available_condition(available >= least), &now);
        let progress = if is_complete {
            let message = format!("ReplicaSet \"{set_name}\" has successfully progressed.");
            json!({"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": message})
        } else {
            let message = format!("ReplicaSet \"{set_name}\" is progressing.");
            json!({"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated", "message": message})
        };
        set_timed(object, progress, &now);
    })
}

fn available_condition(is_available: bool) -> Value {
    if is_available {
        json!({"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
            "message": "Deployment has minimum availability."})
    } else {
        json!({"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable",
            "message": "Deployment does not have minimum availability."})
    }
}

/// A deployment's conditions also tell when they were last written.
fn set_timed(object: &mut Value, mut new: Value, now: &str) {
    let old = crate::object::condition(object, text(&new, &["type"]));
    let is_same = old.is_some_and(|old| {
        ["status", "reason", "message"]
            .iter()
            .all(|f| old.get(f) == new.get(f))
    });
    let updated = match old {
        Some(old) if is_same => text(old, &["lastUpdateTime"]).to_owned(),
        _ => now.to_owned(),
    };
    set(&mut new, &["lastUpdateTime"], updated);
    set_condition(object, new, now);
}

/// How many pods may be absent: a number, or a part of all, rounded down.
fn unavailable_allowed(deployment: &Value, wanted: i64) -> i64 {
    match at(
        deployment,
        &["spec", "strategy", "rollingUpdate", "maxUnavailable"],
    ) {
        Some(Value::Number(number)) => number.as_i64().unwrap_or(0),
        Some(Value::String(text)) => {
            text.trim_end_matches('%').parse::<i64>().unwrap_or(0) * wanted / 100
        }
        _ => 0,
    }
}
