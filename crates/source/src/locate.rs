//! From what the user typed to a file: Helm's `LocateChart` and `ChartDownloader`.

use std::fs;
use std::path::{Path, PathBuf};

use chart::{Event, Level};
use gostd::url::Url;
use goval::strconv::quote;

use crate::cache::{Cache, Key, hex, key_of, parse_key};
use crate::registry::{self, Client, Keys, Part, is_oci};
use crate::repository::{
    Entry, Index, Repositories, find_in_repository, index_file, resolve_url, same_url,
};
use crate::{Access, Http, Listener, SourceError, write_atomically};

const ACCEPT: &str = "application/gzip,application/octet-stream";

/// Where what belongs to repositories is kept.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The file with the known repositories.
    pub repositories: PathBuf,
    /// The directory with their indexes.
    pub indexes: PathBuf,
    /// The directory with downloaded charts.
    pub content: PathBuf,
}

/// What finds and fetches charts.
#[derive(Clone, Debug, Default)]
pub struct Fetcher {
    /// Where things are kept.
    pub places: Places,
    /// How to speak with servers.
    pub http: Http,
    /// Who we are to registries.
    pub keys: Keys,
    /// Whether what registries gave is told where it does not mix with the output.
    pub tells_aside: bool,
}

/// Which chart, and how to get at it.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A path, a URL, `repository/chart`, or with `repo` the name of a chart.
    pub reference: String,
    /// The version or range; empty for the newest.
    pub version: String,
    /// The address of a repository that need not be known; empty for none.
    pub repo: String,
    /// Credentials that the user gave for this chart.
    pub access: Access,
}

/// Where a chart is, and how to get at it.
struct Resolved {
    url: Url,
    /// The hash of its content, if an index tells.
    key: Option<Key>,
    access: Access,
    /// Whether the user knows that it is in a registry: then it is told what came of that.
    is_told: bool,
}

impl Fetcher {
    /// The path of a chart: what is there already, or else the archive in the cache, where it is
    /// put if need be.
    ///
    /// # Errors
    /// A path at which nothing is, a name that no repository knows, a download that fails.
    pub fn locate(&self, wanted: &Wanted, listener: &dyn Listener) -> Result<PathBuf, SourceError> {
        let name = wanted.reference.trim();
        if wanted.repo.is_empty() {
            let path = Path::new(name);
            if path.exists() {
                return std::path::absolute(path)
                    .map_err(|error| crate::failed("stat", path, &error));
            }
            if path.is_absolute() || name.starts_with('.') {
                return Err(SourceError::NotFound(name.to_owned()));
            }
        }
        listener.log(debug("set up default downloader cache"));
        if wanted.repo.is_empty() && names_registry(name) {
            let client = self.registry(&wanted.access, listener)?;
            let resolved = in_registry(&client, wanted)?;
            return self.download_to_cache(&resolved, wanted, Some(&client), listener);
        }
        let resolved = self.resolve(wanted, listener)?;
        self.download_to_cache(&resolved, wanted, None, listener)
    }

    /// Downloads a chart into a directory, under the name that its address ends with; gives that
    /// file (`DownloadTo`).
    ///
    /// # Errors
    /// As [`Fetcher::locate`], and a file that cannot be written.
    pub fn download(
        &self,
        wanted: &Wanted,
        into: &Path,
        listener: &dyn Listener,
    ) -> Result<PathBuf, SourceError> {
        listener.log(debug("set up default downloader cache"));
        if wanted.repo.is_empty() && names_registry(wanted.reference.trim()) {
            let client = self.registry(&wanted.access, listener)?;
            return self.download_from(&client, wanted, into, listener);
        }
        let resolved = self.resolve(wanted, listener)?;
        self.download_resolved(&resolved, None, into, listener)
    }

    /// Downloads a chart from a registry as [`Fetcher::download`] does.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn download_from(
        &self,
        client: &Client<'_>,
        wanted: &Wanted,
        into: &Path,
        listener: &dyn Listener,
    ) -> Result<PathBuf, SourceError> {
        let resolved = in_registry(client, wanted)?;
        self.download_resolved(&resolved, Some(client), into, listener)
    }

    /// What is behind a reference to a registry, without a word about it.
    ///
    /// # Errors
    /// As [`Fetcher::locate`].
    pub fn read_registry(
        &self,
        reference: &str,
        listener: &dyn Listener,
    ) -> Result<Vec<u8>, String> {
        let client = Client::new(&self.http, &self.keys, &Access::default(), listener)?;
        registry::pull(&client, reference, Part::Archive, &|_| {})
    }

    /// What speaks with registries for the user.
    ///
    /// # Errors
    /// Files with certificates that cannot be used.
    pub(crate) fn registry<'a>(
        &'a self,
        access: &Access,
        listener: &'a dyn Listener,
    ) -> Result<Client<'a>, SourceError> {
        let client = Client::new(&self.http, &self.keys, access, listener);
        client.map_err(|why| SourceError::Other(format!("missing registry client: {why}")))
    }

    fn download_resolved(
        &self,
        resolved: &Resolved,
        client: Option<&Client<'_>>,
        into: &Path,
        listener: &dyn Listener,
    ) -> Result<PathBuf, SourceError> {
        let cache = Cache(&self.places.content);
        let cached = resolved.key.and_then(|key| cache.find(&key));
        let cached = cached.and_then(|path| fs::read(path).ok());
        let data = match cached {
            Some(data) => {
                let id = resolved.key.map(|key| hex(&key)).unwrap_or_default();
                listener.log(debug("found chart in cache").with("id", id));
                data
            }
            None => self.get(resolved, client, listener)?,
        };
        let path = into.join(file_name(&resolved.url));
        write_atomically(&path, &data, 0o644)?;
        Ok(path)
    }

    fn get(
        &self,
        resolved: &Resolved,
        client: Option<&Client<'_>>,
        listener: &dyn Listener,
    ) -> Result<Vec<u8>, SourceError> {
        let url = resolved.url.to_string();
        if !is_oci(&url) {
            return self
                .http
                .get(&url, &resolved.access, ACCEPT, listener)
                .map_err(SourceError::Other);
        }
        let own;
        let client = match client {
            Some(client) => client,
            None => {
                own = Client::new(&self.http, &self.keys, &resolved.access, listener)
                    .map_err(SourceError::Other)?;
                &own
            }
        };
        let say = |line: &str| match (resolved.is_told, self.tells_aside) {
            (false, _) => {}
            (true, true) => listener.say_aside(line),
            (true, false) => listener.say(line),
        };
        registry::pull(client, &url, Part::Archive, &say).map_err(SourceError::Other)
    }

    fn download_to_cache(
        &self,
        resolved: &Resolved,
        wanted: &Wanted,
        client: Option<&Client<'_>>,
        listener: &dyn Listener,
    ) -> Result<PathBuf, SourceError> {
        let cache = Cache(&self.places.content);
        if let Some(key) = resolved.key
            && let Some(path) = cache.find(&key)
        {
            listener.log(debug("found chart in cache").with("id", hex(&key)));
            return Ok(path);
        }
        listener.log(
            debug("attempting to download chart")
                .with("ref", wanted.reference.trim())
                .with("version", wanted.version.trim()),
        );
        let data = self.get(resolved, client, listener)?;
        let key = resolved.key.unwrap_or_else(|| key_of(&data));
        let path = cache.put(&key, &data)?;
        listener.log(debug("put downloaded chart in cache").with("id", hex(&key)));
        Ok(path)
    }

    /// The address of a chart (`ResolveChartVersion`).
    fn resolve(&self, wanted: &Wanted, listener: &dyn Listener) -> Result<Resolved, SourceError> {
        let version = wanted.version.trim();
        let mut access = wanted.access.clone();
        let mut reference = wanted.reference.trim().to_owned();
        if !wanted.repo.is_empty() {
            access.url.clone_from(&wanted.repo);
            let http = &self.http;
            let url = find_in_repository(&reference, version, &access, http, listener)?;
            if !access.pass_credentials && !same_server(&wanted.repo, &url)? {
                access.username.clear();
                access.password.clear();
            }
            reference = url;
        }
        let url = parse_reference(&reference)?;
        if is_oci(&url.to_string()) {
            let client = self.registry(&access, listener)?;
            let wanted = Wanted {
                reference,
                version: version.to_owned(),
                ..Wanted::default()
            };
            return Ok(Resolved {
                access,
                is_told: false,
                ..in_registry(&client, &wanted)?
            });
        }
        let known = Repositories::load(&self.places.repositories)?.unwrap_or_default();
        if url.is_absolute() && !url.host.is_empty() && !url.path.is_empty() {
            let owner = self.owner(&reference, &known, listener)?;
            let access = match owner {
                Some(entry) => with_entry(access, entry),
                None => Access {
                    url: reference,
                    ..access
                },
            };
            check_scheme(&url)?;
            return Ok(Resolved {
                url,
                key: None,
                access,
                is_told: false,
            });
        }
        let path = String::from_utf8_lossy(&url.path).into_owned();
        let Some((repository, chart)) = path.split_once('/') else {
            return Err(SourceError::NotAReference(url.to_string()));
        };
        let entry = named(repository, &known)?;
        crate::repository::check_address(&entry.url)?;
        self.in_repository(entry, chart, version, access, &reference, listener)
    }

    fn in_repository(
        &self,
        entry: &Entry,
        chart: &str,
        version: &str,
        access: Access,
        reference: &str,
        listener: &dyn Listener,
    ) -> Result<Resolved, SourceError> {
        let failed = SourceError::Other;
        let index = self.index(&entry.name, listener)?;
        let found = index.get(chart, version, listener).map_err(|why| {
            let (chart, repository) = (quote(chart), &entry.name);
            failed(format!(
                "chart {chart} matching {version} not found in {repository} index. (try 'helm repo update'): {why}"
            ))
        })?;
        let Some(url) = found.urls.first() else {
            let reference = quote(reference);
            return Err(failed(format!(
                "chart {reference} has no downloadable URLs"
            )));
        };
        let malformed = |_| failed(format!("invalid chart URL format: {reference}"));
        let url = resolve_url(&entry.url, url).map_err(malformed)?;
        let url = Url::parse(url).map_err(failed)?;
        check_scheme(&url)?;
        let key = decoded_key(&found.digest)?;
        Ok(Resolved {
            url,
            key,
            access: with_entry(access, entry),
            is_told: false,
        })
    }

    fn index(&self, name: &str, listener: &dyn Listener) -> Result<Index, SourceError> {
        let path = index_file(&self.places.indexes, name);
        Index::load(&path, listener).map_err(|why| {
            SourceError::Other(format!(
                "no cached repo found. (try 'helm repo update'): {why}"
            ))
        })
    }

    /// The known repository whose index has this very address.
    fn owner<'k>(
        &self,
        url: &str,
        known: &'k Repositories,
        listener: &dyn Listener,
    ) -> Result<Option<&'k Entry>, SourceError> {
        for entry in &known.repositories {
            crate::repository::check_address(&entry.url)?;
            let index = self.index(&entry.name, listener)?;
            let mut urls = index.entries.values().flatten().flat_map(|e| &e.urls);
            if urls.any(|candidate| same_url(url, candidate)) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

/// A chart that is named by its place in a registry.
fn in_registry(client: &Client<'_>, wanted: &Wanted) -> Result<Resolved, SourceError> {
    let reference = wanted.reference.trim();
    let url = parse_reference(reference)?;
    let found = registry::resolve(client, reference, wanted.version.trim(), &url)
        .map_err(SourceError::Other)?;
    Ok(Resolved {
        url: found.url,
        key: decoded_key(&found.digest)?,
        access: wanted.access.clone(),
        is_told: true,
    })
}

/// Whether a reference is one to a registry: `oci://` alone is not.
fn names_registry(reference: &str) -> bool {
    is_oci(reference) && Url::parse(reference).is_ok_and(|url| is_oci(&url.to_string()))
}

fn parse_reference(reference: &str) -> Result<Url, SourceError> {
    Url::parse(reference)
        .map_err(|_| SourceError::Other(format!("invalid chart URL format: {reference}")))
}

fn decoded_key(digest: &str) -> Result<Option<Key>, SourceError> {
    parse_key(digest).map_err(|why| {
        SourceError::Other(match why.starts_with("encoding/hex") {
            true => format!("unable to decode digest: {why}"),
            false => why,
        })
    })
}

fn named<'k>(name: &str, known: &'k Repositories) -> Result<&'k Entry, SourceError> {
    match known.get(name) {
        Some(entry) if entry.url.is_empty() => Err(SourceError::Other(format!(
            "no URL found for repository {name}"
        ))),
        Some(entry) => Ok(entry),
        None => Err(SourceError::Other(format!("repo {name} not found"))),
    }
}

/// The user's access with what is known of a repository.
fn with_entry(mut access: Access, entry: &Entry) -> Access {
    access.url.clone_from(&entry.url);
    let has_files = [&entry.cert_file, &entry.key_file, &entry.ca_file];
    if has_files.iter().any(|file| !file.is_empty()) {
        access.cert_file.clone_from(&entry.cert_file);
        access.key_file.clone_from(&entry.key_file);
        access.ca_file.clone_from(&entry.ca_file);
    }
    if !entry.username.is_empty() && !entry.password.is_empty() {
        access.username.clone_from(&entry.username);
        access.password.clone_from(&entry.password);
        access.pass_credentials = entry.pass_credentials;
    }
    access
}

/// Whether two addresses are of one scheme and host: credentials are for no other.
fn same_server(a: &str, b: &str) -> Result<bool, SourceError> {
    let a = Url::parse(a).map_err(SourceError::Other)?;
    let b = Url::parse(b).map_err(SourceError::Other)?;
    Ok(a.scheme == b.scheme && a.host == b.host)
}

fn check_scheme(url: &Url) -> Result<(), SourceError> {
    if matches!(&*url.scheme, b"http" | b"https" | b"oci") {
        return Ok(());
    }
    let scheme = quote(&url.scheme);
    Err(SourceError::Other(format!("scheme {scheme} not supported")))
}

/// The last element of the path of an address; in a registry with the tag as the version.
fn file_name(url: &Url) -> String {
    let path = String::from_utf8_lossy(&url.path).into_owned();
    let name = path.trim_end_matches('/').rsplit('/').next();
    match name.unwrap_or_default() {
        "" | "." | ".." => "chart.tgz".to_owned(),
        name if url.scheme == b"oci" => match name.rsplit_once(':') {
            Some((name, version)) => format!("{name}-{version}.tgz"),
            None => format!("{name}.tgz"),
        },
        name => name.to_owned(),
    }
}

fn debug(text: &str) -> Event {
    Event::new(Level::Debug, text)
}
