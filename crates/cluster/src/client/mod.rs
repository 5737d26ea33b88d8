//! The port over HTTP: a real API server, or any service that speaks like one.

mod discovery;
mod kept;
mod request;
mod transport;
mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use http::{Request, Response, header};
use http_body_util::BodyExt;
use kube::client::Body;
use manifest::Object;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::request::{Call, Page};
pub(crate) use self::transport::Endpoint;
use crate::config::{Link, TicketError};
use crate::error::Status;
use crate::{
    Cluster, Discovery, Error, ListQuery, Patch, Propagation, Scope, Target, Version, WatchEvent,
    WriteOptions,
};

/// As often as client-go repeats a request that the server asks to send later.
const RETRIES: u32 = 10;

/// A Kubernetes API behind a [`kube::Client`], or behind any service of HTTP requests.
pub struct KubeCluster {
    link: Link,
    /// Where discovery is kept from one run to the next.
    pub(crate) keeps: Option<PathBuf>,
    /// Who is told what the server warns of.
    pub(crate) warn: Option<fn(&str)>,
    version: tokio::sync::OnceCell<Version>,
    discovery: Mutex<Option<Arc<Discovery>>>,
}

impl KubeCluster {
    /// A cluster behind a service in this process, such as the sandbox; no network is involved.
    ///
    /// Requests carry a path and no host.
    pub fn in_process<S, B>(service: S) -> KubeCluster
    where
        S: tower::Service<Request<Body>, Response = Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<tower::BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<tower::BoxError>,
    {
        KubeCluster::linked(Link::given(kube::Client::new(service, "default")))
    }

    /// A cluster behind a link.
    pub(crate) fn linked(link: Link) -> KubeCluster {
        KubeCluster {
            link,
            keeps: None,
            warn: None,
            version: tokio::sync::OnceCell::new(),
            discovery: Mutex::new(None),
        }
    }

    /// Sends a request until it is answered for good; the answer is a success.
    async fn send(&self, call: &Call) -> Result<Response<Body>, Error> {
        let mut left = RETRIES;
        let mut after_election = true;
        loop {
            let response = self.send_once(call).await?;
            self.pass_on_warnings(&response);
            let status = response.status();
            let unchanged = call.unless.is_some() && status == http::StatusCode::NOT_MODIFIED;
            if status.is_success() || unchanged {
                return Ok(response);
            }
            if let Some(wait) = retry_after(&response).filter(|_| left > 0) {
                left -= 1;
                tokio::time::sleep(wait).await;
                continue;
            }
            let json = is_json(&response);
            let body = self.collect(call, response).await?;
            if status.is_server_error() && after_election && json && lost_leader(&body) {
                after_election = false;
                continue;
            }
            return Err(Error::Api(Box::new(self.explain(
                call,
                status.as_u16(),
                &body,
                json,
            ))));
        }
    }

    fn pass_on_warnings(&self, response: &Response<Body>) {
        let Some(warn) = self.warn else { return };
        for value in response.headers().get_all(header::WARNING) {
            value.to_str().ok().and_then(warning).as_deref().map(warn);
        }
    }

    /// The answer to a request, whatever its status is.
    async fn send_once(&self, call: &Call) -> Result<Response<Body>, Error> {
        let link = self.link.open().await?;
        let ticket = match link.ticket().await {
            Ok(ticket) => ticket,
            Err(TicketError::Config(error)) => return Err(error),
            Err(TicketError::Credentials(why)) => {
                let text =
                    transport::request_text(&link.endpoint, call.method.as_str(), &call.path);
                return Err(Error::Unreachable(format!("{text}: {why}")));
            }
        };
        let request = call.request(ticket.token.as_deref())?;
        match ticket.client.send(request).await {
            Ok(response) => {
                if response.status() == http::StatusCode::UNAUTHORIZED {
                    link.refused(&ticket).await;
                }
                Ok(response)
            }
            Err(error) => {
                let cause = transport::cause_of(&error);
                drop(error);
                Err(self.unreachable(call, cause).await)
            }
        }
    }

    async fn collect(&self, call: &Call, response: Response<Body>) -> Result<Bytes, Error> {
        match response.into_body().collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) => {
                let cause = transport::cause_of(&error);
                drop(error);
                Err(self.unreachable(call, cause).await)
            }
        }
    }

    async fn unreachable(&self, call: &Call, cause: transport::Cause) -> Error {
        match self.link.open().await {
            Ok(link) => {
                let verb = call.method.as_str();
                let text = transport::describe(&link.endpoint, verb, &call.path, cause).await;
                Error::Unreachable(text)
            }
            Err(error) => error,
        }
    }

    /// client-go looks for a `Status` in the body of every answer but those of `/version`.
    fn explain(&self, call: &Call, code: u16, body: &[u8], json: bool) -> Status {
        if call.path == VERSION {
            Status::generic(code, body, json, &call.subject)
        } else {
            Status::of_response(code, body, json, &call.subject)
        }
    }

    async fn bytes(&self, call: &Call) -> Result<Bytes, Error> {
        let response = self.send(call).await?;
        self.collect(call, response).await
    }

    async fn object(&self, call: &Call) -> Result<Object, Error> {
        let body = self.bytes(call).await?;
        let json: Value = parse(&body)?;
        Object::from_json(json)
            .ok_or_else(|| Error::Protocol("the server's answer is not an object".to_owned()))
    }
}

const VERSION: &str = "/version";

#[async_trait]
impl Cluster for KubeCluster {
    async fn version(&self) -> Result<Version, Error> {
        let ask = async || {
            let call = Call::raw(VERSION, "application/json, */*");
            let body = self.bytes(&call).await?;
            serde_json::from_slice(&body)
                .map_err(|e| Error::Protocol(format!("unable to parse the server version: {e}")))
        };
        self.version.get_or_try_init(ask).await.cloned()
    }

    async fn discovery(&self) -> Result<Arc<Discovery>, Error> {
        if let Some(known) = self.discovery.lock().clone() {
            return Ok(known);
        }
        let found = Arc::new(self.discover().await?);
        *self.discovery.lock() = Some(found.clone());
        Ok(found)
    }

    fn forget_discovery(&self) {
        *self.discovery.lock() = None;
    }

    async fn get(&self, target: &Target) -> Result<Object, Error> {
        self.object(&Call::get(target)?).await
    }

    async fn table(&self, target: &Target) -> Result<Value, Error> {
        parse(&self.bytes(&Call::get(target)?.into_table()).await?)
    }

    async fn table_of(&self, scope: &Scope, query: &ListQuery) -> Result<Value, Error> {
        let call = Call::list(scope, query, &Page { token: "", size: 0 });
        parse(&self.bytes(&call.into_table()).await?)
    }

    async fn list_of(&self, scope: &Scope, query: &ListQuery) -> Result<Value, Error> {
        let page = Page {
            token: "",
            size: query.page,
        };
        let call = Call::list(scope, query, &page);
        let mut list: Value = parse(&self.bytes(&call).await?)?;
        for item in list
            .get_mut("items")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(mut object) = Object::from_json(item.take()) {
                object.ensure_gvk(&scope.resource.gvk);
                *item = object.into_json();
            }
        }
        Ok(list)
    }

    async fn list(&self, scope: &Scope, query: &ListQuery) -> Result<Vec<Object>, Error> {
        let mut objects = Vec::new();
        let mut token = String::new();
        loop {
            let page = Page {
                token: &token,
                size: query.page,
            };
            let body = self.bytes(&Call::list(scope, query, &page)).await?;
            let list = match query.metadata_only {
                true => parse::<List<Slim>>(&body)?.into_values()?,
                false => parse::<List<Value>>(&body)?,
            };
            let items = list.items.unwrap_or_default();
            objects.extend(items.into_iter().filter_map(|item| {
                let mut object = Object::from_json(item)?;
                object.ensure_gvk(&scope.resource.gvk);
                Some(object)
            }));
            token = list.metadata.token;
            if token.is_empty() {
                return Ok(objects);
            }
        }
    }

    async fn create(
        &self,
        target: &Target,
        object: &Object,
        options: &WriteOptions,
    ) -> Result<Object, Error> {
        self.object(&Call::create(target, object.as_json(), options))
            .await
    }

    async fn patch(
        &self,
        target: &Target,
        patch: &Patch,
        options: &WriteOptions,
    ) -> Result<Object, Error> {
        self.object(&Call::patch(target, patch, options)?).await
    }

    async fn replace(
        &self,
        target: &Target,
        object: &Object,
        options: &WriteOptions,
    ) -> Result<Object, Error> {
        self.object(&Call::replace(target, object.as_json(), options)?)
            .await
    }

    async fn delete(&self, target: &Target, propagation: Propagation) -> Result<(), Error> {
        self.bytes(&Call::delete(target, propagation)?).await?;
        Ok(())
    }

    async fn delete_version(&self, target: &Target, resource_version: &str) -> Result<(), Error> {
        self.bytes(&Call::delete_version(target, resource_version)?)
            .await?;
        Ok(())
    }

    async fn watch(
        &self,
        scope: &Scope,
        query: &ListQuery,
        resource_version: &str,
    ) -> Result<BoxStream<'static, Result<WatchEvent, Error>>, Error> {
        let call = Call::watch(scope, query, resource_version);
        let response = self.send(&call).await?;
        Ok(watch::events(pieces(response)))
    }

    async fn logs(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let response = self.send(&Call::logs(namespace, pod, container)).await?;
        Ok(pieces(response))
    }
}

/// The body of an answer as it comes in.
fn pieces(response: Response<Body>) -> BoxStream<'static, Result<Bytes, Error>> {
    http_body_util::BodyDataStream::new(response.into_body())
        .map(|piece| piece.map_err(|e| Error::Unreachable(e.to_string())))
        .boxed()
}

fn content_type(response: &Response<Body>) -> &str {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn is_json(response: &Response<Body>) -> bool {
    content_type(response).starts_with("application/json")
}

/// The text of a warning that is for the user: `299 - "text"`.
fn warning(header: &str) -> Option<String> {
    let rest = header.strip_prefix("299 ")?;
    let (_agent, quoted) = rest.split_once(' ')?;
    let inner = quoted.strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(text).filter(|text| !text.is_empty()),
            '\\' => text.push(chars.next()?),
            c => text.push(c),
        }
    }
    None
}

/// How long the server asks us to wait, where client-go heeds it: too many requests, or a fault.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let code = response.status().as_u16();
    if code != 429 && code < 500 {
        return None;
    }
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// Answers that Helm's transport repeats once, because etcd chose a new leader meanwhile.
fn lost_leader(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Message {
        #[serde(default)]
        message: String,
    }
    serde_json::from_slice::<Message>(body).is_ok_and(|m| {
        m.message.ends_with("etcdserver: leader changed")
            || m.message.ends_with("raft proposal dropped")
    })
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(body)
        .map_err(|e| Error::Protocol(format!("cannot read the server's answer: {e}")))
}

#[derive(Deserialize)]
struct List<T> {
    #[serde(default)]
    metadata: ListMeta,
    // Go writes an empty list as null.
    items: Option<Vec<T>>,
}

impl List<Slim> {
    fn into_values(self) -> Result<List<Value>, Error> {
        let items = self.items.unwrap_or_default();
        let values = items.iter().map(serde_json::to_value);
        let values: Result<Vec<_>, _> = values.collect();
        Ok(List {
            metadata: self.metadata,
            items: Some(values.map_err(|e| Error::Protocol(e.to_string()))?),
        })
    }
}

/// The metadata that somebody asks for; managed fields are most of the rest.
#[derive(Deserialize, Serialize)]
struct Slim {
    metadata: SlimMeta,
}

#[derive(Deserialize, Serialize)]
struct SlimMeta {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct ListMeta {
    #[serde(default, rename = "continue")]
    token: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_taken_out_of_their_header() {
        let text = warning(r#"299 - "unknown field \"spec.a\"" "Mon""#);
        assert_eq!(text.as_deref(), Some("unknown field \"spec.a\""));
        assert_eq!(warning(r#"199 - "other""#), None);
        assert_eq!(warning("299 - unquoted"), None);
    }
}
