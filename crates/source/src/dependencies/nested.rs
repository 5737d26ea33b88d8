//! Charts in directories that a chart depends on: what they depend on must be there before they are packed.

use std::path::{Path, PathBuf};

use super::{Manager, resolve::local_path};
use crate::{Listener, SourceError};

/// No chart is nested that deep.
const MAX_DEPTH: usize = 32;

/// Does something for a chart, before that for those in directories that it depends on if that is wanted: each once,
/// the innermost first.
pub(super) fn each(
    manager: &Manager,
    listener: &dyn Listener,
    work: &dyn Fn(&Manager) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    if manager.recursive {
        let mut done = vec![key(&manager.directory)];
        let mut way = done.clone();
        below(manager, listener, work, &mut way, &mut done)?;
    }
    work(manager)
}

fn below(
    manager: &Manager,
    listener: &dyn Listener,
    work: &dyn Fn(&Manager) -> Result<(), SourceError>,
    way: &mut Vec<PathBuf>,
    done: &mut Vec<PathBuf>,
) -> Result<(), SourceError> {
    let chart = crate::load_any(&manager.directory)?.chart;
    for dependency in &chart.metadata.dependencies {
        let path = match dependency.repository.as_str() {
            "" => manager.directory.join("charts").join(&dependency.name),
            repository if repository.starts_with("file://") => {
                local_path(repository, &manager.directory)?
            }
            _ => continue,
        };
        let key = key(&path);
        if way.contains(&key) {
            let (name, path) = (&dependency.name, path.display());
            return Err(SourceError::Other(format!(
                "dependency {name} at {path} depends on itself"
            )));
        }
        if !path.is_dir() || done.contains(&key) {
            continue;
        }
        if way.len() > MAX_DEPTH {
            let path = path.display();
            return Err(SourceError::Other(format!(
                "{path} is nested more than {MAX_DEPTH} charts deep"
            )));
        }
        let inner = Manager {
            directory: path,
            ..manager.clone()
        };
        way.push(key.clone());
        below(&inner, listener, work, way, done)?;
        way.pop();
        done.push(key);
        let has_any = !crate::load_any(&inner.directory)?
            .chart
            .metadata
            .dependencies
            .is_empty();
        if has_any {
            listener.say(&format!("Dependencies of {}:", inner.directory.display()));
            work(&inner)?;
        }
    }
    Ok(())
}

/// The same for all ways that a directory can be written.
fn key(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}
