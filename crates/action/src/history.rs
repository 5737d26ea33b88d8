//! The revisions of a release.

use release::{Release, Store, StoreError};

use crate::name::is_release_name;

/// Why a history cannot be had. The texts are Helm's.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// No release can have this name.
    #[error("release name is invalid: {0}")]
    InvalidName(String),
    /// The store failed, or has no such release.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The revisions of a release, oldest first.
///
/// # Errors
/// A name that none can have, and what the store fails with.
pub async fn history(store: &dyn Store, name: &str) -> Result<Vec<Release>, HistoryError> {
    if !is_release_name(name) {
        return Err(HistoryError::InvalidName(name.to_owned()));
    }
    Ok(release::history(store, name).await?)
}
