//! StatefulSets: pods with numbers, one after the other, each with its claims.

use super::{Ctx, count, is_ready, pod_of, set_count, template_hash};
use crate::object::{at, is_terminating, items, name, namespace, number, set, text};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Value, json};
use std::sync::Arc;

const REVISION: &str = "controller-revision-hash";

pub(super) fn reconcile(ctx: &mut Ctx<'_>, key: &Key, owner: &Arc<Value>) -> ApiResult<()> {
    let wanted = number(owner, &["spec", "replicas"]).unwrap_or(1);
    let first = number(owner, &["spec", "ordinals", "start"]).unwrap_or(0);
    let revision = format!(
        "{}-{}",
        name(owner),
        template_hash(&owner["spec"]["template"])
    );
    let pods = ctx.owned("pods", &key.namespace, owner);
    let pod = |ordinal: i64| {
        pods.iter()
            .find(|(pod, _)| pod.name == format!("{}-{ordinal}", key.name))
    };
    let in_parallel = text(owner, &["spec", "podManagementPolicy"]) == "Parallel";
    let mut all_ready = true;
    for ordinal in first..first + wanted {
        match pod(ordinal) {
            None => {
                create_claims(ctx, owner, ordinal)?;
                ctx.create("pods", numbered_pod(owner, ordinal, &revision))?;
                all_ready = false;
            }
            Some((_, pod)) => all_ready &= is_ready(pod),
        }
        if !all_ready && !in_parallel {
            break;
        }
    }
    let ordinal_of = |pod: &Key| {
        pod.name
            .rsplit('-')
            .next()
            .and_then(|n| n.parse::<i64>().ok())
            .unwrap_or(-1)
    };
    for (surplus, _) in pods
        .iter()
        .filter(|(pod, _)| !(first..first + wanted).contains(&ordinal_of(pod)))
    {
        ctx.delete(surplus)?;
    }
    if all_ready && text(owner, &["spec", "updateStrategy", "type"]) != "OnDelete" {
        let partition = number(
            owner,
            &["spec", "updateStrategy", "rollingUpdate", "partition"],
        )
        .unwrap_or(0);
        let mut old: Vec<_> = pods
            .iter()
            .filter(|(pod, object)| {
                text(object, &["metadata", "labels", REVISION]) != revision
                    && ordinal_of(pod) >= partition
            })
            .collect();
        old.sort_by_key(|(pod, _)| ordinal_of(pod));
        if let Some((last, object)) = old.last().filter(|(_, object)| !is_terminating(object)) {
            debug_assert!(!is_terminating(object));
            ctx.delete(last)?;
        }
    }
    tell(ctx, key, owner, &revision)
}

fn numbered_pod(owner: &Value, ordinal: i64, revision: &str) -> Value {
    let mut pod = pod_of(owner, &owner["spec"]["template"]);
    let own = format!("{}-{ordinal}", name(owner));
    set(&mut pod, &["metadata", "name"], own.as_str());
    set(&mut pod, &["metadata", "labels", REVISION], revision);
    set(
        &mut pod,
        &["metadata", "labels", "statefulset.kubernetes.io/pod-name"],
        own.as_str(),
    );
    set(
        &mut pod,
        &["metadata", "labels", "apps.kubernetes.io/pod-index"],
        ordinal.to_string(),
    );
    set(&mut pod, &["spec", "hostname"], own.as_str());
    if let Some(service) = at(owner, &["spec", "serviceName"]) {
        set(&mut pod, &["spec", "subdomain"], service.clone());
    }
    let mut volumes = items(&pod, &["spec", "volumes"]).to_vec();
    for claim in items(owner, &["spec", "volumeClaimTemplates"]) {
        volumes.retain(|volume| text(volume, &["name"]) != name(claim));
        let claim_name = format!("{}-{own}", name(claim));
        volumes
            .push(json!({"name": name(claim), "persistentVolumeClaim": {"claimName": claim_name}}));
    }
    if !volumes.is_empty() {
        set(&mut pod, &["spec", "volumes"], volumes);
    }
    pod
}

fn create_claims(ctx: &mut Ctx<'_>, owner: &Value, ordinal: i64) -> ApiResult<()> {
    for template in items(owner, &["spec", "volumeClaimTemplates"]) {
        let own = format!("{}-{}-{ordinal}", name(template), name(owner));
        if ctx
            .state
            .store
            .get(&Key::new("persistentvolumeclaims", namespace(owner), &own))
            .is_some()
        {
            continue;
        }
        let mut claim = json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": own, "namespace": namespace(owner)}, "spec": template["spec"],
        });
        let labels = at(template, &["metadata", "labels"])
            .or_else(|| at(owner, &["spec", "selector", "matchLabels"]));
        if let Some(labels) = labels {
            set(&mut claim, &["metadata", "labels"], labels.clone());
        }
        ctx.create("persistentvolumeclaims", claim)?;
    }
    Ok(())
}

fn tell(ctx: &mut Ctx<'_>, key: &Key, owner: &Value, revision: &str) -> ApiResult<()> {
    let mut pods = ctx.owned("pods", &key.namespace, owner);
    pods.retain(|(_, pod)| !is_terminating(pod));
    let ready: Vec<_> = pods.iter().filter(|(_, pod)| is_ready(pod)).collect();
    let updated: Vec<_> = pods
        .iter()
        .filter(|(_, pod)| text(pod, &["metadata", "labels", REVISION]) == revision)
        .collect();
    let wanted = number(owner, &["spec", "replicas"]).unwrap_or(1);
    let is_complete =
        count(&updated) == wanted && count(&ready) == wanted && count(&pods) == wanted;
    let generation = number(owner, &["metadata", "generation"]).unwrap_or(1);
    ctx.update(key, true, |object| {
        set(object, &["status", "observedGeneration"], generation);
        set(object, &["status", "replicas"], count(&pods));
        set_count(object, &["status", "readyReplicas"], count(&ready));
        set(object, &["status", "availableReplicas"], count(&ready));
        set(object, &["status", "updateRevision"], revision);
        set(object, &["status", "collisionCount"], 0);
        if is_complete || text(object, &["status", "currentRevision"]).is_empty() {
            set(object, &["status", "currentRevision"], revision);
        }
        let current = text(object, &["status", "currentRevision"]).to_owned();
        let of_current = pods
            .iter()
            .filter(|(_, pod)| text(pod, &["metadata", "labels", REVISION]) == current)
            .count();
        set_count(
            object,
            &["status", "currentReplicas"],
            i64::try_from(of_current).unwrap_or(i64::MAX),
        );
        set_count(object, &["status", "updatedReplicas"], count(&updated));
    })
}
