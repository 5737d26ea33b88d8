//! What is done for each verb.

mod context;
mod delete;
mod patch;
mod read;
mod review;
mod store;
mod subresource;
mod write;

pub(crate) use context::Context;
pub(crate) use delete::{Deletion, begin as begin_deletion};
pub(crate) use read::presented;
pub(crate) use store::store_update;
pub(crate) use write::create_object;

use crate::request::Verb;
use crate::server::{Answer, Call, Server};
use crate::status::{ApiError, ApiResult};
use crate::watch;
use std::sync::Arc;

/// Answers one request for a resource.
pub(crate) fn handle(server: &Arc<Server>, call: &Call<'_>) -> ApiResult<Answer> {
    check_scope(call)?;
    if let Some(answer) = subresource::handle(server, call)? {
        return Ok(answer);
    }
    if !call.kind.allows(call.verb.word()) {
        return Err(ApiError::method_not_allowed());
    }
    if let Some(answer) = review::handle(server, call)? {
        return Ok(answer);
    }
    match call.verb {
        Verb::Get => read::get(server, call),
        Verb::List => read::list(server, call),
        Verb::Watch => watch::start(server, call),
        Verb::Create => write::create(server, call),
        Verb::Update => write::update(server, call),
        Verb::Patch => patch::patch(server, call),
        Verb::Delete => delete::one(server, call),
        Verb::DeleteCollection => delete::many(server, call),
    }
}

/// A namespaced object is reached through its namespace, any other not through one.
fn check_scope(call: &Call<'_>) -> ApiResult<()> {
    let has_namespace = call.target.namespace.is_some();
    let needs_namespace =
        call.kind.namespaced && (call.target.name.is_some() || call.verb == Verb::Create);
    match (has_namespace, call.kind.namespaced) {
        (true, false) => Err(ApiError::no_such_path()),
        (false, true) if needs_namespace && !matches!(call.verb, Verb::List | Verb::Watch) => {
            Err(ApiError::method_not_allowed())
        }
        _ => Ok(()),
    }
}
