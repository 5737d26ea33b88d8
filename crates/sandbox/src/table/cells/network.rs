//! Services and what leads to them.

use super::{age, labels, or_none};
use crate::object::{at, items, name, number, text};
use serde_json::Value;

pub(super) fn service(object: &Value, now: i64) -> Vec<Value> {
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

pub(super) fn endpoints(object: &Value) -> String {
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

pub(super) fn ingress(object: &Value, now: i64) -> Vec<Value> {
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

pub(super) fn endpoint_slice(object: &Value, now: i64) -> Vec<Value> {
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
