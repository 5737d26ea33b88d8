//! DaemonSets: one pod on the one node, if it has the labels that are asked for.

use super::{Ctx, NODE, count, is_ready, pod_of, pods, set_count, template_hash};
use crate::object::{at, is_terminating, name, number, set, text};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::Value;
use std::sync::Arc;

const REVISION: &str = "controller-revision-hash";

pub(super) fn reconcile(ctx: &mut Ctx<'_>, key: &Key, owner: &Arc<Value>) -> ApiResult<()> {
    let revision = template_hash(&owner["spec"]["template"]);
    let wanted = i64::from(pods::fits_node(
        ctx,
        at(owner, &["spec", "template", "spec", "nodeSelector"]),
    ));
    let mut own = ctx.owned("pods", &key.namespace, owner);
    let replaces = text(owner, &["spec", "updateStrategy", "type"]) != "OnDelete";
    for (pod, object) in &own {
        let is_old = text(object, &["metadata", "labels", REVISION]) != revision;
        if !is_terminating(object) && (wanted == 0 || (is_old && replaces)) {
            ctx.delete(pod)?;
        }
    }
    if own.is_empty() && wanted > 0 {
        let mut pod = pod_of(owner, &owner["spec"]["template"]);
        set(
            &mut pod,
            &["metadata", "generateName"],
            format!("{}-", name(owner)),
        );
        set(
            &mut pod,
            &["metadata", "labels", REVISION],
            revision.as_str(),
        );
        set(&mut pod, &["spec", "nodeName"], NODE);
        ctx.create("pods", pod)?;
    }
    own = ctx.owned("pods", &key.namespace, owner);
    own.retain(|(_, pod)| !is_terminating(pod));
    let ready = i64::from(own.iter().any(|(_, pod)| is_ready(pod)));
    let updated = i64::from(
        own.iter()
            .any(|(_, pod)| text(pod, &["metadata", "labels", REVISION]) == revision),
    );
    let generation = number(owner, &["metadata", "generation"]).unwrap_or(1);
    ctx.update(key, true, |object| {
        set(object, &["status", "observedGeneration"], generation);
        set(object, &["status", "desiredNumberScheduled"], wanted);
        set(
            object,
            &["status", "currentNumberScheduled"],
            count(&own).min(wanted),
        );
        set(object, &["status", "numberMisscheduled"], 0);
        set(object, &["status", "numberReady"], ready);
        set_count(object, &["status", "numberAvailable"], ready);
        set_count(object, &["status", "numberUnavailable"], wanted - ready);
        set_count(object, &["status", "updatedNumberScheduled"], updated);
    })
}
