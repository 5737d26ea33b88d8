//! Delete and deletecollection.

use super::read::{live, presented};
use super::store::check_writable;
use crate::admission;
use crate::decode;
use crate::kinds::Kind;
use crate::object::{at, finalizers, is_terminating, name, set, text, uid};
use crate::selector::Selector;
use crate::server::{Answer, Call, Server, State};
use crate::status::{ApiError, ApiResult};
use crate::store::Key;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// The finalizer that holds an owner until its dependents are gone.
pub(crate) const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer that holds an owner until its dependents no longer name it.
pub(crate) const ORPHAN: &str = "orphan";

/// How an object is to be deleted.
#[derive(Debug, Default, Clone)]
pub(crate) struct Deletion {
    propagation: Option<String>,
    grace: Option<i64>,
    uid: Option<String>,
    resource_version: Option<String>,
    dry_run: bool,
}

impl Deletion {
    fn of(call: &Call<'_>) -> ApiResult<Self> {
        let body = if call.body.is_empty() {
            json!({})
        } else {
            decode::object(&call.parts.headers, call.body)?.value
        };
        let query = |name: &str| call.query.get(name).map(str::to_owned);
        let given = |path: &[&str]| at(&body, path).and_then(Value::as_str).map(str::to_owned);
        let propagation = query("propagationPolicy").or_else(|| given(&["propagationPolicy"]));
        let orphan = at(&body, &["orphanDependents"])
            .and_then(Value::as_bool)
            .filter(|orphan| *orphan);
        if let Some(policy) = &propagation
            && !matches!(policy.as_str(), "Background" | "Foreground" | "Orphan")
        {
            let cause = crate::status::Cause::not_supported(
                "propagationPolicy",
                &json!(policy),
                &["Foreground", "Background", "Orphan", "nil"],
            );
            return Err(ApiError::invalid(
                "meta.k8s.io",
                "DeleteOptions",
                "",
                &[cause],
            ));
        }
        let grace = call
            .query
            .get("gracePeriodSeconds")
            .and_then(|text| text.parse().ok());
        Ok(Self {
            propagation: propagation.or(orphan.map(|_| "Orphan".to_owned())),
            grace: grace.or_else(|| at(&body, &["gracePeriodSeconds"]).and_then(Value::as_i64)),
            uid: given(&["preconditions", "uid"]),
            resource_version: given(&["preconditions", "resourceVersion"]),
            dry_run: call.query.get("dryRun") == Some("All")
                || at(&body, &["dryRun"]) == Some(&json!(["All"])),
        })
    }
}

pub(super) fn one(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let deletion = Deletion::of(call)?;
    let mut state = server.state.lock();
    let (key, live) = live(&state, call)?;
    let left = begin(
        &mut state,
        &call.kind,
        &key,
        &live,
        &deletion,
        &server.now(),
    )?;
    Ok(Answer::Object(
        StatusCode::OK,
        match left {
            Some(object) => presented(&call.kind, &object),
            None => Arc::new(success(&call.kind, &live)),
        },
    ))
}

fn success(kind: &Kind, object: &Value) -> Value {
    let mut details = json!({"name": name(object)});
    if !kind.group.is_empty() {
        set(&mut details, &["group"], kind.group.as_str());
    }
    set(&mut details, &["kind"], kind.plural.as_str());
    set(&mut details, &["uid"], uid(object));
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
}

pub(super) fn many(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let deletion = Deletion::of(call)?;
    let selector = Selector::parse(
        &call.kind.storage,
        call.query.get("labelSelector"),
        call.query.get("fieldSelector"),
    )?;
    let mut state = server.state.lock();
    let found: Vec<(Key, Arc<Value>)> = state
        .store
        .list(&call.kind.storage, call.target.namespace.as_deref())
        .filter(|(_, object)| selector.matches(object))
        .map(|(key, object)| (key.clone(), Arc::clone(object)))
        .collect();
    let now = server.now();
    let mut items = Vec::with_capacity(found.len());
    for (key, live) in &found {
        begin(&mut state, &call.kind, key, live, &deletion, &now)?;
        items.push((*presented(&call.kind, live)).clone());
    }
    let list = json!({
        "kind": call.kind.list_kind, "apiVersion": call.api_version(),
        "metadata": {"resourceVersion": state.store.revision().to_string()}, "items": items,
    });
    Ok(Answer::ok(list))
}

/// Begins to delete an object. Returns it where something still holds it: finalizers, dependents that
/// must go first, or a pod that must stop.
pub(crate) fn begin(
    state: &mut State,
    kind: &Kind,
    key: &Key,
    live: &Arc<Value>,
    deletion: &Deletion,
    now: &str,
) -> ApiResult<Option<Arc<Value>>> {
    check_preconditions(kind, key, live, deletion)?;
    admission::check_delete(kind, live)?;
    let mut new = (**live).clone();
    let mut holders: Vec<String> = finalizers(&new).into_iter().map(str::to_owned).collect();
    if let Some(policy) = &deletion.propagation {
        holders.retain(|holder| holder != FOREGROUND && holder != ORPHAN);
        match policy.as_str() {
            "Foreground" => holders.push(FOREGROUND.to_owned()),
            "Orphan" => holders.push(ORPHAN.to_owned()),
            _ => {}
        }
    }
    let grace = grace(kind, live, deletion);
    let is_held = !holders.is_empty() || grace > 0 || kind.is("", "namespaces");
    if deletion.dry_run {
        return Ok(is_held.then(|| Arc::clone(live)));
    }
    check_writable(state)?;
    if !is_held {
        state.store.delete(key);
        admission::after_delete(state, kind, live);
        return Ok(None);
    }
    if !holders.is_empty() {
        set(&mut new, &["metadata", "finalizers"], holders);
    }
    if !is_terminating(&new) {
        set(&mut new, &["metadata", "deletionTimestamp"], now);
        set(&mut new, &["metadata", "deletionGracePeriodSeconds"], grace);
        if let Some(generation) = at(&new, &["metadata", "generation"]).and_then(Value::as_i64) {
            set(&mut new, &["metadata", "generation"], generation + 1);
        }
    }
    if kind.is("", "namespaces") {
        set(&mut new, &["status", "phase"], "Terminating");
    }
    if new == **live {
        return Ok(Some(Arc::clone(live)));
    }
    Ok(Some(state.store.put(key.clone(), new)))
}

/// How many seconds a pod has to stop. Only running pods need any.
fn grace(kind: &Kind, live: &Value, deletion: &Deletion) -> i64 {
    let is_running =
        kind.is("", "pods") && !matches!(text(live, &["status", "phase"]), "Succeeded" | "Failed");
    if !is_running || text(live, &["spec", "nodeName"]).is_empty() {
        return 0;
    }
    let own = || {
        at(live, &["spec", "terminationGracePeriodSeconds"])
            .and_then(Value::as_i64)
            .unwrap_or(30)
    };
    deletion.grace.unwrap_or_else(own)
}

/// Whether a terminating object without finalizers can go at once.
pub(crate) fn is_done(kind: &Kind, object: &Value) -> bool {
    if kind.is("", "namespaces") {
        return false;
    }
    !kind.is("", "pods")
        || at(object, &["metadata", "deletionGracePeriodSeconds"]).and_then(Value::as_i64)
            == Some(0)
}

fn check_preconditions(kind: &Kind, key: &Key, live: &Value, deletion: &Deletion) -> ApiResult<()> {
    let conflict = |what: &str, wanted: &str, found: &str| {
        let why = format!(
            "Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {found}"
        );
        Err(ApiError::conflict(
            &kind.group,
            &kind.plural,
            &key.name,
            &why,
        ))
    };
    if let Some(wanted) = deletion
        .uid
        .as_deref()
        .filter(|wanted| *wanted != uid(live))
    {
        return conflict("UID", wanted, uid(live));
    }
    let revision = text(live, &["metadata", "resourceVersion"]);
    if let Some(wanted) = deletion
        .resource_version
        .as_deref()
        .filter(|wanted| *wanted != revision)
    {
        return conflict("ResourceVersion", wanted, revision);
    }
    Ok(())
}
