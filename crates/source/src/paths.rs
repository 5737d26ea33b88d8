//! Paths as Go reads and writes them.

use std::path::{Path, PathBuf};

use gostd::os::path_error;

/// Whether something is at a path.
///
/// # Errors
/// What Go's `os.Stat` reports for it.
pub fn check_exists(path: &Path) -> Result<(), String> {
    let info = std::fs::metadata(path);
    info.map(drop)
        .map_err(|error| path_error("stat", path, &error))
}

/// Everything below a directory, folders too, sorted by names and folder by folder; links are not
/// followed. What cannot be read is left out.
pub fn walk(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = children(directory);
    while let Some(path) = pending.pop() {
        if path.symlink_metadata().is_ok_and(|info| info.is_dir()) {
            pending.extend(children(&path));
        }
        found.push(path);
    }
    found
}

/// The names of what is in a directory, sorted; none if it cannot be read.
pub fn names_in(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What is in a directory, last name first.
fn children(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort_by(|a, b| b.file_name().cmp(&a.file_name()));
    paths
}
