//! `dependency list`: what a chart depends on, and what of it is there.

use std::path::{Path, PathBuf};

use apply::Reporter;
use chart::{Chart, Dependency};
use gostd::semver::{Constraint, Version};
use goval::strconv::quote;
use source::SourceError;

use crate::Error;
use crate::context::log_all;

/// What a chart depends on.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// What Chart.yaml asks for, each with its state in one or two words.
    pub dependencies: Vec<(Dependency, &'static str)>,
    /// What is said about files in `charts/` that nobody asked for.
    pub warnings: Vec<String>,
}

/// Lists the dependencies of the chart at a path; nothing is changed. `None` if it has none.
///
/// # Errors
/// A chart that cannot be read.
pub fn list(path: &Path, reporter: &dyn Reporter) -> Result<Option<Listing>, Error> {
    let chart = load(path, reporter)?;
    let declared = &chart.metadata.dependencies;
    if declared.is_empty() {
        return Ok(None);
    }
    let state = |dependency: &Dependency| {
        let state = state(path, dependency, &chart, reporter);
        (dependency.clone(), state)
    };
    Ok(Some(Listing {
        dependencies: declared.iter().map(state).collect(),
        warnings: undeclared(&path.join("charts"), declared, reporter),
    }))
}

/// Reads a chart, and says what is worth saying about it: Helm does so for each one it looks at.
fn load(path: &Path, reporter: &dyn Reporter) -> Result<Chart, SourceError> {
    let loaded = source::load_any(path)?;
    log_all(reporter, loaded.events);
    Ok(loaded.chart)
}

/// The state of a dependency. Archives in `charts/` are looked at before what was loaded.
fn state(
    path: &Path,
    dependency: &Dependency,
    parent: &Chart,
    reporter: &dyn Reporter,
) -> &'static str {
    let name = &dependency.name;
    let archives = archives(&path.join("charts"), name);
    let candidate = match archives.as_slice() {
        [one] => Some(one),
        several => {
            let mut versioned = several.iter().filter(|path| is_versioned(path, name));
            match (versioned.next(), versioned.next()) {
                (Some(_), Some(_)) => return "too many matches",
                (first, _) => first,
            }
        }
    };
    if let Some(archive) = candidate
        && archive.exists()
    {
        return match load(archive, reporter) {
            Err(_) => "corrupt",
            Ok(chart) if chart.name() != name => "misnamed",
            Ok(chart) => fitting(&chart, dependency, "ok"),
        };
    }
    let mut children = parent.dependencies.iter().rev();
    match children.find(|child| child.name() == name) {
        None => "missing",
        Some(child) => fitting(child, dependency, "unpacked"),
    }
}

/// The archives of `charts/` whose names begin with that of a chart.
fn archives(charts: &Path, name: &str) -> Vec<PathBuf> {
    let prefix = format!("{name}-");
    let fits = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.starts_with(&prefix) && file.ends_with(".tgz")
    };
    children(charts).into_iter().filter(fits).collect()
}

/// Whether what follows the name of a chart in that of an archive is a version, and not the rest of
/// a longer name.
fn is_versioned(archive: &Path, name: &str) -> bool {
    let stem = archive.file_stem().unwrap_or_default().to_string_lossy();
    let rest = stem
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('-'));
    rest.is_some_and(|rest| Version::parse_strict(rest).is_ok())
}

/// The state of a chart that is there, by its version.
fn fitting(chart: &Chart, dependency: &Dependency, fine: &'static str) -> &'static str {
    let found = &chart.metadata.version;
    if *found == dependency.version {
        return fine;
    }
    let constraint = Constraint::parse(&dependency.version);
    match (constraint, Version::parse(found)) {
        (Ok(constraint), Ok(version)) if constraint.check(&version) => fine,
        (Ok(_), Ok(_)) => "wrong version",
        _ => "invalid version",
    }
}

fn undeclared(charts: &Path, declared: &[Dependency], reporter: &dyn Reporter) -> Vec<String> {
    let mut warnings = Vec::new();
    for path in children(charts) {
        if !path.is_dir() && path.extension().is_none_or(|ending| ending != "tgz") {
            continue;
        }
        let shown = quote(path.as_os_str().as_encoded_bytes());
        match load(&path, reporter) {
            Err(_) => warnings.push(format!("WARNING: {shown} is not a chart.")),
            Ok(chart) if !declared.iter().any(|d| d.name == chart.name()) => {
                warnings.push(format!("WARNING: {shown} is not in Chart.yaml."));
            }
            Ok(_) => {}
        }
    }
    warnings
}

fn children(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
