//! From what the user typed to a path: Helm's `LocateChart`.

use std::path::{Path, PathBuf};

use crate::SourceError;

/// The path of the chart that a name stands for.
///
/// # Errors
/// A path at which nothing is; and names of charts in repositories and registries, which cannot be
/// fetched yet.
pub fn locate(name: &str) -> Result<PathBuf, SourceError> {
    let name = name.trim();
    let path = Path::new(name);
    if path.exists() {
        return std::path::absolute(path).map_err(|error| crate::failed("stat", path, &error));
    }
    if path.is_absolute() || name.starts_with('.') {
        return Err(SourceError::NotFound(name.to_owned()));
    }
    if name.contains('/') {
        return Err(SourceError::Unsupported(name.to_owned()));
    }
    Err(SourceError::NotAReference(name.to_owned()))
}
