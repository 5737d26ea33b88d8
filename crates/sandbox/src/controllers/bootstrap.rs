//! What a new sandbox has: the namespaces, the node and the roles that every cluster has.

use super::NODE;
use crate::admission::PERMANENT;
use crate::clock::rfc3339;
use crate::handlers::{Context, create_object};
use crate::object::{set, text};
use crate::sandbox::Options;
use crate::server::State;
use crate::store::Key;
use serde_json::{Value, json};

/// Fills a new sandbox; one that has the namespace `default` is left as it is.
pub(crate) fn bootstrap(state: &mut State, options: &Options) {
    if state
        .store
        .get(&Key::new("namespaces", "", "default"))
        .is_some()
    {
        return;
    }
    let now = rfc3339(options.clock.now());
    let namespace =
        |name: &&str| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let namespaces = PERMANENT.iter().map(namespace);
    let rest = [service(), storage_class()];
    let objects: Vec<Value> = namespaces
        .chain(rest)
        .chain(roles())
        .chain(priorities())
        .collect();
    let context = Context::of_controller("kube-apiserver", "", now.clone());
    for object in objects {
        let kind = state
            .kinds
            .of_kind(text(&object, &["apiVersion"]), text(&object, &["kind"]))
            .cloned();
        if let Some(kind) = kind {
            // The objects are ours and good; on a full disk the next start tries again.
            let _ = create_object(state, &kind, object, &context);
        }
    }
    add_node(state, &options.version, &now);
    let everywhere: Vec<(&str, Value)> = PERMANENT
        .iter()
        .flat_map(|namespace| crate::admission::namespace_contents(state, namespace))
        .collect();
    for (resource, object) in everywhere {
        if let Some(kind) = state.kinds.of_storage(resource).cloned() {
            let _ = create_object(state, &kind, object, &context);
        }
    }
}

fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default", "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
    })
}

fn storage_class() -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "sandbox",
        "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    })
}

/// The roles that people bind to. They are stored and not evaluated.
fn roles() -> impl Iterator<Item = Value> {
    let rule = |verbs: Value| json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": verbs}]);
    let write = json!([
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch"
    ]);
    let read = json!(["get", "list", "watch"]);
    let all = json!(["*"]);
    [("cluster-admin", all.clone()), ("admin", all), ("edit", write), ("view", read)].into_iter().map(move |(name, verbs)| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rule(verbs)})
    })
}

fn priorities() -> impl Iterator<Item = Value> {
    [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)].into_iter().map(|(name, value)| {
        json!({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name}, "value": value})
    })
}

fn add_node(state: &mut State, version: &str, now: &str) {
    let capacity =
        json!({"cpu": "64", "memory": "256Gi", "pods": "10000", "ephemeral-storage": "1Ti"});
    let condition = |kind: &str, status: &str, reason: &str| json!({"type": kind, "status": status, "reason": reason, "lastHeartbeatTime": now, "lastTransitionTime": now});
    let arch = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "amd64"
    };
    let mut node = json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": NODE, "uid": crate::names::uid(), "creationTimestamp": now,
            "labels": {
                "kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux", "kubernetes.io/arch": arch,
                "node-role.kubernetes.io/control-plane": "",
            },
        },
        "spec": {"podCIDR": "10.244.0.0/16"},
    });
    let status = json!({
        "capacity": capacity, "allocatable": capacity,
        "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": NODE}],
        "conditions": [condition("Ready", "True", "KubeletReady")],
        "nodeInfo": {"kubeletVersion": version, "osImage": "sandbox", "operatingSystem": "linux", "architecture": arch,
            "containerRuntimeVersion": "none://0", "kernelVersion": "none", "machineID": "", "systemUUID": "", "bootID": "", "kubeProxyVersion": ""},
    });
    set(&mut node, &["status"], status);
    state.store.put(Key::new("nodes", "", NODE), node);
}
