//! Garbage: what has lost its owner goes; an owner that is deleted in the foreground waits for it.

use super::Ctx;
use crate::object::{at, finalizers, is_terminating, items, set, text, uid};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

const FOREGROUND: &str = "foregroundDeletion";
const ORPHAN: &str = "orphan";

/// Looks after everything that names one of the gone objects as an owner.
pub(super) fn owners_are_gone(ctx: &mut Ctx<'_>, gone: &BTreeSet<String>) {
    let names_gone = |object: &Value| {
        references(object)
            .iter()
            .any(|r| gone.contains(text(r, &["uid"])))
    };
    let found: Vec<Key> = ctx
        .state
        .store
        .all()
        .filter(|(_, o)| names_gone(o))
        .map(|(key, _)| key.clone())
        .collect();
    for key in found {
        // What is refused now (a full disk) is found again when everything is looked at on the next start.
        let _ = without_gone_owners(ctx, &key, gone);
    }
}

fn references(object: &Value) -> &[Value] {
    items(object, &["metadata", "ownerReferences"])
}

/// Deletes an object whose owners are all gone; takes the gone ones out of its references otherwise.
fn without_gone_owners(ctx: &mut Ctx<'_>, key: &Key, gone: &BTreeSet<String>) -> ApiResult<()> {
    let Some(object) = ctx.state.store.get(key).cloned() else {
        return Ok(());
    };
    let left: Vec<Value> = references(&object)
        .iter()
        .filter(|r| !gone.contains(text(r, &["uid"])))
        .cloned()
        .collect();
    if left.is_empty() {
        return ctx.delete(key);
    }
    ctx.update(key, false, |object| {
        set(object, &["metadata", "ownerReferences"], left)
    })
}

/// Does the part of the garbage collector for one object; true where nothing else is to do with it.
pub(super) fn handle(ctx: &mut Ctx<'_>, key: &Key, object: &Arc<Value>) -> ApiResult<bool> {
    if !is_terminating(object) {
        return remove_orphan(ctx, key, object);
    }
    let holders = finalizers(object);
    if holders.contains(&ORPHAN) {
        for (dependent, _) in dependents(ctx, object) {
            let own = uid(object).to_owned();
            ctx.update(&dependent, false, |dependent| {
                let left: Vec<Value> = references(dependent)
                    .iter()
                    .filter(|r| text(r, &["uid"]) != own)
                    .cloned()
                    .collect();
                set(dependent, &["metadata", "ownerReferences"], left);
            })?;
        }
        release(ctx, key, ORPHAN)?;
        return Ok(true);
    }
    if holders.contains(&FOREGROUND) {
        let left = dependents(ctx, object);
        for (dependent, live) in &left {
            if !is_terminating(live) {
                ctx.delete(dependent)?;
            }
        }
        let is_blocked = dependents(ctx, object).iter().any(|(_, dependent)| {
            references(dependent).iter().any(|r| {
                text(r, &["uid"]) == uid(object)
                    && at(r, &["blockOwnerDeletion"]) == Some(&Value::Bool(true))
            })
        });
        if !is_blocked {
            release(ctx, key, FOREGROUND)?;
        }
        return Ok(true);
    }
    Ok(false)
}

/// An object that was created for an owner that is not there does not stay.
fn remove_orphan(ctx: &mut Ctx<'_>, key: &Key, object: &Value) -> ApiResult<bool> {
    if references(object).is_empty() {
        return Ok(false);
    }
    let is_there = |reference: &Value| {
        let kind = ctx
            .state
            .kinds
            .of_kind(text(reference, &["apiVersion"]), text(reference, &["kind"]));
        // An owner of a kind that is not served cannot be looked for; its dependents stay.
        let Some(kind) = kind else { return true };
        let namespace = if kind.namespaced { &*key.namespace } else { "" };
        let owner = ctx.state.store.get(&Key::new(
            Arc::clone(&kind.storage),
            namespace,
            text(reference, &["name"]),
        ));
        owner.is_some_and(|owner| uid(owner) == text(reference, &["uid"]))
    };
    if references(object).iter().any(is_there) {
        return Ok(false);
    }
    ctx.delete(key)?;
    Ok(true)
}

fn dependents(ctx: &Ctx<'_>, owner: &Value) -> Vec<(Key, Arc<Value>)> {
    let own = uid(owner);
    let is_dependent = |object: &Value| references(object).iter().any(|r| text(r, &["uid"]) == own);
    ctx.state
        .store
        .all()
        .filter(|(_, o)| is_dependent(o))
        .map(|(k, o)| (k.clone(), Arc::clone(o)))
        .collect()
}

fn release(ctx: &mut Ctx<'_>, key: &Key, finalizer: &str) -> ApiResult<()> {
    ctx.update(key, false, |object| {
        let left: Vec<Value> = finalizers(object)
            .into_iter()
            .filter(|f| *f != finalizer)
            .map(Value::from)
            .collect();
        set(object, &["metadata", "finalizers"], left);
    })
}
