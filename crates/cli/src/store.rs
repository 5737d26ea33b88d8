//! A store that logs what is asked of it, as Helm's storage does.

use std::sync::Arc;

use chart::{Event, Level};
use release::{BoxFuture, Labels, Outline, Release, Store, StoreError, key};

use crate::reporter::Lines;

/// Another store with log lines of the lowest level.
pub(crate) struct LoggedStore {
    inner: Arc<dyn Store>,
    lines: Lines,
}

impl LoggedStore {
    /// A store whose use is logged.
    pub(crate) fn new(inner: Arc<dyn Store>, lines: Lines) -> LoggedStore {
        LoggedStore { inner, lines }
    }

    fn log_key(&self, message: &str, name: &str, version: i64) {
        self.lines
            .show(&Event::new(Level::Debug, message).with("key", key(name, version)));
    }
}

impl Store for LoggedStore {
    fn create<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        self.log_key("creating release", &release.name, release.version);
        self.inner.create(release)
    }

    fn check(&self, release: &Release) -> Result<(), StoreError> {
        self.inner.check(release)
    }

    fn update<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        self.log_key("updating release", &release.name, release.version);
        self.inner.update(release)
    }

    fn get<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        self.log_key("getting release", name, version);
        self.inner.get(name, version)
    }

    fn delete<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        self.log_key("deleting release", name, version);
        self.inner.delete(name, version)
    }

    fn query<'a>(&'a self, labels: &'a Labels) -> BoxFuture<'a, Result<Vec<Release>, StoreError>> {
        let what = match labels.get("status").map(String::as_str) {
            Some("deployed") => "getting deployed releases",
            _ => "getting release history",
        };
        let name = labels.get("name").map(String::as_str).unwrap_or_default();
        self.lines
            .show(&Event::new(Level::Debug, what).with("name", name));
        self.inner.query(labels)
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Release>, StoreError>> {
        self.inner.list() // Helm goes past its own log here
    }

    fn outlines(&self) -> BoxFuture<'_, Result<Option<Vec<Outline>>, StoreError>> {
        self.inner.outlines()
    }

    fn read<'a>(
        &'a self,
        outlines: &'a [Outline],
    ) -> BoxFuture<'a, Result<Vec<Release>, StoreError>> {
        self.inner.read(outlines)
    }
}
