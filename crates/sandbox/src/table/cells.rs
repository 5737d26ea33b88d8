//! The columns of the built-in kinds, as `k8s.io/kubernetes/pkg/printers/internalversion` has them.

use super::{human, since};
use crate::clock::parse;
use crate::object::{at, condition, fields, is_terminating, items, name, number, text};
use serde_json::{Value, json};

const WORKLOAD_WIDE: &str = "Containers*,Images*,Selector*";

/// The titles of a kind's columns; a star marks those of `-o wide`.
pub(super) fn titles(group: &str, plural: &str) -> String {
    let titles = match (group, plural) {
        ("", "pods") => "Name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*",
        ("", "replicationcontrollers") | ("apps", "replicasets") => {
            return format!("Name,Desired,Current,Ready,Age,{WORKLOAD_WIDE}");
        }
        ("", "services") => "Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector*",
        ("", "configmaps") => "Name,Data,Age",
        ("", "secrets") => "Name,Type,Data,Age",
        ("", "namespaces") => "Name,Status,Age",
        ("", "nodes") => {
            "Name,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*"
        }
        ("", "endpoints") => "Name,Endpoints,Age",
        ("" | "events.k8s.io", "events") => {
            "Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name*"
        }
        ("", "persistentvolumeclaims") => {
            "Name,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode*"
        }
        ("", "persistentvolumes") => {
            "Name,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,VolumeMode*"
        }
        ("apps", "deployments") => {
            return format!("Name,Ready,Up-to-date,Available,Age,{WORKLOAD_WIDE}");
        }
        ("apps", "statefulsets") => "Name,Ready,Age,Containers*,Images*",
        ("apps", "daemonsets") => {
            return format!(
                "Name,Desired,Current,Ready,Up-to-date,Available,Node Selector,Age,{WORKLOAD_WIDE}"
            );
        }
        ("batch", "jobs") => {
            return format!("Name,Status,Completions,Duration,Age,{WORKLOAD_WIDE}");
        }
        ("batch", "cronjobs") => {
            return format!(
                "Name,Schedule,Timezone,Suspend,Active,Last Schedule,Age,{WORKLOAD_WIDE}"
            );
        }
        ("networking.k8s.io", "ingresses") => "Name,Class,Hosts,Address,Ports,Age",
        ("networking.k8s.io", "ingressclasses") => "Name,Controller,Parameters,Age",
        ("networking.k8s.io", "networkpolicies") => "Name,Pod-Selector,Age",
        ("policy", "poddisruptionbudgets") => {
            "Name,Min Available,Max Unavailable,Allowed Disruptions,Age"
        }
        ("autoscaling", "horizontalpodautoscalers") => {
            "Name,Reference,Targets,MinPods,MaxPods,Replicas,Age"
        }
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => {
            "Name,Role,Age,Users*,Groups*,ServiceAccounts*"
        }
        ("rbac.authorization.k8s.io", _) | ("apiextensions.k8s.io", _) | ("", "limitranges") => {
            "Name,Created At"
        }
        ("storage.k8s.io", "storageclasses") => {
            "Name,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age"
        }
        ("coordination.k8s.io", _) => "Name,Holder,Age",
        ("discovery.k8s.io", _) => "Name,AddressType,Ports,Endpoints,Age",
        ("scheduling.k8s.io", _) => "Name,Value,Global-Default,Age,PreemptionPolicy",
        ("apiregistration.k8s.io", _) => "Name,Service,Available,Age",
        (
            "admissionregistration.k8s.io",
            "mutatingwebhookconfigurations" | "validatingwebhookconfigurations",
        ) => "Name,Webhooks,Age",
        _ => "Name,Age",
    };
    titles.to_owned()
}

/// Whether the cells under a title are numbers.
pub(super) fn is_integer(title: &str) -> bool {
    matches!(
        title,
        "Desired"
            | "Current"
            | "Up-to-date"
            | "Available"
            | "Allowed Disruptions"
            | "Webhooks"
            | "Value"
            | "Active"
    )
}

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

fn pod(object: &Value, now: i64) -> Vec<Value> {
    let statuses = items(object, &["status", "containerStatuses"]);
    let ready = statuses
        .iter()
        .filter(|s| at(s, &["ready"]) == Some(&Value::Bool(true)))
        .count();
    let all = items(object, &["spec", "containers"]).len();
    let restarts: i64 = statuses
        .iter()
        .filter_map(|s| number(s, &["restartCount"]))
        .sum();
    let phase = text(object, &["status", "phase"]);
    let waiting = statuses.iter().find_map(|s| {
        at(s, &["state", "waiting", "reason"]).or_else(|| at(s, &["state", "terminated", "reason"]))
    });
    let status = match (is_terminating(object), waiting.and_then(Value::as_str)) {
        (true, _) => "Terminating",
        (false, Some(reason)) => reason,
        (false, None) => phase,
    };
    vec![
        name(object).into(),
        format!("{ready}/{all}").into(),
        status.into(),
        restarts.to_string().into(),
        age(object, now),
        or_none(text(object, &["status", "podIP"]).to_owned()).into(),
        or_none(text(object, &["spec", "nodeName"]).to_owned()).into(),
        "<none>".into(),
        "<none>".into(),
    ]
}

fn service(object: &Value, now: i64) -> Vec<Value> {
    let kind = text(object, &["spec", "type"]);
    let address = or_none(text(object, &["spec", "clusterIP"]).to_owned());
    let balancer: Vec<&str> = items(object, &["status", "loadBalancer", "ingress"])
        .iter()
        .map(|i| {
            if text(i, &["ip"]).is_empty() {
                text(i, &["hostname"])
            } else {
                text(i, &["ip"])
            }
        })
        .collect();
    let mut external: Vec<&str> = if kind == "LoadBalancer" {
        balancer
    } else {
        Vec::new()
    };
    external.extend(
        items(object, &["spec", "externalIPs"])
            .iter()
            .filter_map(Value::as_str),
    );
    let external = match (kind, &*external) {
        ("ExternalName", _) => text(object, &["spec", "externalName"]).to_owned(),
        ("LoadBalancer", []) => "<pending>".to_owned(),
        (_, list) => or_none(list.join(",")),
    };
    let port = |port: &Value| {
        let (number, protocol) = (
            number(port, &["port"]).unwrap_or(0),
            text(port, &["protocol"]),
        );
        match port.get("nodePort").and_then(Value::as_i64) {
            Some(node) if node > 0 => format!("{number}:{node}/{protocol}"),
            _ => format!("{number}/{protocol}"),
        }
    };
    let ports: Vec<String> = items(object, &["spec", "ports"]).iter().map(port).collect();
    vec![
        name(object).into(),
        kind.into(),
        address.into(),
        external.into(),
        or_none(ports.join(",")).into(),
        age(object, now),
        labels(at(object, &["spec", "selector"])).into(),
    ]
}

fn node(object: &Value, now: i64) -> Vec<Value> {
    let ready = condition(object, "Ready").map_or("Unknown", |c| {
        if text(c, &["status"]) == "True" {
            "Ready"
        } else {
            "NotReady"
        }
    });
    let roles = fields(object, &["metadata", "labels"])
        .into_iter()
        .flatten();
    let roles: Vec<&str> = roles
        .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
        .collect();
    let address = |kind: &str| {
        let found = items(object, &["status", "addresses"])
            .iter()
            .find(|a| text(a, &["type"]) == kind);
        or_none(
            found
                .map(|a| text(a, &["address"]).to_owned())
                .unwrap_or_default(),
        )
    };
    let info = |field: &str| {
        let found = text(object, &["status", "nodeInfo", field]);
        if found.is_empty() {
            "<unknown>".to_owned()
        } else {
            found.to_owned()
        }
    };
    vec![
        name(object).into(),
        ready.into(),
        or_none(roles.join(",")).into(),
        age(object, now),
        info("kubeletVersion").into(),
        address("InternalIP").into(),
        address("ExternalIP").into(),
        info("osImage").into(),
        info("kernelVersion").into(),
        info("containerRuntimeVersion").into(),
    ]
}

fn endpoints(object: &Value) -> String {
    let mut found = Vec::new();
    for subset in items(object, &["subsets"]) {
        for address in items(subset, &["addresses"]) {
            let ip = text(address, &["ip"]);
            let ports = items(subset, &["ports"]);
            found.extend(
                ports
                    .iter()
                    .map(|p| format!("{ip}:{}", number(p, &["port"]).unwrap_or(0))),
            );
            if ports.is_empty() {
                found.push(ip.to_owned());
            }
        }
    }
    let more = found.len().saturating_sub(3);
    found.truncate(3);
    let shown = or_none(found.join(","));
    if more > 0 {
        format!("{shown} + {more} more...")
    } else {
        shown
    }
}

fn event(object: &Value, now: i64) -> Vec<Value> {
    let either = |a: &[&str], b: &[&str]| {
        let first = text(object, a);
        if first.is_empty() {
            text(object, b).to_owned()
        } else {
            first.to_owned()
        }
    };
    let first = either(&["firstTimestamp"], &["eventTime"]);
    let last = either(&["lastTimestamp"], &["eventTime"]);
    let about = if object.get("regarding").is_some() {
        "regarding"
    } else {
        "involvedObject"
    };
    let subject = format!(
        "{}/{}",
        text(object, &[about, "kind"]).to_lowercase(),
        text(object, &[about, "name"])
    );
    let last = if last.is_empty() { first.clone() } else { last };
    vec![
        since(&last, now).into(),
        text(object, &["type"]).into(),
        text(object, &["reason"]).into(),
        subject.into(),
        text(object, &[about, "fieldPath"]).into(),
        either(&["source", "component"], &["reportingComponent"]).into(),
        either(&["message"], &["note"]).trim().into(),
        since(&first, now).into(),
        number(object, &["count"]).unwrap_or(1).to_string().into(),
        name(object).into(),
    ]
}

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

fn claim(object: &Value, now: i64) -> Vec<Value> {
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

fn volume(object: &Value, now: i64) -> Vec<Value> {
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

fn job(object: &Value, now: i64) -> Vec<Value> {
    let is = |kind: &str| condition(object, kind).is_some_and(|c| text(c, &["status"]) == "True");
    let status = match () {
        () if is("Complete") => "Complete",
        () if is("Failed") => "Failed",
        () if is_terminating(object) => "Terminating",
        () if is("Suspended") => "Suspended",
        () => "Running",
    };
    let done = number(object, &["status", "succeeded"]).unwrap_or(0);
    let completions = match (
        number(object, &["spec", "completions"]),
        number(object, &["spec", "parallelism"]),
    ) {
        (Some(wanted), _) => format!("{done}/{wanted}"),
        (None, Some(parallel)) if parallel > 1 => format!("{done}/1 of {parallel}"),
        _ => format!("{done}/1"),
    };
    let start = parse(text(object, &["status", "startTime"]));
    let end = parse(text(object, &["status", "completionTime"])).unwrap_or(now);
    let duration = start.map(|start| human(end - start)).unwrap_or_default();
    with_wide(
        vec![
            name(object).into(),
            status.into(),
            completions.into(),
            duration.into(),
            age(object, now),
        ],
        object,
    )
}

fn cron_job(object: &Value, now: i64) -> Vec<Value> {
    let zone = text(object, &["spec", "timeZone"]);
    let last = text(object, &["status", "lastScheduleTime"]);
    let last = if last.is_empty() {
        "<none>".to_owned()
    } else {
        since(last, now)
    };
    let suspended = at(object, &["spec", "suspend"]) == Some(&Value::Bool(true));
    let (names, images) = containers(object, &["spec", "jobTemplate", "spec", "template", "spec"]);
    vec![
        name(object).into(),
        text(object, &["spec", "schedule"]).into(),
        or_none(zone.to_owned()).into(),
        if suspended { "True" } else { "False" }.into(),
        items(object, &["status", "active"]).len().into(),
        last.into(),
        age(object, now),
        names.into(),
        images.into(),
        "<none>".into(),
    ]
}

fn ingress(object: &Value, now: i64) -> Vec<Value> {
    let class = text(object, &["spec", "ingressClassName"]);
    let class = if class.is_empty() {
        text(
            object,
            &["metadata", "annotations", "kubernetes.io/ingress.class"],
        )
    } else {
        class
    };
    let mut hosts: Vec<&str> = items(object, &["spec", "rules"])
        .iter()
        .map(|r| text(r, &["host"]))
        .filter(|h| !h.is_empty())
        .collect();
    let more = hosts.len().saturating_sub(3);
    hosts.truncate(3);
    let shown = match (hosts.is_empty(), more) {
        (true, _) => "*".to_owned(),
        (false, 0) => hosts.join(","),
        (false, more) => format!("{} + {more} more...", hosts.join(",")),
    };
    let addresses: Vec<&str> = items(object, &["status", "loadBalancer", "ingress"])
        .iter()
        .map(|i| text(i, &["ip"]))
        .collect();
    let ports = if items(object, &["spec", "tls"]).is_empty() {
        "80"
    } else {
        "80, 443"
    };
    vec![
        name(object).into(),
        or_none(class.to_owned()).into(),
        shown.into(),
        addresses.join(",").into(),
        ports.into(),
        age(object, now),
    ]
}

fn autoscaler(object: &Value, now: i64) -> Vec<Value> {
    let target = ["spec", "scaleTargetRef"];
    let reference = format!(
        "{}/{}",
        text(object, &[target[0], target[1], "kind"]),
        text(object, &[target[0], target[1], "name"])
    );
    let metric = |metric: &Value| {
        let resource = text(metric, &["resource", "name"]);
        match at(metric, &["resource", "target", "averageUtilization"]) {
            Some(wanted) => format!("{resource}: <unknown>/{wanted}%"),
            None => "<unknown>".to_owned(),
        }
    };
    let metrics: Vec<String> = items(object, &["spec", "metrics"])
        .iter()
        .map(metric)
        .collect();
    let count = |path: &[&str]| number(object, path).unwrap_or(0).to_string();
    vec![
        name(object).into(),
        reference.into(),
        or_none(metrics.join(", ")).into(),
        count(&["spec", "minReplicas"]).into(),
        count(&["spec", "maxReplicas"]).into(),
        json!(number(object, &["status", "currentReplicas"]).unwrap_or(0)),
        age(object, now),
    ]
}

fn binding(object: &Value, now: i64) -> Vec<Value> {
    let role = format!(
        "{}/{}",
        text(object, &["roleRef", "kind"]),
        text(object, &["roleRef", "name"])
    );
    let subjects = |kind: &str| {
        let own = items(object, &["subjects"])
            .iter()
            .filter(|s| text(s, &["kind"]) == kind);
        let shown = own.map(|s| match text(s, &["namespace"]) {
            "" => text(s, &["name"]).to_owned(),
            namespace => format!("{namespace}/{}", text(s, &["name"])),
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    vec![
        name(object).into(),
        role.into(),
        age(object, now),
        subjects("User").into(),
        subjects("Group").into(),
        subjects("ServiceAccount").into(),
    ]
}

fn endpoint_slice(object: &Value, now: i64) -> Vec<Value> {
    let ports: Vec<String> = items(object, &["ports"])
        .iter()
        .map(|p| number(p, &["port"]).unwrap_or(0).to_string())
        .collect();
    let addresses = items(object, &["endpoints"])
        .iter()
        .flat_map(|e| items(e, &["addresses"]));
    let addresses: Vec<&str> = addresses.filter_map(Value::as_str).collect();
    let unset = |text: String| {
        if text.is_empty() {
            "<unset>".to_owned()
        } else {
            text
        }
    };
    vec![
        name(object).into(),
        text(object, &["addressType"]).into(),
        unset(ports.join(",")).into(),
        unset(addresses.join(",")).into(),
        age(object, now),
    ]
}
