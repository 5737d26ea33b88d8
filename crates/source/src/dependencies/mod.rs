//! The charts that a chart depends on: chosen, fetched into `charts/`, and locked (Helm's
//! `downloader.Manager`).

mod ahead;
mod digests;
mod fetch;
mod kept;
mod lock;
mod nested;
mod resolve;

use std::path::PathBuf;

use chart::{Chart, Dependency, Event, Lock, Time};
use gostd::os::path_error;
use gostd::url::Url;

use crate::repository::{Entry, Repositories, UNNAMED, refresh, same_url};
use crate::{Access, Fetcher, Listener, SourceError, Verification};

/// Brings the `charts/` of a chart in line with its Chart.yaml or its lock.
#[derive(Clone, Debug)]
pub struct Manager {
    /// The chart's directory.
    pub directory: PathBuf,
    /// What finds and fetches charts.
    pub fetcher: Fetcher,
    /// The user's credentials for registries.
    pub access: Access,
    /// Whether downloaded charts must be signed.
    pub verification: Verification,
    /// Whether the indexes in the cache are good enough.
    pub skip_refresh: bool,
    /// The time that files of charts from directories are stamped with.
    pub stamp: Option<Time>,
    /// The time now, for the lock.
    pub now: Time,
    /// Whether more is said.
    pub debug: bool,
    /// Whether charts in directories that it depends on are done first, in the same way.
    pub recursive: bool,
    /// Whether no server is asked.
    pub offline: bool,
    /// Whether the digests of archives are written down anew.
    pub digests: bool,
}

/// Which repository each dependency is in, by the name of its chart.
type Names = std::collections::BTreeMap<String, String>;

impl Manager {
    /// Chooses versions anew, fetches them, and writes the lock if it has changed.
    ///
    /// # Errors
    /// A chart that cannot be read, dependencies that cannot be had.
    pub fn update(&self, listener: &dyn Listener) -> Result<(), SourceError> {
        nested::each(self, listener, &|manager| manager.update_one(listener))
    }

    fn update_one(&self, listener: &dyn Listener) -> Result<(), SourceError> {
        let chart = self.load(listener)?;
        let mut wanted = chart.metadata.dependencies.clone();
        if wanted.is_empty() {
            return Ok(());
        }
        let known = self.known()?;
        let mut names = self.repository_names(&mut wanted, &known, listener)?;
        self.refresh_unnamed(&wanted, &mut names, listener);
        if self.refreshes() {
            self.refresh(&known, listener);
        }
        let mut locked = resolve::resolve(self, &wanted, &names, listener)?;
        fetch::fetch_all(self, &mut locked, &known, listener)?;
        let digest = lock::digest(&wanted, Some(&locked)).map_err(SourceError::Other)?;
        if chart.lock.as_ref().is_some_and(|old| old.digest == digest) {
            return Ok(());
        }
        let new = Lock {
            generated: self.now,
            digest,
            dependencies: Some(locked),
        };
        lock::write(&self.directory, &new, chart.metadata.api_version == "v1")
    }

    /// Fetches what the lock names; without a lock, the same as [`Manager::update`].
    ///
    /// # Errors
    /// A lock that does not fit Chart.yaml, repositories that are not known, dependencies that
    /// cannot be had.
    pub fn build(&self, listener: &dyn Listener) -> Result<(), SourceError> {
        nested::each(self, listener, &|manager| manager.build_one(listener))
    }

    fn build_one(&self, listener: &dyn Listener) -> Result<(), SourceError> {
        let chart = self.load(listener)?;
        let Some(lock) = chart.lock else {
            return self.update_one(listener);
        };
        let mut wanted = chart.metadata.dependencies;
        let is_v1 = chart.metadata.api_version == "v1";
        let older_digest = lock::older_digest(&wanted).map_err(SourceError::Other)?;
        let known = self.known()?;
        self.repository_names(&mut wanted, &known, listener)?;
        let digest = lock::digest(&wanted, lock.dependencies.as_deref());
        if digest.as_ref() != Ok(&lock.digest) {
            if !is_v1 {
                return Err(SourceError::Other(OUT_OF_SYNC.to_owned()));
            }
            listener.log(Event::info(
                "warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash...",
            ));
            if older_digest != lock.digest {
                return Err(SourceError::Other(OUT_OF_SYNC_V1.to_owned()));
            }
        }
        let mut locked = lock.dependencies.unwrap_or_default();
        check_known(&locked, &known)?;
        // What the lock names does not change: where all of it is here, nobody need be asked.
        if self.refreshes() && !kept::are_all(self, &locked, &known) {
            self.refresh(&known, listener);
        }
        fetch::fetch_all(self, &mut locked, &known, listener)
    }

    /// Whether repositories are asked for their indexes.
    fn refreshes(&self) -> bool {
        !self.skip_refresh && !self.offline
    }

    fn load(&self, listener: &dyn Listener) -> Result<Chart, SourceError> {
        let directory = &self.directory;
        let info = std::fs::metadata(directory).map_err(|error| {
            let why = path_error("stat", directory, &error);
            SourceError::Other(format!("could not find {}: {why}", directory.display()))
        })?;
        if !info.is_dir() {
            let text = "only unpacked charts can be updated";
            return Err(SourceError::Other(text.to_owned()));
        }
        let loaded = crate::load_any(directory)?;
        loaded
            .events
            .into_iter()
            .for_each(|event| listener.log(event));
        Ok(loaded.chart)
    }

    fn known(&self) -> Result<Repositories, SourceError> {
        let path = &self.fetcher.places.repositories;
        Ok(Repositories::load(path)?.unwrap_or_default())
    }

    /// Finds the repository of each dependency; names that users gave to repositories are replaced
    /// by addresses (`resolveRepoNames`).
    fn repository_names(
        &self,
        wanted: &mut [Dependency],
        known: &Repositories,
        listener: &dyn Listener,
    ) -> Result<Names, SourceError> {
        let mut names = Names::new();
        let mut missing = Vec::new();
        for dependency in wanted {
            let repository = dependency.repository.clone();
            let name = dependency.name.clone();
            if repository.is_empty() {
                continue;
            }
            if repository.starts_with("file://") {
                resolve::local_path(&repository, &self.directory)?;
                if self.debug {
                    listener.say(&format!("Repository from local path: {repository}"));
                }
                names.insert(name, repository);
                continue;
            }
            if repository.starts_with("oci://") {
                names.insert(name, repository);
                continue;
            }
            let alias = repository
                .strip_prefix('@')
                .or_else(|| repository.strip_prefix("alias:"));
            let mut entries = known.repositories.iter();
            let found = entries.find(|entry| {
                alias == Some(entry.name.as_str()) || same_url(&entry.url, &repository)
            });
            if let Some(entry) = found {
                if alias == Some(entry.name.as_str()) {
                    dependency.repository.clone_from(&entry.url);
                }
                names.insert(name, entry.name.clone());
            } else if Url::parse_request(&repository).is_ok() {
                names.insert(repository.clone(), repository);
            } else {
                missing.push(repository);
            }
        }
        match missing.is_empty() {
            true => Ok(names),
            false => Err(SourceError::Other(undefined(&missing))),
        }
    }

    /// Gets the indexes of repositories that only the chart names (`ensureMissingRepos`).
    fn refresh_unnamed(&self, wanted: &[Dependency], names: &mut Names, listener: &dyn Listener) {
        let mut entries: Vec<Entry> = Vec::new();
        for dependency in wanted {
            let url = &dependency.repository;
            if url.is_empty() || names.contains_key(&dependency.name) {
                continue;
            }
            let name = unnamed(url);
            names.insert(dependency.name.clone(), name.clone());
            entries.push(Entry {
                name,
                url: url.clone(),
                ..Entry::default()
            });
        }
        if self.refreshes() && !entries.is_empty() {
            listener.say("Getting updates for unmanaged Helm repositories...");
            self.refresh_each(entries, listener);
        }
    }

    /// Refreshes all known repositories; what fails is said, and no failure.
    fn refresh(&self, known: &Repositories, listener: &dyn Listener) {
        if known.repositories.is_empty() {
            return;
        }
        listener.say("Hang tight while we grab the latest from your chart repositories...");
        self.refresh_each(known.repositories.clone(), listener);
        listener.say("Update Complete. ⎈Happy Helming!⎈");
    }

    /// Refreshes each address once; of two entries that share one, the last.
    fn refresh_each(&self, entries: Vec<Entry>, listener: &dyn Listener) {
        let mut unique: Vec<Entry> = Vec::new();
        for entry in entries {
            let address = |entry: &Entry| entry.url.trim_end_matches('/').to_owned();
            unique.retain(|other| address(other) != address(&entry));
            unique.push(entry);
        }
        let cache = &self.fetcher.places.indexes;
        refresh(&unique, cache, &self.fetcher.http, listener);
    }
}

/// What the cache calls a repository that only a chart names.
fn unnamed(url: &str) -> String {
    let key = crate::cache::hex(&crate::cache::key_of(url.as_bytes()));
    format!("{UNNAMED}{key}")
}

const OUT_OF_SYNC: &str = "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies with 'helm dependency update'";
const OUT_OF_SYNC_V1: &str = "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies";

/// Whether all repositories of a lock are among the known ones (`hasAllRepos`).
fn check_known(locked: &[Dependency], known: &Repositories) -> Result<(), SourceError> {
    let is_known = |url: &str| {
        let url = url.strip_suffix('/').unwrap_or(url);
        let mut entries = known.repositories.iter();
        entries.any(|entry| same_url(&entry.url, url))
    };
    let missing: Vec<&str> = locked
        .iter()
        .map(|dependency| dependency.repository.as_str())
        .filter(|url| !url.is_empty() && !url.starts_with("file://") && !url.starts_with("oci://"))
        .filter(|url| !is_known(url))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(SourceError::Other(format!(
        "no repository definition for {}. Please add the missing repos via 'helm repo add'",
        missing.join(", ")
    )))
}

fn undefined(missing: &[String]) -> String {
    let mut text = format!(
        "no repository definition for {}. Please add them via 'helm repo add'",
        missing.join(", ")
    );
    let is_plain_word = |name: &String| {
        !name.contains("//") && !name.starts_with('@') && !name.starts_with("alias:")
    };
    if missing.iter().any(is_plain_word) {
        text += "\nNote that repositories must be URLs or aliases. For example, to refer to the \"example\"\nrepository, use \"https://charts.example.com/\" or \"@example\" instead of\n\"example\". Don't forget to add the repo, too ('helm repo add').";
    }
    text
}
