//! Charts into `charts/`: all are fetched aside first, then moved, then what is out of date goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chart::Dependency;
use gostd::os;
use gostd::semver::{Constraint, Version};
use goval::strconv::quote;

use super::{Manager, resolve::local_path};
use crate::registry::{Client, is_oci};
use crate::repository::{
    Entry, Index, Repositories, cached_index, find_in_repository, resolve_url, same_url,
};
use crate::{Access, Listener, SourceError, Wanted, failed, load_any, write_atomically};

/// The indexes of the known repositories.
type Indexes<'a> = Vec<(&'a Entry, Index)>;

/// Fetches the dependencies; a chart from a directory tells its version here.
pub(super) fn fetch_all(
    manager: &Manager,
    dependencies: &mut [Dependency],
    known: &Repositories,
    listener: &dyn Listener,
) -> Result<(), SourceError> {
    let cache = &manager.fetcher.places.indexes;
    let mut indexes = Indexes::new();
    for entry in &known.repositories {
        indexes.push((entry, cached_index(cache, &entry.name, listener)?));
    }
    let charts = manager.directory.join("charts");
    if charts.exists() && !charts.is_dir() {
        let shown = quote(charts.as_os_str().as_encoded_bytes());
        return Err(SourceError::Other(format!("{shown} is not a directory")));
    }
    let made =
        |path: &Path| fs::create_dir_all(path).map_err(|error| failed("mkdir", path, &error));
    made(&charts)?;
    let aside = Aside(
        manager
            .directory
            .join(format!("tmpcharts-{}", std::process::id())),
    );
    made(&aside.0)?;
    listener.say(&format!("Saving {} charts", dependencies.len()));
    let mut fetch = Fetch {
        manager,
        indexes,
        aside: &aside.0,
        charts: &charts,
        done: BTreeSet::new(),
        client: manager.fetcher.registry(&manager.access, listener)?,
        listener,
    };
    for dependency in dependencies.iter_mut() {
        match fetch.one(dependency) {
            Ok(()) => {}
            Err(Stopped::Now(why)) => return Err(why),
            Err(Stopped::Told(why)) => {
                listener.say(&format!("Save error occurred:  {why}"));
                return Err(why);
            }
        }
    }
    move_all(dependencies, &aside.0, &charts, listener)
}

/// A folder that goes when this does.
struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Why fetching stopped: Helm says some reasons twice.
enum Stopped {
    Now(SourceError),
    Told(SourceError),
}

struct Fetch<'a> {
    manager: &'a Manager,
    indexes: Indexes<'a>,
    aside: &'a Path,
    charts: &'a Path,
    /// The addresses that were downloaded already.
    done: BTreeSet<String>,
    /// What speaks with registries; it remembers its tokens.
    client: Client<'a>,
    listener: &'a dyn Listener,
}

impl Fetch<'_> {
    fn one(&mut self, dependency: &mut Dependency) -> Result<(), Stopped> {
        let Dependency {
            name, repository, ..
        } = &*dependency;
        if repository.is_empty() {
            self.listener.say(&format!(
                "Dependency {name} did not declare a repository. Assuming it exists in the charts directory"
            ));
            return self.check_present(dependency);
        }
        if repository.starts_with("file://") {
            if self.manager.debug {
                self.listener
                    .say(&format!("Archiving {name} from repo {repository}"));
            }
            dependency.version = self.pack(dependency).map_err(Stopped::Told)?;
            return Ok(());
        }
        let (url, access) = self
            .find(dependency)
            .map_err(|why| Stopped::Told(SourceError::Other(format!("could not find : {why}"))))?;
        if is_oci(&url) {
            return self.pull(dependency, &url);
        }
        if !self.done.insert(url.clone()) {
            let text = format!("Already downloaded {name} from repo {repository}");
            self.listener.say(&text);
            return Ok(());
        }
        self.listener
            .say(&format!("Downloading {name} from repo {repository}"));
        let wanted = Wanted {
            reference: url.clone(),
            access,
            ..Wanted::default()
        };
        let fetcher = &self.manager.fetcher;
        let fetched = fetcher.download(&wanted, self.aside, self.listener);
        fetched.map(drop).map_err(|why| {
            Stopped::Told(SourceError::Other(format!(
                "could not download {url}: {why}"
            )))
        })
    }

    /// Fetches `oci://HOST/REPOSITORY:VERSION`.
    fn pull(&self, dependency: &Dependency, url: &str) -> Result<(), Stopped> {
        let told = |text: String| Stopped::Told(SourceError::Other(text));
        let Dependency {
            name, repository, ..
        } = dependency;
        self.listener
            .say(&format!("Downloading {name} from repo {repository}"));
        let Some((reference, version)) = split_tag(url) else {
            return Err(Stopped::Now(SourceError::Other(format!(
                "could not parse OCI reference: improperly formatted oci chart reference: {url}"
            ))));
        };
        let wanted = Wanted {
            reference: reference.to_owned(),
            version: version.to_owned(),
            ..Wanted::default()
        };
        let fetcher = &self.manager.fetcher;
        let fetched = fetcher.download_from(&self.client, &wanted, self.aside, self.listener);
        fetched
            .map(drop)
            .map_err(|why| told(format!("could not download {reference}: {why}")))
    }

    /// A chart without a repository must be in `charts/` already, in a version that fits.
    fn check_present(&self, dependency: &Dependency) -> Result<(), Stopped> {
        let now = |text: String| Stopped::Now(SourceError::Other(text));
        let Dependency { name, version, .. } = dependency;
        let path = self.charts.join(name);
        let loaded = crate::directory::load(&path, crate::Format::Any)
            .map_err(|why| now(format!("unable to load chart '{}': {why}", path.display())))?;
        let constraint = Constraint::parse(version).map_err(|error| {
            now(format!(
                "dependency {name} has an invalid version/constraint format: {error}"
            ))
        })?;
        let found = &loaded.chart.metadata.version;
        let parsed = Version::parse(found).map_err(|error| {
            now(format!(
                "invalid version {version} for dependency {name}: {error}"
            ))
        })?;
        if constraint.check(&parsed) {
            return Ok(());
        }
        Err(Stopped::Told(SourceError::Other(format!(
            "dependency {name} at version {found} does not satisfy the constraint {version}"
        ))))
    }

    /// Packs a chart from a directory; gives its version.
    fn pack(&self, dependency: &Dependency) -> Result<String, SourceError> {
        let failed = SourceError::Other;
        let Dependency {
            name,
            version,
            repository,
            ..
        } = dependency;
        let path = local_path(repository, &self.manager.directory)?;
        let mut chart = crate::directory::load(&path, crate::Format::Any)?.chart;
        if let Some(stamp) = self.manager.stamp {
            chart.stamp(stamp);
        }
        let constraint = Constraint::parse(version).map_err(|error| {
            failed(format!(
                "dependency {name} has an invalid version/constraint format: {error}"
            ))
        })?;
        let found =
            Version::parse(&chart.metadata.version).map_err(|error| failed(error.to_string()))?;
        if !constraint.check(&found) {
            return Err(failed(format!(
                "can't get a valid version for dependency {name}"
            )));
        }
        let packed = chart
            .pack(self.manager.now)
            .map_err(|error| failed(error.to_string()))?;
        write_atomically(&self.aside.join(chart.archive_name()), &packed, 0o644)?;
        Ok(chart.metadata.version)
    }

    /// The address of a chart's archive, and how to get at it (`findChartURL`).
    fn find(&self, dependency: &Dependency) -> Result<(String, Access), String> {
        let Dependency {
            name,
            version,
            repository,
            ..
        } = dependency;
        if is_oci(repository) {
            let url = format!("{repository}/{name}:{version}");
            return Ok((url, Access::default()));
        }
        let mut indexes = self.indexes.iter();
        if let Some((entry, index)) = indexes.find(|(entry, _)| same_url(repository, &entry.url)) {
            let entries = index.entries.get(name).ok_or("entry not found")?;
            let usable = entries.iter().filter(|entry| !entry.urls.is_empty());
            let found = usable
                .into_iter()
                .find(|entry| version.is_empty() || same_version(version, &entry.metadata.version))
                .ok_or("no matching version")?;
            let url = found.urls.first().map_or("", String::as_str);
            return Ok((resolve_url(repository, url)?, entry.access()));
        }
        let access = Access {
            url: repository.clone(),
            ..Access::default()
        };
        let http = &self.manager.fetcher.http;
        let url = find_in_repository(name, version, &access, http, self.listener)
            .map_err(|why| format!("chart {name} not found in {repository}: {why}"))?;
        Ok((url, Access::default()))
    }
}

/// Splits a reference at the colon before its tag. One without a tag is split at the colon before
/// the port of its host, as Helm does.
fn split_tag(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("oci://")?;
    let first = rest.find(':')?;
    let after = rest.get(first + 1..)?;
    let second = after.find(':').filter(|end| {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        (1..=5).contains(&digits) && *end > digits
    });
    let colon = second.map_or(first, |second| first + 1 + second);
    let (reference, tag) = url.split_at("oci://".len() + colon);
    Some((reference, tag.strip_prefix(':')?))
}

fn same_version(a: &str, b: &str) -> bool {
    match (Version::parse(a), Version::parse(b)) {
        (Ok(a), Ok(b)) => a == b,
        (Err(_), _) => a == b,
        _ => false,
    }
}

/// Moves what was fetched, and deletes archives of charts that are no longer among it
/// (`safeMoveDeps`).
fn move_all(
    dependencies: &[Dependency],
    from: &Path,
    to: &Path,
    listener: &dyn Listener,
) -> Result<(), SourceError> {
    let before = files_in(to)?;
    let fetched = files_in(from)?;
    for (name, path) in &fetched {
        let target = to.join(name);
        if let Err(why) = load_any(path) {
            let path = path.display();
            listener.say(&format!(
                "Could not verify {path} for moving: {why} (Skipping)"
            ));
        } else if let Err(error) = fs::rename(path, &target) {
            let why = os::reason(&error);
            let path = path.display();
            listener.say(&format!(
                "Unable to move {path} to charts dir {why} (Skipping)"
            ));
        }
    }
    listener.say("Deleting outdated charts");
    for (name, path) in before {
        if fetched.contains_key(&name) {
            continue;
        }
        let shown = path.display();
        match load_any(&path) {
            Err(why) => listener.say(&format!(
                "Could not verify {shown} for deletion: {why} (Skipping)"
            )),
            Ok(loaded) => {
                let mut local = dependencies.iter().filter(|d| d.repository.is_empty());
                if local.any(|dependency| dependency.name == loaded.chart.name()) {
                    continue;
                }
                if let Err(error) = fs::remove_file(&path) {
                    let why = os::reason(&error);
                    listener.say(&format!("Could not delete {shown}: {why} (Skipping)"));
                }
            }
        }
    }
    Ok(())
}

/// The files of a directory by their names; folders are left out.
fn files_in(directory: &Path) -> Result<BTreeMap<String, PathBuf>, SourceError> {
    let unreadable = |error| failed("open", directory, &error);
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, entry.path());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    // What the pattern in Helm 4.3.1 makes of the same texts.
    #[test]
    fn tags_are_split_off() {
        let check = |url: &str, expected| assert_eq!(split_tag(url), expected, "{url}");
        check("oci://h/a:1.0", Some(("oci://h/a", "1.0")));
        check("oci://h:5000/a/b:1.0", Some(("oci://h:5000/a/b", "1.0")));
        check("oci://h:5000/a/b", Some(("oci://h", "5000/a/b")));
        check("oci://h/a", None);
    }
}
