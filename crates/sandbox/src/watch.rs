//! Watches: what is there, then every change, as a stream of JSON events.

use crate::body::Body;
use crate::handlers::presented;
use crate::kinds::Kind;
use crate::object::{name, set};
use crate::request::{Form, Query};
use crate::selector::Selector;
use crate::server::{Answer, Call, Server, State};
use crate::status::{ApiError, ApiResult};
use crate::store::Change;
use crate::table;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

/// How long a watch lasts that does not say it.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// How often a watch that asked for bookmarks is told where it is.
const BOOKMARK_EVERY: Duration = Duration::from_secs(60);

struct Watch {
    server: Arc<Server>,
    kind: Arc<Kind>,
    namespace: Option<String>,
    selector: Selector,
    form: Form,
    query: Query,
    bookmarks: bool,
    /// The revision up to which changes have been told.
    told: u64,
    pending: Vec<u8>,
    ended: bool,
    changed: Receiver<u64>,
    deadline: Instant,
    next_bookmark: Instant,
    /// The columns of a table go with its first event only.
    columns_sent: bool,
}

/// Starts a watch.
pub(crate) fn start(server: &Arc<Server>, call: &Call<'_>) -> ApiResult<Answer> {
    let by_name = call
        .target
        .name
        .as_ref()
        .map(|name| format!("metadata.name={name}"));
    let fields = by_name.as_deref().or(call.query.get("fieldSelector"));
    let selector = Selector::parse(&call.kind.storage, call.query.get("labelSelector"), fields)?;
    let timeout = call
        .query
        .number("timeoutSeconds")?
        .map_or(DEFAULT_TIMEOUT, Duration::from_secs);
    let from = call
        .query
        .number("resourceVersion")?
        .filter(|revision| *revision > 0);
    let initial = call.query.flag("sendInitialEvents");
    if call.query.get("sendInitialEvents").is_some()
        && call.query.get("resourceVersionMatch") != Some("NotOlderThan")
    {
        let cause = crate::status::Cause::forbidden(
            "resourceVersionMatch",
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        );
        return Err(ApiError::invalid(
            "meta.k8s.io",
            "ListOptions",
            "",
            &[cause],
        ));
    }
    let now = Instant::now();
    let state = server.state.lock();
    let mut watch = Watch {
        server: Arc::clone(server),
        kind: Arc::clone(&call.kind),
        namespace: call.target.namespace.clone(),
        selector,
        form: call.form,
        query: call.query.clone(),
        bookmarks: call.query.flag("allowWatchBookmarks"),
        told: from
            .unwrap_or_else(|| state.store.revision())
            .min(state.store.revision()),
        pending: Vec::new(),
        ended: false,
        changed: state.store.subscribe(),
        // A far deadline must not overflow.
        deadline: now + timeout.min(Duration::from_secs(365 * 24 * 3600)),
        next_bookmark: now + BOOKMARK_EVERY,
        columns_sent: false,
    };
    if initial || from.is_none() {
        watch.tell_all(&state);
    }
    if initial && watch.bookmarks {
        watch.bookmark(true);
    }
    drop(state);
    let events = stream::unfold(watch, |mut watch| async move {
        let bytes = watch.next().await?;
        Some((bytes, watch))
    });
    Ok(Answer::Stream(Body::stream(events)))
}

impl Watch {
    /// The next events, as soon as there are any; nothing when the watch is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.pending.is_empty() && !self.ended {
                self.gather();
            }
            if !self.pending.is_empty() {
                return Some(Bytes::from(std::mem::take(&mut self.pending)));
            }
            if self.ended {
                return None;
            }
            tokio::select! {
                changed = self.changed.changed() => self.ended = changed.is_err(),
                () = tokio::time::sleep_until(self.deadline) => self.ended = true,
                () = tokio::time::sleep_until(self.next_bookmark), if self.bookmarks => {
                    self.next_bookmark = Instant::now() + BOOKMARK_EVERY;
                    self.bookmark(false);
                }
            }
        }
    }

    /// Tells of the changes since the last time.
    fn gather(&mut self) {
        let server = Arc::clone(&self.server);
        let state = server.state.lock();
        self.changed.mark_unchanged();
        if state.stopped {
            self.ended = true;
        }
        let Some(changes) = state.store.changes_since(self.told) else {
            let message = format!(
                "too old resource version: {} ({})",
                self.told,
                state.store.oldest()
            );
            self.push("ERROR", &ApiError::expired(message).to_object());
            self.ended = true;
            return;
        };
        let storage = Arc::clone(&self.kind.storage);
        let namespace = self.namespace.clone();
        let is_mine = |change: &&Change| {
            change.key.resource == storage
                && namespace
                    .as_ref()
                    .is_none_or(|n| *n == change.key.namespace)
        };
        for change in changes.filter(is_mine) {
            self.tell(change);
        }
        self.told = state.store.revision();
    }

    /// Tells of everything that is there as if it had just come.
    fn tell_all(&mut self, state: &State) {
        let storage = Arc::clone(&self.kind.storage);
        let namespace = self.namespace.clone();
        for (_, object) in state.store.list(&storage, namespace.as_deref()) {
            if self.selector.matches(object) {
                let shown = presented(&self.kind, object);
                self.event("ADDED", &shown);
            }
        }
        self.told = state.store.revision();
    }

    /// A change as the selector sees it: an object that it no longer selects is as good as deleted.
    fn tell(&mut self, change: &Change) {
        let before = change
            .previous
            .as_ref()
            .is_some_and(|object| self.selector.matches(object));
        let after = !change.deleted && self.selector.matches(&change.object);
        let event = match (before, after) {
            (false, false) => return,
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
        };
        let mut object = presented(&self.kind, &change.object);
        if event == "DELETED"
            && !change.deleted
            && let Some(previous) = &change.previous
        {
            let mut last = (*presented(&self.kind, previous)).clone();
            set(
                &mut last,
                &["metadata", "resourceVersion"],
                change.revision.to_string(),
            );
            object = Arc::new(last);
        }
        self.event(event, &object);
    }

    fn event(&mut self, kind: &str, object: &Value) {
        match self.form {
            Form::Json => self.push(kind, object),
            Form::Metadata => self.push(kind, &metadata_only(object)),
            Form::Table => {
                let mut rendered = table::render(
                    &self.kind,
                    object,
                    &self.query,
                    self.server.options.clock.now(),
                );
                if self.columns_sent {
                    set(&mut rendered, &["columnDefinitions"], Value::Null);
                }
                self.columns_sent = true;
                self.push(kind, &rendered);
            }
        }
    }

    /// Tells how far the watch is; the first one after the initial events says so.
    fn bookmark(&mut self, ends_initial_events: bool) {
        let mut metadata = Map::new();
        metadata.insert("resourceVersion".into(), self.told.to_string().into());
        metadata.insert("creationTimestamp".into(), Value::Null);
        if ends_initial_events {
            metadata.insert(
                "annotations".into(),
                json!({"k8s.io/initial-events-end": "true"}),
            );
        }
        let (kind, api_version) = match self.form {
            Form::Json => (self.kind.kind.clone(), self.kind.api_version()),
            Form::Metadata => (
                "PartialObjectMetadata".to_owned(),
                "meta.k8s.io/v1".to_owned(),
            ),
            Form::Table => ("Table".to_owned(), "meta.k8s.io/v1".to_owned()),
        };
        let mut object = json!({"kind": kind, "apiVersion": api_version, "metadata": metadata});
        if self.form == Form::Table {
            set(&mut object, &["rows"], json!([]));
        }
        self.push("BOOKMARK", &object);
    }

    fn push(&mut self, kind: &str, object: &Value) {
        // An event of JSON values always has a text.
        self.pending
            .extend_from_slice(format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n").as_bytes());
    }
}

/// An object, or a list, as `PartialObjectMetadata` or a list of them.
pub(crate) fn metadata_only(object: &Value) -> Value {
    let metadata = object.get("metadata").cloned().unwrap_or_default();
    match object.get("items").and_then(Value::as_array) {
        Some(items) if name(object).is_empty() => {
            let items: Vec<Value> = items.iter().map(metadata_only).collect();
            json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": items})
        }
        _ => {
            json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata})
        }
    }
}
