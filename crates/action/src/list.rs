//! The releases of a namespace, or of all.

use std::collections::BTreeMap;

use gostd::regexp::Regexp;
use release::{Outline, Release, Status, Store, StoreError};

use crate::selector::{Selector, SelectorError};

/// Which releases to list, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The states to show; empty for all known ones.
    pub states: Vec<Status>,
    /// A regular expression that names must match somewhere; empty for any.
    pub filter: String,
    /// A selector that labels must meet; empty for any.
    pub selector: String,
    /// Whether to sort by the time of deployment, oldest first, and not by name.
    pub by_date: bool,
    /// Whether to turn the order round.
    pub reverse: bool,
    /// How many releases to list at most; 0 for all.
    pub limit: i64,
    /// How many releases to leave out at the beginning.
    pub offset: i64,
}

/// Why releases cannot be listed. The texts are Helm's.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The filter is no regular expression.
    #[error("{0}")]
    Filter(String),
    /// The selector is none.
    #[error(transparent)]
    Selector(#[from] SelectorError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lists the newest revision of each release.
///
/// If superseded releases alone are asked for, it lists every revision of that state: the newest
/// one never is superseded.
///
/// # Errors
/// A filter or selector that cannot be read, and what the store fails with.
pub async fn list(store: &dyn Store, request: &Request) -> Result<Vec<Release>, ListError> {
    let filter = match request.filter.as_str() {
        "" => None,
        pattern => Some(Regexp::new(pattern).map_err(|e| ListError::Filter(e.to_string()))?),
    };
    let filter = |name: &str| filter.as_ref().is_none_or(|f| f.is_match(name.as_bytes()));
    if request.states != [Status::Superseded]
        && let Some(outlines) = store.outlines().await?
        && let Some(releases) = by_outlines(store, outlines, &filter, request).await?
    {
        return Ok(releases);
    }
    let mut releases = store.list().await?;
    releases.retain(|r| filter(&r.name));
    if request.states != [Status::Superseded] {
        releases = newest(releases);
    }
    releases.retain(|r| is_wanted(&request.states, r.info.status));
    let selector = Selector::parse(&request.selector)?;
    releases.retain(|r| selector.matches(&r.labels));
    sort(&mut releases, request);
    Ok(page(releases, request))
}

/// The same from what the labels tell, so that only records that are shown are read. `None` if one of them
/// cannot be: then an older revision may count.
async fn by_outlines(
    store: &dyn Store,
    mut outlines: Vec<Outline>,
    filter: &dyn Fn(&str) -> bool,
    request: &Request,
) -> Result<Option<Vec<Release>>, ListError> {
    outlines.retain(|outline| filter(&outline.name));
    let mut wanted = newest(outlines);
    wanted.retain(|outline| is_wanted(&request.states, outline.status));
    let selector = Selector::parse(&request.selector)?;
    wanted.retain(|outline| selector.matches(&outline.labels));
    // When it was deployed stands in the record alone.
    if !request.by_date {
        sort(&mut wanted, request);
        wanted = page(wanted, request);
    }
    let mut releases = store.read(&wanted).await?;
    if releases.len() != wanted.len() {
        return Ok(None);
    }
    sort(&mut releases, request);
    Ok(Some(match request.by_date {
        true => page(releases, request),
        false => releases,
    }))
}

/// What a list needs to know of a revision.
trait Listed {
    /// Name, namespace and revision.
    fn key(&self) -> (&str, &str, i64);

    /// When it was deployed, in seconds, where that is known.
    fn deployed(&self) -> i64;
}

impl Listed for Release {
    fn key(&self) -> (&str, &str, i64) {
        (&self.name, &self.namespace, self.version)
    }

    fn deployed(&self) -> i64 {
        self.info.last_deployed.unix()
    }
}

impl Listed for Outline {
    fn key(&self) -> (&str, &str, i64) {
        (&self.name, &self.namespace, self.version)
    }

    fn deployed(&self) -> i64 {
        0
    }
}

fn newest<T: Listed>(revisions: Vec<T>) -> Vec<T> {
    let mut newest: BTreeMap<(String, String), T> = BTreeMap::new();
    for revision in revisions {
        let (name, namespace, version) = revision.key();
        let key = (name.to_owned(), namespace.to_owned());
        match newest.get(&key) {
            Some(known) if known.key().2 > version => {}
            _ => {
                newest.insert(key, revision);
            }
        }
    }
    newest.into_values().collect()
}

/// A state that nobody knows is never shown, not even among all.
fn is_wanted(states: &[Status], status: Status) -> bool {
    match states {
        [] => !matches!(status, Status::Unknown | Status::Unset),
        states => states.contains(&status),
    }
}

fn sort<T: Listed>(releases: &mut [T], request: &Request) {
    releases.sort_by(|a, b| {
        let by_name = a.key().cmp(&b.key());
        if request.by_date {
            a.deployed().cmp(&b.deployed()).then(by_name)
        } else {
            by_name
        }
    });
    if request.reverse {
        releases.reverse();
    }
}

/// The part that was asked for.
fn page<T>(releases: Vec<T>, request: &Request) -> Vec<T> {
    let limit = match usize::try_from(request.limit) {
        Ok(limit) if limit > 0 => limit,
        _ => usize::MAX,
    };
    let offset = usize::try_from(request.offset).unwrap_or(0);
    releases.into_iter().skip(offset).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use release::{Info, MemoryStore};

    fn record(name: &str, version: i64, status: Status, deployed: i64) -> Release {
        Release {
            name: name.to_owned(),
            namespace: "default".to_owned(),
            version,
            info: Info {
                status,
                last_deployed: chart::Time::from_unix(deployed, 0),
                ..Info::default()
            },
            ..Release::default()
        }
    }

    fn listed(request: &Request) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let releases = runtime.block_on(async {
            let store = MemoryStore::new("default");
            for release in [
                record("b", 1, Status::Superseded, 10),
                record("b", 2, Status::Deployed, 20),
                record("a", 1, Status::Failed, 30),
                record("c", 1, Status::Superseded, 1),
                record("c", 2, Status::PendingUpgrade, 2),
                record("d", 1, Status::Unknown, 5),
            ] {
                store.create(&release).await.unwrap();
            }
            list(&store, request).await.unwrap()
        });
        releases
            .iter()
            .map(|r| format!("{}.{}", r.name, r.version))
            .collect()
    }

    #[test]
    fn shows_the_newest_of_each_by_name() {
        assert_eq!(listed(&Request::default()), ["a.1", "b.2", "c.2"]);
    }

    #[test]
    fn superseded_alone_shows_every_such_revision() {
        let states = vec![Status::Superseded];
        assert_eq!(
            listed(&Request {
                states,
                ..Request::default()
            }),
            ["b.1", "c.1"]
        );
        let states = vec![Status::Superseded, Status::Failed];
        assert_eq!(
            listed(&Request {
                states,
                ..Request::default()
            }),
            ["a.1"]
        );
    }

    #[test]
    fn order_and_page() {
        let by_date = Request {
            by_date: true,
            ..Request::default()
        };
        assert_eq!(listed(&by_date), ["c.2", "b.2", "a.1"]);
        let reverse = Request {
            reverse: true,
            ..Request::default()
        };
        assert_eq!(listed(&reverse), ["c.2", "b.2", "a.1"]);
        let page = Request {
            offset: 1,
            limit: 1,
            ..Request::default()
        };
        assert_eq!(listed(&page), ["b.2"]);
        let beyond = Request {
            offset: 9,
            ..Request::default()
        };
        assert_eq!(listed(&beyond), [] as [String; 0]);
    }

    #[test]
    fn names_match_anywhere() {
        let filter = "^[bc]".to_owned();
        assert_eq!(
            listed(&Request {
                filter,
                ..Request::default()
            }),
            ["b.2", "c.2"]
        );
    }
}
