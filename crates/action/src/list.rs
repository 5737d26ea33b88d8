//! The releases of a namespace, or of all.

use std::collections::BTreeMap;

use gostd::regexp::Regexp;
use release::{Release, Status, Store, StoreError};

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
    let mut releases = store.list().await?;
    releases.retain(|r| {
        filter
            .as_ref()
            .is_none_or(|f| f.is_match(r.name.as_bytes()))
    });
    let found = releases.len();
    if request.states != [Status::Superseded] {
        releases = newest(releases);
    }
    releases.retain(|r| is_wanted(&request.states, r.info.status));
    let selector = Selector::parse(&request.selector)?;
    releases.retain(|r| selector.matches(&r.labels));
    sort(&mut releases, request);
    Ok(page(releases, found, request))
}

fn newest(releases: Vec<Release>) -> Vec<Release> {
    let mut newest: BTreeMap<(String, String), Release> = BTreeMap::new();
    for release in releases {
        let key = (release.name.clone(), release.namespace.clone());
        match newest.get(&key) {
            Some(known) if known.version > release.version => {}
            _ => {
                newest.insert(key, release);
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

fn sort(releases: &mut [Release], request: &Request) {
    releases.sort_by(|a, b| {
        let by_name = (&a.name, &a.namespace, a.version).cmp(&(&b.name, &b.namespace, b.version));
        let (then, now) = (a.info.last_deployed.unix(), b.info.last_deployed.unix());
        if request.by_date {
            then.cmp(&now).then(by_name)
        } else {
            by_name
        }
    });
    if request.reverse {
        releases.reverse();
    }
}

/// The part that was asked for. `found` is how many there were before states and labels counted,
/// which is the limit if none is given.
fn page(releases: Vec<Release>, found: usize, request: &Request) -> Vec<Release> {
    let limit = match usize::try_from(request.limit) {
        Ok(limit) if limit > 0 => limit.min(found),
        _ => found,
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
