//! What stands in the columns of the built-in kinds, as `k8s.io/kubernetes/pkg/printers/internalversion` has them.

mod cluster;
mod network;
mod storage;
mod workloads;

use super::since;
use crate::object::{at, condition, fields, items, name, number, text};
use cluster::{binding, event, node};
use network::{endpoint_slice, endpoints, ingress, service};
use serde_json::Value;
use storage::{claim, volume};
use workloads::{autoscaler, cron_job, job, pod};

/// The cells of an object under its columns.
pub(super) fn of(group: &str, plural: &str, object: &Value, now: i64) -> Vec<Value> {
    let own = || Value::from(name(object));
    let age = || age(object, now);
    let count = |path: &[&str]| Value::from(number(object, path).unwrap_or(0));
    match (group, plural) {
        ("", "pods") => pod(object, now),
        ("", "replicationcontrollers") | ("apps", "replicasets") => {
            let head = vec![
                own(),
                count(&["spec", "replicas"]),
                count(&["status", "replicas"]),
                count(&["status", "readyReplicas"]),
                age(),
            ];
            with_wide(head, object)
        }
        ("", "services") => service(object, now),
        ("", "configmaps") => {
            let data = |path| fields(object, &[path]).map_or(0, serde_json::Map::len);
            vec![
                own(),
                (data("data") + data("binaryData")).to_string().into(),
                age(),
            ]
        }
        ("", "secrets") => {
            let data = fields(object, &["data"]).map_or(0, serde_json::Map::len);
            vec![
                own(),
                text(object, &["type"]).into(),
                data.to_string().into(),
                age(),
            ]
        }
        ("", "namespaces") => vec![own(), text(object, &["status", "phase"]).into(), age()],
        ("", "nodes") => node(object, now),
        ("", "endpoints") => vec![own(), endpoints(object).into(), age()],
        (_, "events") => event(object, now),
        ("", "persistentvolumeclaims") => claim(object, now),
        ("", "persistentvolumes") => volume(object, now),
        ("apps", "deployments") => {
            let ready = ratio(object, &["status", "readyReplicas"]);
            let head = vec![
                own(),
                ready,
                count(&["status", "updatedReplicas"]),
                count(&["status", "availableReplicas"]),
                age(),
            ];
            with_wide(head, object)
        }
        ("apps", "statefulsets") => {
            let (names, images) = containers(object, &["spec", "template", "spec"]);
            vec![
                own(),
                ratio(object, &["status", "readyReplicas"]),
                age(),
                names.into(),
                images.into(),
            ]
        }
        ("apps", "daemonsets") => {
            let numbers = [
                "desiredNumberScheduled",
                "currentNumberScheduled",
                "numberReady",
                "updatedNumberScheduled",
                "numberAvailable",
            ];
            let mut head = vec![own()];
            head.extend(numbers.iter().map(|field| count(&["status", field])));
            head.extend([
                labels(at(object, &["spec", "template", "spec", "nodeSelector"])).into(),
                age(),
            ]);
            with_wide(head, object)
        }
        ("batch", "jobs") => job(object, now),
        ("batch", "cronjobs") => cron_job(object, now),
        ("networking.k8s.io", "ingresses") => ingress(object, now),
        ("networking.k8s.io", "ingressclasses") => vec![
            own(),
            text(object, &["spec", "controller"]).into(),
            "<none>".into(),
            age(),
        ],
        ("networking.k8s.io", "networkpolicies") => {
            vec![
                own(),
                selector(at(object, &["spec", "podSelector"])).into(),
                age(),
            ]
        }
        ("policy", "poddisruptionbudgets") => {
            let shown =
                |field: &str| at(object, &["spec", field]).map_or_else(|| "N/A".to_owned(), plain);
            vec![
                own(),
                shown("minAvailable").into(),
                shown("maxUnavailable").into(),
                count(&["status", "disruptionsAllowed"]),
                age(),
            ]
        }
        ("autoscaling", "horizontalpodautoscalers") => autoscaler(object, now),
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => {
            binding(object, now)
        }
        ("rbac.authorization.k8s.io", _) | ("apiextensions.k8s.io", _) | ("", "limitranges") => {
            vec![
                own(),
                text(object, &["metadata", "creationTimestamp"]).into(),
            ]
        }
        ("storage.k8s.io", "storageclasses") => {
            let expansion = at(object, &["allowVolumeExpansion"]) == Some(&Value::Bool(true));
            let is_default = text(
                object,
                &[
                    "metadata",
                    "annotations",
                    "storageclass.kubernetes.io/is-default-class",
                ],
            ) == "true";
            let shown = if is_default {
                format!("{} (default)", name(object))
            } else {
                name(object).to_owned()
            };
            vec![
                shown.into(),
                text(object, &["provisioner"]).into(),
                text(object, &["reclaimPolicy"]).into(),
                text(object, &["volumeBindingMode"]).into(),
                expansion.to_string().into(),
                age(),
            ]
        }
        ("coordination.k8s.io", _) => vec![
            own(),
            text(object, &["spec", "holderIdentity"]).into(),
            age(),
        ],
        ("discovery.k8s.io", _) => endpoint_slice(object, now),
        ("scheduling.k8s.io", _) => {
            let is_default = at(object, &["globalDefault"]) == Some(&Value::Bool(true));
            vec![
                own(),
                count(&["value"]),
                is_default.into(),
                age(),
                text(object, &["preemptionPolicy"]).into(),
            ]
        }
        ("apiregistration.k8s.io", _) => {
            let service = match at(object, &["spec", "service"]) {
                Some(service) => format!(
                    "{}/{}",
                    text(service, &["namespace"]),
                    text(service, &["name"])
                ),
                None => "Local".to_owned(),
            };
            let available =
                condition(object, "Available").map_or("Unknown", |c| text(c, &["status"]));
            vec![own(), service.into(), available.into(), age()]
        }
        (
            "admissionregistration.k8s.io",
            "mutatingwebhookconfigurations" | "validatingwebhookconfigurations",
        ) => {
            vec![own(), items(object, &["webhooks"]).len().into(), age()]
        }
        _ => vec![own(), age()],
    }
}

pub(super) fn age(object: &Value, now: i64) -> Value {
    since(text(object, &["metadata", "creationTimestamp"]), now).into()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn or_none(text: String) -> String {
    if text.is_empty() {
        "<none>".to_owned()
    } else {
        text
    }
}

fn ratio(object: &Value, ready: &[&str]) -> Value {
    let wanted = number(object, &["spec", "replicas"]).unwrap_or(0);
    format!("{}/{wanted}", number(object, ready).unwrap_or(0)).into()
}

fn labels(map: Option<&Value>) -> String {
    let pairs = map.and_then(Value::as_object).into_iter().flatten();
    let mut pairs: Vec<String> = pairs
        .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()))
        .collect();
    pairs.sort();
    or_none(pairs.join(","))
}

fn selector(selector: Option<&Value>) -> String {
    let Some(selector) = selector else {
        return "<none>".to_owned();
    };
    let mut parts = Vec::new();
    if at(selector, &["matchLabels"]).is_some() {
        parts.push(labels(at(selector, &["matchLabels"])));
    }
    for expression in items(selector, &["matchExpressions"]) {
        let values: Vec<&str> = items(expression, &["values"])
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let key = text(expression, &["key"]);
        parts.push(match text(expression, &["operator"]) {
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            _ => format!("{key} in ({})", values.join(",")),
        });
    }
    or_none(parts.join(","))
}

fn containers(object: &Value, spec: &[&str]) -> (String, String) {
    let list = at(object, spec).map_or(&[][..], |spec| items(spec, &["containers"]));
    let join = |field: &str| {
        list.iter()
            .map(|c| text(c, &[field]))
            .collect::<Vec<_>>()
            .join(",")
    };
    (join("name"), join("image"))
}

fn with_wide(mut head: Vec<Value>, object: &Value) -> Vec<Value> {
    let (names, images) = containers(object, &["spec", "template", "spec"]);
    let own = at(object, &["spec", "selector"]);
    let is_plain =
        own.is_some_and(|s| s.get("matchLabels").is_none() && s.get("matchExpressions").is_none());
    let selector = if is_plain { labels(own) } else { selector(own) };
    head.extend([names.into(), images.into(), selector.into()]);
    head
}
