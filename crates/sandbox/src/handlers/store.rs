//! How a changed object is stored: what the path does not write stays, managers and generation are kept.

use super::context::Context;
use super::delete;
use super::write::{has_generation, stored_kind};
use crate::admission::{self, defaults};
use crate::apply::managers;
use crate::kinds::Kind;
use crate::object::{at, finalizers, is_terminating, remove, same, set, text};
use crate::server::State;
use crate::status::{ApiError, ApiResult};
use crate::store::Key;
use crate::{shape, validation};
use serde_json::Value;
use std::sync::Arc;

/// Stores a changed object: what the path does not write stays as it is, the managers are noted, the
/// generation counts, and an object whose last finalizer went is gone.
pub(crate) fn store_update(
    state: &mut State,
    kind: &Kind,
    key: &Key,
    live: &Arc<Value>,
    new: Value,
    context: &Context,
) -> ApiResult<Arc<Value>> {
    let stored = stored_kind(state, kind);
    let mut new = only_written_part(&stored, live, new, &context.subresource);
    keep_metadata(live, &mut new);
    defaults::fill(&stored, &mut new);
    defaults::keep(&stored, live, &mut new);
    shape::complete(&stored, &mut new);
    note(&stored, live, &mut new, context);
    admission::on_update(state, &stored, live, &mut new)?;
    validation::on_update(&stored, live, &new, &context.subresource)?;
    finish_update(state, &stored, key, live, new, context)
}

pub(super) fn finish_update(
    state: &mut State,
    kind: &Kind,
    key: &Key,
    live: &Arc<Value>,
    mut new: Value,
    context: &Context,
) -> ApiResult<Arc<Value>> {
    if has_generation(kind) && spec_changed(kind, live, &new) {
        let generation = at(live, &["metadata", "generation"])
            .and_then(Value::as_i64)
            .unwrap_or(0);
        set(&mut new, &["metadata", "generation"], generation + 1);
    }
    set(
        &mut new,
        &["metadata", "resourceVersion"],
        text(live, &["metadata", "resourceVersion"]),
    );
    if is_unchanged(live, &new) {
        return Ok(Arc::clone(live));
    }
    if context.dry_run {
        return Ok(Arc::new(new));
    }
    check_writable(state)?;
    let stored = state.store.put(key.clone(), new);
    admission::after_write(state, kind, &stored);
    if is_terminating(&stored) && finalizers(&stored).is_empty() && delete::is_done(kind, &stored) {
        state.store.delete(key);
        admission::after_delete(state, kind, &stored);
    }
    Ok(stored)
}

/// A write that only sets the times of managers anew changes nothing.
fn is_unchanged(live: &Value, new: &Value) -> bool {
    let bare = |object: &Value| {
        let mut object = object.clone();
        if let Some(Value::Array(entries)) = object.pointer_mut("/metadata/managedFields") {
            entries.iter_mut().for_each(|entry| {
                remove(entry, &["time"]);
            });
        }
        object
    };
    same(live, new) || same(&bare(live), &bare(new))
}

fn spec_changed(kind: &Kind, live: &Value, new: &Value) -> bool {
    let bare = |object: &Value| {
        let mut object = object.clone();
        remove(&mut object, &["metadata"]);
        if kind.has_status() {
            remove(&mut object, &["status"]);
        }
        object
    };
    let began_deletion = is_terminating(new) && !is_terminating(live);
    began_deletion || !same(&bare(live), &bare(new))
}

/// What a path writes: `status` only the status, the object itself everything else.
pub(super) fn only_written_part(kind: &Kind, live: &Value, new: Value, subresource: &str) -> Value {
    if subresource == "status" {
        let mut out = live.clone();
        match new.get("status") {
            Some(status) => set(&mut out, &["status"], status.clone()),
            None => {
                remove(&mut out, &["status"]);
            }
        }
        for part in ["resourceVersion", "managedFields"] {
            if let Some(value) = at(&new, &["metadata", part]) {
                set(&mut out, &["metadata", part], value.clone());
            }
        }
        return out;
    }
    let mut new = new;
    if kind.has_status() {
        remove(&mut new, &["status"]);
        if let Some(status) = live.get("status") {
            set(&mut new, &["status"], status.clone());
        }
    }
    new
}

pub(super) fn keep_metadata(live: &Value, new: &mut Value) {
    for part in [
        "uid",
        "creationTimestamp",
        "generation",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "namespace",
        "name",
        "generateName",
    ] {
        match at(live, &["metadata", part]) {
            Some(value) => set(new, &["metadata", part], value.clone()),
            None => {
                remove(new, &["metadata", part]);
            }
        }
    }
    remove(new, &["metadata", "selfLink"]);
}

pub(super) fn note(kind: &Kind, live: &Value, new: &mut Value, context: &Context) {
    let api_version = kind.api_version();
    managers::note_update(
        kind.schema(),
        kind.has_status(),
        live,
        new,
        &context.writer(&api_version),
    );
}

pub(super) fn check_writable(state: &State) -> ApiResult<()> {
    state
        .store
        .check_writable()
        .map_err(|error| ApiError::internal(error.to_string()))
}
