//! Subresources: `status` and `scale` of any kind, and the few of pods, service accounts and namespaces.

use super::context::Context;
use super::delete::{self, Deletion};
use super::read::{as_status, live, presented};
use super::store::store_update;
use crate::decode;
use crate::kinds::Kind;
use crate::object::{at, name, namespace, number, set, text, uid};
use crate::patch;
use crate::request::Verb;
use crate::server::{Answer, Call, Server};
use crate::status::{ApiError, ApiResult};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers a request for a subresource that is not simply another way to write the object; `None` for
/// requests without one, and for `status`, which the verbs treat themselves.
pub(super) fn handle(server: &Server, call: &Call<'_>) -> ApiResult<Option<Answer>> {
    let Some(path) = call.target.subresource.as_deref() else {
        return Ok(None);
    };
    let first = path.split('/').next().unwrap_or_default();
    let known = call
        .kind
        .subresource(first)
        .ok_or_else(ApiError::no_such_path)?;
    if !known.verbs.iter().any(|verb| verb == call.verb.word()) {
        return Err(ApiError::method_not_allowed());
    }
    match (&*call.kind.plural, first) {
        (_, "status" | "ephemeralcontainers" | "resize" | "approval" | "finalize") => {
            status_like(server, call, first)
        }
        (_, "scale") => scale(server, call).map(Some),
        ("pods", "log") => log(server, call).map(Some),
        ("pods", "eviction") => evict(server, call).map(Some),
        (plural, sub) => Err(ApiError::not_implemented(format!(
            "the sandbox does not serve {plural}/{sub}: it runs no containers and no network"
        ))),
    }
}

fn status_like(server: &Server, call: &Call<'_>, subresource: &str) -> ApiResult<Option<Answer>> {
    match (subresource, call.verb) {
        ("status", _) | (_, Verb::Get) => Ok(None),
        ("finalize", Verb::Update) => finalize(server, call).map(Some),
        _ => Err(ApiError::not_implemented(format!(
            "the sandbox does not serve {}/{subresource}",
            call.kind.plural
        ))),
    }
}

/// `namespaces/finalize`: sets `spec.finalizers`; the controller removes the namespace once it is empty.
fn finalize(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let sent = decode::object(&call.parts.headers, call.body)?.value;
    let mut state = server.state.lock();
    let (key, live) = live(&state, call)?;
    let mut new = (*live).clone();
    let finalizers = at(&sent, &["spec", "finalizers"])
        .cloned()
        .unwrap_or_else(|| json!([]));
    set(&mut new, &["spec", "finalizers"], finalizers);
    let stored = state.store.put(key, new);
    Ok(Answer::ok(stored))
}

fn log(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let state = server.state.lock();
    live(&state, call)?;
    Ok(Answer::Text(
        "The sandbox runs no containers: this pod has no log.\n".to_owned(),
    ))
}

/// `pods/eviction`: a delete, as no disruption budget is violated by pods that do nothing.
fn evict(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let mut state = server.state.lock();
    let (key, pod) = live(&state, call)?;
    delete::begin(
        &mut state,
        &call.kind,
        &key,
        &pod,
        &Deletion::default(),
        &server.now(),
    )?;
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    Ok(Answer::Object(StatusCode::CREATED, Arc::new(status)))
}

/// Where the numbers of a scale stand in an object of this kind.
struct ScalePaths {
    spec: Vec<String>,
    status: Vec<String>,
    selector: Option<Vec<String>>,
}

impl ScalePaths {
    fn of(kind: &Kind) -> Self {
        let split = |path: &str| {
            path.trim_start_matches('.')
                .split('.')
                .map(str::to_owned)
                .collect()
        };
        match kind
            .custom
            .as_ref()
            .and_then(|custom| custom.scale.as_ref())
        {
            Some(scale) => Self {
                spec: split(text(scale, &["specReplicasPath"])),
                status: split(text(scale, &["statusReplicasPath"])),
                selector: at(scale, &["labelSelectorPath"])
                    .and_then(Value::as_str)
                    .map(split),
            },
            None => Self {
                spec: split("spec.replicas"),
                status: split("status.replicas"),
                selector: None,
            },
        }
    }
}

fn borrowed(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

fn scale(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let mut context = Context::of(server, call)?;
    let mut state = server.state.lock();
    let (key, object) = live(&state, call)?;
    let paths = ScalePaths::of(&call.kind);
    let shown = scale_of(&paths, &presented(&call.kind, &object));
    let sent = match (call.verb, call.media_type()) {
        (Verb::Get, _) => return Ok(Answer::ok(shown)),
        (Verb::Update, _) => decode::object(&call.parts.headers, call.body)?.value,
        (_, "application/json-patch+json") => patch::json::apply(&shown, call.body)?,
        (_, "application/merge-patch+json" | "application/strategic-merge-patch+json") => {
            patch::merge::apply(&shown, &decode::json(call.body)?.value)
        }
        (_, "application/apply-patch+yaml") => {
            patch::merge::apply(&shown, &decode::yaml(call.body)?.value)
        }
        (_, other) => {
            return Err(ApiError::unsupported_media_type(format!(
                "{other} is not served for scale"
            )));
        }
    };
    let replicas = number(&sent, &["spec", "replicas"]).unwrap_or(0);
    if replicas < 0 {
        let cause = crate::status::Cause::invalid(
            "spec.replicas",
            &json!(replicas),
            "must be greater than or equal to 0",
        );
        return Err(ApiError::invalid(
            "autoscaling",
            "Scale",
            call.name(),
            &[cause],
        ));
    }
    let mut new = (*object).clone();
    set(&mut new, &borrowed(&paths.spec), replicas);
    // A scale is written through the main path; only its name is kept in managedFields.
    context.subresource = "scale".to_owned();
    let stored = store_update(&mut state, &call.kind, &key, &object, new, &context)?;
    Ok(Answer::ok(scale_of(&paths, &stored)))
}

fn scale_of(paths: &ScalePaths, object: &Value) -> Value {
    let mut scale = json!({
        "metadata": {
            "name": name(object), "namespace": namespace(object), "uid": uid(object),
            "resourceVersion": text(object, &["metadata", "resourceVersion"]),
            "creationTimestamp": text(object, &["metadata", "creationTimestamp"]),
        },
        "spec": {"replicas": number(object, &borrowed(&paths.spec)).unwrap_or(0)},
        "status": {"replicas": number(object, &borrowed(&paths.status)).unwrap_or(0)},
    });
    let selector = match &paths.selector {
        Some(path) => at(object, &borrowed(path))
            .and_then(Value::as_str)
            .map(str::to_owned),
        None => at(object, &["spec", "selector", "matchLabels"])
            .and_then(Value::as_object)
            .map(|labels| {
                let pairs: Vec<String> = labels
                    .iter()
                    .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()))
                    .collect();
                pairs.join(",")
            }),
    };
    if let Some(selector) = selector {
        set(&mut scale, &["status", "selector"], selector);
    }
    as_status("Scale", "autoscaling/v1", scale)
}
