//! One revision of a release, as it is stored, and the values that its templates saw.

use apply::Reporter;
use goval::Map;
use release::{Release, Store, StoreError};
use values::ValuesError;

use crate::context::log_all;
use crate::name::is_release_name;

/// Why a stored release cannot be had. The texts are Helm's.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    /// No release can have this name.
    #[error("releaseContent: Release name is invalid: {0}")]
    InvalidName(String),
    /// The store failed, or has no such record.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The revision of a release, the newest one for 0 and below.
///
/// # Errors
/// A name that none can have, and what the store fails with.
pub async fn get(store: &dyn Store, name: &str, revision: i64) -> Result<Release, GetError> {
    if !is_release_name(name) {
        return Err(GetError::InvalidName(name.to_owned()));
    }
    let found = match revision {
        ..=0 => release::last(store, name).await,
        _ => store.get(name, revision).await,
    };
    Ok(found?)
}

/// The values that the templates of a release saw: the user's over the chart's.
///
/// # Errors
/// Values of a subchart that are not a table.
pub fn computed_values(release: &Release, reporter: &dyn Reporter) -> Result<Map, ValuesError> {
    let given = release.config.clone().unwrap_or_default();
    let mut events = Vec::new();
    let computed = values::coalesce(&release.chart, &given, &mut events);
    log_all(reporter, events);
    computed
}
