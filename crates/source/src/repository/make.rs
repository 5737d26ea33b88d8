//! The index of a directory with packed charts.

use std::fs;
use std::path::{Path, PathBuf};

use chart::Time;

use super::{Index, IndexEntry, join_url, other};
use crate::cache::{hex, key_of};
use crate::{SourceError, load_any, read_file};

/// Makes the index of the archives in a directory and in the folders right below it. What cannot be
/// read as a chart is left out.
///
/// # Errors
/// A chart whose metadata no index may have.
pub fn index_directory(directory: &Path, url: &str, now: Time) -> Result<Index, SourceError> {
    let mut index = Index::empty(now);
    let mut archives = archives_in(directory);
    for folder in folders_in(directory) {
        archives.extend(archives_in(&folder));
    }
    for archive in archives {
        let Ok(loaded) = load_any(&archive) else {
            continue;
        };
        let below = archive.strip_prefix(directory).unwrap_or(&archive);
        let folder = below.parent().unwrap_or(Path::new("")).to_string_lossy();
        let name = below.file_name().unwrap_or_default().to_string_lossy();
        let base = join_url(url, &folder);
        let link = if base.is_empty() {
            name.clone().into_owned()
        } else {
            join_url(&base, &name)
        };
        let content = read_file(&archive).map_err(other)?;
        let metadata = loaded.chart.metadata.validate().map_err(|error| {
            other(format!(
                "failed adding to {name} to index: validate failed for {name}: {error}"
            ))
        })?;
        let chart = metadata.name.clone();
        index.entries.entry(chart).or_default().push(IndexEntry {
            metadata,
            urls: vec![link],
            created: now,
            removed: false,
            digest: hex(&key_of(&content)),
        });
    }
    Ok(index)
}

fn archives_in(directory: &Path) -> Vec<PathBuf> {
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "tgz");
    let mut paths: Vec<_> = entries(directory).filter(is_archive).collect();
    paths.sort();
    paths
}

fn folders_in(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = entries(directory).filter(|path| path.is_dir()).collect();
    paths.sort();
    paths
}

fn entries(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}
