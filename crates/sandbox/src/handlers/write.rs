//! Create and update: from what was sent to what is stored.

use super::context::{Context, adopt, conform, other_name};
use super::read::bad_revision;
use super::store::{check_writable, note, store_update};
use crate::admission::{self, defaults};
use crate::decode;
use crate::kinds::Kind;
use crate::object::{is_terminating, name, namespace, remove, set, text, uid};
use crate::server::{Answer, Call, Server, State};
use crate::status::{ApiError, ApiResult, Cause};
use crate::store::Key;
use crate::{convert, names, shape, validation};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn create(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let mut context = Context::of(server, call)?;
    let decoded = decode::object(&call.parts.headers, call.body)?;
    let mut object = conform(&call.kind, decoded, &mut context)?;
    adopt(call, &mut object)?;
    let mut state = server.state.lock();
    let created = create_object(&mut state, &call.kind, object, &context)?;
    Ok(context.answer(StatusCode::CREATED, &call.kind, &created))
}

/// Creates `object` (with apiVersion, kind and namespace) as a request or a controller asks.
pub(crate) fn create_object(
    state: &mut State,
    kind: &Kind,
    mut object: Value,
    context: &Context,
) -> ApiResult<Arc<Value>> {
    if !text(&object, &["metadata", "resourceVersion"]).is_empty() {
        let message = "resourceVersion should not be set on objects to be created";
        return Err(ApiError::bad_request(message).into_internal());
    }
    if name(&object).is_empty() {
        let prefix = text(&object, &["metadata", "generateName"]).to_owned();
        if prefix.is_empty() {
            let cause = Cause::required("metadata.name", "name or generateName is required");
            return Err(ApiError::invalid(&kind.group, &kind.kind, "", &[cause]));
        }
        set(&mut object, &["metadata", "name"], names::generate(&prefix));
    }
    check_namespace(state, kind, &object)?;
    begin_metadata(kind, &mut object, &context.now);
    convert::to_storage(kind, &mut object);
    if kind.has_status() {
        remove(&mut object, &["status"]);
    }
    let stored = stored_kind(state, kind);
    defaults::fill(&stored, &mut object);
    shape::complete(&stored, &mut object);
    // Ownership is noted before the server adds what is its own: addresses, labels of jobs, …
    note(&stored, &shape::empty(&stored), &mut object, context);
    admission::on_create(state, &stored, &mut object)?;
    validation::on_create(&stored, &object)?;
    let key = Key::new(Arc::clone(&kind.storage), namespace(&object), name(&object));
    if let Some(existing) = state.store.get(&key) {
        if is_terminating(existing) {
            let why = format!(
                "object is being deleted: {} {:?} already exists",
                kind.plural, key.name
            );
            return Err(
                ApiError::already_exists(&kind.group, &kind.plural, &key.name).with_message(why),
            );
        }
        return Err(ApiError::already_exists(
            &kind.group,
            &kind.plural,
            &key.name,
        ));
    }
    if context.dry_run {
        return Ok(Arc::new(object));
    }
    check_writable(state)?;
    let created = state.store.put(key, object);
    admission::after_write(state, &stored, &created);
    Ok(created)
}

/// The kind in the version whose objects are stored.
pub(super) fn stored_kind(state: &State, kind: &Kind) -> Arc<Kind> {
    let version = match (&*kind.group, &*kind.plural, &kind.custom) {
        ("autoscaling", "horizontalpodautoscalers", _) => "v2",
        ("events.k8s.io", "events", _) => {
            return state
                .kinds
                .find("", "v1", "events")
                .cloned()
                .unwrap_or_else(|| Arc::new(kind.clone()));
        }
        (_, _, Some(custom)) => &custom.storage_version,
        _ => &kind.version,
    };
    let found = state
        .kinds
        .find(&kind.group, version, &kind.plural)
        .cloned();
    found.unwrap_or_else(|| Arc::new(kind.clone()))
}

fn begin_metadata(kind: &Kind, object: &mut Value, now: &str) {
    for field in [
        "selfLink",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        remove(object, &["metadata", field]);
    }
    set(object, &["metadata", "uid"], names::uid());
    set(object, &["metadata", "creationTimestamp"], now);
    if has_generation(kind) {
        set(object, &["metadata", "generation"], 1);
    } else {
        remove(object, &["metadata", "generation"]);
    }
}

/// Whether the API server counts the changes of the spec of this kind.
pub(super) fn has_generation(kind: &Kind) -> bool {
    kind.custom.is_some()
        || matches!(
            (&*kind.group, &*kind.plural),
            (
                "apps",
                "deployments" | "replicasets" | "statefulsets" | "daemonsets"
            ) | ("batch", _)
                | (
                    "networking.k8s.io",
                    "ingresses" | "networkpolicies" | "ingressclasses"
                )
                | ("policy", "poddisruptionbudgets")
                | ("apiextensions.k8s.io", _)
                | ("admissionregistration.k8s.io", _)
                | ("discovery.k8s.io", "endpointslices")
                | ("scheduling.k8s.io", "priorityclasses")
                | ("flowcontrol.apiserver.k8s.io", _)
                | ("", "pods" | "replicationcontrollers")
        )
}

fn check_namespace(state: &State, kind: &Kind, object: &Value) -> ApiResult<()> {
    if !kind.namespaced {
        return Ok(());
    }
    let wanted = namespace(object);
    let Some(found) = state.store.get(&Key::new("namespaces", "", wanted)) else {
        return Err(ApiError::not_found("", "namespaces", wanted));
    };
    if is_terminating(found) {
        let why = format!(
            "unable to create new content in namespace {wanted} because it is being terminated"
        );
        return Err(ApiError::forbidden(
            &kind.group,
            &kind.plural,
            name(object),
            &why,
        ));
    }
    Ok(())
}

pub(super) fn update(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let mut context = Context::of(server, call)?;
    let decoded = decode::object(&call.parts.headers, call.body)?;
    let mut object = conform(&call.kind, decoded, &mut context)?;
    adopt(call, &mut object)?;
    if name(&object) != call.name() && !name(&object).is_empty() {
        return Err(other_name(call, &object));
    }
    set(&mut object, &["metadata", "name"], call.name());
    let mut state = server.state.lock();
    let key = call.key();
    let Some(live) = state.store.get(&key).cloned() else {
        if call.kind.is("coordination.k8s.io", "leases") {
            let created = create_object(&mut state, &call.kind, object, &context)?;
            return Ok(context.answer(StatusCode::CREATED, &call.kind, &created));
        }
        return Err(call.not_found());
    };
    check_precondition(call, &live, &object)?;
    convert::to_storage(&call.kind, &mut object);
    let stored = store_update(&mut state, &call.kind, &key, &live, object, &context)?;
    Ok(context.answer(StatusCode::OK, &call.kind, &stored))
}

/// Refuses an update of an older state of the object.
pub(super) fn check_precondition(call: &Call<'_>, live: &Value, sent: &Value) -> ApiResult<()> {
    let kind = &call.kind;
    let revision = text(sent, &["metadata", "resourceVersion"]);
    if revision.is_empty() && kind.custom.is_some() {
        let cause = Cause::invalid(
            "metadata.resourceVersion",
            &json!(0),
            "must be specified for an update",
        );
        return Err(ApiError::invalid(
            &kind.group,
            &kind.kind,
            call.name(),
            &[cause],
        ));
    }
    if !revision.is_empty() {
        revision
            .parse::<u64>()
            .map_err(|_| bad_revision(revision))?;
    }
    let conflict = |why: &str| {
        Err(ApiError::conflict(
            &kind.group,
            &kind.plural,
            call.name(),
            why,
        ))
    };
    let (sent_uid, live_uid) = (uid(sent), uid(live));
    if !sent_uid.is_empty() && sent_uid != live_uid {
        return conflict(&format!(
            "Precondition failed: UID in precondition: {sent_uid}, UID in object meta: {live_uid}"
        ));
    }
    if !revision.is_empty() && revision != text(live, &["metadata", "resourceVersion"]) {
        return conflict(
            "the object has been modified; please apply your changes to the latest version and try again",
        );
    }
    Ok(())
}
