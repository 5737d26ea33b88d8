//! Charts into `charts/`: all are fetched aside first, then moved, then what is out of date goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chart::Dependency;
use gostd::os;
use gostd::semver::{Constraint, Version};
use goval::strconv::quote;

use super::ahead::{self, Kept};
use super::digests::Digests;
use super::{Manager, kept, resolve::local_path};
use crate::cache::{Cache, Key, key_of};
use crate::locate::has_address;
use crate::registry::{Client, Part, is_oci};
use crate::repository::{
    Catalog, Entry, Repositories, cached_catalog, find_in_repository, resolve_url, same_url,
};
use crate::{Access, Listener, Silent, SourceError, Wanted, failed, load_any, write_atomically};

/// The indexes of the known repositories.
pub(super) type Indexes<'a> = Vec<(&'a Entry, Catalog)>;

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
        indexes.push((entry, cached_catalog(cache, &entry.name, listener)?));
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
    let digests = Digests::load(&manager.directory, manager.digests)?;
    let mut fetch = Fetch {
        manager,
        indexes,
        digests,
        fetched: Vec::new(),
        aside: &aside.0,
        charts: &charts,
        client: manager.fetcher.registry(&manager.access, &Silent)?,
        listener,
    };
    match fetch.all(dependencies) {
        Ok(()) => {}
        Err(Stopped::Now(why)) => return Err(why),
        Err(Stopped::Told(why)) => {
            listener.say(&format!("Save error occurred:  {why}"));
            return Err(why);
        }
    }
    move_all(dependencies, &aside.0, &charts, listener)?;
    match fetch.digests.are_kept {
        true => Digests::write(&manager.directory, &fetch.fetched),
        false => Ok(()),
    }
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

/// Where a dependency is, and how it is had.
enum Errand {
    /// It is on this machine.
    Local,
    /// An address that an earlier dependency has too.
    Again,
    /// An archive at an address: of the known repository that has it in its index, if one has.
    Archive(Wanted, Option<Entry>),
    /// A chart in a registry.
    Registry(Wanted),
    /// An archive that is here, under its name.
    Kept(String, Vec<u8>),
    /// It cannot be had.
    None(Stopped),
}

struct Fetch<'a> {
    manager: &'a Manager,
    indexes: Indexes<'a>,
    /// What archives were.
    digests: Digests,
    /// What they are now.
    fetched: Vec<(Dependency, Key)>,
    aside: &'a Path,
    charts: &'a Path,
    /// What speaks with registries; it remembers its tokens.
    client: Client<'a>,
    listener: &'a dyn Listener,
}

/// What came of an errand, and what was said meanwhile.
type Fetched = (Kept, Result<(), SourceError>);

impl Fetch<'_> {
    /// Fetches all: what waits for servers at the same time, everything else in order.
    fn all(&mut self, dependencies: &mut [Dependency]) -> Result<(), Stopped> {
        let errands = self.errands(dependencies)?;
        let numbered: Vec<(usize, &Errand)> = errands.iter().enumerate().collect();
        let work = |(number, errand): &(usize, &Errand)| self.run(*number, errand);
        let mut seen = Vec::new();
        ahead::in_order(&numbered, work, |number, fetched| {
            let dependency = &mut dependencies[number];
            let digest = self.end(dependency, number, &errands[number], fetched)?;
            seen.extend(digest.map(|digest| (dependency.clone(), digest)));
            Ok(())
        })?;
        self.fetched = seen;
        Ok(())
    }

    /// Where the dependencies are.
    fn errands(&self, dependencies: &[Dependency]) -> Result<Vec<Errand>, Stopped> {
        let mut errands = Vec::new();
        let mut known = BTreeSet::new();
        let find = |dependency: &Dependency| self.errand(dependency);
        ahead::in_order(dependencies, find, |_, errand| {
            errands.push(match errand {
                Errand::Archive(wanted, _) if !known.insert(wanted.reference.clone()) => {
                    Errand::Again
                }
                errand => errand,
            });
            Ok(())
        })?;
        Ok(errands)
    }

    fn errand(&self, dependency: &Dependency) -> Errand {
        let repository = &dependency.repository;
        if repository.is_empty() || repository.starts_with("file://") {
            return Errand::Local;
        }
        let other = |text: String| SourceError::Other(text);
        if self.manager.offline {
            let (indexes, digests) = (&self.indexes, &self.digests);
            return match kept::find(self.manager, dependency, indexes, digests) {
                Ok((name, archive)) => Errand::Kept(name, archive),
                Err(why) => Errand::None(Stopped::Told(why)),
            };
        }
        let (url, access, digest) = match self.find(dependency) {
            Ok(found) => found,
            Err(why) => {
                return Errand::None(Stopped::Told(other(format!("could not find : {why}"))));
            }
        };
        if is_oci(&url) {
            let Some((reference, version)) = split_tag(&url) else {
                let name = &dependency.name;
                self.listener
                    .say(&format!("Downloading {name} from repo {repository}"));
                return Errand::None(Stopped::Now(other(format!(
                    "could not parse OCI reference: improperly formatted oci chart reference: {url}"
                ))));
            };
            return Errand::Registry(Wanted {
                reference: reference.to_owned(),
                version: version.to_owned(),
                verification: self.manager.verification.clone(),
                ..Wanted::default()
            });
        }
        let owner = self.owner(&url).cloned();
        let wanted = Wanted {
            reference: url,
            access,
            digest,
            verification: self.manager.verification.clone(),
            ..Wanted::default()
        };
        Errand::Archive(wanted, owner)
    }

    /// The known repository whose index has this very address.
    fn owner(&self, url: &str) -> Option<&Entry> {
        let mut indexes = self.indexes.iter();
        let found = indexes.find(|(_, catalog)| has_address(catalog, url));
        found.map(|(entry, _)| *entry)
    }

    /// Where an errand leaves what it fetches.
    fn folder(&self, number: usize) -> PathBuf {
        self.aside.join(number.to_string())
    }

    /// Runs an errand, beside others.
    fn run(&self, number: usize, errand: &Errand) -> Fetched {
        let kept = Kept::default();
        let folder = self.folder(number);
        let fetcher = &self.manager.fetcher;
        let into = || {
            fs::create_dir_all(&folder).map_err(|error| failed("mkdir", &folder, &error))?;
            Ok(folder.as_path())
        };
        let fetched = match errand {
            Errand::Local | Errand::Again | Errand::None(_) => Ok(()),
            Errand::Kept(name, archive) => {
                into().and_then(|into| write_atomically(&into.join(name), archive, 0o644))
            }
            Errand::Archive(wanted, owner) => into().and_then(|into| {
                let owner = owner.as_ref();
                let fetched = fetcher.download_from_repository(wanted, owner, into, &kept);
                fetched.map(drop)
            }),
            Errand::Registry(wanted) => into().and_then(|into| {
                let fetched = fetcher.download_from(&self.client, wanted, into, &kept);
                fetched.map(drop)
            }),
        };
        (kept, fetched)
    }

    /// Says what came of an errand, when its turn has come; gives the digest of an archive that was fetched, where
    /// that is wanted.
    fn end(
        &self,
        dependency: &mut Dependency,
        number: usize,
        errand: &Errand,
        (kept, fetched): Fetched,
    ) -> Result<Option<Key>, Stopped> {
        let Dependency {
            name, repository, ..
        } = &*dependency;
        let from = match errand {
            Errand::Local => return self.local(dependency).map(|()| None),
            Errand::None(Stopped::Now(why)) => return Err(Stopped::Now(why.to_text())),
            Errand::None(Stopped::Told(why)) => return Err(Stopped::Told(why.to_text())),
            Errand::Again => {
                let text = format!("Already downloaded {name} from repo {repository}");
                self.listener.say(&text);
                return Ok(None);
            }
            Errand::Archive(wanted, _) | Errand::Registry(wanted) => {
                self.listener
                    .say(&format!("Downloading {name} from repo {repository}"));
                &wanted.reference
            }
            Errand::Kept(file, _) => {
                self.listener.say(&format!("Taking {name} from the cache"));
                file
            }
        };
        kept.say_all(self.listener);
        fetched.map_err(|why| {
            Stopped::Told(SourceError::Other(format!(
                "could not download {from}: {why}"
            )))
        })?;
        let files = files_in(&self.folder(number)).map_err(Stopped::Told)?;
        let digest = self.noted(dependency, &files).map_err(Stopped::Told)?;
        let moved = files.into_iter().try_for_each(|(name, path)| {
            let target = self.aside.join(name);
            fs::rename(&path, &target).map_err(|error| failed("rename", &path, &error))
        });
        moved.map_err(Stopped::Told)?;
        Ok(digest)
    }

    /// The digest of the archive among some files, where digests are kept: it must be what it was. The archive is kept
    /// too, so that it can be had by that digest.
    fn noted(
        &self,
        dependency: &Dependency,
        files: &BTreeMap<String, PathBuf>,
    ) -> Result<Option<Key>, SourceError> {
        let mut archives = files.iter().filter(|(name, _)| !name.ends_with(".prov"));
        let Some((_, path)) = archives.next().filter(|_| self.digests.are_kept) else {
            return Ok(None);
        };
        let data = crate::read_file(path).map_err(SourceError::Other)?;
        let key = key_of(&data);
        self.digests.check(dependency, &key)?;
        let cache = Cache(&self.manager.fetcher.places.content);
        if cache.find(&key, Part::Archive).is_none() {
            cache.put(&key, Part::Archive, &data)?;
        }
        Ok(Some(key))
    }

    /// What needs no server.
    fn local(&self, dependency: &mut Dependency) -> Result<(), Stopped> {
        let Dependency {
            name, repository, ..
        } = &*dependency;
        if repository.is_empty() {
            self.listener.say(&format!(
                "Dependency {name} did not declare a repository. Assuming it exists in the charts directory"
            ));
            return self.check_present(dependency);
        }
        if self.manager.debug {
            self.listener
                .say(&format!("Archiving {name} from repo {repository}"));
        }
        dependency.version = self.pack(dependency).map_err(Stopped::Told)?;
        Ok(())
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

    /// The address of a chart's archive, how to get at it, and what its index tells of its content
    /// (`findChartURL`).
    fn find(&self, dependency: &Dependency) -> Result<(String, Access, String), String> {
        let Dependency {
            name,
            version,
            repository,
            ..
        } = dependency;
        if is_oci(repository) {
            let url = format!("{repository}/{name}:{version}");
            return Ok((url, Access::default(), String::new()));
        }
        let mut indexes = self.indexes.iter();
        if let Some((entry, index)) = indexes.find(|(entry, _)| same_url(repository, &entry.url)) {
            let entries = index.versions(name).ok_or("entry not found")?;
            let usable = entries.iter().filter(|entry| !entry.urls.is_empty());
            let found = usable
                .into_iter()
                .find(|entry| version.is_empty() || same_version(version, entry.version))
                .ok_or("no matching version")?;
            let url = found.urls.first().copied().unwrap_or_default();
            let digest = found.digest.to_owned();
            return Ok((resolve_url(repository, url)?, entry.access(), digest));
        }
        let access = Access {
            url: repository.clone(),
            ..Access::default()
        };
        let http = &self.manager.fetcher.http;
        let url = find_in_repository(name, version, &access, http, self.listener)
            .map_err(|why| format!("chart {name} not found in {repository}: {why}"))?;
        Ok((url, Access::default(), String::new()))
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

pub(super) fn same_version(a: &str, b: &str) -> bool {
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
    // Helm ends no line after these.
    let mut skipped = String::new();
    for (name, path) in &fetched {
        let (target, shown) = (to.join(name), path.display());
        if let Err(why) = load_any(path) {
            skipped += &format!("Could not verify {shown} for moving: {why} (Skipping)");
        } else if let Err(error) = fs::rename(path, &target) {
            let why = os::reason(&error);
            skipped += &format!("Unable to move {shown} to charts dir {why} (Skipping)");
        }
    }
    listener.say(&format!("{skipped}Deleting outdated charts"));
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
