//! From what the user typed to a file: Helm's `LocateChart` and `ChartDownloader`.

use std::fs;
use std::path::{Path, PathBuf};

use chart::{Event, Level};
use gostd::url::Url;
use goval::strconv::quote;

use crate::cache::{Cache, Key, hex, key_of, parse_key};
use crate::registry::{self, Client, Keys, Part, is_oci};
use crate::repository::{
    Catalog, Entry, Repositories, find_in_repository, index_file, resolve_url, same_url,
};
use crate::verify::{Strategy, Verification, verify};
use crate::{
    Access, Getters, Http, Listener, SourceError, Verified, verify_file, write_atomically,
};

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
    /// Whether it must be signed.
    pub verification: Verification,
    /// The SHA-256 that an index tells of what is at an address; empty if none does.
    pub digest: String,
}

/// Where a chart is, and how to get at it.
#[derive(Clone)]
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
                let path = std::path::absolute(path)
                    .map_err(|error| crate::failed("stat", path, &error))?;
                let path = gostd::path::clean_file(&path);
                if wanted.verification.strategy == Strategy::Always {
                    verify_file(&path, &wanted.verification)?;
                }
                return Ok(path);
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
    /// file, and by whom it is signed if that was to be verified (`DownloadTo`).
    ///
    /// # Errors
    /// As [`Fetcher::locate`], and a file that cannot be written.
    pub fn download(
        &self,
        wanted: &Wanted,
        into: &Path,
        listener: &dyn Listener,
    ) -> Result<(PathBuf, Option<Verified>), SourceError> {
        listener.log(debug("set up default downloader cache"));
        if wanted.repo.is_empty() && names_registry(wanted.reference.trim()) {
            let client = self.registry(&wanted.access, listener)?;
            return self.download_from(&client, wanted, into, listener);
        }
        let resolved = self.resolve(wanted, listener)?;
        self.download_resolved(&resolved, wanted, None, into, listener)
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
    ) -> Result<(PathBuf, Option<Verified>), SourceError> {
        let resolved = in_registry(client, wanted)?;
        self.download_resolved(&resolved, wanted, Some(client), into, listener)
    }

    /// Downloads what is at an address, as [`Fetcher::download`] does, where it is known already which
    /// repository has it in its index.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn download_from_repository(
        &self,
        wanted: &Wanted,
        owner: Option<&Entry>,
        into: &Path,
        listener: &dyn Listener,
    ) -> Result<(PathBuf, Option<Verified>), SourceError> {
        let url = parse_reference(&wanted.reference)?;
        if url.host.is_empty() || url.path.is_empty() {
            return self.download(wanted, into, listener);
        }
        let access = wanted.access.clone();
        let mut resolved = at_address(url, &wanted.reference, owner, access, &self.http.getters)?;
        resolved.key = parse_key(&wanted.digest).unwrap_or_default();
        let done = self.download_resolved(&resolved, wanted, None, into, listener)?;
        // What is what the index says it is can be used again.
        let cache = Cache(&self.places.content);
        if let Some(key) = resolved.key
            && cache.find(&key, Part::Archive).is_none()
            && let Ok(data) = fs::read(&done.0)
            && key_of(&data) == key
        {
            cache.put(&key, Part::Archive, &data)?;
        }
        Ok(done)
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
        wanted: &Wanted,
        client: Option<&Client<'_>>,
        into: &Path,
        listener: &dyn Listener,
    ) -> Result<(PathBuf, Option<Verified>), SourceError> {
        let data = match self.cached(resolved, Part::Archive, listener) {
            Some(data) => data,
            None => self.get(resolved, client, Part::Archive, listener)?,
        };
        let path = into.join(file_name(&resolved.url));
        write_atomically(&path, &data, 0o644)?;
        let verification = &wanted.verification;
        if verification.strategy == Strategy::Never {
            return Ok((path, None));
        }
        let Some(provenance) = self.provenance(resolved, wanted, client, listener)? else {
            return Ok((path, None));
        };
        let beside = crate::verify::beside(&path);
        write_atomically(&beside, &provenance, 0o644)?;
        if verification.strategy == Strategy::Later {
            return Ok((path, None));
        }
        let verified = verify_file(&path, verification)?;
        Ok((path, Some(verified)))
    }

    /// What the cache has of a chart.
    fn cached(&self, resolved: &Resolved, part: Part, listener: &dyn Listener) -> Option<Vec<u8>> {
        let key = resolved.key?;
        let (_, data) = Cache(&self.places.content).find(&key, part)?;
        let text = match part {
            Part::Archive => "found chart in cache",
            Part::Provenance => "found provenance in cache",
        };
        listener.log(debug(text).with("id", hex(&key)));
        Some(data)
    }

    fn get(
        &self,
        resolved: &Resolved,
        client: Option<&Client<'_>>,
        part: Part,
        listener: &dyn Listener,
    ) -> Result<Vec<u8>, SourceError> {
        let url = resolved.url.to_string();
        if !is_oci(&url) {
            let url = match part {
                Part::Archive => url,
                Part::Provenance => url + ".prov",
            };
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
        registry::pull(client, &url, part, &say).map_err(SourceError::Other)
    }

    /// The provenance file of a chart; `None` if there is none, and one is not insisted on.
    fn provenance(
        &self,
        resolved: &Resolved,
        wanted: &Wanted,
        client: Option<&Client<'_>>,
        listener: &dyn Listener,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        if let Some(data) = self.cached(resolved, Part::Provenance, listener) {
            return Ok(Some(data));
        }
        match self.get(resolved, client, Part::Provenance, listener) {
            Ok(data) => Ok(Some(data)),
            Err(_) if wanted.verification.strategy == Strategy::Always => {
                let url = quote(format!("{}.prov", resolved.url));
                let text = format!("failed to fetch provenance {url}");
                Err(SourceError::Other(text))
            }
            Err(why) => {
                let reference = wanted.reference.trim();
                listener.say(&format!(
                    "WARNING: Verification not found for {reference}: {why}"
                ));
                Ok(None)
            }
        }
    }

    fn download_to_cache(
        &self,
        resolved: &Resolved,
        wanted: &Wanted,
        client: Option<&Client<'_>>,
        listener: &dyn Listener,
    ) -> Result<PathBuf, SourceError> {
        let cache = Cache(&self.places.content);
        let known = resolved.key.and_then(|key| {
            let (path, _) = cache.find(&key, Part::Archive)?;
            listener.log(debug("found chart in cache").with("id", hex(&key)));
            Some((key, path))
        });
        let (key, path) = match known {
            Some(known) => known,
            None => {
                listener.log(
                    debug("attempting to download chart")
                        .with("ref", wanted.reference.trim())
                        .with("version", wanted.version.trim()),
                );
                let data = self.get(resolved, client, Part::Archive, listener)?;
                // A digest that an index claims is not believed: it may be that of another chart.
                let key = match (client, resolved.key) {
                    (Some(_), Some(key)) => key,
                    _ => key_of(&data),
                };
                let path = cache.put(&key, Part::Archive, &data)?;
                listener.log(debug("put downloaded chart in cache").with("id", hex(&key)));
                (key, path)
            }
        };
        if wanted.verification.strategy != Strategy::Never {
            let of_content = Resolved {
                key: Some(key),
                ..resolved.clone()
            };
            self.check_cached(&of_content, &path, wanted, client, listener)?;
        }
        Ok(path)
    }

    /// Checks a chart in the cache, where it is not called as its provenance file calls it.
    fn check_cached(
        &self,
        resolved: &Resolved,
        path: &Path,
        wanted: &Wanted,
        client: Option<&Client<'_>>,
        listener: &dyn Listener,
    ) -> Result<(), SourceError> {
        let (Some(provenance), Some(key)) = (
            self.provenance(resolved, wanted, client, listener)?,
            resolved.key,
        ) else {
            return Ok(());
        };
        Cache(&self.places.content).put(&key, Part::Provenance, &provenance)?;
        let archive = crate::read_file(path).map_err(SourceError::Other)?;
        let name = file_name(&resolved.url);
        verify(&archive, &provenance, &name, &wanted.verification).map(drop)
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
            return at_address(url, &reference, owner, access, &self.http.getters);
        }
        let path = String::from_utf8_lossy(&url.path).into_owned();
        let Some((repository, chart)) = path.split_once('/') else {
            return Err(SourceError::NotAReference(url.to_string()));
        };
        let entry = named(repository, &known)?;
        self.http.getters.check_address(&entry.url)?;
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
        check_scheme(&url, &self.http.getters)?;
        let key = decoded_key(found.digest)?;
        Ok(Resolved {
            url,
            key,
            access: with_entry(access, entry),
            is_told: false,
        })
    }

    fn index(&self, name: &str, listener: &dyn Listener) -> Result<Catalog, SourceError> {
        let path = index_file(&self.places.indexes, name);
        Catalog::load(&path, listener).map_err(|why| {
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
            self.http.getters.check_address(&entry.url)?;
            let index = self.index(&entry.name, listener)?;
            if has_address(&index, url) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

/// Whether an index has this very address.
pub(crate) fn has_address(catalog: &Catalog, url: &str) -> bool {
    let mut charts = catalog.charts();
    charts.any(|(_, versions)| {
        let mut urls = versions.iter().flat_map(|listed| &listed.urls);
        urls.any(|candidate| {
            candidate == &url
                // One without a scheme is relative, and is none by itself.
                || (candidate.contains(':')
                    && !(is_plain(url) && is_plain(candidate))
                    && same_url(url, candidate))
        })
    })
}

/// Whether an address is written in the only way that it can be: that is told in no time.
fn is_plain(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:+".contains(&byte);
    rest.bytes().all(is_plain)
        && !["//", "/./", "/../"].iter().any(|odd| rest.contains(odd))
        && rest.contains('/')
        && !rest.ends_with(['/', '.'])
}

/// What is at an address, of a repository that has it in its index, if one has.
fn at_address(
    url: Url,
    reference: &str,
    owner: Option<&Entry>,
    access: Access,
    getters: &Getters,
) -> Result<Resolved, SourceError> {
    let access = match owner {
        Some(entry) => with_entry(access, entry),
        None => Access {
            url: reference.to_owned(),
            ..access
        },
    };
    check_scheme(&url, getters)?;
    Ok(Resolved {
        url,
        key: None,
        access,
        is_told: false,
    })
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

fn check_scheme(url: &Url, getters: &Getters) -> Result<(), SourceError> {
    if getters.has(&url.scheme) {
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
