//! The OpenAPI documents: the schemas of Kubernetes without their prose, those of custom resources, and
//! the paths with the parameters that clients look for.

use crate::body::Body;
use crate::kinds::{Kind, Kinds, join};
use crate::names;
use crate::schema;
use crate::server::{json_response, with_type};
use crate::status::{ApiError, ApiResult};
use http::request::Parts;
use http::{Response, StatusCode, header};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const COMPONENTS: &str = "#/components/schemas/";
const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1";

const V2_JSON: [&str; 3] = ["application/json", "application/*", "*/*"];
/// How a client asks for version 2 as protobuf.
const V2_PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/// Answers `/openapi/v2` and `/openapi/v3/…`.
pub(crate) fn answer(
    kinds: &Kinds,
    path: &[&str],
    parts: &Parts,
    version: &str,
) -> ApiResult<Response<Body>> {
    match *path {
        ["v2"] => v2(kinds, parts, version),
        ["v3"] => Ok(json_response(StatusCode::OK, &index(kinds))),
        ["v3", "api", v] => document(kinds, "", v, version),
        ["v3", "apis", group, v] => document(kinds, group, v, version),
        _ => Err(ApiError::no_such_path()),
    }
}

/// The list of documents; the hash in each address changes with the kinds in it.
fn index(kinds: &Kinds) -> Value {
    let mut paths = Map::new();
    let mut add = |group: &str, version: &str| {
        let prefix = if group.is_empty() { "api" } else { "apis" };
        let path = format!("{prefix}/{}", join(group, version));
        let content: String = kinds
            .in_version(group, version)
            .map(|kind| fingerprint(kind))
            .collect();
        let url = format!("/openapi/v3/{path}?hash={}", names::hash(&content));
        paths.insert(path, json!({"serverRelativeURL": url}));
    };
    add("", "v1");
    for (group, versions) in kinds.groups() {
        versions.iter().for_each(|version| add(&group, version));
    }
    json!({"paths": paths})
}

fn fingerprint(kind: &Kind) -> String {
    let schema = kind
        .custom
        .as_ref()
        .map(|custom| custom.raw_schema().to_string());
    format!("{}{}", kind.kind, schema.unwrap_or_default())
}

fn document(kinds: &Kinds, group: &str, version: &str, server: &str) -> ApiResult<Response<Body>> {
    let found: Vec<&Arc<Kind>> = kinds.in_version(group, version).collect();
    if found.is_empty() {
        return Err(ApiError::no_such_path());
    }
    let mut paths = Map::new();
    found
        .iter()
        .for_each(|kind| add_paths(&mut paths, kind, operation_v3));
    let document = json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": server},
        "paths": paths,
        "components": {"schemas": schemas(found.into_iter(), false)},
    });
    Ok(json_response(StatusCode::OK, &document))
}

/// The whole in version 2. Clients that read it as protobuf have looked for a kind in version 3 before,
/// without success; what they get names no kind at all, so that they leave the judgement to the server.
fn v2(kinds: &Kinds, parts: &Parts, server: &str) -> ApiResult<Response<Body>> {
    let accept = parts.headers.get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    let mut accepted = accept.unwrap_or("*/*").split(',').map(|range| {
        let name = range.split(';').next().unwrap_or_default();
        name.trim()
    });
    match accepted.find(|name| V2_JSON.contains(name) || *name == V2_PROTOBUF) {
        None => {
            return Err(ApiError::not_acceptable(format!(
                "only the following media types are accepted: application/json, {V2_PROTOBUF}"
            )));
        }
        Some(V2_PROTOBUF) => {
            let response = Response::new(Body::whole(v2_without_kinds(server)));
            let kind = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
            return Ok(with_type(response, kind));
        }
        Some(_) => {}
    }
    let mut paths = Map::new();
    kinds
        .all()
        .for_each(|kind| add_paths(&mut paths, kind, operation_v2));
    let document = json!({
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": server},
        "paths": paths,
        "definitions": schemas(kinds.all(), true),
    });
    Ok(with_type(
        json_response(StatusCode::OK, &document),
        "application/json",
    ))
}

/// A document of gnostic's `openapi.v2.Document`: `swagger` (1) and `info` (2) of `title` (1) and `version` (2).
fn v2_without_kinds(server: &str) -> Vec<u8> {
    let field = |number: u8, data: &[u8]| {
        let length = u8::try_from(data.len()).unwrap_or(0);
        let mut field = vec![number << 3 | 2, length];
        field.extend(&data[..usize::from(length)]);
        field
    };
    let info = [field(1, b"Kubernetes"), field(2, server.as_bytes())].concat();
    [field(1, b"2.0"), field(2, &info)].concat()
}

/// The schemas of `kinds` and all that they refer to.
fn schemas<'a>(kinds: impl Iterator<Item = &'a Arc<Kind>>, v2: bool) -> Map<String, Value> {
    let mut wanted = BTreeSet::new();
    let mut found = Map::new();
    for name in ["DeleteOptions", "Patch", "Status", "ObjectMeta"] {
        reach(&format!("{META}.{name}"), &mut wanted);
    }
    for kind in kinds {
        match &kind.custom {
            Some(custom) => {
                found.insert(custom_name(kind), custom_schema(kind, custom.raw_schema()));
            }
            None => schema::name_of(&kind.group, &kind.version, &kind.kind)
                .into_iter()
                .for_each(|n| reach(n, &mut wanted)),
        }
    }
    for name in wanted {
        let text = schema::text_of(&name).unwrap_or_default();
        // In version 3 a reference with a default beside it must stand in `allOf`.
        let text = if v2 {
            text.replace(COMPONENTS, "#/definitions/")
        } else {
            wrapped(text)
        };
        found.insert(name, serde_json::from_str(&text).unwrap_or_default());
    }
    found
}

fn wrapped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    let mut parts = text.split("\"$ref\":\"");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (target, rest) = part.split_once('"').unwrap_or((part, ""));
        out.push_str(&format!("\"allOf\":[{{\"$ref\":\"{target}\"}}]{rest}"));
    }
    out
}

fn reach(name: &str, wanted: &mut BTreeSet<String>) {
    let Some(text) = schema::text_of(name).filter(|_| !wanted.contains(name)) else {
        return;
    };
    wanted.insert(name.to_owned());
    for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        reach(part.split('"').next().unwrap_or_default(), wanted);
    }
}

/// `io.example.v1.Widget` for a Widget of example.io/v1.
fn custom_name(kind: &Kind) -> String {
    let group: Vec<&str> = kind.group.rsplit('.').collect();
    format!("{}.{}.{}", group.join("."), kind.version, kind.kind)
}

fn custom_schema(kind: &Kind, raw: &Value) -> Value {
    let mut schema = if raw.is_object() {
        raw.clone()
    } else {
        json!({"type": "object"})
    };
    if !schema["properties"].is_object() {
        schema["properties"] = json!({});
    }
    schema["properties"]["apiVersion"] = json!({"type": "string"});
    schema["properties"]["kind"] = json!({"type": "string"});
    schema["properties"]["metadata"] =
        json!({"allOf": [{"$ref": format!("{COMPONENTS}{META}.ObjectMeta")}]});
    schema["x-kubernetes-group-version-kind"] = json!([gvk(kind)]);
    schema
}

fn gvk(kind: &Kind) -> Value {
    json!({"group": kind.group, "version": kind.version, "kind": kind.kind})
}

fn schema_name(kind: &Kind) -> String {
    let built_in = schema::name_of(&kind.group, &kind.version, &kind.kind).map(str::to_owned);
    built_in
        .filter(|_| kind.custom.is_none())
        .unwrap_or_else(|| custom_name(kind))
}

type Operation = fn(&Kind, &str, &str) -> Value;

fn add_paths(paths: &mut Map<String, Value>, kind: &Kind, operation: Operation) {
    let prefix = if kind.group.is_empty() {
        "/api"
    } else {
        "/apis"
    };
    let root = format!("{prefix}/{}", kind.api_version());
    let own = if kind.namespaced {
        format!("{root}/namespaces/{{namespace}}/{}", kind.plural)
    } else {
        format!("{root}/{}", kind.plural)
    };
    let mut add = |path: String, verbs: &[(&str, &str)]| {
        let verbs: Vec<&(&str, &str)> = verbs
            .iter()
            .filter(|(_, action)| kind.allows(action))
            .collect();
        if verbs.is_empty() {
            return;
        }
        let operations = verbs
            .iter()
            .map(|(method, action)| ((*method).to_owned(), operation(kind, method, action)));
        paths.insert(path, Value::Object(operations.collect()));
    };
    add(
        format!("{own}/{{name}}"),
        &[
            ("get", "get"),
            ("put", "update"),
            ("patch", "patch"),
            ("delete", "delete"),
        ],
    );
    add(
        own,
        &[
            ("get", "list"),
            ("post", "create"),
            ("delete", "deletecollection"),
        ],
    );
    if kind.namespaced {
        add(format!("{root}/{}", kind.plural), &[("get", "list")]);
    }
}

fn parameters(method: &str) -> Vec<&'static str> {
    match method {
        "post" | "put" => vec!["dryRun", "fieldManager", "fieldValidation"],
        "patch" => vec!["dryRun", "fieldManager", "fieldValidation", "force"],
        "get" => vec![
            "fieldSelector",
            "labelSelector",
            "limit",
            "resourceVersion",
            "watch",
        ],
        _ => vec!["dryRun", "gracePeriodSeconds", "propagationPolicy"],
    }
}

fn action(action: &str) -> &str {
    match action {
        "create" => "post",
        "update" => "put",
        other => other,
    }
}

fn patch_types(kind: &Kind) -> Vec<&'static str> {
    let mut types = vec![
        "application/apply-patch+yaml",
        "application/json-patch+json",
        "application/merge-patch+json",
    ];
    if kind.custom.is_none() {
        types.push("application/strategic-merge-patch+json");
    }
    types
}

fn operation_v3(kind: &Kind, method: &str, verb: &str) -> Value {
    let parameter = |name: &&str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    let reference = json!({"$ref": format!("{COMPONENTS}{}", schema_name(kind))});
    let mut operation = json!({
        "parameters": parameters(method).iter().map(parameter).collect::<Vec<_>>(),
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": reference}}}},
        "x-kubernetes-action": action(verb),
        "x-kubernetes-group-version-kind": gvk(kind),
    });
    let content: Option<Map<String, Value>> = match method {
        "patch" => {
            let patch = json!({"schema": {"$ref": format!("{COMPONENTS}{META}.Patch")}});
            Some(
                patch_types(kind)
                    .into_iter()
                    .map(|kind| (kind.to_owned(), patch.clone()))
                    .collect(),
            )
        }
        "post" | "put" => Some(Map::from_iter([(
            "application/json".to_owned(),
            json!({"schema": reference}),
        )])),
        _ => None,
    };
    if let Some(content) = content {
        operation["requestBody"] = json!({"content": content, "required": true});
    }
    operation
}

fn operation_v2(kind: &Kind, method: &str, verb: &str) -> Value {
    let parameter =
        |name: &&str| json!({"name": name, "in": "query", "type": "string", "uniqueItems": true});
    let consumes = if method == "patch" {
        patch_types(kind)
    } else {
        vec!["*/*"]
    };
    json!({
        "consumes": consumes,
        "produces": ["application/json"],
        "parameters": parameters(method).iter().map(parameter).collect::<Vec<_>>(),
        "responses": {"200": {"description": "OK", "schema": {"$ref": format!("#/definitions/{}", schema_name(kind))}}},
        "x-kubernetes-action": action(verb),
        "x-kubernetes-group-version-kind": gvk(kind),
    })
}
