//! What a write knows beside its object, and how a sent object is made one of its kind.

use super::read::presented;
use crate::apply::managers::Writer;
use crate::crd;
use crate::decode::{self, Decoded};
use crate::kinds::{Kind, split};
use crate::object::{at, name, namespace, remove, set, text};
use crate::request::default_manager;
use crate::server::{Answer, Call, Server};
use crate::status::{ApiError, ApiResult, Cause};
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

    /// The answer to a write: the stored object, and what is to be warned of.
    pub(super) fn answer(self, code: StatusCode, kind: &Kind, stored: &Arc<Value>) -> Answer {
        Answer::Warned(code, presented(kind, stored), self.warnings)
    }

    pub(super) fn writer<'a>(&'a self, api_version: &'a str) -> Writer<'a> {
        Writer {
            manager: &self.manager,
            api_version,
            subresource: &self.subresource,
            time: &self.now,
        }
    }
}

/// Brings a sent object into the form of its kind; complains of unknown and duplicate fields as asked.
pub(super) fn conform(
    kind: &Kind,
    mut decoded: Decoded,
    context: &mut Context,
) -> ApiResult<Value> {
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
pub(super) fn adopt(call: &Call<'_>, object: &mut Value) -> ApiResult<()> {
    if !object.is_object() {
        return Err(ApiError::bad_request(
            "the body of the request is no object",
        ));
    }
    let (api_version, kind) = (text(object, &["apiVersion"]), text(object, &["kind"]));
    if !kind.is_empty() && (kind != call.kind.kind || api_version != call.api_version()) {
        return Err(not_this_kind(call, api_version, kind));
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

/// The words for an object of another name than the path has.
pub(super) fn other_name(call: &Call<'_>, object: &Value) -> ApiError {
    let (sent, own) = (name(object), call.name());
    ApiError::bad_request(format!(
        "the name of the object ({sent}) does not match the name on the URL ({own})"
    ))
}

/// The words for an object of another kind, or of a version that is not served.
fn not_this_kind(call: &Call<'_>, api_version: &str, kind: &str) -> ApiError {
    let (group, version) = split(api_version);
    let wanted = &call.kind.kind;
    let start = format!("{kind} in version {version:?} cannot be handled as a {wanted}");
    let why = if group == call.kind.group && kind == wanted {
        format!(
            "no kind {kind:?} is registered for version {api_version:?} in scheme \"pkg/runtime/scheme.go:111\""
        )
    } else {
        let expected = call.api_version();
        format!(
            "the API version in the data ({api_version}) does not match the expected API version ({expected})"
        )
    };
    ApiError::bad_request(format!("{start}: {why}"))
}
