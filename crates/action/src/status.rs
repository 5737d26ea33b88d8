//! The state of a release and of the objects it made.

use release::{Release, Store};

use crate::get::{GetError, get};

/// The revision of a release, the newest one for 0 and below.
///
/// The live objects are looked up by whoever has a cluster; a release of the store in memory has
/// none.
///
/// # Errors
/// A name that none can have, and what the store fails with.
pub async fn status(store: &dyn Store, name: &str, revision: i64) -> Result<Release, GetError> {
    get(store, name, revision).await
}
