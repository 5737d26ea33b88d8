//! Errors in the shape and the words of the API server: `metav1.Status`.
//!
//! Wording and codes follow `k8s.io/apimachinery/pkg/api/errors`.

use http::StatusCode;
use serde_json::{Map, Value, json};

/// What a handler returns where it does not answer with an object.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// A failure that becomes a `Status` object.
#[derive(Debug, Clone)]
pub(crate) struct ApiError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: StatusCode,
    reason: &'static str,
    message: String,
    details: Map<String, Value>,
    /// Whether `details` stands there even where it is empty.
    shows_details: bool,
}

/// One entry of `details.causes`.
#[derive(Debug, Clone)]
pub(crate) struct Cause {
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) field: String,
}

impl Cause {
    /// A cause as `field.Invalid` makes it; `value` is shown as Go prints it with %#v or JSON.
    pub(crate) fn invalid(field: impl Into<String>, value: &Value, detail: &str) -> Self {
        let message = format!("Invalid value: {}: {detail}", shown(value));
        Self {
            reason: "FieldValueInvalid",
            message,
            field: field.into(),
        }
    }

    /// A cause as `field.Required` makes it.
    pub(crate) fn required(field: impl Into<String>, detail: &str) -> Self {
        let message = if detail.is_empty() {
            "Required value".to_owned()
        } else {
            format!("Required value: {detail}")
        };
        Self {
            reason: "FieldValueRequired",
            message,
            field: field.into(),
        }
    }

    /// A cause as `field.NotSupported` makes it.
    pub(crate) fn not_supported(field: impl Into<String>, value: &Value, allowed: &[&str]) -> Self {
        let allowed: Vec<String> = allowed.iter().map(|a| format!("{a:?}")).collect();
        let message = format!(
            "Unsupported value: {}: supported values: {}",
            shown(value),
            allowed.join(", ")
        );
        Self {
            reason: "FieldValueNotSupported",
            message,
            field: field.into(),
        }
    }

    /// A cause as `field.Forbidden` makes it.
    pub(crate) fn forbidden(field: impl Into<String>, detail: &str) -> Self {
        Self {
            reason: "FieldValueForbidden",
            message: format!("Forbidden: {detail}"),
            field: field.into(),
        }
    }

    /// A cause as `field.Duplicate` makes it.
    pub(crate) fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        Self {
            reason: "FieldValueDuplicate",
            message: format!("Duplicate value: {}", shown(value)),
            field: field.into(),
        }
    }

    /// A cause as `field.TypeInvalid` makes it.
    pub(crate) fn type_invalid(field: impl Into<String>, value: &Value, detail: &str) -> Self {
        let message = format!("Invalid value: {}: {detail}", shown(value));
        Self {
            reason: "FieldValueTypeInvalid",
            message,
            field: field.into(),
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

impl ApiError {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            reason,
            message: message.into(),
            details: Map::new(),
            shows_details: false,
        }))
    }

    fn about(mut self, group: &str, kind: &str, name: &str) -> Self {
        for (key, value) in [("name", name), ("group", group), ("kind", kind)] {
            if !value.is_empty() {
                self.0.details.insert(key.into(), value.into());
            }
        }
        self
    }

    fn causes(mut self, causes: &[Cause]) -> Self {
        let entry = |cause: &Cause| {
            let mut entry = Map::new();
            for (key, value) in [
                ("reason", cause.reason),
                ("message", &*cause.message),
                ("field", &*cause.field),
            ] {
                if !value.is_empty() {
                    entry.insert(key.into(), value.into());
                }
            }
            Value::Object(entry)
        };
        self.0
            .details
            .insert("causes".into(), causes.iter().map(entry).collect());
        self
    }

    /// `NewNotFound`: `resource` is the plural.
    pub(crate) fn not_found(group: &str, resource: &str, name: &str) -> Self {
        let message = format!("{} {name:?} not found", qualified(resource, group));
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(group, resource, name)
    }

    /// The answer to a path that no resource has.
    pub(crate) fn no_such_path() -> Self {
        let message = "the server could not find the requested resource";
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).with_empty_details()
    }

    /// `NewAlreadyExists`.
    pub(crate) fn already_exists(group: &str, resource: &str, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", qualified(resource, group));
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(group, resource, name)
    }

    /// `NewConflict`.
    pub(crate) fn conflict(group: &str, resource: &str, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: {why}",
            qualified(resource, group)
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(group, resource, name)
    }

    /// `NewApplyConflict`.
    pub(crate) fn apply_conflict(message: String, causes: &[Cause]) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", message).causes(causes)
    }

    /// `NewForbidden`.
    pub(crate) fn forbidden(group: &str, resource: &str, name: &str, why: &str) -> Self {
        let message = format!(
            "{} {name:?} is forbidden: {why}",
            qualified(resource, group)
        );
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(group, resource, name)
    }

    /// `NewInvalid`: `kind` is the kind, not the plural.
    pub(crate) fn invalid(group: &str, kind: &str, name: &str, causes: &[Cause]) -> Self {
        let line = |c: &Cause| {
            if c.field.is_empty() {
                c.message.clone()
            } else {
                format!("{}: {}", c.field, c.message)
            }
        };
        // `ToAggregate` drops messages that repeat.
        let mut lines: Vec<String> = Vec::new();
        for cause in causes {
            let line = line(cause);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let text = if let [only] = &*lines {
            only.clone()
        } else {
            format!("[{}]", lines.join(", "))
        };
        let message = format!("{} {name:?} is invalid: {text}", qualified(kind, group));
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
            .about(group, kind, name)
            .causes(causes)
    }

    /// `NewBadRequest`.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// `NewUnauthorized`, as the server words a request without valid credentials.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    /// `NewResourceExpired`.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// The answer to a method that a path does not take.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).with_empty_details()
    }

    /// The answer to a body in a format that is not understood.
    pub(crate) fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            message,
        )
    }

    /// The answer to an Accept header that cannot be served.
    pub(crate) fn not_acceptable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    }

    /// `NewRequestEntityTooLargeError`.
    pub(crate) fn too_large(message: &str) -> Self {
        let message = format!("Request entity too large: {message}");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            message,
        )
    }

    /// What the sandbox does not do: said, not faked.
    pub(crate) fn not_implemented(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// `NewInternalError`.
    pub(crate) fn internal(why: impl Into<String>) -> Self {
        let why = why.into();
        let cause = Cause {
            reason: "",
            message: why.clone(),
            field: String::new(),
        };
        let message = format!("Internal error occurred: {why}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message).causes(&[cause])
    }

    /// The answer to a JSON patch that cannot be applied.
    pub(crate) fn invalid_patch(why: String) -> Self {
        let message =
            format!("the server rejected our request due to an error in our request: {why}");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
    }

    /// The answer to a resourceVersion that is still to come.
    pub(crate) fn too_new(wanted: u64, current: u64) -> Self {
        let message = format!("Timeout: Too large resource version: {wanted}, current: {current}");
        let cause = Cause {
            reason: "ResourceVersionTooLarge",
            message: "Too large resource version".into(),
            field: String::new(),
        };
        let mut error = Self::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message).causes(&[cause]);
        error.0.details.insert("retryAfterSeconds".into(), 1.into());
        error
    }

    /// The same error in other words.
    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.0.message = message;
        self
    }

    /// The same error with `details: {}`.
    pub(crate) fn with_empty_details(mut self) -> Self {
        self.0.shows_details = true;
        self
    }

    /// The same message as an error of the server, which is how some bad input is answered.
    pub(crate) fn into_internal(mut self) -> Self {
        self.0.code = StatusCode::INTERNAL_SERVER_ERROR;
        self.0.reason = "";
        self
    }

    /// The HTTP status code.
    pub(crate) fn code(&self) -> StatusCode {
        self.0.code
    }

    /// The message alone.
    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The `Status` object.
    pub(crate) fn to_object(&self) -> Value {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.0.message,
        });
        if !self.0.reason.is_empty() {
            status["reason"] = self.0.reason.into();
        }
        if !self.0.details.is_empty() || self.0.shows_details {
            status["details"] = Value::Object(self.0.details.clone());
        }
        status["code"] = self.0.code.as_u16().into();
        status
    }
}

/// `deployments.apps`, or `pods` in the core group.
pub(crate) fn qualified(resource: &str, group: &str) -> String {
    if group.is_empty() {
        resource.to_owned()
    } else {
        format!("{resource}.{group}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_object_is_said_as_the_api_server_says_it() {
        let error = ApiError::not_found("apps", "deployments", "web");
        assert_eq!(
            error.to_object(),
            json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": "deployments.apps \"web\" not found", "reason": "NotFound",
                "details": {"name": "web", "group": "apps", "kind": "deployments"}, "code": 404,
            })
        );
    }

    #[test]
    fn several_causes_stand_in_brackets_and_are_not_repeated() {
        let one = Cause::required("spec.a", "");
        let causes = [
            one.clone(),
            Cause::invalid("spec.b", &json!(3), "too few"),
            one,
        ];
        let error = ApiError::invalid("", "Pod", "p", &causes);
        let expected =
            "Pod \"p\" is invalid: [spec.a: Required value, spec.b: Invalid value: 3: too few]";
        assert_eq!(error.message(), expected);
    }
}
