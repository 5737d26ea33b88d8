//! Get and list.

use crate::convert;
use crate::kinds::Kind;
use crate::object::set;
use crate::selector::Selector;
use crate::server::{Answer, Call, Server, State};
use crate::status::{ApiError, ApiResult};
use crate::store::Key;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// An object as this version of its kind shows it.
pub(crate) fn presented(kind: &Kind, object: &Arc<Value>) -> Arc<Value> {
    let api_version = kind.api_version();
    if object
        .get("apiVersion")
        .is_some_and(|found| *found == *api_version)
    {
        return Arc::clone(object);
    }
    Arc::new(convert::to_version(kind, object))
}

/// The object that a request names as it is stored, and where.
pub(super) fn live(state: &State, call: &Call<'_>) -> ApiResult<(Key, Arc<Value>)> {
    let key = call.key();
    let live = state.store.get(&key).cloned();
    Ok((key, live.ok_or_else(|| call.not_found())?))
}

pub(super) fn get(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let state = server.state.lock();
    let (_, object) = live(&state, call)?;
    Ok(Answer::ok(presented(&call.kind, &object)))
}

pub(super) fn list(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let selector = Selector::parse(
        &call.kind.storage,
        call.query.get("labelSelector"),
        call.query.get("fieldSelector"),
    )?;
    let limit = call
        .query
        .number("limit")?
        .and_then(|n| usize::try_from(n).ok())
        .filter(|n| *n > 0);
    let after = call.query.get("continue").map(read_token).transpose()?;
    let state = server.state.lock();
    check_revision(call, state.store.revision())?;
    let mut items = Vec::new();
    let mut rest = 0;
    let mut last: Option<&Key> = None;
    for (key, object) in state
        .store
        .list(&call.kind.storage, call.target.namespace.as_deref())
    {
        let is_told = after
            .as_ref()
            .is_some_and(|(namespace, name)| (&key.namespace, &key.name) <= (namespace, name));
        if is_told || !selector.matches(object) {
            continue;
        }
        if limit.is_some_and(|limit| items.len() >= limit) {
            rest += 1;
            continue;
        }
        last = Some(key);
        items.push(presented(&call.kind, object));
    }
    let mut metadata = Map::new();
    metadata.insert(
        "resourceVersion".into(),
        state.store.revision().to_string().into(),
    );
    if let Some(last) = last.filter(|_| rest > 0) {
        metadata.insert("continue".into(), write_token(last).into());
        if selector.is_empty() {
            metadata.insert("remainingItemCount".into(), rest.into());
        }
    }
    drop(state);
    // Items leave without apiVersion and kind in typed lists, but clients that read single items want
    // them; the list types of the API allow both.
    let items: Vec<Value> = items.iter().map(|item| (**item).clone()).collect();
    let list = json!({
        "kind": call.kind.list_kind, "apiVersion": call.api_version(), "metadata": metadata, "items": items,
    });
    Ok(Answer::ok(list))
}

/// A list at a revision that is still to come is refused; at any other it is answered with the newest.
fn check_revision(call: &Call<'_>, current: u64) -> ApiResult<()> {
    match call.query.get("resourceVersion") {
        None => Ok(()),
        Some(text) => {
            let wanted: u64 = text.parse().map_err(|_| bad_revision(text))?;
            if wanted > current {
                Err(ApiError::too_new(wanted, current))
            } else {
                Ok(())
            }
        }
    }
}

pub(crate) fn bad_revision(text: &str) -> ApiError {
    ApiError::bad_request(format!(
        "resourceVersion: Invalid value: {text:?}: strconv.ParseUint: parsing {text:?}: invalid syntax"
    ))
}

fn write_token(key: &Key) -> String {
    STANDARD_NO_PAD.encode(json!([key.namespace, key.name]).to_string())
}

fn read_token(token: &str) -> ApiResult<(String, String)> {
    let bytes = STANDARD_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| {
            ApiError::bad_request(
                "continue key is not valid: the token was not made by this server",
            )
        })
}

/// The object of a scale subresource.
pub(super) fn as_status(kind: &str, api_version: &str, mut object: Value) -> Value {
    set(&mut object, &["kind"], kind);
    set(&mut object, &["apiVersion"], api_version);
    object
}
