//! Where records are kept, and what can be asked about the revisions of a release.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use goval::strconv::quote;

use crate::{Release, Status};

/// What a [`Store`] gives back: a future that any thread may run.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Labels that records are found by.
pub type Labels = BTreeMap<String, String>;

/// The labels that stores set themselves and that users may not.
pub const SYSTEM_LABELS: [&str; 6] = [
    "name",
    "owner",
    "status",
    "version",
    "createdAt",
    "modifiedAt",
];

/// A place for release records: Secrets or ConfigMaps of a namespace, a database, memory.
///
/// A store is bound to a namespace, or to all of them, when it is made.
pub trait Store: Send + Sync {
    /// Adds a record; [`StoreError::Exists`] if there is one of that name and revision.
    fn create<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Whether a record fits; stores that cannot tell beforehand say that it does.
    ///
    /// # Errors
    /// What [`Store::create`] would fail with.
    fn check(&self, _release: &Release) -> Result<(), StoreError> {
        Ok(())
    }

    /// Replaces a record; [`StoreError::NotFound`] if there is none. A database changes nothing then and does
    /// not tell, as with Helm's driver.
    fn update<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>>;

    /// The record of a revision; [`StoreError::NotFound`] if there is none.
    fn get<'a>(&'a self, name: &'a str, version: i64)
    -> BoxFuture<'a, Result<Release, StoreError>>;

    /// Removes and gives the record of a revision; [`StoreError::NotFound`] if there is none.
    fn delete<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>>;

    /// The records that have all these labels, in any order; [`StoreError::NotFound`] if none has.
    fn query<'a>(&'a self, labels: &'a Labels) -> BoxFuture<'a, Result<Vec<Release>, StoreError>>;

    /// All records, in any order. What cannot be decoded is left out.
    fn list(&self) -> BoxFuture<'_, Result<Vec<Release>, StoreError>>;

    /// What is known of records without reading them: of all that may be the newest of their release, and
    /// perhaps of more. `None` where reading them all is as cheap.
    fn outlines(&self) -> BoxFuture<'_, Result<Option<Vec<Outline>>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// The records of some outlines, in any order. What is gone or cannot be decoded is left out.
    fn read<'a>(
        &'a self,
        outlines: &'a [Outline],
    ) -> BoxFuture<'a, Result<Vec<Release>, StoreError>> {
        Box::pin(async move {
            let mut found = self.list().await?;
            found.retain(|release| outlines.iter().any(|outline| outline.is_of(release)));
            Ok(found)
        })
    }
}

/// What a store knows of a record without reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Name of the release.
    pub name: String,
    /// The namespace that the record is in.
    pub namespace: String,
    /// The revision.
    pub version: i64,
    /// Where it stands.
    pub status: Status,
    /// All labels, the store's own among them.
    pub labels: Labels,
}

impl Outline {
    /// Whether it is the outline of this record.
    pub fn is_of(&self, release: &Release) -> bool {
        self.version == release.version
            && self.name == release.name
            && self.namespace == release.namespace
    }
}

/// Why a store could not do what was asked. The texts are Helm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such record.
    #[error("release: not found")]
    NotFound,
    /// There is such a record already.
    #[error("release: already exists")]
    Exists,
    /// The name cannot be part of a key.
    #[error("release: invalid key")]
    InvalidKey,
    /// No revision of the release is deployed.
    #[error("{} has no deployed releases", quote(.0))]
    NoDeployed(String),
    /// The store does not answer now, and may do so later.
    #[error("{0}")]
    Unavailable(String),
    /// Something else went wrong in the store.
    #[error("{0}")]
    Other(String),
}

/// The name of the object that holds a record.
pub fn key(name: &str, version: i64) -> String {
    format!("sh.helm.release.v1.{name}.v{version}")
}

/// All revisions of a release, oldest first; [`StoreError::NotFound`] if there is none.
///
/// # Errors
/// What the store fails with.
pub async fn history(store: &dyn Store, name: &str) -> Result<Vec<Release>, StoreError> {
    let labels = owned_by_helm(name);
    let mut releases = store.query(&labels).await?;
    releases.sort_by_key(|release| release.version);
    Ok(releases)
}

/// The newest revision of a release; [`StoreError::NotFound`] if there is none.
///
/// # Errors
/// What the store fails with.
pub async fn last(store: &dyn Store, name: &str) -> Result<Release, StoreError> {
    let newest = history(store, name).await?.pop();
    newest.ok_or_else(|| StoreError::Other(format!("no revision for release {}", quote(name))))
}

/// The deployed revisions of a release, oldest first. More than one means that two operations ran
/// at once; the newest one counts.
///
/// # Errors
/// [`StoreError::NoDeployed`] if there is none, or what the store fails with.
pub async fn deployed_all(store: &dyn Store, name: &str) -> Result<Vec<Release>, StoreError> {
    let mut labels = owned_by_helm(name);
    labels.insert("status".into(), Status::Deployed.name().into());
    let mut releases = match store.query(&labels).await {
        Err(error) if error.to_string().contains("not found") => {
            return Err(StoreError::NoDeployed(name.to_owned()));
        }
        other => other?,
    };
    releases.sort_by_key(|release| release.version);
    Ok(releases)
}

/// The newest deployed revision of a release.
///
/// # Errors
/// [`StoreError::NoDeployed`] if there is none, or what the store fails with.
pub async fn deployed(store: &dyn Store, name: &str) -> Result<Release, StoreError> {
    let newest = deployed_all(store, name).await?.pop();
    newest.ok_or_else(|| StoreError::NoDeployed(name.to_owned()))
}

/// Adds a record, after deleting the oldest revisions so that at most `max_history` remain with
/// the new one; 0 or less is no limit. The newest deployed revision is never deleted.
///
/// # Errors
/// What the store fails with. If some of several deletions fail, all are tried before that.
pub async fn create_pruned(
    store: &dyn Store,
    release: &Release,
    max_history: i64,
) -> Result<(), StoreError> {
    if max_history > 0 {
        match prune(store, &release.name, max_history - 1).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    store.create(release).await
}

async fn prune(store: &dyn Store, name: &str, maximum: i64) -> Result<(), StoreError> {
    let revisions = history(store, name).await?;
    let keep = usize::try_from(maximum).unwrap_or(0);
    let surplus = revisions.len().saturating_sub(keep);
    if surplus == 0 {
        return Ok(());
    }
    let current = match deployed(store, name).await {
        Ok(release) => Some(release.version),
        Err(StoreError::NoDeployed(_)) => None,
        Err(error) => return Err(error),
    };
    let doomed = revisions
        .iter()
        .map(|release| release.version)
        .filter(|version| Some(*version) != current)
        .take(surplus);
    let mut errors = Vec::new();
    for version in doomed {
        if let Err(error) = store.delete(name, version).await {
            errors.push(error);
        }
    }
    match errors.len() {
        0 => Ok(()),
        1 => Err(errors.remove(0)),
        count => Err(StoreError::Other(format!(
            "encountered {count} deletion errors. First is: {}",
            errors[0]
        ))),
    }
}

fn owned_by_helm(name: &str) -> Labels {
    Labels::from([
        ("name".to_owned(), name.to_owned()),
        ("owner".to_owned(), "helm".to_owned()),
    ])
}
