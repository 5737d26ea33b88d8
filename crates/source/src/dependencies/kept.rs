//! What of dependencies is on this machine already.

use std::path::Path;

use chart::Dependency;

use super::digests::Digests;
use super::fetch::{Indexes, same_version};
use super::{Manager, unnamed};
use crate::SourceError;
use crate::cache::{Cache, Key, key_of, parse_key};
use crate::registry::Part;
use crate::repository::{Catalog, Repositories, cached_catalog, same_url};

/// Whether all that a lock names is in the content cache, as the indexes in the cache have it.
pub(super) fn are_all(manager: &Manager, locked: &[Dependency], known: &Repositories) -> bool {
    let cache = &manager.fetcher.places.indexes;
    let content = Cache(&manager.fetcher.places.content);
    let mut indexes = Indexes::new();
    for entry in &known.repositories {
        match cached_catalog(cache, &entry.name, &crate::Silent) {
            Ok(catalog) => indexes.push((entry, catalog)),
            // It has to be fetched, whoever needs it.
            Err(_) => return false,
        }
    }
    locked.iter().all(|dependency| {
        let repository = &dependency.repository;
        if repository.is_empty() || repository.starts_with("file://") {
            return true;
        }
        let mut of = indexes
            .iter()
            .filter(|(entry, _)| same_url(repository, &entry.url));
        let key = of
            .next()
            .and_then(|(_, catalog)| listed(catalog, dependency));
        key.is_some_and(|key| content.has(&key))
    })
}

/// The digest that an index has of a dependency's archive.
fn listed(catalog: &Catalog, dependency: &Dependency) -> Option<Key> {
    let versions = catalog.versions(&dependency.name)?;
    let mut usable = versions.iter().filter(|listed| !listed.urls.is_empty());
    let found = usable.find(|listed| same_version(&dependency.version, listed.version))?;
    parse_key(found.digest).ok().flatten()
}

/// The archive of a dependency, and the name that it has in `charts/`: from the content cache, or where it lies.
pub(super) fn find(
    manager: &Manager,
    dependency: &Dependency,
    indexes: &Indexes<'_>,
    digests: &Digests,
) -> Result<(String, Vec<u8>), SourceError> {
    let Dependency {
        name,
        version,
        repository,
        ..
    } = dependency;
    let file = format!("{name}-{version}.tgz");
    let content = Cache(&manager.fetcher.places.content);
    let mut of = indexes
        .iter()
        .filter(|(entry, _)| same_url(repository, &entry.url));
    let by_index = match of.next() {
        Some((_, catalog)) => listed(catalog, dependency),
        None => {
            let cache = &manager.fetcher.places.indexes;
            let catalog = cached_catalog(cache, &unnamed(repository), &crate::Silent);
            catalog
                .ok()
                .and_then(|catalog| listed(&catalog, dependency))
        }
    };
    let known = digests.of(dependency);
    let kept = known
        .or(by_index)
        .and_then(|key| content.find(&key, Part::Archive));
    if let Some((_, archive)) = kept {
        return Ok((file, archive));
    }
    let there = in_charts(&manager.directory, &file);
    if let Some(archive) = there {
        digests.check(dependency, &key_of(&archive))?;
        return Ok((file, archive));
    }
    Err(SourceError::Other(format!(
        "dependency {name} {version} of {repository} is neither in the cache nor in charts/, and --offline asks nobody; once without it puts it there"
    )))
}

fn in_charts(directory: &Path, file: &str) -> Option<Vec<u8>> {
    let is_plain = !file.contains(['/', '\\']);
    let path = directory.join("charts").join(file);
    is_plain.then(|| std::fs::read(path).ok()).flatten()
}
