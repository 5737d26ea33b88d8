//! What can go wrong between us and an API server, worded as client-go words it.

use goval::strconv::quote;
use manifest::Gvk;
use serde::Deserialize;

/// Why a request to the cluster failed.
///
/// `Display` gives client-go's text, which is what Helm shows.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The API server answered with an error.
    #[error("{}", .0.message)]
    Api(Box<Status>),
    /// No answer came: the connection failed or broke. The text names method, URL and cause.
    #[error("{0}")]
    Unreachable(String),
    /// The kubeconfig, or what it points at, cannot be used.
    #[error("{0}")]
    Config(String),
    /// The server serves no such kind.
    #[error(
        "resource mapping not found for name: {} namespace: {} from \"\": \
         no matches for kind {} in version {}\nensure CRDs are installed first",
        quote(name),
        quote(namespace),
        quote(&gvk.kind),
        quote(gvk.api_version())
    )]
    NoMatch {
        /// The kind that was looked for.
        gvk: Gvk,
        /// The name of the object that asked for it.
        name: String,
        /// The namespace that the object names.
        namespace: String,
    },
    /// An object that no server could take, such as one without a kind.
    #[error("{0}")]
    Invalid(String),
    /// The answer cannot be read.
    #[error("{0}")]
    Protocol(String),
}

impl Error {
    /// Whether the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.has(404, "NotFound")
    }

    /// Whether an object of that name exists already.
    pub fn is_already_exists(&self) -> bool {
        matches!(self, Error::Api(status) if status.reason == "AlreadyExists")
    }

    /// Whether another writer came first, or another field manager owns a field.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Api(status)
            if status.reason == "Conflict" || (status.reason.is_empty() && status.code == 409))
    }

    /// Whether the user may not do that.
    pub fn is_forbidden(&self) -> bool {
        self.has(403, "Forbidden")
    }

    /// Whether the server does not know the user.
    pub fn is_unauthorized(&self) -> bool {
        self.has(401, "Unauthorized")
    }

    /// Whether a watch asked for a version that the server no longer holds.
    pub fn is_expired(&self) -> bool {
        self.has(410, "Expired") || self.has(410, "Gone")
    }

    /// Whether no server answered.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Error::Unreachable(_))
    }

    /// Whether the same request may succeed a little later: no answer came, or one that speaks of
    /// the server's own troubles.
    pub fn is_transient(&self) -> bool {
        self.is_unreachable() || matches!(self.code(), Some(429 | 500..))
    }

    /// The HTTP status of the answer, if one came.
    pub fn code(&self) -> Option<u16> {
        match self {
            Error::Api(status) => Some(status.code),
            _ => None,
        }
    }

    /// As apimachinery's `reasonAndCodeForError`: the reason decides, the code only without one.
    fn has(&self, code: u16, reason: &str) -> bool {
        matches!(self, Error::Api(status)
            if status.reason == reason || (status.reason.is_empty() && status.code == code))
    }
}

/// A failure as the API describes it (`metav1.Status`).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The HTTP status code.
    pub code: u16,
    /// One word for programs, such as `NotFound`.
    pub reason: String,
    /// The text for people.
    pub message: String,
}

/// What a request was about, as far as error texts name it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    /// The HTTP method.
    pub(crate) verb: &'static str,
    /// The resource, with its group if it has one: `deployments.apps`; empty for other paths.
    pub(crate) resource: String,
    /// The name of the object, if one was named.
    pub(crate) name: String,
}

impl Status {
    /// The error of an answer whose status is not a success.
    ///
    /// A `Status` object in the body is taken as it is. Otherwise the text is made from the code, as
    /// apimachinery's `NewGenericServerResponse` does. `/version` never looks into the body, so
    /// pass an empty one there.
    pub(crate) fn of_response(code: u16, body: &[u8], json: bool, subject: &Subject) -> Status {
        Status::of_body(code, body).unwrap_or_else(|| Status::generic(code, body, json, subject))
    }

    /// The `Status` object that a body is, if it is one that tells of a failure.
    fn of_body(code: u16, body: &[u8]) -> Option<Status> {
        #[derive(Deserialize)]
        struct Typed {
            kind: Option<String>,
            status: Option<serde_json::Value>,
            #[serde(flatten)]
            inner: Status,
        }
        let typed: Typed = serde_json::from_slice(body).ok()?;
        let failed = typed
            .status
            .and_then(|s| s.as_str().map(|s| s != "Success"));
        if typed.kind.as_deref() != Some("Status") || failed != Some(true) {
            return None;
        }
        let mut status = typed.inner;
        if status.code == 0 {
            status.code = code;
        }
        Some(status)
    }

    /// The error that client-go makes up for an answer that does not explain itself.
    pub(crate) fn generic(code: u16, body: &[u8], json: bool, subject: &Subject) -> Status {
        const LONGEST: usize = 2048;
        let body = String::from_utf8_lossy(&body[..body.len().min(LONGEST)]);
        let said = if json { "unknown" } else { body.trim() };
        let (reason, mut message) = explain(code, subject.verb, said);
        if !subject.resource.is_empty() {
            let verb = subject.verb.to_lowercase();
            let about = match subject.name.as_str() {
                "" => format!(" ({verb} {})", subject.resource),
                name => format!(" ({verb} {} {name})", subject.resource),
            };
            message.push_str(&about);
        }
        Status {
            code,
            reason: reason.to_owned(),
            message,
        }
    }
}

/// Reason and text of a bare status code.
fn explain(code: u16, verb: &str, said: &str) -> (&'static str, String) {
    let (reason, text) = match code {
        409 if verb == "POST" => ("AlreadyExists", "the server reported a conflict"),
        409 => ("Conflict", "the server reported a conflict"),
        404 => (
            "NotFound",
            "the server could not find the requested resource",
        ),
        400 => (
            "BadRequest",
            "the server rejected our request for an unknown reason",
        ),
        401 => (
            "Unauthorized",
            "the server has asked for the client to provide credentials",
        ),
        403 => ("Forbidden", said),
        406 if said.is_empty() || said == "unknown" => (
            "NotAcceptable",
            "the server was unable to respond with a content type that the client supports",
        ),
        406 => ("NotAcceptable", said),
        415 => ("UnsupportedMediaType", said),
        405 => (
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        ),
        422 => (
            "Invalid",
            "the server rejected our request due to an error in our request",
        ),
        503 => (
            "ServiceUnavailable",
            "the server is currently unable to handle the request",
        ),
        504 => (
            "Timeout",
            "the server was unable to return a response in the time allotted, \
             but may still be processing the request",
        ),
        429 => (
            "TooManyRequests",
            "the server has received too many requests and has asked us to try again later",
        ),
        500.. => {
            let said = quote(said);
            let text = format!(
                "an error on the server ({said}) has prevented the request from succeeding"
            );
            return ("InternalError", text);
        }
        _ => {
            let text = format!(
                "the server responded with the status code {code} but did not return more information"
            );
            return ("", text);
        }
    };
    (reason, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: u16, body: &str, json: bool, expected: &str) {
        let subject = Subject {
            verb: "GET",
            resource: "deployments.apps".into(),
            name: "web".into(),
        };
        let status = Status::of_response(code, body.as_bytes(), json, &subject);
        assert_eq!(status.message, expected);
    }

    #[test]
    fn a_status_in_the_body_speaks_for_itself() {
        let body = r#"{"kind":"Status","status":"Failure","reason":"NotFound","message":"no web","code":404}"#;
        check(404, body, true, "no web");
    }

    #[test]
    fn other_bodies_get_the_text_of_the_code() {
        check(
            404,
            "page not found",
            false,
            "the server could not find the requested resource (get deployments.apps web)",
        );
        check(403, "denied\n", false, "denied (get deployments.apps web)");
        check(
            502,
            "bad \"gateway\"",
            false,
            "an error on the server (\"bad \\\"gateway\\\"\") has prevented the request from \
             succeeding (get deployments.apps web)",
        );
    }

    #[test]
    fn a_missing_kind_is_told_as_helm_tells_it() {
        let error = Error::NoMatch {
            gvk: Gvk::new("example.com/v1", "Foo"),
            name: "x".into(),
            namespace: String::new(),
        };
        assert_eq!(
            error.to_string(),
            "resource mapping not found for name: \"x\" namespace: \"\" from \"\": no matches for \
             kind \"Foo\" in version \"example.com/v1\"\nensure CRDs are installed first"
        );
    }
}
