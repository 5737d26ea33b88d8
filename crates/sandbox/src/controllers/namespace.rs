//! Namespaces: what each has from the start, and how one ends with everything in it.

use super::Ctx;
use crate::admission::namespace_contents;
use crate::object::{is_terminating, items};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::Value;
use std::sync::Arc;

pub(super) fn reconcile(ctx: &mut Ctx<'_>, key: &Key, object: &Arc<Value>) -> ApiResult<()> {
    if !is_terminating(object) {
        for (resource, object) in namespace_contents(ctx.state, &key.name) {
            ctx.create(resource, object)?;
        }
        return Ok(());
    }
    let inside: Vec<(Key, Arc<Value>)> = ctx
        .state
        .store
        .all()
        .filter(|(inner, _)| inner.namespace == key.name)
        .map(|(inner, object)| (inner.clone(), Arc::clone(object)))
        .collect();
    for (inner, object) in &inside {
        if !is_terminating(object) {
            ctx.delete(inner)?;
        }
    }
    let is_empty = !ctx
        .state
        .store
        .all()
        .any(|(inner, _)| inner.namespace == key.name);
    let only_own_finalizer = items(object, &["metadata", "finalizers"]).is_empty();
    if is_empty && only_own_finalizer {
        ctx.state.store.delete(key);
    }
    Ok(())
}
