//! Asks a sandbox in-process, as a client does over HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use sandbox::{Body, Clock, Options, Sandbox};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A clock that stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
    }
}

/// Options under which nothing happens by itself.
pub(crate) fn still() -> Options {
    Options {
        clock: Arc::new(Still),
        pace: None,
        ..Options::default()
    }
}

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    runtime: tokio::runtime::Runtime,
}

impl Client {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self { sandbox, runtime }
    }

    pub(crate) fn in_memory() -> Self {
        Self::new(Sandbox::in_memory(still()))
    }

    /// Sends a request; a path is preceded by its method, a body has the type of the method.
    pub(crate) fn send(&self, line: &str, kind: &str, body: &str) -> (StatusCode, Value) {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, kind);
        let request = request
            .header(header::USER_AGENT, "test/1")
            .body(Full::new(Bytes::from(body.to_owned())))
            .unwrap();
        self.runtime.block_on(async {
            let response = self.sandbox.handle(request).await;
            let code = response.status();
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            (
                code,
                serde_json::from_slice(&bytes)
                    .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into()),
            )
        })
    }

    /// Sends JSON and expects success.
    pub(crate) fn ok(&self, line: &str, body: &Value) -> Value {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (code, answer) = self.send(line, "application/json", &text);
        assert!(code.is_success(), "{line}: {code} {answer}");
        answer
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.ok(&format!("GET {path}"), &Value::Null)
    }

    /// Sends JSON and expects a refusal: its code, reason and message.
    pub(crate) fn refused(&self, line: &str, body: &Value) -> String {
        let (code, answer) = self.send(line, "application/json", &body.to_string());
        assert!(!code.is_success(), "{line}: {code} {answer}");
        assert_eq!(answer["kind"], "Status", "{answer}");
        format!(
            "{} {}: {}",
            answer["code"],
            answer["reason"].as_str().unwrap_or_default(),
            answer["message"].as_str().unwrap_or_default()
        )
    }

    /// Applies an object on the server.
    pub(crate) fn apply(
        &self,
        path: &str,
        manager: &str,
        force: bool,
        body: &Value,
    ) -> (StatusCode, Value) {
        let line = format!("PATCH {path}?fieldManager={manager}&force={force}");
        self.send(&line, "application/apply-patch+yaml", &body.to_string())
    }

    /// The first events of a watch.
    pub(crate) fn watch(&self, path: &str, count: usize) -> Vec<Value> {
        let request = Request::builder()
            .uri(path)
            .body(Full::new(Bytes::new()))
            .unwrap();
        self.runtime.block_on(async {
            let mut body: Body = self.sandbox.handle(request).await.into_body();
            let mut text = String::new();
            while text.lines().count() < count {
                match body.frame().await {
                    Some(Ok(frame)) => {
                        text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()))
                    }
                    _ => break,
                }
            }
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        })
    }
}
