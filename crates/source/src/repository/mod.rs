//! Chart repositories: the list of those that are known, their indexes, and how they are refreshed.

mod catalog;
mod entries;
mod index;
mod make;
mod refresh;
mod search;

pub use catalog::{Catalog, Listed};
pub use entries::{Entry, Repositories, lock};
pub use index::{Index, IndexEntry, is_range};
pub use make::index_directory;
pub(crate) use refresh::{UNNAMED, index_file};
pub use refresh::{
    cached_catalog, chart_names, download_index, find_in_repository, refresh, remove_cached,
};
pub use search::{Found, SearchError, search};

use gostd::path::{clean, clean_bytes, join};
use gostd::url::Url;

use crate::SourceError;

/// An address relative to that of a repository, made absolute; the repository's query is kept
/// (Helm's `ResolveReferenceURL`).
///
/// # Errors
/// One of the two is no URL.
pub fn resolve_url(base: &str, reference: &str) -> Result<String, String> {
    let parse = |text: &str| {
        Url::parse(text).map_err(|error| format!("failed to parse {text} as URL: {error}"))
    };
    let parsed = parse(reference)?;
    if parsed.is_absolute() {
        return Ok(reference.to_owned());
    }
    let mut base = parse(base)?;
    for path in [&mut base.path, &mut base.raw_path] {
        if !path.ends_with(b"/") {
            path.push(b'/');
        }
    }
    let mut resolved = base.resolve(&parsed);
    resolved.query = base.query;
    Ok(resolved.to_string())
}

/// Whether two addresses are the same but for needless parts of their paths (Helm's
/// `urlutil.Equal`).
pub fn same_url(a: &str, b: &str) -> bool {
    let cleaned = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        if url.path.is_empty() {
            url.path.push(b'/');
        }
        url.path = clean_bytes(&url.path);
        Some(url.to_string())
    };
    match (cleaned(a), cleaned(b)) {
        (Some(a), Some(b)) => a == b,
        (None, _) => clean(a) == clean(b),
        (_, None) => false,
    }
}

/// Joins a path to an address (Helm's `urlutil.URLJoin`); a base that is no URL is taken as a path.
fn join_url(base: &str, path: &str) -> String {
    match Url::parse(base) {
        Ok(mut url) => {
            let parent = String::from_utf8_lossy(&url.path);
            url.path = join(&[&parent, path]).into_bytes();
            url.raw_path.clear();
            url.to_string()
        }
        Err(_) => join(&[base, path]),
    }
}

fn other(text: impl Into<String>) -> SourceError {
    SourceError::Other(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results are those of Helm's functions.
    #[test]
    fn addresses_are_resolved_against_a_repository() {
        let check = |base: &str, reference: &str, expected: &str| {
            assert_eq!(resolve_url(base, reference).unwrap(), expected);
        };
        check("http://x/charts/", "a-1.tgz", "http://x/charts/a-1.tgz");
        check("http://x/charts", "a-1.tgz", "http://x/charts/a-1.tgz");
        check("http://x", "index.yaml", "http://x/index.yaml");
        check("http://x/c?k=v", "a.tgz", "http://x/c/a.tgz?k=v");
        check("http://x/c", "https://y/a.tgz", "https://y/a.tgz");
        check("http://x/c%2Fd", "a.tgz", "http://x/c%2Fd/a.tgz");
        check("http://x/c", "/a.tgz", "http://x/a.tgz");
    }

    #[test]
    fn addresses_are_the_same_but_for_slashes() {
        assert!(same_url("http://x", "http://x/"));
        assert!(same_url("http://x/a//b/", "http://x/a/b"));
        assert!(!same_url("http://x/a", "http://x/b"));
    }

    #[test]
    fn paths_are_joined_to_addresses() {
        let check = |base: &str, path: &str, expected: &str| {
            assert_eq!(join_url(base, path), expected);
        };
        check("http://x/charts", "a.tgz", "http://x/charts/a.tgz");
        check("http://x/charts/", "", "http://x/charts");
        check("", "", "");
        check("", "a.tgz", "a.tgz");
        check("charts", "a.tgz", "charts/a.tgz");
    }
}
