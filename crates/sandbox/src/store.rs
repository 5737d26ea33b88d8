//! All objects in memory, the log of their changes, and the file behind them.

use crate::disk::{Contents, Disk};
use crate::error::SandboxError;
use crate::object::set;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;
use tokio::sync::watch;

/// How many changes a watch can catch up with.
const LOG_LENGTH: usize = 8192;

/// Where an object stands: `resource` is `plural` or `group/plural`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) resource: Arc<str>,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn new(resource: impl Into<Arc<str>>, namespace: &str, name: &str) -> Self {
        Self {
            resource: resource.into(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The key in the file; no part of a name can hold the separator.
    pub(crate) fn to_text(&self) -> String {
        format!("{}\0{}\0{}", self.resource, self.namespace, self.name)
    }

    /// The reverse of [`Key::to_text`].
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('\0');
        let key = Self::new(parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then_some(key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.resource, self.namespace, self.name)
    }
}

/// One entry of the log: `previous` is absent for a creation, `object` is the last state of a deletion.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) revision: u64,
    pub(crate) key: Key,
    pub(crate) object: Arc<Value>,
    pub(crate) previous: Option<Arc<Value>>,
    pub(crate) deleted: bool,
}

/// The objects, their common revision, and the newest changes.
pub(crate) struct Store {
    objects: BTreeMap<Key, Arc<Value>>,
    log: VecDeque<Change>,
    /// Changes up to and including this revision are no longer in the log.
    forgotten: u64,
    revision: u64,
    disk: Option<Disk>,
    changed: watch::Sender<u64>,
}

impl Store {
    /// A store over `contents`, writing to `disk` where there is one.
    pub(crate) fn new(contents: Contents, disk: Option<Disk>) -> Self {
        // Clients read a revision of 0 as "any", so the first is 1.
        let revision = contents.revision.max(1);
        let objects = contents
            .objects
            .into_iter()
            .map(|(key, value)| (key, Arc::new(value)));
        Self {
            objects: objects.collect(),
            log: VecDeque::new(),
            forgotten: revision,
            revision,
            disk,
            changed: watch::Sender::new(revision),
        }
    }

    /// The revision of the newest change.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Tells of every new revision.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Value>> {
        self.objects.get(key)
    }

    /// The objects of a resource, of one namespace or of all, in the order of their names.
    pub(crate) fn list<'a>(
        &'a self,
        resource: &Arc<str>,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Value>)> + use<'a> {
        let start = Key {
            resource: Arc::clone(resource),
            namespace: namespace.unwrap_or_default().into(),
            name: String::new(),
        };
        let resource = Arc::clone(resource);
        let inside = move |key: &Key| {
            key.resource == resource && namespace.is_none_or(|n| key.namespace == n)
        };
        self.objects
            .range((Bound::Included(start), Bound::Unbounded))
            .take_while(move |(key, _)| inside(key))
    }

    /// All objects.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Key, &Arc<Value>)> {
        self.objects.iter()
    }

    /// Refuses changes while the file cannot be written.
    pub(crate) fn check_writable(&self) -> Result<(), SandboxError> {
        self.disk.as_ref().map_or(Ok(()), Disk::check)
    }

    /// Stores `object` with a new revision, and returns it with that revision.
    pub(crate) fn put(&mut self, key: Key, mut object: Value) -> Arc<Value> {
        self.revision += 1;
        set(
            &mut object,
            &["metadata", "resourceVersion"],
            self.revision.to_string(),
        );
        let object = Arc::new(object);
        let previous = self.objects.insert(key.clone(), Arc::clone(&object));
        self.record(key, Arc::clone(&object), previous, false);
        object
    }

    /// Takes an object away; returns its last state, under the revision of the deletion.
    pub(crate) fn delete(&mut self, key: &Key) -> Option<Arc<Value>> {
        let previous = self.objects.remove(key)?;
        self.revision += 1;
        let mut last = (*previous).clone();
        set(
            &mut last,
            &["metadata", "resourceVersion"],
            self.revision.to_string(),
        );
        let last = Arc::new(last);
        self.record(key.clone(), Arc::clone(&last), Some(previous), true);
        Some(last)
    }

    fn record(
        &mut self,
        key: Key,
        object: Arc<Value>,
        previous: Option<Arc<Value>>,
        deleted: bool,
    ) {
        if let Some(disk) = &self.disk {
            disk.note(&key, (!deleted).then(|| Arc::clone(&object)), self.revision);
        }
        self.log.push_back(Change {
            revision: self.revision,
            key,
            object,
            previous,
            deleted,
        });
        if self.log.len() > LOG_LENGTH
            && let Some(oldest) = self.log.pop_front()
        {
            self.forgotten = oldest.revision;
        }
        self.changed.send_replace(self.revision);
    }

    /// The changes after `revision`; `None` where some of them are forgotten.
    pub(crate) fn changes_since(&self, revision: u64) -> Option<impl Iterator<Item = &Change>> {
        if revision < self.forgotten {
            return None;
        }
        let start = self
            .log
            .partition_point(|change| change.revision <= revision);
        Some(self.log.range(start..))
    }

    /// Wakes whoever watches, without a change.
    pub(crate) fn wake_watches(&self) {
        self.changed.send_replace(self.revision);
    }

    /// The oldest revision from which changes can still be told.
    pub(crate) fn oldest(&self) -> u64 {
        self.forgotten
    }

    /// Waits until every change is on disk.
    pub(crate) fn flush(&self) -> Result<(), SandboxError> {
        self.disk.as_ref().map_or(Ok(()), Disk::flush)
    }

    /// Writes everything and closes the file; what follows stays in memory only.
    pub(crate) fn close(&mut self) -> Result<(), SandboxError> {
        self.disk.take().map_or(Ok(()), |mut disk| disk.close())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn revisions_grow_with_every_change_and_the_log_tells_them() {
        let mut store = Store::new(Contents::default(), None);
        let key = Key::new("configmaps", "default", "a");
        store.put(key.clone(), json!({"metadata": {}}));
        store.put(key.clone(), json!({"metadata": {}, "data": {}}));
        store.delete(&key);
        let told: Vec<_> = store
            .changes_since(1)
            .unwrap()
            .map(|c| (c.revision, c.deleted))
            .collect();
        assert_eq!(told, [(2, false), (3, false), (4, true)]);
        assert!(store.changes_since(0).is_none());
    }

    #[test]
    fn a_list_holds_one_namespace_of_one_resource() {
        let mut store = Store::new(Contents::default(), None);
        for (resource, namespace, name) in
            [("pods", "a", "x"), ("pods", "b", "y"), ("pods/z", "a", "z")]
        {
            store.put(Key::new(resource, namespace, name), json!({"metadata": {}}));
        }
        let pods: Arc<str> = "pods".into();
        assert_eq!(store.list(&pods, Some("b")).count(), 1);
        assert_eq!(store.list(&pods, None).count(), 2);
    }
}
