//! Records in memory: for tests, client-side dry runs and `HELM_DRIVER=memory`.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::{BoxFuture, Labels, Release, Store, StoreError};

/// Records of all namespaces in memory, seen from one namespace, or from all if that is empty.
///
/// Clones share the records.
#[derive(Clone, Default)]
pub struct MemoryStore {
    namespace: String,
    records: Arc<RwLock<Records>>,
}

/// By namespace, name and revision.
type Records = BTreeMap<(String, String, i64), Release>;

impl MemoryStore {
    /// An empty store, seen from a namespace.
    pub fn new(namespace: impl Into<String>) -> MemoryStore {
        MemoryStore {
            namespace: namespace.into(),
            records: Arc::default(),
        }
    }

    /// The same records, seen from another namespace.
    #[must_use]
    pub fn in_namespace(&self, namespace: impl Into<String>) -> MemoryStore {
        MemoryStore {
            namespace: namespace.into(),
            records: Arc::clone(&self.records),
        }
    }

    fn id(&self, name: &str, version: i64) -> (String, String, i64) {
        (self.namespace.clone(), name.to_owned(), version)
    }

    fn put(&self, release: &Release, replace: bool) -> Result<(), StoreError> {
        let namespace = match release.namespace.as_str() {
            "" => "default",
            given => given,
        };
        let id = (namespace.to_owned(), release.name.clone(), release.version);
        let mut records = self.records.write();
        match (records.contains_key(&id), replace) {
            (true, false) => Err(StoreError::Exists),
            (false, true) => Err(StoreError::NotFound),
            _ => {
                records.insert(id, release.clone());
                Ok(())
            }
        }
    }

    fn select(&self, wanted: impl Fn(&Release) -> bool) -> Vec<Release> {
        let records = self.records.read();
        let visible = records.iter().filter(|((namespace, ..), _)| {
            self.namespace.is_empty() || *namespace == self.namespace
        });
        visible
            .map(|(_, release)| release)
            .filter(|release| wanted(release))
            .cloned()
            .collect()
    }
}

impl Store for MemoryStore {
    fn create<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        ready(self.put(release, false))
    }

    fn update<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        ready(self.put(release, true))
    }

    fn get<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        let found = self.records.read().get(&self.id(name, version)).cloned();
        ready(found.ok_or(StoreError::NotFound))
    }

    fn delete<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        let removed = self.records.write().remove(&self.id(name, version));
        ready(removed.ok_or(StoreError::NotFound))
    }

    fn query<'a>(&'a self, labels: &'a Labels) -> BoxFuture<'a, Result<Vec<Release>, StoreError>> {
        let found = self.select(|release| {
            let own = own_labels(release);
            labels
                .iter()
                .all(|(key, value)| own.iter().any(|(k, v)| k == key && v == value))
        });
        ready(if found.is_empty() {
            Err(StoreError::NotFound)
        } else {
            Ok(found)
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Release>, StoreError>> {
        ready(Ok(self.select(|_| true)))
    }
}

/// The labels that this store can be asked for; the user's own are not among them, as in Helm.
fn own_labels(release: &Release) -> [(&'static str, String); 4] {
    [
        ("name", release.name.clone()),
        ("owner", "helm".to_owned()),
        ("status", release.info.status.name().to_owned()),
        ("version", release.version.to_string()),
    ]
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    Box::pin(std::future::ready(value))
}
