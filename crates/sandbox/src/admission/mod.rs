//! What the server adds to objects and does with them beside storing them.

pub(crate) mod defaults;

use crate::crd;
use crate::kinds::Kind;
use crate::object::{at, items, name, remove, set, set_default, text, uid};
use crate::server::State;
use crate::status::{ApiError, ApiResult};
use crate::store::Key;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What holds a claim until no pod uses it.
pub(crate) const PVC_PROTECTION: &str = "kubernetes.io/pvc-protection";

/// Namespaces that every cluster has and nobody deletes.
pub(crate) const PERMANENT: &[&str] = &["default", "kube-system", "kube-public", "kube-node-lease"];

/// Completes an object that is about to be created: what needs its uid or the other objects.
pub(crate) fn on_create(state: &State, kind: &Kind, object: &mut Value) -> ApiResult<()> {
    if kind.custom.is_some() {
        return Ok(());
    }
    match (&*kind.group, &*kind.plural) {
        ("", "namespaces") => {
            set(object, &["spec", "finalizers"], json!(["kubernetes"]));
            set(object, &["status", "phase"], "Active");
        }
        ("", "pods") => complete_pod(object),
        ("", "persistentvolumeclaims") => {
            set(object, &["status"], json!({"phase": "Pending"}));
            set(object, &["metadata", "finalizers"], json!([PVC_PROTECTION]));
            choose_class(state, object);
        }
        ("", "persistentvolumes") => set(object, &["status"], json!({"phase": "Pending"})),
        ("", "services") => allocate(state, object)?,
        ("batch", "jobs") => select_own_pods(object),
        ("apiextensions.k8s.io", "customresourcedefinitions") => crd::on_create(object),
        _ => {}
    }
    Ok(())
}

/// Completes an update: a service that changes its type gets or gives back its addresses.
pub(crate) fn on_update(
    state: &State,
    kind: &Kind,
    live: &Value,
    new: &mut Value,
) -> ApiResult<()> {
    if !kind.is("", "services") {
        return Ok(());
    }
    let has_node_ports = |service: &Value| {
        matches!(
            text(service, &["spec", "type"]),
            "NodePort" | "LoadBalancer"
        )
    };
    if has_node_ports(live)
        && !has_node_ports(new)
        && let Some(Value::Array(ports)) = new.pointer_mut("/spec/ports")
    {
        ports.iter_mut().for_each(|port| {
            remove(port, &["nodePort"]);
        });
    }
    if text(new, &["spec", "type"]) == "ExternalName" {
        remove(new, &["spec", "clusterIP"]);
        remove(new, &["spec", "clusterIPs"]);
    }
    allocate(state, new)
}

/// What the API server's own admission adds to a pod.
fn complete_pod(pod: &mut Value) {
    set(
        pod,
        &["status"],
        json!({"phase": "Pending", "qosClass": qos(pod)}),
    );
    set_default(pod, &["spec", "preemptionPolicy"], "PreemptLowerPriority");
    set_default(pod, &["spec", "priority"], 0);
    set_default(pod, &["spec", "serviceAccountName"], "default");
    let account = text(pod, &["spec", "serviceAccountName"]).to_owned();
    set(pod, &["spec", "serviceAccount"], account);
    let mut tolerations = items(pod, &["spec", "tolerations"]).to_vec();
    for key in [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ] {
        let is_tolerated = |toleration: &Value| {
            matches!(text(toleration, &["key"]), "") || text(toleration, &["key"]) == key
        };
        if !tolerations.iter().any(is_tolerated) {
            tolerations.push(json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}));
        }
    }
    set(pod, &["spec", "tolerations"], tolerations);
}

/// A claim that names no class gets the one that is marked as the default.
fn choose_class(state: &State, claim: &mut Value) {
    if at(claim, &["spec", "storageClassName"]).is_some() {
        return;
    }
    let classes: Arc<str> = "storage.k8s.io/storageclasses".into();
    let is_default = |class: &Value| {
        text(
            class,
            &[
                "metadata",
                "annotations",
                "storageclass.kubernetes.io/is-default-class",
            ],
        ) == "true"
    };
    let found = state
        .store
        .list(&classes, None)
        .find(|(_, class)| is_default(class))
        .map(|(key, _)| key.name.clone());
    if let Some(class) = found {
        set(claim, &["spec", "storageClassName"], class);
    }
}

/// Follows up on a stored change: a definition serves its resources at once.
pub(crate) fn after_write(state: &mut State, kind: &Kind, object: &Arc<Value>) {
    if kind.is("apiextensions.k8s.io", "customresourcedefinitions") {
        crd::register(state, object);
    }
}

/// Follows up on a deletion: with a definition go its resources and their objects.
pub(crate) fn after_delete(state: &mut State, kind: &Kind, object: &Value) {
    if kind.is("apiextensions.k8s.io", "customresourcedefinitions") {
        crd::unregister(state, object);
    }
}

/// Refuses to delete what must not go.
pub(crate) fn check_delete(kind: &Kind, object: &Value) -> ApiResult<()> {
    if kind.is("", "namespaces") && PERMANENT[..3].contains(&name(object)) {
        return Err(ApiError::forbidden(
            "",
            "namespaces",
            name(object),
            "this namespace may not be deleted",
        ));
    }
    Ok(())
}

/// The quality of service class of a pod.
fn qos(pod: &Value) -> &'static str {
    let containers = items(pod, &["spec", "containers"])
        .iter()
        .chain(items(pod, &["spec", "initContainers"]));
    let (mut any, mut all) = (false, true);
    for container in containers {
        for resource in ["cpu", "memory"] {
            let request = at(container, &["resources", "requests", resource]);
            let limit = at(container, &["resources", "limits", resource]);
            any |= request.is_some() || limit.is_some();
            all &= limit.is_some() && (request.is_none() || request == limit);
        }
    }
    match (any, all) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

/// Gives a service its address and node ports, or checks those that it asks for.
pub(crate) fn allocate(state: &State, service: &mut Value) -> ApiResult<()> {
    if text(service, &["spec", "type"]) == "ExternalName" {
        return Ok(());
    }
    let services: Arc<str> = "services".into();
    let own = uid(service).to_owned();
    let others: Vec<&Arc<Value>> = state
        .store
        .list(&services, None)
        .map(|(_, s)| s)
        .filter(|s| uid(s) != own)
        .collect();
    set_default(service, &["spec", "ipFamilies"], json!(["IPv4"]));
    set_default(service, &["spec", "ipFamilyPolicy"], "SingleStack");
    let address = text(service, &["spec", "clusterIP"]).to_owned();
    if address.is_empty() {
        let used: BTreeSet<&str> = others
            .iter()
            .map(|s| text(s, &["spec", "clusterIP"]))
            .collect();
        let all = (0..=255_u8)
            .flat_map(|high| (2..=254_u8).map(move |low| format!("10.96.{high}.{low}")));
        let free = all.into_iter().find(|address| !used.contains(&**address));
        let free = free
            .ok_or_else(|| ApiError::internal("failed to allocate a serviceIP: range is full"))?;
        set(service, &["spec", "clusterIP"], free);
    } else if address != "None"
        && others
            .iter()
            .any(|s| text(s, &["spec", "clusterIP"]) == address)
    {
        let cause = crate::status::Cause::invalid(
            "spec.clusterIPs",
            &json!([address]),
            &format!("failed to allocate IP {address}: provided IP is already allocated"),
        );
        return Err(ApiError::invalid("", "Service", name(service), &[cause]));
    }
    let address = text(service, &["spec", "clusterIP"]).to_owned();
    set(service, &["spec", "clusterIPs"], json!([address]));
    if matches!(
        text(service, &["spec", "type"]),
        "NodePort" | "LoadBalancer"
    ) {
        allocate_node_ports(&others, service)?;
    }
    Ok(())
}

fn allocate_node_ports(others: &[&Arc<Value>], service: &mut Value) -> ApiResult<()> {
    if text(service, &["spec", "type"]) == "LoadBalancer"
        && at(service, &["spec", "allocateLoadBalancerNodePorts"]) == Some(&Value::Bool(false))
    {
        return Ok(());
    }
    let ports = |s: &Value| -> Vec<i64> {
        items(s, &["spec", "ports"])
            .iter()
            .filter_map(|port| at(port, &["nodePort"])?.as_i64())
            .collect()
    };
    let mut used: BTreeSet<i64> = others.iter().flat_map(|s| ports(s)).collect();
    let service_name = name(service).to_owned();
    if let Some(taken) = ports(service).into_iter().find(|port| used.contains(port)) {
        let cause = crate::status::Cause::invalid(
            "spec.ports[0].nodePort",
            &json!(taken),
            "provided port is already allocated",
        );
        return Err(ApiError::invalid("", "Service", &service_name, &[cause]));
    }
    used.extend(ports(service));
    let Some(Value::Array(list)) = service.pointer_mut("/spec/ports") else {
        return Ok(());
    };
    for port in list
        .iter_mut()
        .filter(|port| at(port, &["nodePort"]).and_then(Value::as_i64).unwrap_or(0) == 0)
    {
        let free = (30_000..=32_767).find(|port| !used.contains(port));
        let free =
            free.ok_or_else(|| ApiError::internal("failed to allocate a nodePort: range is full"))?;
        used.insert(free);
        set(port, &["nodePort"], free);
    }
    Ok(())
}

/// A job selects the pods that carry its uid.
fn select_own_pods(job: &mut Value) {
    if at(job, &["spec", "manualSelector"]) == Some(&Value::Bool(true)) {
        return;
    }
    let (uid, name) = (uid(job).to_owned(), name(job).to_owned());
    let prefix = "batch.kubernetes.io/";
    for (label, value) in [("controller-uid", &uid), ("job-name", &name)] {
        for label in [label.to_owned(), format!("{prefix}{label}")] {
            set(
                job,
                &["spec", "template", "metadata", "labels", &label],
                value.as_str(),
            );
        }
    }
    let own = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}});
    set(job, &["spec", "selector"], own);
    if at(job, &["metadata", "labels"]).is_none()
        && let Some(labels) = at(job, &["spec", "template", "metadata", "labels"]).cloned()
    {
        set(job, &["metadata", "labels"], labels);
    }
}

/// What every namespace has from the start.
pub(crate) fn namespace_contents(state: &State, namespace: &str) -> Vec<(&'static str, Value)> {
    let absent = |resource: &str, name: &str| {
        state
            .store
            .get(&Key::new(resource, namespace, name))
            .is_none()
    };
    let mut found = Vec::new();
    let metadata = |name: &str| json!({"name": name, "namespace": namespace});
    if absent("serviceaccounts", "default") {
        found.push((
            "serviceaccounts",
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata("default")}),
        ));
    }
    if absent("configmaps", "kube-root-ca.crt") {
        let mut map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("kube-root-ca.crt"), "data": {"ca.crt": ""}});
        let note = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";
        set_default(
            &mut map,
            &["metadata", "annotations"],
            json!({"kubernetes.io/description": note}),
        );
        found.push(("configmaps", map));
    }
    found
}
