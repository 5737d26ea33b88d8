//! Patches, and server-side apply.

use super::context::{Context, adopt, conform, other_name};
use super::read::{live, presented};
use super::store::{check_writable, finish_update, keep_metadata, only_written_part, store_update};
use super::write::{check_precondition, create_object, stored_kind};
use crate::admission::{self, defaults};
use crate::apply::managers::{self, Apply};
use crate::apply::typed;
use crate::decode::{self, Decoded};
use crate::kinds::{Kind, split};
use crate::object::{at, name, namespace, remove, set, text};
use crate::patch;
use crate::server::{Answer, Call, Server, State};
use crate::status::{ApiError, ApiResult, Cause};
use crate::store::Key;
use crate::{convert, shape, validation};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn patch(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    if matches!(call.media_type(), "application/apply-patch+yaml") {
        return apply(server, call);
    }
    let mut context = Context::of(server, call)?;
    let mut state = server.state.lock();
    let (key, live) = live(&state, call)?;
    let shown = presented(&call.kind, &live);
    let mut new = match call.media_type() {
        "application/json-patch+json" => patch::json::apply(&shown, call.body)?,
        "application/merge-patch+json" => {
            patch::merge::apply(&shown, &decode::json(call.body)?.value)
        }
        "application/strategic-merge-patch+json" if call.kind.custom.is_none() => {
            patch::strategic::apply(call.kind.schema(), &shown, &decode::json(call.body)?.value)?
        }
        _ => {
            // The API server names no media types here, though it does for other methods.
            return Err(
                ApiError::unsupported_media_type("415: Unsupported Media Type")
                    .with_empty_details(),
            );
        }
    };
    if name(&new) != call.name() || namespace(&new) != call.namespace() {
        return Err(other_name(call, &new));
    }
    new = conform(&call.kind, Decoded::from(new), &mut context)?;
    adopt(call, &mut new)?;
    check_precondition(call, &live, &new)?;
    convert::to_storage(&call.kind, &mut new);
    let stored = store_update(&mut state, &call.kind, &key, &live, new, &context)?;
    Ok(context.answer(StatusCode::OK, &call.kind, &stored))
}

fn apply(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let mut context = Context::of(server, call)?;
    if call.query.get("fieldManager").is_none() {
        let cause = Cause::required("fieldManager", "is required for apply patch");
        return Err(ApiError::invalid(
            "meta.k8s.io",
            "PatchOptions",
            "",
            &[cause],
        ));
    }
    let (mut config, sent_namespace) = applied_config(call)?;
    let mut state = server.state.lock();
    let key = call.key();
    let live = state.store.get(&key).cloned();
    if live.is_none() && !context.subresource.is_empty() {
        return Err(call.not_found());
    }
    if let Some(live) = &live {
        check_applied_identity(call, live, &config)?;
    }
    remove(&mut config, &["metadata", "uid"]);
    remove(&mut config, &["metadata", "resourceVersion"]);
    convert::to_storage(&call.kind, &mut config);
    let stored_kind = stored_kind(&state, &call.kind);
    let schema = stored_kind.schema();
    check_applied_fields(&stored_kind, &config, &sent_namespace)?;
    let api_version = stored_kind.api_version();
    let empty = shape::empty(&stored_kind);
    let how = Apply {
        schema,
        empty: &empty,
        has_status: stored_kind.has_status(),
        writer: context.writer(&api_version),
        force: call.query.flag("force"),
    };
    let Some(live) = live else {
        let merged = managers::apply(&json!({}), &config, &how)?.unwrap_or(config);
        let created = create_applied(&mut state, &call.kind, merged, &context)?;
        return Ok(context.answer(StatusCode::CREATED, &call.kind, &created));
    };
    let Some(mut merged) = managers::apply(&live, &config, &how)? else {
        return Ok(Answer::ok(presented(&call.kind, &live)));
    };
    let managed = remove(&mut merged, &["metadata", "managedFields"]);
    let complete = conform(&stored_kind, Decoded::from(merged), &mut context)?;
    let mut merged = only_written_part(&stored_kind, &live, complete, &context.subresource);
    keep_metadata(&live, &mut merged);
    defaults::fill(&stored_kind, &mut merged);
    defaults::keep(&stored_kind, &live, &mut merged);
    shape::complete(&stored_kind, &mut merged);
    admission::on_update(&state, &stored_kind, &live, &mut merged)?;
    validation::on_update(&stored_kind, &live, &merged, &context.subresource)?;
    match managed {
        Some(managed) => set(&mut merged, &["metadata", "managedFields"], managed),
        None => {
            remove(&mut merged, &["metadata", "managedFields"]);
        }
    }
    let stored = finish_update(&mut state, &stored_kind, &key, &live, merged, &context)?;
    Ok(context.answer(StatusCode::OK, &call.kind, &stored))
}

/// The object of an apply request, checked as far as it can be without the live one.
fn applied_config(call: &Call<'_>) -> ApiResult<(Value, String)> {
    let Decoded {
        value: mut config,
        duplicates,
    } = decode::yaml(call.body)?;
    if !duplicates.is_empty() {
        let list: Vec<String> = duplicates
            .iter()
            .map(|field| format!("duplicate field {field:?}"))
            .collect();
        return Err(ApiError::bad_request(format!(
            "error decoding YAML: strict decoding error: {}",
            list.join(", ")
        )));
    }
    if at(&config, &["metadata", "managedFields"]).is_some() {
        return Err(ApiError::bad_request("metadata.managedFields must be nil"));
    }
    if config.is_object()
        && (text(&config, &["kind"]).is_empty() || text(&config, &["apiVersion"]).is_empty())
    {
        let (group, version) = split(text(&config, &["apiVersion"]));
        let kind = text(&config, &["kind"]);
        return Err(ApiError::bad_request(format!(
            "invalid object type: {group}/{version}, Kind={kind}"
        )));
    }
    let sent_namespace = namespace(&config).to_owned();
    adopt(call, &mut config)?;
    if !name(&config).is_empty() && name(&config) != call.name() {
        return Err(other_name(call, &config));
    }
    set(&mut config, &["metadata", "name"], call.name());
    remove(&mut config, &["metadata", "creationTimestamp"]);
    if !call.kind.namespaced {
        remove(&mut config, &["metadata", "namespace"]);
    }
    Ok((config, sent_namespace))
}

/// An applied object that names the revision or the uid of the live one must name the right one.
fn check_applied_identity(call: &Call<'_>, live: &Value, config: &Value) -> ApiResult<()> {
    let mut sent = json!({"metadata": {}});
    for part in ["uid", "resourceVersion"] {
        if let Some(value) = at(config, &["metadata", part]) {
            set(&mut sent, &["metadata", part], value.clone());
        }
    }
    if at(&sent, &["metadata", "resourceVersion"]).is_none() {
        set(
            &mut sent,
            &["metadata", "resourceVersion"],
            text(live, &["metadata", "resourceVersion"]),
        );
    }
    check_precondition(call, live, &sent)
}

/// Server-side apply is always strict about the schema.
fn check_applied_fields(kind: &Kind, config: &Value, sent_namespace: &str) -> ApiResult<()> {
    let Some(schema) = kind.schema() else {
        return Ok(());
    };
    let refused = |why: String| {
        let (namespace, name) = (sent_namespace, name(config));
        let (group, version, kind) = (&kind.group, &kind.version, &kind.kind);
        let id = format!("{namespace}/{name}; {group}/{version}, Kind={kind}");
        let message = format!("failed to create typed patch object ({id}): {why}");
        ApiError::bad_request(message).into_internal()
    };
    if kind.custom.is_none() {
        let unknown = decode::conform(schema, &mut config.clone()).map_err(&refused)?;
        let lines: Vec<String> = unknown
            .iter()
            .map(|field| format!(".{field}: field not declared in schema"))
            .collect();
        match &*lines {
            [] => {}
            [only] => return Err(refused(only.clone())),
            _ => return Err(refused(format!("errors:\n  {}", lines.join("\n  ")))),
        }
    }
    typed::check(Some(schema), config, "").map_err(refused)
}

/// Creates what was applied: its managers are already noted.
fn create_applied(
    state: &mut State,
    kind: &Kind,
    mut merged: Value,
    context: &Context,
) -> ApiResult<Arc<Value>> {
    let managed = remove(&mut merged, &["metadata", "managedFields"])
        .unwrap_or_else(|| Value::Array(Vec::new()));
    let mut quiet = Context::of_controller(&context.manager, "", context.now.clone());
    let merged = conform(kind, Decoded::from(merged), &mut quiet)?;
    quiet.dry_run = true;
    let ready = create_object(state, kind, merged, &quiet)?;
    let mut ready = (*ready).clone();
    set(&mut ready, &["metadata", "managedFields"], managed);
    if context.dry_run {
        return Ok(Arc::new(ready));
    }
    check_writable(state)?;
    let key = Key::new(Arc::clone(&kind.storage), namespace(&ready), name(&ready));
    let created = state.store.put(key, ready);
    let stored = stored_kind(state, kind);
    admission::after_write(state, &stored, &created);
    Ok(created)
}
