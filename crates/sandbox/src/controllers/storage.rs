//! Claims and volumes: a claim of a known class gets a volume that holds nothing.

use super::{Ctx, is_finished};
use crate::admission::PVC_PROTECTION;
use crate::object::{at, finalizers, items, name, namespace, set, text, uid};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn claim(ctx: &mut Ctx<'_>, key: &Key, claim: &Arc<Value>) -> ApiResult<()> {
    if text(claim, &["status", "phase"]) == "Bound" {
        return Ok(());
    }
    let class = text(claim, &["spec", "storageClassName"]).to_owned();
    let wanted = text(claim, &["spec", "volumeName"]).to_owned();
    let volume = if !wanted.is_empty() {
        wanted
    } else if let Some(found) = free_volume(ctx, claim, &class) {
        found
    } else if ctx
        .state
        .store
        .get(&Key::new("storage.k8s.io/storageclasses", "", &class))
        .is_some()
    {
        provision(ctx, claim, &class)?
    } else {
        return Ok(());
    };
    let volume_key = Key::new("persistentvolumes", "", &volume);
    let Some(found) = ctx.state.store.get(&volume_key).cloned() else {
        return Ok(());
    };
    let reference = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace(claim), "name": name(claim),
        "uid": uid(claim), "resourceVersion": text(claim, &["metadata", "resourceVersion"]),
    });
    ctx.update(&volume_key, false, |volume| {
        if text(volume, &["spec", "claimRef", "uid"]) != uid(claim) {
            set(volume, &["spec", "claimRef"], reference);
        }
    })?;
    ctx.update(&volume_key, true, |volume| {
        set(volume, &["status", "phase"], "Bound")
    })?;
    ctx.update(key, false, |claim| {
        set(claim, &["spec", "volumeName"], volume.as_str());
        set(
            claim,
            &["metadata", "annotations", "pv.kubernetes.io/bind-completed"],
            "yes",
        );
        set(
            claim,
            &[
                "metadata",
                "annotations",
                "pv.kubernetes.io/bound-by-controller",
            ],
            "yes",
        );
    })?;
    let capacity = found["spec"]["capacity"].clone();
    ctx.update(key, true, |claim| {
        set(claim, &["status", "phase"], "Bound");
        set(claim, &["status", "capacity"], capacity);
        let modes = claim["spec"]["accessModes"].clone();
        set(claim, &["status", "accessModes"], modes);
    })
}

/// Lets a deleted claim go once no pod uses it.
pub(super) fn release_claim(ctx: &mut Ctx<'_>, key: &Key, claim: &Value) -> ApiResult<()> {
    let pods: Arc<str> = "pods".into();
    let uses = |pod: &Value| {
        let mut volumes = items(pod, &["spec", "volumes"]).iter();
        volumes.any(|volume| text(volume, &["persistentVolumeClaim", "claimName"]) == key.name)
            && !is_finished(pod)
    };
    let is_used = ctx
        .state
        .store
        .list(&pods, Some(&key.namespace))
        .any(|(_, pod)| uses(pod));
    if is_used || !finalizers(claim).contains(&PVC_PROTECTION) {
        return Ok(());
    }
    ctx.update(key, false, |claim| {
        let left: Vec<Value> = finalizers(claim)
            .into_iter()
            .filter(|f| *f != PVC_PROTECTION)
            .map(Value::from)
            .collect();
        set(claim, &["metadata", "finalizers"], left);
    })
}

/// A volume of the same class that nobody has and that fits.
fn free_volume(ctx: &Ctx<'_>, claim: &Value, class: &str) -> Option<String> {
    let volumes: Arc<str> = "persistentvolumes".into();
    let fits = |volume: &Value| {
        let modes = items(volume, &["spec", "accessModes"]);
        let is_free = text(volume, &["status", "phase"]) == "Available"
            && at(volume, &["spec", "claimRef"]).is_none();
        is_free
            && text(volume, &["spec", "storageClassName"]) == class
            && items(claim, &["spec", "accessModes"])
                .iter()
                .all(|mode| modes.contains(mode))
    };
    ctx.state
        .store
        .list(&volumes, None)
        .find(|(_, volume)| fits(volume))
        .map(|(key, _)| key.name.clone())
}

fn provision(ctx: &mut Ctx<'_>, claim: &Value, class: &str) -> ApiResult<String> {
    let own = format!("pvc-{}", uid(claim));
    let size = at(claim, &["spec", "resources", "requests", "storage"])
        .cloned()
        .unwrap_or_else(|| "1Gi".into());
    let class_object = ctx
        .state
        .store
        .get(&Key::new("storage.k8s.io/storageclasses", "", class))
        .cloned();
    let policy = class_object.map_or_else(
        || "Delete".to_owned(),
        |c| text(&c, &["reclaimPolicy"]).to_owned(),
    );
    let volume = json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": own, "annotations": {"pv.kubernetes.io/provisioned-by": "sandbox"}},
        "spec": {
            "capacity": {"storage": size}, "accessModes": claim["spec"]["accessModes"], "storageClassName": class,
            "persistentVolumeReclaimPolicy": policy, "hostPath": {"path": format!("/dev/null/{own}")},
        },
    });
    ctx.create("persistentvolumes", volume)?;
    Ok(own)
}

pub(super) fn volume(ctx: &mut Ctx<'_>, key: &Key, volume: &Arc<Value>) -> ApiResult<()> {
    let Some(reference) = at(volume, &["spec", "claimRef"]) else {
        return ctx.update(key, true, |volume| {
            set(volume, &["status", "phase"], "Available")
        });
    };
    let claim_key = Key::new(
        "persistentvolumeclaims",
        text(reference, &["namespace"]),
        text(reference, &["name"]),
    );
    let wanted = text(reference, &["uid"]);
    let is_there = ctx
        .state
        .store
        .get(&claim_key)
        .is_some_and(|claim| wanted.is_empty() || uid(claim) == wanted);
    if is_there || wanted.is_empty() {
        return Ok(());
    }
    if text(volume, &["spec", "persistentVolumeReclaimPolicy"]) == "Delete" {
        return ctx.delete(key);
    }
    ctx.update(key, true, |volume| {
        set(volume, &["status", "phase"], "Released")
    })
}
