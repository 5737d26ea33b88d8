//! From ranges of versions to versions (Helm's `resolver`).

use std::path::{Path, PathBuf};

use chart::Dependency;
use gostd::path::clean_file;
use gostd::semver::{Constraint, Version};
use goval::strconv::quote;

use super::{Manager, Names};
use crate::registry::{self, is_oci};
use crate::repository::cached_catalog;
use crate::{Listener, SourceError};

/// Chooses a version for each dependency.
pub(super) fn resolve(
    manager: &Manager,
    wanted: &[Dependency],
    names: &Names,
    listener: &dyn Listener,
) -> Result<Vec<Dependency>, SourceError> {
    let mut locked = Vec::new();
    let mut missing = Vec::new();
    for dependency in wanted {
        let version = choose(manager, dependency, names, listener)?;
        let Some(version) = version else {
            let [name, repository, version] = [
                &dependency.name,
                &dependency.repository,
                &dependency.version,
            ]
            .map(quote);
            missing.push(format!(
                "{name} (repository {repository}, version {version})"
            ));
            continue;
        };
        locked.push(Dependency {
            name: dependency.name.clone(),
            repository: dependency.repository.clone(),
            version,
            ..Dependency::default()
        });
    }
    if missing.is_empty() {
        return Ok(locked);
    }
    let (count, missing) = (missing.len(), missing.join(", "));
    Err(SourceError::Other(format!(
        "can't get a valid version for {count} subchart(s): {missing}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml"
    )))
}

/// The version for one dependency; `None` if none fits.
fn choose(
    manager: &Manager,
    dependency: &Dependency,
    names: &Names,
    listener: &dyn Listener,
) -> Result<Option<String>, SourceError> {
    let failed = SourceError::Other;
    let name = &dependency.name;
    let constraint = Constraint::parse(&dependency.version).map_err(|error| {
        let name = quote(name);
        failed(format!(
            "dependency {name} has an invalid version/constraint format: {error}"
        ))
    })?;
    let fits = |text: &str| Version::parse(text).is_ok_and(|version| constraint.check(&version));
    let repository = &dependency.repository;
    if repository.is_empty() {
        local_path(&format!("charts/{name}"), &manager.directory)?;
        return Ok(Some(dependency.version.clone()));
    }
    if repository.starts_with("file://") {
        let path = local_path(repository, &manager.directory)?;
        let version = crate::load_any(&path)?.chart.metadata.version;
        return Ok(fits(&version).then_some(version));
    }
    if is_oci(repository) {
        return in_registry(manager, dependency, &fits, listener);
    }
    let Some(named) = names.get(name) else {
        return Ok(Some(dependency.version.clone()));
    };
    let cache = &manager.fetcher.places.indexes;
    let catalog = cached_catalog(cache, named, listener).map_err(|why| {
        failed(format!(
            "no cached repository for {named} found. (try 'helm repo update'): {why}"
        ))
    })?;
    let entries = catalog
        .versions(name)
        .ok_or_else(|| failed(format!("{name} chart not found in repo {repository}")))?;
    let mut usable = entries.iter().filter(|entry| !entry.urls.is_empty());
    let found = usable.find(|entry| fits(entry.version));
    Ok(found.map(|entry| entry.version.to_owned()))
}

/// The version of a chart in a registry: what is asked for, or else the newest that fits.
fn in_registry(
    manager: &Manager,
    dependency: &Dependency,
    fits: &dyn Fn(&str) -> bool,
    listener: &dyn Listener,
) -> Result<Option<String>, SourceError> {
    let Dependency {
        name,
        version,
        repository,
        ..
    } = dependency;
    if Version::parse(version).is_ok() {
        return Ok(Some(version.clone()));
    }
    if manager.offline {
        return Err(SourceError::Other(format!(
            "dependency {name} of {repository}: which versions there are knows the registry alone, and --offline asks nobody"
        )));
    }
    let client = manager.fetcher.registry(&manager.access, listener)?;
    let place = format!("{repository}/{name}");
    let tags = registry::tags(&client, place.trim_start_matches("oci://")).map_err(|why| {
        SourceError::Other(format!(
            "could not retrieve list of tags for repository {repository}: {why}"
        ))
    })?;
    // Where none fits, Helm locks the range, and fetching it fails.
    let found = tags.into_iter().find(|tag| fits(tag));
    Ok(Some(found.unwrap_or_else(|| version.clone())))
}

/// The directory that `file://` means, relative to the chart's own.
pub(super) fn local_path(repository: &str, directory: &Path) -> Result<PathBuf, SourceError> {
    let path = repository.strip_prefix("file://").unwrap_or(repository);
    let path = clean_file(&directory.join(path));
    match std::fs::metadata(&path) {
        Ok(_) => Ok(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(SourceError::Other(
            format!("directory {} not found", path.display()),
        )),
        Err(error) => Err(crate::failed("stat", &path, &error)),
    }
}
