//! Volumes and claims to them.

use super::age;
use crate::object::{at, is_terminating, items, name, text};
use serde_json::Value;

fn access_modes(object: &Value, path: &[&str]) -> String {
    let short = |mode: &Value| match mode.as_str() {
        Some("ReadWriteOnce") => "RWO",
        Some("ReadOnlyMany") => "ROX",
        Some("ReadWriteMany") => "RWX",
        Some("ReadWriteOncePod") => "RWOP",
        _ => "",
    };
    items(object, path)
        .iter()
        .map(short)
        .collect::<Vec<_>>()
        .join(",")
}

pub(super) fn claim(object: &Value, now: i64) -> Vec<Value> {
    let phase = if is_terminating(object) {
        "Terminating"
    } else {
        text(object, &["status", "phase"])
    };
    let bound = !text(object, &["spec", "volumeName"]).is_empty();
    let capacity = if bound {
        text(object, &["status", "capacity", "storage"]).to_owned()
    } else {
        String::new()
    };
    let modes = if bound {
        access_modes(object, &["status", "accessModes"])
    } else {
        String::new()
    };
    vec![
        name(object).into(),
        phase.into(),
        text(object, &["spec", "volumeName"]).into(),
        capacity.into(),
        modes.into(),
        text(object, &["spec", "storageClassName"]).into(),
        "<unset>".into(),
        age(object, now),
        text(object, &["spec", "volumeMode"]).into(),
    ]
}

pub(super) fn volume(object: &Value, now: i64) -> Vec<Value> {
    let claim = match at(object, &["spec", "claimRef"]) {
        Some(claim) => format!("{}/{}", text(claim, &["namespace"]), text(claim, &["name"])),
        None => String::new(),
    };
    vec![
        name(object).into(),
        text(object, &["spec", "capacity", "storage"]).into(),
        access_modes(object, &["spec", "accessModes"]).into(),
        text(object, &["spec", "persistentVolumeReclaimPolicy"]).into(),
        text(object, &["status", "phase"]).into(),
        claim.into(),
        text(object, &["spec", "storageClassName"]).into(),
        "<unset>".into(),
        text(object, &["status", "reason"]).into(),
        age(object, now),
        text(object, &["spec", "volumeMode"]).into(),
    ]
}
