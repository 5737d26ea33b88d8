//! Reviews: questions that are answered and not stored. Whoever reaches the sandbox may do everything.

use crate::decode;
use crate::object::{items, remove, set, text};
use crate::request::Verb;
use crate::server::{Answer, Call, Server};
use crate::status::{ApiError, ApiResult};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// The one user of a sandbox.
pub(crate) const USER: &str = "sandbox-admin";

/// Answers a create of a review kind, and a list of the kinds that are never stored.
pub(super) fn handle(server: &Server, call: &Call<'_>) -> ApiResult<Option<Answer>> {
    let kind = &call.kind;
    if kind.is("", "componentstatuses") {
        let list =
            json!({"kind": "ComponentStatusList", "apiVersion": "v1", "metadata": {}, "items": []});
        return if call.verb == Verb::List {
            Ok(Some(Answer::ok(list)))
        } else {
            Err(call.not_found())
        };
    }
    if kind.is("", "bindings") {
        return Err(ApiError::not_implemented(
            "the sandbox does not serve bindings: its pods are bound to its one node",
        ));
    }
    let is_review = matches!(
        &*kind.group,
        "authorization.k8s.io" | "authentication.k8s.io"
    );
    if !is_review || kind.custom.is_some() {
        return Ok(None);
    }
    let mut review = decode::object(&call.parts.headers, call.body)?.value;
    if !review.is_object() {
        return Err(ApiError::bad_request(
            "the body of the request is no object",
        ));
    }
    set(&mut review, &["apiVersion"], call.api_version());
    set(&mut review, &["kind"], kind.kind.as_str());
    if kind.plural == "selfsubjectreviews" {
        set(
            &mut review,
            &["metadata", "creationTimestamp"],
            server.now(),
        );
    }
    remove(&mut review, &["status"]);
    let status = status_of(&kind.plural, &review);
    set(&mut review, &["status"], status);
    Ok(Some(Answer::Object(StatusCode::CREATED, Arc::new(review))))
}

fn status_of(plural: &str, review: &Value) -> Value {
    match plural {
        "selfsubjectreviews" => {
            json!({"userInfo": {"username": USER, "groups": ["system:masters", "system:authenticated"]}})
        }
        "selfsubjectrulesreviews" => json!({
            "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            "incomplete": false,
        }),
        "tokenreviews" => {
            json!({"authenticated": false, "error": "the sandbox issues no tokens", "user": {}})
        }
        "selfsubjectaccessreviews" => {
            json!({"allowed": true})
        }
        _ => subject_access(review),
    }
}

/// Others than the one user are nobody here: RBAC objects are stored but not evaluated.
fn subject_access(review: &Value) -> Value {
    let is_admin = text(review, &["spec", "user"]) == USER
        || items(review, &["spec", "groups"])
            .iter()
            .any(|group| group == "system:masters");
    if is_admin {
        return json!({"allowed": true});
    }
    json!({"allowed": false, "reason": "", "evaluationError": "the sandbox stores RBAC objects but does not evaluate them"})
}
