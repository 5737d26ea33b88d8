//! Services, ingresses and API services: addresses, as far as there is a network.

use super::{Ctx, is_ready, owner_reference, set_condition};
use crate::names;
use crate::object::{at, items, name, namespace, number, set, text, uid};
use crate::selector::Selector;
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Value, json};
use std::sync::Arc;

/// Where everything of the sandbox is.
const LOOPBACK: &str = "127.0.0.1";

pub(super) fn service(ctx: &mut Ctx<'_>, key: &Key, service: &Arc<Value>) -> ApiResult<()> {
    if text(service, &["spec", "type"]) == "LoadBalancer" {
        ctx.update(key, true, |service| {
            set(
                service,
                &["status", "loadBalancer"],
                json!({"ingress": [{"ip": LOOPBACK, "ipMode": "VIP"}]}),
            );
        })?;
    }
    let Some(selector) = at(service, &["spec", "selector"]) else {
        return Ok(());
    };
    let selector = Selector::of_object(&json!({"matchLabels": selector}));
    if selector.is_empty() {
        return Ok(());
    }
    let pods: Arc<str> = "pods".into();
    let selected: Vec<Arc<Value>> = ctx
        .state
        .store
        .list(&pods, Some(&key.namespace))
        .filter(|(_, pod)| selector.matches(pod) && is_ready(pod))
        .map(|(_, pod)| Arc::clone(pod))
        .collect();
    endpoints(ctx, service, &selected)?;
    endpoint_slice(ctx, service, &selected)
}

/// The port of a pod that a port of a service leads to.
fn target(port: &Value, pod: Option<&Arc<Value>>) -> i64 {
    let own = number(port, &["port"]).unwrap_or(0);
    match at(port, &["targetPort"]) {
        Some(Value::Number(number)) => number.as_i64().unwrap_or(own),
        Some(Value::String(wanted)) => {
            let containers = pod
                .map(|pod| items(pod, &["spec", "containers"]))
                .unwrap_or_default();
            let named = containers
                .iter()
                .flat_map(|c| items(c, &["ports"]))
                .find(|p| text(p, &["name"]) == wanted);
            named
                .and_then(|p| number(p, &["containerPort"]))
                .unwrap_or(own)
        }
        _ => own,
    }
}

fn ports(service: &Value, pods: &[Arc<Value>]) -> Value {
    let port = |port: &Value| {
        let mut out =
            json!({"port": target(port, pods.first()), "protocol": text(port, &["protocol"])});
        if let Some(name) = at(port, &["name"]) {
            set(&mut out, &["name"], name.clone());
        }
        out
    };
    items(service, &["spec", "ports"])
        .iter()
        .map(port)
        .collect()
}

fn pod_reference(pod: &Value) -> Value {
    json!({"kind": "Pod", "name": name(pod), "namespace": namespace(pod), "uid": uid(pod)})
}

fn endpoints(ctx: &mut Ctx<'_>, service: &Value, pods: &[Arc<Value>]) -> ApiResult<()> {
    let address = |pod: &Arc<Value>| json!({"ip": text(pod, &["status", "podIP"]), "nodeName": text(pod, &["spec", "nodeName"]), "targetRef": pod_reference(pod)});
    let subsets = if pods.is_empty() {
        json!([])
    } else {
        let addresses: Vec<Value> = pods.iter().map(address).collect();
        json!([{"addresses": addresses, "ports": ports(service, pods)}])
    };
    let object = json!({
        "apiVersion": "v1", "kind": "Endpoints",
        "metadata": {"name": name(service), "namespace": namespace(service), "labels": at(service, &["metadata", "labels"]).cloned().unwrap_or_else(|| json!({})),
            "ownerReferences": [owner_reference(service)]},
        "subsets": subsets,
    });
    put(ctx, "endpoints", object, "subsets")
}

fn endpoint_slice(ctx: &mut Ctx<'_>, service: &Value, pods: &[Arc<Value>]) -> ApiResult<()> {
    let endpoint = |pod: &Arc<Value>| {
        json!({
            "addresses": [text(pod, &["status", "podIP"])],
            "conditions": {"ready": true, "serving": true, "terminating": false},
            "nodeName": text(pod, &["spec", "nodeName"]),
            "targetRef": pod_reference(pod),
        })
    };
    let mut object = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {
            "name": format!("{}-{}", name(service), names::hash(uid(service))),
            "namespace": namespace(service),
            "labels": {"kubernetes.io/service-name": name(service), "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"},
            "ownerReferences": [owner_reference(service)],
        },
        "endpoints": pods.iter().map(endpoint).collect::<Vec<_>>(),
    });
    set(&mut object, &["ports"], ports(service, pods));
    put(ctx, "discovery.k8s.io/endpointslices", object, "endpoints")
}

/// Creates an object, or brings one part of it up to date.
fn put(ctx: &mut Ctx<'_>, resource: &str, object: Value, part: &str) -> ApiResult<()> {
    let key = Key::new(resource, namespace(&object), name(&object));
    if ctx.state.store.get(&key).is_none() {
        return ctx.create(resource, object).map(|_| ());
    }
    ctx.update(&key, false, |live| {
        set(live, &[part], object[part].clone());
        if let Some(ports) = object.get("ports") {
            set(live, &["ports"], ports.clone());
        }
    })
}

pub(super) fn ingress(ctx: &mut Ctx<'_>, key: &Key, ingress: &Arc<Value>) -> ApiResult<()> {
    if !items(ingress, &["status", "loadBalancer", "ingress"]).is_empty() {
        return Ok(());
    }
    ctx.update(key, true, |ingress| {
        set(
            ingress,
            &["status", "loadBalancer"],
            json!({"ingress": [{"ip": LOOPBACK}]}),
        );
    })
}

/// An API that another server would serve is not available here, and says so.
pub(super) fn api_service(ctx: &mut Ctx<'_>, key: &Key, service: &Arc<Value>) -> ApiResult<()> {
    let is_local = at(service, &["spec", "service"]).is_none();
    let now = ctx.now.clone();
    ctx.update(key, true, |service| {
        let condition = if is_local {
            json!({"type": "Available", "status": "True", "reason": "Local", "message": "Local APIServices are always available"})
        } else {
            let message = "the sandbox runs no containers, so nothing serves this API";
            json!({"type": "Available", "status": "False", "reason": "FailedDiscoveryCheck", "message": message})
        };
        set_condition(service, condition, &now);
    })
}
