//! `repo` and `search repo`: the chart repositories that the user knows.

use std::path::Path;

use goval::strconv::quote;
use source::repository::{self, Catalog, Entry, Index, Repositories};
use source::{Fetcher, Listener};

use crate::Error;

/// A repository to add.
#[derive(Clone, Debug, Default)]
pub struct Add {
    /// Its name, its address, and how to get at it.
    pub entry: Entry,
    /// Whether it may take the place of another one of its name.
    pub force: bool,
    /// Whether addresses that are known to be dead may be added.
    pub allow_deprecated: bool,
}

/// What became of a repository that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is known from now on.
    New,
    /// It was known already, just so.
    Same,
}

/// The repositories that were shut down, and what has their charts now.
const SHUT_DOWN: [(&str, &str); 2] = [
    (
        "//kubernetes-charts.storage.googleapis.com",
        "https://charts.helm.sh/stable",
    ),
    (
        "//kubernetes-charts-incubator.storage.googleapis.com",
        "https://charts.helm.sh/incubator",
    ),
];

/// Adds a repository once its index has been downloaded.
///
/// # Errors
/// A name or an address that may not be added, no index there, a file that cannot be changed.
pub fn add(request: Add, fetcher: &Fetcher, listener: &dyn Listener) -> Result<Added, Error> {
    let Add { entry, .. } = &request;
    let dead = SHUT_DOWN.iter().find(|(old, _)| entry.url.contains(old));
    if let (Some((_, new)), false) = (dead, request.allow_deprecated) {
        let (old, new) = (quote(&entry.url), quote(new));
        return Err(other(format!(
            "repo {old} is no longer available; try {new} instead"
        )));
    }
    let path = &fetcher.places.repositories;
    let _lock = repository::lock(path)?;
    let mut known = read(path)?;
    let name = &entry.name;
    if name.contains('/') {
        return Err(other(format!(
            "repository name ({name}) contains '/', please specify a different name without '/'"
        )));
    }
    if let (Some(existing), false) = (known.get(name), request.force) {
        if existing == entry {
            return Ok(Added::Same);
        }
        return Err(other(format!(
            "repository name ({name}) already exists, please specify a different name"
        )));
    }
    fetcher.http.getters.check_address(&entry.url)?;
    repository::download_index(entry, &fetcher.places.indexes, &fetcher.http, listener).map_err(
        |why| {
            let url = quote(&entry.url);
            other(format!(
                "looks like {url} is not a valid chart repository or cannot be reached: {why}"
            ))
        },
    )?;
    known.update(request.entry);
    known.save(path)?;
    Ok(Added::New)
}

/// The file as it is, or an empty one.
fn read(path: &Path) -> Result<Repositories, Error> {
    match std::fs::read(path) {
        Ok(text) => Repositories::parse(&text).map_err(other),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Repositories::default()),
        Err(_) => Ok(Repositories::load(path)?.unwrap_or_default()),
    }
}

/// The known repositories; none if there is no file, or one that cannot be read.
pub fn list(path: &Path) -> Vec<Entry> {
    let known = Repositories::load(path).ok().flatten();
    known.unwrap_or_default().repositories
}

/// Forgets repositories; `removed` is called after each one.
///
/// # Errors
/// A name that is not known: what stands before it is forgotten nevertheless.
pub fn remove(
    names: &[String],
    fetcher: &Fetcher,
    removed: &mut dyn FnMut(&str),
) -> Result<(), Error> {
    let path = &fetcher.places.repositories;
    let _lock = repository::lock(path)?;
    let mut known = match Repositories::load(path)? {
        Some(known) if !known.repositories.is_empty() => known,
        _ => return Err(other("no repositories configured")),
    };
    for name in names {
        if !known.remove(name) {
            let name = quote(name);
            return Err(other(format!("no repo named {name} found")));
        }
        known.save(path)?;
        repository::remove_cached(&fetcher.places.indexes, name)?;
        removed(name);
    }
    Ok(())
}

/// Refreshes the indexes of all known repositories, or of those that are named.
///
/// # Errors
/// None is known, one that is named is not, or an index could not be had.
pub fn update(names: &[String], fetcher: &Fetcher, listener: &dyn Listener) -> Result<(), Error> {
    const NONE: &str = "no repositories found. You must add one before updating";
    let path = &fetcher.places.repositories;
    let known = Repositories::load(path).map_err(|why| {
        let path = path.display();
        other(format!("failed loading file: {path}: {why}"))
    })?;
    let known = match known {
        Some(known) if !known.repositories.is_empty() => known.repositories,
        _ => return Err(other(NONE)),
    };
    for name in names {
        if !known.iter().any(|entry| entry.name == *name) {
            return Err(other(format!(
                "no repositories found matching '{name}'.  Nothing will be updated"
            )));
        }
    }
    let wanted: Vec<Entry> = known
        .into_iter()
        .filter(|entry| names.is_empty() || names.contains(&entry.name))
        .collect();
    for entry in &wanted {
        fetcher.http.getters.check_address(&entry.url)?;
    }
    listener.say("Hang tight while we grab the latest from your chart repositories...");
    let cache = &fetcher.places.indexes;
    let failed = repository::refresh(&wanted, cache, &fetcher.http, listener);
    if !failed.is_empty() {
        return Err(other(format!(
            "failed to update the following repositories: [{}]",
            failed.join(" ")
        )));
    }
    listener.say("Update Complete. ⎈Happy Helming!⎈");
    Ok(())
}

/// Writes the index of a directory with packed charts.
///
/// # Errors
/// A chart that no index may have, an index to merge that is none, what cannot be written.
pub fn index(
    directory: &Path,
    url: &str,
    merge: &str,
    as_json: bool,
    now: chart::Time,
    listener: &dyn Listener,
) -> Result<(), Error> {
    let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_path_buf());
    let mut index = repository::index_directory(&directory, url, now)?;
    if !merge.is_empty() {
        let merge = Path::new(merge);
        if merge.exists() {
            let older = Index::load(merge, listener)
                .map_err(|why| other(format!("merge failed: {why}")))?;
            index.merge(older);
        } else {
            Index::empty(now).save(merge, as_json)?;
        }
    }
    index.sort();
    index.save(&directory.join("index.yaml"), as_json)?;
    Ok(())
}

/// The charts of all known repositories, with their names. One that cannot be read is left out,
/// with a warning.
///
/// # Errors
/// No repository is known.
pub fn catalogs(
    fetcher: &Fetcher,
    listener: &dyn Listener,
) -> Result<Vec<(String, Catalog)>, Error> {
    let known = list(&fetcher.places.repositories);
    if known.is_empty() {
        return Err(other("no repositories configured"));
    }
    let mut catalogs = Vec::new();
    for entry in known {
        match repository::cached_catalog(&fetcher.places.indexes, &entry.name, listener) {
            Ok(catalog) => catalogs.push((entry.name, catalog)),
            Err(why) => listener.log(
                chart::Event::warn("repo is corrupt or missing")
                    .with("repo", entry.name)
                    .with("error", why.to_string()),
            ),
        }
    }
    Ok(catalogs)
}

fn other(text: impl Into<String>) -> Error {
    Error::Other(text.into())
}
