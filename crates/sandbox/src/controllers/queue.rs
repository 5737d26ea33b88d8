//! What is still to do: the queue of keys, and the timers.

use super::{Ctx, gc, reconcile};
use crate::object::{is_terminating, items, namespace, text, uid};
use crate::server::{Server, State};
use crate::store::Key;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

/// How many steps one settling may take: far more than any change needs, so that two controllers that
/// disagree end in a still sandbox and not in a busy one.
const MAX_STEPS: usize = 200_000;

/// What is still to do.
#[derive(Default)]
pub(super) struct Work {
    /// The revision up to which changes have been put on the queue.
    seen: u64,
    queue: BTreeSet<Key>,
    /// When a key is to be looked at again.
    pub(super) timers: BTreeMap<Key, Instant>,
    /// The uids of objects that are gone and whose dependents have not been looked for.
    gone: BTreeSet<String>,
}

impl Work {
    /// Looks at everything once.
    pub(super) fn begin(&mut self, state: &State) {
        self.queue
            .extend(state.store.all().map(|(key, _)| key.clone()));
        self.seen = state.store.revision();
    }

    pub(super) fn follow(&mut self, server: &Server, state: &mut State, hurry: bool) {
        for _ in 0..MAX_STEPS {
            self.enqueue_changes(state);
            self.collect(server, state);
            let now = Instant::now();
            let is_due = |due: &Instant| hurry || *due <= now;
            if let Some(key) = self.queue.pop_first() {
                self.step(server, state, &key, false);
            } else if let Some(key) = self
                .timers
                .iter()
                .find(|(_, due)| is_due(due))
                .map(|(key, _)| key.clone())
            {
                self.timers.remove(&key);
                self.step(server, state, &key, true);
            } else {
                return;
            }
        }
    }

    fn step(&mut self, server: &Server, state: &mut State, key: &Key, is_due: bool) {
        let mut ctx = Ctx {
            state,
            now: server.now(),
            is_due,
            pace: server.options.pace,
            again: None,
        };
        // A controller that is refused (the disk is full, a namespace ends) has nothing to tell: the next
        // change of the object brings it back here.
        let _ = reconcile(&mut ctx, key);
        if let Some(delay) = ctx.again {
            self.timers
                .entry(key.clone())
                .or_insert_with(|| Instant::now() + delay);
        }
    }

    fn enqueue_changes(&mut self, state: &State) {
        let Some(changes) = state.store.changes_since(self.seen) else {
            self.begin(state);
            return;
        };
        for change in changes {
            if change.deleted {
                self.gone.insert(uid(&change.object).to_owned());
                self.timers.remove(&change.key);
            } else {
                self.queue.insert(change.key.clone());
            }
            self.queue.extend(owners(state, &change.object));
            self.queue.extend(concerned(state, &change.key));
        }
        self.seen = state.store.revision();
    }

    /// Puts what named a gone object as its owner on the queue.
    fn collect(&mut self, server: &Server, state: &mut State) {
        if self.gone.is_empty() {
            return;
        }
        let gone = std::mem::take(&mut self.gone);
        let mut ctx = Ctx {
            state,
            now: server.now(),
            is_due: false,
            pace: server.options.pace,
            again: None,
        };
        gc::owners_are_gone(&mut ctx, &gone);
    }
}

/// The keys of the objects that an object names as its owners.
pub(super) fn owners(state: &State, object: &Value) -> Vec<Key> {
    let key = |reference: &Value| {
        let kind = state
            .kinds
            .of_kind(text(reference, &["apiVersion"]), text(reference, &["kind"]))?;
        let namespace = if kind.namespaced {
            namespace(object)
        } else {
            ""
        };
        Some(Key::new(
            Arc::clone(&kind.storage),
            namespace,
            text(reference, &["name"]),
        ))
    };
    items(object, &["metadata", "ownerReferences"])
        .iter()
        .filter_map(key)
        .collect()
}

/// The objects that look at others: services and budgets at pods, namespaces at what is in them.
fn concerned(state: &State, key: &Key) -> Vec<Key> {
    let all = |resource: &str| -> Vec<Key> {
        let resource: Arc<str> = resource.into();
        state
            .store
            .list(&resource, Some(&key.namespace))
            .map(|(key, _)| key.clone())
            .collect()
    };
    let mut found = Vec::new();
    match &*key.resource {
        "pods" => {
            found.extend(all("services"));
            found.extend(all("policy/poddisruptionbudgets"));
            found.extend(all("persistentvolumeclaims"));
        }
        "apps/deployments" | "apps/statefulsets" | "apps/replicasets" => {
            found.extend(all("autoscaling/horizontalpodautoscalers"))
        }
        "persistentvolumes" | "storage.k8s.io/storageclasses" => {
            let claims: Arc<str> = "persistentvolumeclaims".into();
            found.extend(state.store.list(&claims, None).map(|(key, _)| key.clone()));
        }
        _ => {}
    }
    if !key.namespace.is_empty() {
        let namespace = Key::new("namespaces", "", &key.namespace);
        if state
            .store
            .get(&namespace)
            .is_some_and(|object| is_terminating(object))
        {
            found.push(namespace);
        }
    }
    found
}
