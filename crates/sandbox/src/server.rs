//! From a request to its answer: the route, the verb, the form of what goes back.

use crate::body::Body;
use crate::clock;
use crate::decode;
use crate::kinds::{Kind, Kinds, join};
use crate::request::{self, Form, Query, Route, Target, Verb};
use crate::sandbox::Options;
use crate::status::{ApiError, ApiResult};
use crate::store::{Key, Store};
use crate::{discovery, handlers, openapi, table, watch};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};
use parking_lot::{Condvar, Mutex};
use serde_json::{Value, json};
use std::sync::Arc;

/// Everything that the requests and the controllers share.
pub(crate) struct Server {
    pub(crate) state: Mutex<State>,
    /// Wakes the controllers after a change and at the end.
    pub(crate) wake: Condvar,
    pub(crate) options: Options,
}

/// What one request at a time may read and change.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) kinds: Kinds,
    pub(crate) stopped: bool,
}

/// One request for a resource.
pub(crate) struct Call<'a> {
    pub(crate) verb: Verb,
    pub(crate) kind: Arc<Kind>,
    pub(crate) target: Target,
    pub(crate) query: Query,
    pub(crate) parts: &'a Parts,
    pub(crate) body: &'a [u8],
    pub(crate) form: Form,
}

/// What a handler answers.
pub(crate) enum Answer {
    /// An object, or a list of them.
    Object(StatusCode, Arc<Value>),
    /// An object, with warnings about what was asked.
    Warned(StatusCode, Arc<Value>, Vec<String>),
    /// A watch.
    Stream(Body),
    /// Plain text.
    Text(String),
}

impl Answer {
    pub(crate) fn ok(object: impl Into<Arc<Value>>) -> Self {
        Self::Object(StatusCode::OK, object.into())
    }
}

impl Server {
    pub(crate) fn new(store: Store, kinds: Kinds, options: Options) -> Self {
        let mut state = State {
            store,
            kinds,
            stopped: false,
        };
        crate::crd::load(&mut state);
        crate::controllers::bootstrap(&mut state, &options);
        Self {
            state: Mutex::new(state),
            wake: Condvar::new(),
            options,
        }
    }

    /// The current time as the API writes it.
    pub(crate) fn now(&self) -> String {
        clock::rfc3339(self.options.clock.now())
    }

    pub(crate) fn stop(&self) {
        let mut state = self.state.lock();
        state.stopped = true;
        state.store.wake_watches();
        self.wake.notify_all();
    }

    /// Answers a request whose body has been read.
    pub(crate) fn answer(self: &Arc<Self>, parts: &Parts, body: &[u8]) -> Response<Body> {
        self.route(parts, body)
            .unwrap_or_else(|error| error_response(&error))
    }

    pub(crate) fn refuse_body(&self, limit: usize) -> Response<Body> {
        error_response(&ApiError::too_large(&format!("limit is {limit}")))
    }

    pub(crate) fn refuse_broken_body(&self, error: &str) -> Response<Body> {
        error_response(&ApiError::bad_request(format!(
            "the body of the request could not be read: {error}"
        )))
    }

    fn route(self: &Arc<Self>, parts: &Parts, body: &[u8]) -> ApiResult<Response<Body>> {
        let target = match Route::parse(parts.uri.path()) {
            Route::Resource(target) => target,
            _ if !matches!(parts.method, Method::GET | Method::HEAD) => {
                return Err(ApiError::method_not_allowed());
            }
            Route::GroupVersion(group, version) => {
                let list = discovery::resources(&self.state.lock().kinds, &group, &version)?;
                return Ok(json_response(StatusCode::OK, &list));
            }
            Route::Group(group) => {
                let found = discovery::group(&self.state.lock().kinds, &group)?;
                return Ok(json_response(StatusCode::OK, &found));
            }
            Route::Other(path) => return self.other(&path, parts),
        };
        let query = Query::parse(&parts.uri);
        let kind = self
            .state
            .lock()
            .kinds
            .find(&target.group, &target.version, &target.plural)
            .cloned();
        let Some(kind) = kind else {
            return self.no_such_resource(&target);
        };
        let verb = Verb::of(&parts.method, &target, &query)?;
        let form = request::form(&parts.headers)?;
        let call = Call {
            verb,
            kind,
            target,
            query,
            parts,
            body,
            form,
        };
        let answer = handlers::handle(self, &call)?;
        self.wake.notify_one();
        Ok(self.respond(&call, answer))
    }

    /// A group or version that is not there is not even JSON to the API server.
    fn no_such_resource(&self, target: &Target) -> ApiResult<Response<Body>> {
        let is_served = self
            .state
            .lock()
            .kinds
            .in_version(&target.group, &target.version)
            .next()
            .is_some();
        if is_served {
            return Err(ApiError::no_such_path());
        }
        let mut response = text_response("404 page not found\n");
        *response.status_mut() = StatusCode::NOT_FOUND;
        Ok(response)
    }

    fn other(&self, path: &[String], parts: &Parts) -> ApiResult<Response<Body>> {
        let texts: Vec<&str> = path.iter().map(String::as_str).collect();
        match *texts {
            ["healthz" | "livez" | "readyz", ..] => Ok(text_response("ok")),
            ["version"] => Ok(json_response(
                StatusCode::OK,
                &version(&self.options.version),
            )),
            ["api"] => Ok(discovery::legacy_or_aggregated(
                &self.state.lock().kinds,
                &parts.headers,
                true,
            )),
            ["apis"] => Ok(discovery::legacy_or_aggregated(
                &self.state.lock().kinds,
                &parts.headers,
                false,
            )),
            ["openapi", ref rest @ ..] => {
                openapi::answer(&self.state.lock().kinds, rest, parts, &self.options.version)
            }
            [] => Ok(json_response(
                StatusCode::OK,
                &discovery::paths(&self.state.lock().kinds),
            )),
            _ => Err(ApiError::no_such_path()),
        }
    }

    fn respond(&self, call: &Call<'_>, answer: Answer) -> Response<Body> {
        let (code, object, warnings) = match answer {
            Answer::Object(code, object) => (code, object, Vec::new()),
            Answer::Warned(code, object, warnings) => (code, object, warnings),
            Answer::Stream(body) => return with_type(Response::new(body), "application/json"),
            Answer::Text(text) => return text_response(&text),
        };
        let is_status = object.get("kind").is_some_and(|kind| kind == "Status");
        let mut response = match call.form {
            Form::Table if !is_status => json_response(
                code,
                &table::render(&call.kind, &object, &call.query, self.options.clock.now()),
            ),
            Form::Metadata if !is_status => json_response(code, &watch::metadata_only(&object)),
            _ => json_response(code, &object),
        };
        for warning in warnings {
            let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
            if let Ok(value) = HeaderValue::try_from(format!("299 - \"{quoted}\"")) {
                response.headers_mut().append(header::WARNING, value);
            }
        }
        response
    }
}

/// The answer of `/version`.
fn version(text: &str) -> Value {
    let mut parts = text.trim_start_matches('v').split('.');
    json!({
        "major": parts.next().unwrap_or_default(),
        "minor": parts.next().unwrap_or_default(),
        "gitVersion": text,
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": format!("{}/{}", std::env::consts::OS, go_arch()),
    })
}

fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

pub(crate) fn json_response(code: StatusCode, value: &Value) -> Response<Body> {
    let mut bytes = value.to_string().into_bytes();
    bytes.push(b'\n');
    let mut response = Response::new(Body::whole(Bytes::from(bytes)));
    *response.status_mut() = code;
    with_type(response, "application/json")
}

fn text_response(text: &str) -> Response<Body> {
    with_type(
        Response::new(Body::whole(text.to_owned())),
        "text/plain; charset=utf-8",
    )
}

pub(crate) fn error_response(error: &ApiError) -> Response<Body> {
    json_response(error.code(), &error.to_object())
}

pub(crate) fn with_type(mut response: Response<Body>, kind: &'static str) -> Response<Body> {
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

impl Call<'_> {
    /// The name in the path.
    pub(crate) fn name(&self) -> &str {
        self.target.name.as_deref().unwrap_or_default()
    }

    /// The namespace in the path; empty for cluster-scoped kinds and for all namespaces.
    pub(crate) fn namespace(&self) -> &str {
        self.target.namespace.as_deref().unwrap_or_default()
    }

    /// Where the object in the path is stored.
    pub(crate) fn key(&self) -> Key {
        let storage = Arc::clone(&self.kind.storage);
        Key::new(storage, self.namespace(), self.name())
    }

    /// The subresource in the path, or the empty string.
    pub(crate) fn subresource(&self) -> &str {
        self.target.subresource.as_deref().unwrap_or_default()
    }

    pub(crate) fn media_type(&self) -> &str {
        decode::media_type(&self.parts.headers)
    }

    pub(crate) fn not_found(&self) -> ApiError {
        ApiError::not_found(&self.kind.group, &self.kind.plural, self.name())
    }

    pub(crate) fn api_version(&self) -> String {
        join(&self.kind.group, &self.kind.version)
    }
}
