//! Downloading indexes.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use gostd::os::path_error;
use goval::strconv::quote;

use super::{Catalog, Entry, catalog, other, resolve_url};
use crate::cache::key_of;
use crate::files::write_parts_atomically;
use crate::registry::{self, is_oci};
use crate::{Access, Http, Listener, SourceError, write_with_folders};

/// The file with the index of a repository.
pub(crate) fn index_file(cache: &Path, name: &str) -> PathBuf {
    cache.join(prefixed(name, "index.yaml"))
}

/// The file with the names of a repository's charts, one a line, for completion.
pub(crate) fn charts_file(cache: &Path, name: &str) -> PathBuf {
    cache.join(prefixed(name, "charts.txt"))
}

fn prefixed(name: &str, file: &str) -> String {
    match name.is_empty() {
        true => file.to_owned(),
        false => format!("{name}-{file}"),
    }
}

/// The charts of a repository as its index was downloaded last.
///
/// # Errors
/// As [`Catalog::load`].
pub fn cached_catalog(
    cache: &Path,
    name: &str,
    listener: &dyn Listener,
) -> Result<Catalog, SourceError> {
    Catalog::load(&index_file(cache, name), listener)
}

/// The names of the charts in a repository, from the cache; none if it was never downloaded.
pub fn chart_names(cache: &Path, name: &str) -> Vec<String> {
    match fs::read_to_string(charts_file(cache, name)) {
        Ok(names) => names.lines().map(str::to_owned).collect(),
        Err(_) => match cached_catalog(cache, name, &crate::Silent) {
            Ok(catalog) => catalog.names().map(str::to_owned).collect(),
            Err(_) => Vec::new(),
        },
    }
}

/// Downloads the index of a repository, checks that it is one, and keeps it in the cache.
///
/// # Errors
/// A server that does not answer, or answers something else.
pub fn download_index(
    entry: &Entry,
    cache: &Path,
    http: &Http,
    listener: &dyn Listener,
) -> Result<(), SourceError> {
    let (text, catalog) = fetch_index(&entry.access(), http, listener)?;
    let names = catalog.lines_of_names();
    write_with_folders(&charts_file(cache, &entry.name), names.as_bytes(), 0o644)?;
    let path = index_file(cache, &entry.name);
    let (file, hash) = thread::scope(|scope| {
        let hash = scope.spawn(|| key_of(&text));
        let file = write_parts_atomically(&path, &[&text], 0o644);
        (file, hash.join())
    });
    let (file, hash) = (file?, hash.unwrap_or_else(|_| key_of(&text)));
    // Both at once would be a lot to hold.
    drop(text);
    catalog::keep(&path, &file, hash, &catalog);
    Ok(())
}

/// An index as it was sent, and what it holds.
fn fetch_index(
    access: &Access,
    http: &Http,
    listener: &dyn Listener,
) -> Result<(Vec<u8>, Catalog), SourceError> {
    http.getters.check_address(&access.url)?;
    let url = resolve_url(&access.url, "index.yaml").map_err(other)?;
    if is_oci(&url) {
        return Err(other(registry::no_index(&url)));
    }
    let text = http.get(&url, access, "", listener).map_err(other)?;
    let catalog = Catalog::of(&text, &access.url, listener).map_err(other)?;
    Ok((text, catalog))
}

/// How the names of repositories begin that only the dependencies of a chart name.
pub(crate) const UNNAMED: &str = "helm-manager-";

/// Refreshes several repositories at once, and says of each what became of it; gives the addresses
/// of those that failed.
pub fn refresh(
    entries: &[Entry],
    cache: &Path,
    http: &Http,
    listener: &dyn Listener,
) -> Vec<String> {
    let one = |entry: &Entry| {
        let result = download_index(entry, cache, http, listener);
        listener.say(&ended(entry, result.as_ref().err()));
        result.is_ok()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = entries
            .iter()
            .map(|entry| (entry, scope.spawn(move || one(entry))))
            .collect();
        let ended = threads.into_iter();
        ended
            .filter_map(|(entry, thread)| match thread.join() {
                Ok(true) => None,
                _ => Some(entry.url.clone()),
            })
            .collect()
    })
}

/// What is said of a repository when its refreshing has ended. The name of one that only a chart
/// names would tell nobody anything.
fn ended(entry: &Entry, error: Option<&SourceError>) -> String {
    let unnamed = entry.name.starts_with(UNNAMED);
    let shown = quote(if unnamed { &entry.url } else { &entry.name });
    match error {
        None => format!("...Successfully got an update from the {shown} chart repository"),
        Some(why) if unnamed => {
            format!("...Unable to get an update from the {shown} chart repository:\n\t{why}")
        }
        Some(why) => format!(
            "...Unable to get an update from the {shown} chart repository ({}):\n\t{why}",
            entry.url
        ),
    }
}

/// The address of a chart in a repository that is not among the known ones (Helm's
/// `FindChartInRepoURL`).
///
/// # Errors
/// No index there, or the chart is not in it.
pub fn find_in_repository(
    chart: &str,
    version: &str,
    access: &Access,
    http: &Http,
    listener: &dyn Listener,
) -> Result<String, SourceError> {
    let repository = &access.url;
    let fetched = match http.getters.check_address(repository) {
        Ok(()) => fetch_index(access, http, listener).map_err(|why| {
            let shown = quote(repository);
            other(format!(
                "looks like {shown} is not a valid chart repository or cannot be reached: {why}"
            ))
        }),
        Err(why) => Err(why),
    };
    let (_, catalog) = fetched?;
    let mut wanted = format!("chart {}", quote(chart));
    if !version.is_empty() {
        wanted += &format!(" version {}", quote(version));
    }
    let found = catalog
        .get(chart, version, listener)
        .map_err(|_| other(format!("{wanted} not found in {repository} repository")))?;
    let Some(url) = found.urls.first() else {
        return Err(other(format!("{wanted} has no downloadable URLs")));
    };
    resolve_url(repository, url)
        .map_err(|why| other(format!("failed to make chart URL absolute: {why}")))
}

/// Removes what the cache has of a repository.
///
/// # Errors
/// What the operating system reports of the index.
pub fn remove_cached(cache: &Path, name: &str) -> Result<(), SourceError> {
    let _ = fs::remove_file(charts_file(cache, name));
    let index = index_file(cache, name);
    catalog::forget(&index);
    match fs::remove_file(&index) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let why = path_error("remove", &index, &error);
            Err(other(why))
        }
        _ => Ok(()),
    }
}
