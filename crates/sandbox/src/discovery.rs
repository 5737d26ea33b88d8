//! Discovery: which groups, versions and resources there are, in the old form and the aggregated one.

use crate::body::Body;
use crate::kinds::{Kind, Kinds, Subresource, join};
use crate::server::{json_response, with_type};
use crate::status::{ApiError, ApiResult};
use http::{HeaderMap, Response, StatusCode, header};
use serde_json::{Map, Value, json};

/// `/api` or `/apis`: the aggregated form where the client takes it.
pub(crate) fn legacy_or_aggregated(
    kinds: &Kinds,
    headers: &HeaderMap,
    core: bool,
) -> Response<Body> {
    let groups = if core {
        vec![(String::new(), vec!["v1".to_owned()])]
    } else {
        kinds.groups()
    };
    if let Some(version) = aggregated_version(headers) {
        let items: Vec<Value> = groups
            .iter()
            .map(|(group, versions)| aggregated(kinds, group, versions))
            .collect();
        let list = json!({
            "kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{version}"),
            "metadata": {}, "items": items,
        });
        let kind = match version {
            "v2" => "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
            _ => "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        };
        return with_type(json_response(StatusCode::OK, &list), kind);
    }
    let found = if core {
        let addresses = json!([{"clientCIDR": "0.0.0.0/0", "serverAddress": ""}]);
        json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses})
    } else {
        let groups: Vec<Value> = groups
            .iter()
            .map(|(group, versions)| group_of(group, versions))
            .collect();
        json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
    };
    json_response(StatusCode::OK, &found)
}

/// The version of the aggregated form that stands first in the Accept header.
fn aggregated_version(headers: &HeaderMap) -> Option<&'static str> {
    let accept = headers.get(header::ACCEPT)?.to_str().ok()?;
    accept.split(',').find_map(|range| {
        let parts: Vec<&str> = range.split(';').map(str::trim).collect();
        let has = |part: &str| parts.contains(&part);
        let is_list = parts.first() == Some(&"application/json")
            && has("g=apidiscovery.k8s.io")
            && has("as=APIGroupDiscoveryList");
        match () {
            () if is_list && has("v=v2") => Some("v2"),
            () if is_list && has("v=v2beta1") => Some("v2beta1"),
            () => None,
        }
    })
}

fn aggregated(kinds: &Kinds, group: &str, versions: &[String]) -> Value {
    let version_of = |version: &String| {
        let resources: Vec<Value> = kinds
            .in_version(group, version)
            .map(|kind| aggregated_resource(kind))
            .collect();
        json!({"version": version, "resources": resources, "freshness": "Current"})
    };
    let metadata = if group.is_empty() {
        json!({"creationTimestamp": null})
    } else {
        json!({"name": group, "creationTimestamp": null})
    };
    json!({"metadata": metadata, "versions": versions.iter().map(version_of).collect::<Vec<_>>()})
}

fn aggregated_resource(kind: &Kind) -> Value {
    let mut resource = json!({
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": kind.singular,
        "verbs": kind.verbs,
    });
    add_list(&mut resource, "shortNames", &kind.short_names);
    add_list(&mut resource, "categories", &kind.categories);
    if !kind.subresources.is_empty() {
        let sub = |sub: &Subresource| {
            let group = sub.group.as_deref().unwrap_or(&kind.group);
            let version = sub.version.as_deref().unwrap_or(&kind.version);
            json!({"subresource": sub.name, "responseKind": {"group": group, "version": version, "kind": sub.kind}, "verbs": sub.verbs})
        };
        resource["subresources"] = kind.subresources.iter().map(sub).collect();
    }
    resource
}

fn add_list(object: &mut Value, key: &str, list: &[String]) {
    if !list.is_empty() {
        object[key] = json!(list);
    }
}

/// `/apis/group`.
pub(crate) fn group(kinds: &Kinds, name: &str) -> ApiResult<Value> {
    let groups = kinds.groups();
    let (group, versions) = groups
        .iter()
        .find(|(group, _)| group == name)
        .ok_or_else(ApiError::no_such_path)?;
    let mut found = group_of(group, versions);
    found["kind"] = "APIGroup".into();
    found["apiVersion"] = "v1".into();
    Ok(found)
}

fn group_of(group: &str, versions: &[String]) -> Value {
    let version_of =
        |version: &String| json!({"groupVersion": join(group, version), "version": version});
    json!({
        "name": group,
        "versions": versions.iter().map(version_of).collect::<Vec<_>>(),
        "preferredVersion": versions.first().map(version_of),
    })
}

/// `/api/v1` and `/apis/group/version`.
pub(crate) fn resources(kinds: &Kinds, group: &str, version: &str) -> ApiResult<Value> {
    let mut resources = Vec::new();
    for kind in kinds.in_version(group, version) {
        resources.push(resource(kind));
        resources.extend(kind.subresources.iter().map(|sub| subresource(kind, sub)));
    }
    if resources.is_empty() {
        return Err(ApiError::no_such_path());
    }
    Ok(json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": join(group, version), "resources": resources,
    }))
}

fn resource(kind: &Kind) -> Value {
    let mut resource = json!({
        "name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced, "kind": kind.kind,
        "verbs": kind.verbs,
    });
    add_list(&mut resource, "shortNames", &kind.short_names);
    add_list(&mut resource, "categories", &kind.categories);
    resource
}

fn subresource(kind: &Kind, sub: &Subresource) -> Value {
    let mut fields = Map::new();
    fields.insert(
        "name".into(),
        format!("{}/{}", kind.plural, sub.name).into(),
    );
    fields.insert("singularName".into(), "".into());
    fields.insert("namespaced".into(), kind.namespaced.into());
    for (key, value) in [("group", &sub.group), ("version", &sub.version)] {
        if let Some(value) = value {
            fields.insert(key.into(), value.as_str().into());
        }
    }
    fields.insert("kind".into(), sub.kind.as_str().into());
    fields.insert("verbs".into(), json!(sub.verbs));
    Value::Object(fields)
}

/// `/`: the paths that can be asked for.
pub(crate) fn paths(kinds: &Kinds) -> Value {
    let mut paths = vec!["/api".to_owned(), "/api/v1".to_owned(), "/apis".to_owned()];
    for (group, versions) in kinds.groups() {
        paths.push(format!("/apis/{group}"));
        paths.extend(
            versions
                .iter()
                .map(|version| format!("/apis/{group}/{version}")),
        );
    }
    paths.extend(
        [
            "/healthz",
            "/livez",
            "/openapi/v2",
            "/openapi/v3",
            "/readyz",
            "/version",
        ]
        .map(str::to_owned),
    );
    json!({"paths": paths})
}
