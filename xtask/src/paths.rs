//! Where things are: the repository, the corpus, the cache.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folder of shared conformance material, `CORPUS` or else beside the repository; `None` where absent.
pub(crate) fn corpus() -> Option<PathBuf> {
    let path =
        env::var_os("CORPUS").map_or_else(|| root().join("../shared/conformance"), PathBuf::from);
    path.canonicalize().ok()
}

/// The folder for what is slow to make and does not belong to the tree.
pub(crate) fn cache() -> Result<PathBuf> {
    if let Some(path) = env::var_os("STERNPOST_CACHE") {
        return Ok(PathBuf::from(path));
    }
    let home = env::var_os("HOME").context("neither STERNPOST_CACHE nor HOME is set")?;
    Ok(PathBuf::from(home).join(".cache/sternpost"))
}
