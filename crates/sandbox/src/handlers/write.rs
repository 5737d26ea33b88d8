//! Create, update and patch: from what was sent to what is stored.

use super::read::{bad_revision, presented};
use crate::admission::{self, defaults};
use crate::apply::managers::{self, Apply, Writer};
use crate::apply::typed;
use crate::decode::{self, Decoded};
use crate::kinds::Kind;
use crate::object::{
    at, finalizers, is_terminating, name, namespace, remove, same, set, text, uid,
};
use crate::patch;
use crate::request::default_manager;
use crate::server::{Answer, Call, Server, State};
use crate::status::{ApiError, ApiResult, Cause};
use crate::store::Key;
use crate::{convert, crd, names, validation};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a write knows beside the object: who asks, how strictly, and when.
pub(crate) struct Context {
    pub(crate) manager: String,
    pub(crate) subresource: String,
    pub(crate) dry_run: bool,
    pub(crate) now: String,
    strictness: Strictness,
    pub(crate) warnings: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Ignore,
    Warn,
    Strict,
}

impl Context {
    /// The context of a request.
    pub(crate) fn of(server: &Server, call: &Call<'_>) -> ApiResult<Self> {
        let options = if call.media_type().contains("patch") {
            "PatchOptions"
        } else {
            "CreateOptions"
        };
        let refused = |cause: Cause| ApiError::invalid("meta.k8s.io", options, "", &[cause]);
        let dry_run = match call.query.get("dryRun") {
            None => false,
            Some("All") => true,
            Some(other) => {
                return Err(refused(Cause::not_supported(
                    "dryRun",
                    &json!([other]),
                    &["All"],
                )));
            }
        };
        let strictness = match call.query.get("fieldValidation") {
            None | Some("Warn") => Strictness::Warn,
            Some("Strict") => Strictness::Strict,
            Some("Ignore") => Strictness::Ignore,
            Some(other) => {
                let allowed = &["", "Ignore", "Strict", "Warn"];
                return Err(refused(Cause::not_supported(
                    "fieldValidation",
                    &json!(other),
                    allowed,
                )));
            }
        };
        let manager = call
            .query
            .get("fieldManager")
            .map_or_else(|| default_manager(&call.parts.headers), str::to_owned);
        if manager.len() > 128 {
            return Err(refused(Cause::invalid(
                "fieldManager",
                &json!(manager),
                "may not be more than 128 bytes",
            )));
        }
        Ok(Self {
            manager,
            subresource: call.subresource().to_owned(),
            dry_run,
            now: server.now(),
            strictness,
            warnings: Vec::new(),
        })
    }

    /// The context of a controller.
    pub(crate) fn of_controller(manager: &str, subresource: &str, now: String) -> Self {
        Self {
            manager: manager.to_owned(),
            subresource: subresource.to_owned(),
            dry_run: false,
            now,
            strictness: Strictness::Ignore,
            warnings: Vec::new(),
        }
    }

    fn writer<'a>(&'a self, api_version: &'a str) -> Writer<'a> {
        Writer {
            manager: &self.manager,
            api_version,
            subresource: &self.subresource,
            time: &self.now,
        }
    }
}

/// Brings a sent object into the form of its kind; complains of unknown and duplicate fields as asked.
fn conform(kind: &Kind, mut decoded: Decoded, context: &mut Context) -> ApiResult<Value> {
    let Some(schema) = kind.schema() else {
        return Ok(decoded.value);
    };
    let unknown = if kind.custom.is_some() {
        crd::prune(schema, &mut decoded.value)
    } else {
        let wrong = |error| {
            let (kind, version) = (&kind.kind, &kind.version);
            ApiError::bad_request(format!(
                "{kind} in version {version:?} cannot be handled as a {kind}: {error}"
            ))
        };
        decode::conform(schema, &mut decoded.value).map_err(wrong)?
    };
    let unknown = unknown
        .iter()
        .map(|field| format!("unknown field {field:?}"));
    let duplicate = decoded
        .duplicates
        .iter()
        .map(|field| format!("duplicate field {field:?}"));
    let complaints: Vec<String> = unknown.chain(duplicate).collect();
    match context.strictness {
        _ if complaints.is_empty() => {}
        Strictness::Strict => {
            let (kind, version) = (&kind.kind, &kind.version);
            let complaints = complaints.join(", ");
            let start = format!("{kind} in version {version:?} cannot be handled as a {kind}");
            return Err(ApiError::bad_request(format!(
                "{start}: strict decoding error: {complaints}"
            )));
        }
        Strictness::Warn => context.warnings.extend(complaints),
        Strictness::Ignore => {}
    }
    Ok(decoded.value)
}

/// Refuses an object of another kind or namespace than the path names, and fills in what is absent.
fn adopt(call: &Call<'_>, object: &mut Value) -> ApiResult<()> {
    if !object.is_object() {
        return Err(ApiError::bad_request(
            "the body of the request is no object",
        ));
    }
    let (api_version, kind) = (text(object, &["apiVersion"]), text(object, &["kind"]));
    if !kind.is_empty() && (kind != call.kind.kind || api_version != call.api_version()) {
        let (found_group, found_version) = crate::kinds::split(api_version);
        let message = format!(
            "{kind} in version {found_version:?} cannot be handled as a {}: the API version in the data ({api_version}) does not match the expected API version ({})",
            call.kind.kind,
            call.api_version()
        );
        let is_only_version = found_group == call.kind.group && kind == call.kind.kind;
        let short = format!(
            "the API version in the data ({api_version}) does not match the expected API version ({})",
            call.api_version()
        );
        return Err(ApiError::bad_request(if is_only_version {
            short
        } else {
            message
        }));
    }
    if at(object, &["metadata"]).is_some_and(|metadata| !metadata.is_object()) {
        return Err(ApiError::bad_request("metadata is no object"));
    }
    set(object, &["apiVersion"], call.api_version());
    set(object, &["kind"], call.kind.kind.as_str());
    match namespace(object) {
        found if found == call.namespace() => {}
        "" => set(object, &["metadata", "namespace"], call.namespace()),
        _ if !call.kind.namespaced => {
            remove(object, &["metadata", "namespace"]);
        }
        _ => {
            let message = "the namespace of the provided object does not match the namespace sent on the request";
            return Err(ApiError::bad_request(message));
        }
    }
    Ok(())
}

pub(super) fn create(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    let mut context = Context::of(server, call)?;
    let decoded = decode::object(&call.parts.headers, call.body)?;
    let mut object = conform(&call.kind, decoded, &mut context)?;
    adopt(call, &mut object)?;
    let mut state = server.state.lock();
    let created = create_object(&mut state, &call.kind, object, &context)?;
    Ok(Answer::Warned(
        StatusCode::CREATED,
        presented(&call.kind, &created),
        context.warnings,
    ))
}

/// Creates `object` (with apiVersion, kind and namespace) as a request or a controller asks.
pub(crate) fn create_object(
    state: &mut State,
    kind: &Kind,
    mut object: Value,
    context: &Context,
) -> ApiResult<Arc<Value>> {
    if !text(&object, &["metadata", "resourceVersion"]).is_empty() {
        return Err(ApiError::bad_request(
            "resourceVersion should not be set on objects to be created",
        ));
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
    note(&stored, &Value::Null, &mut object, context);
    if context.dry_run {
        return Ok(Arc::new(object));
    }
    check_writable(state)?;
    let created = state.store.put(key, object);
    admission::after_write(state, &stored, &created);
    Ok(created)
}

/// The kind in the version whose objects are stored.
fn stored_kind(state: &State, kind: &Kind) -> Arc<Kind> {
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
fn has_generation(kind: &Kind) -> bool {
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
        let message = format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            name(&object),
            call.name()
        );
        return Err(ApiError::bad_request(message));
    }
    set(&mut object, &["metadata", "name"], call.name());
    let mut state = server.state.lock();
    let key = Key::new(
        Arc::clone(&call.kind.storage),
        call.namespace(),
        call.name(),
    );
    let Some(live) = state.store.get(&key).cloned() else {
        if call.kind.is("coordination.k8s.io", "leases") {
            let created = create_object(&mut state, &call.kind, object, &context)?;
            return Ok(Answer::Warned(
                StatusCode::CREATED,
                presented(&call.kind, &created),
                context.warnings,
            ));
        }
        return Err(call.not_found());
    };
    check_precondition(call, &live, &object)?;
    convert::to_storage(&call.kind, &mut object);
    let stored = store_update(&mut state, &call.kind, &key, &live, object, &context)?;
    Ok(Answer::Warned(
        StatusCode::OK,
        presented(&call.kind, &stored),
        context.warnings,
    ))
}

/// Refuses an update of an older state of the object.
fn check_precondition(call: &Call<'_>, live: &Value, sent: &Value) -> ApiResult<()> {
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
    validation::on_update(&stored, live, &new, &context.subresource)?;
    note(&stored, live, &mut new, context);
    finish_update(state, &stored, key, live, new, context)
}

fn finish_update(
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
    if is_terminating(&stored)
        && finalizers(&stored).is_empty()
        && super::delete::is_done(kind, &stored)
    {
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
fn only_written_part(kind: &Kind, live: &Value, new: Value, subresource: &str) -> Value {
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

fn keep_metadata(live: &Value, new: &mut Value) {
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

fn note(kind: &Kind, live: &Value, new: &mut Value, context: &Context) {
    let api_version = kind.api_version();
    managers::note_update(
        kind.schema(),
        kind.has_status(),
        live,
        new,
        &context.writer(&api_version),
    );
}

fn check_writable(state: &State) -> ApiResult<()> {
    state
        .store
        .check_writable()
        .map_err(|error| ApiError::internal(error.to_string()))
}

pub(super) fn patch(server: &Server, call: &Call<'_>) -> ApiResult<Answer> {
    if matches!(call.media_type(), "application/apply-patch+yaml") {
        return apply(server, call);
    }
    let mut context = Context::of(server, call)?;
    let mut state = server.state.lock();
    let key = Key::new(
        Arc::clone(&call.kind.storage),
        call.namespace(),
        call.name(),
    );
    let live = state
        .store
        .get(&key)
        .cloned()
        .ok_or_else(|| call.not_found())?;
    let shown = presented(&call.kind, &live);
    let mut new = match call.media_type() {
        "application/json-patch+json" => patch::json::apply(&shown, call.body)?,
        "application/merge-patch+json" => {
            patch::merge::apply(&shown, &decode::json(call.body)?.value)
        }
        "application/strategic-merge-patch+json" if call.kind.custom.is_none() => {
            patch::strategic::apply(call.kind.schema(), &shown, &decode::json(call.body)?.value)?
        }
        other => {
            let mut accepted = vec![
                "application/json-patch+json",
                "application/merge-patch+json",
                "application/apply-patch+yaml",
            ];
            if call.kind.custom.is_none() {
                accepted.insert(2, "application/strategic-merge-patch+json");
            }
            let accepted = accepted.join(", ");
            let message = format!(
                "the body of the request was in an unknown format - accepted media types include: {accepted} (not {other})"
            );
            return Err(ApiError::unsupported_media_type(message));
        }
    };
    if name(&new) != call.name() || namespace(&new) != call.namespace() {
        let cause = Cause::invalid("metadata.name", &json!(name(&new)), "field is immutable");
        return Err(ApiError::invalid(
            &call.kind.group,
            &call.kind.kind,
            call.name(),
            &[cause],
        ));
    }
    new = conform(
        &call.kind,
        Decoded {
            value: new,
            duplicates: Vec::new(),
        },
        &mut context,
    )?;
    adopt(call, &mut new)?;
    check_precondition(call, &live, &new)?;
    convert::to_storage(&call.kind, &mut new);
    let stored = store_update(&mut state, &call.kind, &key, &live, new, &context)?;
    Ok(Answer::Warned(
        StatusCode::OK,
        presented(&call.kind, &stored),
        context.warnings,
    ))
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
    let mut config = applied_config(call)?;
    let mut state = server.state.lock();
    let key = Key::new(
        Arc::clone(&call.kind.storage),
        call.namespace(),
        call.name(),
    );
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
    check_applied_fields(&stored_kind, &config)?;
    let api_version = stored_kind.api_version();
    let how = Apply {
        schema,
        has_status: stored_kind.has_status(),
        writer: context.writer(&api_version),
        force: call.query.flag("force"),
    };
    let Some(live) = live else {
        let merged = managers::apply(&json!({}), &config, &how)?.unwrap_or(config);
        let created = create_applied(&mut state, &call.kind, merged, &context)?;
        return Ok(Answer::Warned(
            StatusCode::CREATED,
            presented(&call.kind, &created),
            context.warnings,
        ));
    };
    let Some(mut merged) = managers::apply(&live, &config, &how)? else {
        return Ok(Answer::ok(presented(&call.kind, &live)));
    };
    let managed = remove(&mut merged, &["metadata", "managedFields"]);
    let complete = conform(
        &stored_kind,
        Decoded {
            value: merged,
            duplicates: Vec::new(),
        },
        &mut context,
    )?;
    let mut merged = only_written_part(&stored_kind, &live, complete, &context.subresource);
    keep_metadata(&live, &mut merged);
    defaults::fill(&stored_kind, &mut merged);
    defaults::keep(&stored_kind, &live, &mut merged);
    validation::on_update(&stored_kind, &live, &merged, &context.subresource)?;
    match managed {
        Some(managed) => set(&mut merged, &["metadata", "managedFields"], managed),
        None => {
            remove(&mut merged, &["metadata", "managedFields"]);
        }
    }
    let stored = finish_update(&mut state, &stored_kind, &key, &live, merged, &context)?;
    Ok(Answer::Warned(
        StatusCode::OK,
        presented(&call.kind, &stored),
        context.warnings,
    ))
}

/// The object of an apply request, checked as far as it can be without the live one.
fn applied_config(call: &Call<'_>) -> ApiResult<Value> {
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
        let missing = if text(&config, &["apiVersion"]).is_empty() {
            "apiVersion"
        } else {
            "Kind"
        };
        return Err(ApiError::bad_request(format!(
            "Object '{missing}' is missing in the applied configuration"
        )));
    }
    adopt(call, &mut config)?;
    if !name(&config).is_empty() && name(&config) != call.name() {
        let message = format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            name(&config),
            call.name()
        );
        return Err(ApiError::bad_request(message));
    }
    set(&mut config, &["metadata", "name"], call.name());
    remove(&mut config, &["metadata", "creationTimestamp"]);
    if !call.kind.namespaced {
        remove(&mut config, &["metadata", "namespace"]);
    }
    Ok(config)
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
fn check_applied_fields(kind: &Kind, config: &Value) -> ApiResult<()> {
    let Some(schema) = kind.schema() else {
        return Ok(());
    };
    let refused = |why: String| {
        let id = if namespace(config).is_empty() {
            format!("/{}", name(config))
        } else {
            format!("{}/{}", namespace(config), name(config))
        };
        let message = format!(
            "failed to create typed patch object ({id}; {}, Kind={}): {why}",
            kind.api_version(),
            kind.kind
        );
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
    let merged = conform(
        kind,
        Decoded {
            value: merged,
            duplicates: Vec::new(),
        },
        &mut quiet,
    )?;
    let preview = Context {
        dry_run: true,
        ..quiet
    };
    let ready = create_object(state, kind, merged, &preview)?;
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
