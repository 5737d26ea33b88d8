//! What an update cannot change.

use crate::kinds::Kind;
use crate::object::{at, fields, same, text};
use crate::status::Cause;
use serde_json::{Value, json};

pub(super) fn check_immutable(kind: &Kind, live: &Value, new: &Value, causes: &mut Vec<Cause>) {
    if kind.custom.is_some() {
        return;
    }
    let mut same_field = |path: &str| {
        let steps: Vec<&str> = path.split('.').collect();
        let (old, now) = (at(live, &steps), at(new, &steps));
        let is_same = match (old, now) {
            (Some(old), Some(now)) => same(old, now),
            (old, now) => old.is_none() == now.is_none(),
        };
        if !is_same {
            causes.push(Cause::invalid(
                path,
                now.unwrap_or(&Value::Null),
                "field is immutable",
            ));
        }
    };
    match (&*kind.group, &*kind.plural) {
        ("apps", "deployments" | "replicasets" | "daemonsets") => same_field("spec.selector"),
        ("batch", "jobs") => {
            same_field("spec.selector");
            same_field("spec.completions");
            same_field("spec.template");
        }
        ("", "secrets") => same_field("type"),
        ("storage.k8s.io", "storageclasses") => [
            "provisioner",
            "parameters",
            "reclaimPolicy",
            "volumeBindingMode",
        ]
        .into_iter()
        .for_each(same_field),
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings")
            if !same(&live["roleRef"], &new["roleRef"]) =>
        {
            causes.push(Cause::invalid(
                "roleRef",
                &new["roleRef"],
                "cannot change roleRef",
            ));
        }
        ("apps", "statefulsets") => check_stateful_set_update(live, new, causes),
        ("", "services") => {
            let (old, now) = (
                text(live, &["spec", "clusterIP"]),
                text(new, &["spec", "clusterIP"]),
            );
            let is_kept = text(new, &["spec", "type"]) == "ExternalName"
                || text(live, &["spec", "type"]) == "ExternalName";
            if !is_kept && !old.is_empty() && old != now {
                causes.push(Cause::invalid(
                    "spec.clusterIPs[0]",
                    &json!([now]),
                    "may not change once set",
                ));
            }
        }
        ("", "persistentvolumeclaims") => check_claim_update(live, new, causes),
        _ => {}
    }
    if matches!(&*kind.plural, "secrets" | "configmaps")
        && at(live, &["immutable"]) == Some(&Value::Bool(true))
        && kind.group.is_empty()
    {
        for part in ["data", "binaryData"] {
            if !same(
                live.get(part).unwrap_or(&Value::Null),
                new.get(part).unwrap_or(&Value::Null),
            ) {
                causes.push(Cause::forbidden(
                    part,
                    "field is immutable when `immutable` is set",
                ));
            }
        }
    }
}

fn check_stateful_set_update(live: &Value, new: &Value, causes: &mut Vec<Cause>) {
    const MUTABLE: &[&str] = &[
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    let fixed = |object: &Value| {
        let mut spec = fields(object, &["spec"]).cloned().unwrap_or_default();
        MUTABLE.iter().for_each(|field| {
            spec.shift_remove(*field);
        });
        Value::Object(spec)
    };
    if !same(&fixed(live), &fixed(new)) {
        let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        causes.push(Cause::forbidden("spec", detail));
    }
}

fn check_claim_update(live: &Value, new: &Value, causes: &mut Vec<Cause>) {
    let fixed = |object: &Value| {
        let mut spec = fields(object, &["spec"]).cloned().unwrap_or_default();
        for field in ["resources", "volumeName", "volumeAttributesClassName"] {
            spec.shift_remove(field);
        }
        Value::Object(spec)
    };
    if !same(&fixed(live), &fixed(new)) {
        let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        causes.push(Cause::forbidden("spec", detail));
    }
}
