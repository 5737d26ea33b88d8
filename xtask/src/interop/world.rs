//! What a cluster holds, in a form in which two clusters can be compared.

use std::collections::BTreeMap;
use std::io::Read;

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;

use super::mask::Masks;

/// Objects by kind, namespace and name.
pub(super) type World = BTreeMap<String, Value>;

/// Kinds that only report on others, or are made by the system for itself.
const PASSING: [&str; 9] = [
    "events",
    "events.events.k8s.io",
    "pods",
    "nodes",
    "endpoints",
    "endpointslices.discovery.k8s.io",
    "componentstatuses",
    "persistentvolumes",
    "csinodes.storage.k8s.io",
];

/// Field managers that are the control plane itself. What nobody else touched is nobody's.
const SYSTEM: [&str; 5] = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "controlplane",
];

/// Fields of an object's metadata that the server sets.
const SET_BY_SERVER: [&str; 5] = [
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "selfLink",
    "deletionTimestamp",
];

pub(super) fn is_of_interest(kind: &str) -> bool {
    !PASSING.contains(&kind)
}

/// Whether an object of a namespace or of the cluster was made by somebody, not by the control plane itself.
pub(super) fn is_somebodys(object: &Value, namespace: &str) -> bool {
    let meta = &object["metadata"];
    let here = match meta["namespace"].as_str() {
        Some(other) => other == namespace,
        None => object["kind"] != "Namespace" || meta["name"] == namespace,
    };
    here && meta["ownerReferences"].is_null() && managers(object).any(|entry| !is_system(entry))
}

/// What an object is called, in words.
pub(super) fn key(object: &Value) -> String {
    let meta = &object["metadata"];
    let place = meta["namespace"].as_str().unwrap_or("the cluster");
    format!(
        "{} {} in {place}",
        kind_and_group(object),
        text(&meta["name"])
    )
}

/// Whether something is still on its way out.
pub(super) fn is_settling(objects: &[Value]) -> bool {
    objects
        .iter()
        .any(|object| !object["metadata"]["deletionTimestamp"].is_null())
}

/// `kind/name` of the objects that no namespace takes with it.
pub(super) fn cluster_scoped(objects: &[Value]) -> Vec<String> {
    let of_cluster = objects
        .iter()
        .filter(|object| object["metadata"]["namespace"].is_null());
    of_cluster
        .map(|object| {
            format!(
                "{}/{}",
                kind_and_group(object),
                text(&object["metadata"]["name"])
            )
        })
        .collect()
}

/// Takes away what the server sets, and opens release records.
pub(super) fn normalise(objects: Vec<Value>, masks: &Masks) -> Result<World> {
    let mut world = World::new();
    for mut object in objects {
        let key = key(&object);
        let in_config_map = object["kind"] == "ConfigMap"
            && text(&object["metadata"]["name"]).starts_with("sh.helm.release.v1.");
        if in_config_map || object["type"] == "helm.sh/release.v1" {
            open_record(&mut object).with_context(|| format!("cannot read {key}"))?;
        }
        strip(&mut object);
        masks.value(&mut object);
        world.insert(key, object);
    }
    Ok(world)
}

fn kind_and_group(object: &Value) -> String {
    let group = text(&object["apiVersion"])
        .split_once('/')
        .map(|(group, _)| group);
    let kind = text(&object["kind"]);
    group.map_or(kind.to_owned(), |group| format!("{kind}.{group}"))
}

fn managers(object: &Value) -> impl Iterator<Item = &Value> {
    object["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
}

fn is_system(entry: &Value) -> bool {
    SYSTEM.contains(&text(&entry["manager"]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn strip(object: &mut Value) {
    let Some(fields) = object.as_object_mut() else {
        return;
    };
    fields.remove("status");
    // How often the controller has looked, not what anybody has done.
    if let Some(annotations) = fields
        .get_mut("metadata")
        .and_then(|meta| meta.get_mut("annotations"))
        .and_then(Value::as_object_mut)
    {
        annotations.remove("deployment.kubernetes.io/revision");
    }
    if let Some(meta) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in SET_BY_SERVER {
            meta.remove(field);
        }
        if let Some(Value::Array(entries)) = meta.get_mut("managedFields") {
            entries.retain(|entry| !is_system(entry));
            entries
                .iter_mut()
                .for_each(|entry| entry["time"] = Value::Null);
            entries.sort_by_key(|entry| {
                entry["manager"].to_string() + &entry["operation"].to_string()
            });
        }
    }
    if object["kind"] == "Service" {
        hide_assigned(&mut object["spec"]);
    }
}

/// Addresses and ports that the server deals out.
fn hide_assigned(spec: &mut Value) {
    let headless = spec["clusterIP"] == "None";
    let Some(fields) = spec.as_object_mut() else {
        return;
    };
    if !headless {
        fields.remove("clusterIP");
        fields.remove("clusterIPs");
    }
    fields.remove("healthCheckNodePort");
    for port in fields
        .get_mut("ports")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(port) = port.as_object_mut() {
            port.remove("nodePort");
        }
    }
}

/// Replaces the packed record of a release by what it says: base64 of the API in Secrets, base64 of Helm, gzip,
/// JSON. One that somebody has broken stays as it is.
pub(super) fn open_record(object: &mut Value) -> Result<()> {
    let mut packed = text(&object["data"]["release"]).as_bytes().to_vec();
    if object["kind"] == "Secret" {
        packed = BASE64_STANDARD.decode(packed).context("not base64")?;
    }
    let Ok(packed) = BASE64_STANDARD.decode(packed) else {
        return Ok(());
    };
    let mut json = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut json)
        .context("not gzip")?;
    object["data"]["release"] = serde_json::from_slice(&json).context("not JSON")?;
    Ok(())
}
