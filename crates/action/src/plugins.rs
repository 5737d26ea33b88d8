//! `plugin install|package|update|verify`: plugins from folders, archives, web servers and git.

use std::fs;
use std::path::{Path, PathBuf};

use chart::{Event, Time};
use gostd::os::{path_error, read_error};
use gostd::path::clean_file;
use goval::strconv::quote;
use plugin::{Clone as GitClone, Env, Plugin, run_hook};
use provenance::Keyring;
use source::registry::{Keys, plugin_name, pull_plugin};
use source::{Access, Http, Listener, Verified};

use crate::Error;
use crate::package::{Ask, Signing, signed, unlocked};

/// The endings of archives.
const ENDINGS: [&str; 2] = [".tar.gz", ".tgz"];

/// What to install a plugin from, and how.
#[derive(Clone, Debug)]
pub struct Install {
    /// A folder, an archive, an address.
    pub source: String,
    /// The version, for plugins from git; empty for the newest commit.
    pub version: String,
    /// Whether it must be signed.
    pub verify: bool,
    /// The keys of those who may sign.
    pub keyring: PathBuf,
    /// Where plugins go.
    pub plugins: PathBuf,
    /// Where clones go.
    pub clones: PathBuf,
    /// Where archives and clones are unpacked.
    pub cache: PathBuf,
    /// What downloads.
    pub http: Http,
    /// Where the credentials of registries are.
    pub keys: Keys,
    /// The proof of who asks a registry.
    pub access: Access,
    /// The environment of hooks.
    pub env: Env,
    /// The time now.
    pub now: Time,
}

/// Where a plugin comes from.
enum Origin {
    Directory(PathBuf),
    Archive(PathBuf),
    Web(String),
    Registry(String),
    Git(String),
}

/// Installs a plugin; gives its name.
///
/// # Errors
/// What Helm reports, in its words.
pub fn install(request: &Install, listener: &dyn Listener) -> Result<String, Error> {
    let origin = origin(&request.source)?;
    match (&origin, request.verify) {
        (Origin::Directory(_), _) => {
            listener.say("Installing plugin from local directory (development mode)");
        }
        (Origin::Git(_), true) => {
            return Err(other(
                "plugin source does not support verification. Use --verify=false to skip verification",
            ));
        }
        (_, true) => listener.say("Verifying plugin signature..."),
        (_, false) => listener.say("WARNING: Skipping plugin signature verification"),
    }
    let plugin = match origin {
        Origin::Directory(path) => {
            let mut events = Vec::new();
            let plugins = &request.plugins;
            let made = plugin::install_directory(&path, plugins, &request.env, &mut events);
            events.into_iter().for_each(|event| listener.log(event));
            return Ok(made.map_err(other)?.metadata.name);
        }
        Origin::Archive(path) => from_archive(request, &path, listener)?,
        Origin::Web(url) => from_web(request, &url, listener)?,
        Origin::Registry(reference) => from_registry(request, &reference, listener)?,
        Origin::Git(remote) => from_git(request, &remote, listener)?,
    };
    run_hook(&plugin, "install", &request.env).map_err(|error| other(error.to_string()))?;
    Ok(plugin.metadata.name)
}

fn origin(source: &str) -> Result<Origin, Error> {
    if source.starts_with("oci://") {
        plugin_name(source).map_err(other)?;
        return Ok(Origin::Registry(source.to_owned()));
    }
    let is_archive = |name: &str| ENDINGS.iter().any(|ending| name.ends_with(ending));
    let path = Path::new(source);
    if path.exists() {
        let absolute = std::path::absolute(path)
            .map_err(|error| other(format!("unable to get absolute path to plugin: {error}")))?;
        let absolute = clean_file(&absolute);
        return Ok(match is_archive(source) {
            true => Origin::Archive(absolute),
            false => Origin::Directory(absolute),
        });
    }
    let is_web = source.starts_with("http://") || source.starts_with("https://");
    if is_web && is_archive(source) {
        return Ok(Origin::Web(source.to_owned()));
    }
    plugin::check_remote(source).map_err(|why| {
        let source = quote(source);
        other(format!(
            "cannot get information about plugin source {source} (if it's a local directory, does it exist?), last error was: {why}"
        ))
    })?;
    Ok(Origin::Git(source.to_owned()))
}

/// The folder that a plugin goes to, which must not be there.
fn free_place(plugins: &Path, name: &str, listener: &dyn Listener) -> Result<PathBuf, Error> {
    fs::create_dir_all(plugins).map_err(|error| other(path_error("mkdir", plugins, &error)))?;
    let target = plugins.join(name);
    if fs::metadata(&target).is_ok() {
        listener.log(
            Event::warn("plugin already exists")
                .with("path", target.to_string_lossy())
                .with("error", "<nil>"),
        );
        return Err(other("plugin already exists"));
    }
    Ok(target)
}

/// The name of a plugin in the name of its archive: what stands before the version.
fn name_in(archive: &str) -> String {
    let base = archive.rsplit('/').next().unwrap_or_default();
    let name = ENDINGS.iter().find_map(|ending| base.strip_suffix(ending));
    let name = name.unwrap_or_default();
    let begins_version = |rest: &str| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with('.')
    };
    let mut dashes = name.rmatch_indices('-');
    let dash = dashes.find(|(at, _)| begins_version(&name[at + 1..]));
    dash.map_or(name, |(at, _)| &name[..at]).to_owned()
}

/// Checks an archive, if that is asked for, and tells who signed it.
fn check(
    request: &Install,
    archive: &[u8],
    provenance: Option<&[u8]>,
    name: &str,
    listener: &dyn Listener,
) -> Result<(), Error> {
    if !request.verify {
        return Ok(());
    }
    let failed = |why: String| other(format!("plugin verification failed: {why}"));
    let provenance = provenance.filter(|text| !text.is_empty());
    let provenance =
        provenance.ok_or_else(|| failed("no provenance file (.prov) found".to_owned()))?;
    let verified = verify_data(archive, provenance, name, &request.keyring, request.now);
    let report = verified.map_err(failed)?.report("Plugin");
    report.lines().for_each(|line| listener.say(line));
    Ok(())
}

fn verify_data(
    archive: &[u8],
    provenance: &[u8],
    name: &str,
    keyring: &Path,
    now: Time,
) -> Result<Verified, String> {
    let now = u64::try_from(now.unix()).unwrap_or_default();
    source::read_keyring(keyring)?
        .verify(archive, provenance, name, now)
        .map_err(|error| error.to_string())
}

/// Keeps an archive and its provenance file beside the plugins.
fn keep(request: &Install, archive: &[u8], provenance: Option<&[u8]>) -> Result<(), Error> {
    let metadata = plugin::manifest_in(archive).map_err(|why| {
        other(format!(
            "failed to extract plugin metadata from tarball: {why}"
        ))
    })?;
    let name = format!("{}-{}.tgz", metadata.name, metadata.version);
    let path = request.plugins.join(&name);
    source::write_with_folders(&path, archive, 0o644)
        .map_err(|why| other(format!("failed to save tarball: {why}")))?;
    if let Some(provenance) = provenance {
        let beside = request.plugins.join(name + ".prov");
        source::write_with_folders(&beside, provenance, 0o644)?;
    }
    Ok(())
}

fn loaded(target: &Path) -> Result<Plugin, Error> {
    plugin::load(target).map_err(|why| other(format!("plugin is installed but unusable: {why}")))
}

fn from_archive(request: &Install, path: &Path, listener: &dyn Listener) -> Result<Plugin, Error> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name_in(&file);
    let target = free_place(&request.plugins, &name, listener)?;
    let archive = fs::read(path).map_err(|error| {
        let why = read_error(path, &error);
        other(match request.verify {
            true => format!("failed to get verification data: failed to read plugin file: {why}"),
            false => format!("failed to read archive: {why}"),
        })
    })?;
    let provenance = fs::read(beside(path)).ok();
    check(request, &archive, provenance.as_deref(), &file, listener)?;
    keep(request, &archive, provenance.as_deref())?;
    let aside = source::folder_aside().map_err(other)?;
    plugin::extract(&archive, aside.path())
        .map_err(|why| other(format!("failed to extract archive: {why}")))?;
    let folder = aside.path().join(&name);
    let manifest = folder.join("plugin.yaml");
    fs::metadata(&manifest).map_err(|error| {
        let (folder, why) = (folder.display(), path_error("stat", &manifest, &error));
        other(format!(
            "plugin.yaml not found in expected directory {folder}: {why}"
        ))
    })?;
    plugin::copy_directory(&folder, &target).map_err(other)?;
    loaded(&target)
}

fn from_web(request: &Install, url: &str, listener: &dyn Listener) -> Result<Plugin, Error> {
    let file = url.rsplit('/').next().unwrap_or_default();
    let name = name_in(file);
    let cache = request.cache.join(plugin::cache_key(url).map_err(other)?);
    let target = free_place(&request.plugins, &name, listener)?;
    let get = |url: &str| {
        let access = Access {
            url: url.to_owned(),
            ..Access::default()
        };
        request.http.get(url, &access, "", listener)
    };
    let archive = get(url).map_err(|why| {
        other(match request.verify {
            true => format!("failed to get verification data: failed to download plugin: {why}"),
            false => why,
        })
    })?;
    let provenance = get(&format!("{url}.prov")).ok();
    check(request, &archive, provenance.as_deref(), file, listener)?;
    keep(request, &archive, provenance.as_deref())?;
    plugin::extract(&archive, &cache)
        .map_err(|why| other(format!("extracting files from archive: {why}")))?;
    plugin::copy_directory(&root_in(&cache)?, &target).map_err(other)?;
    loaded(&target)
}

fn from_registry(
    request: &Install,
    reference: &str,
    listener: &dyn Listener,
) -> Result<Plugin, Error> {
    let name = plugin_name(reference).map_err(other)?;
    let cache = request
        .cache
        .join(plugin::cache_key(reference).map_err(other)?);
    let target = free_place(&request.clones, &name, listener)?;
    let (http, keys) = (&request.http, &request.keys);
    let packed = pull_plugin(http, keys, &request.access, reference, listener).map_err(|why| {
        let why = format!("failed to pull plugin from {reference}: {why}");
        other(match request.verify {
            true => format!("failed to get verification data: {why}"),
            false => why,
        })
    })?;
    let (archive, provenance) = (&packed.archive, packed.provenance.as_deref());
    if request.verify {
        let metadata = plugin::manifest_in(archive).map_err(|why| {
            other(format!(
                "failed to get verification data: failed to extract plugin metadata from tarball: {why}"
            ))
        })?;
        let file = format!("{}-{}.tgz", metadata.name, metadata.version);
        check(request, archive, provenance, &file, listener)?;
    }
    keep(request, archive, provenance)?;
    plugin::extract(archive, &cache)
        .map_err(|why| other(format!("failed to extract plugin: {why}")))?;
    let root = root_in(&cache).map_err(|_| other("plugin metadata (plugin.yaml) missing"))?;
    plugin::copy_directory(&root, &target).map_err(other)?;
    loaded(&target)
}

/// Where in an unpacked archive the plugin is: in it, or in one of its folders.
fn root_in(folder: &Path) -> Result<PathBuf, Error> {
    let is_plugin = |folder: &Path| folder.join("plugin.yaml").exists();
    if is_plugin(folder) {
        return Ok(folder.to_path_buf());
    }
    let mut folders = source::names_in(folder).into_iter();
    let found = folders
        .find(|name| is_plugin(&folder.join(name)))
        .map(|name| folder.join(name));
    found.ok_or_else(|| {
        let folder = folder.display();
        other(format!(
            "plugin.yaml not found in {folder} or its immediate subdirectories"
        ))
    })
}

fn from_git(request: &Install, remote: &str, listener: &dyn Listener) -> Result<Plugin, Error> {
    let name = remote.trim_end_matches('/').rsplit('/').next();
    let target = free_place(&request.clones, name.unwrap_or_default(), listener)?;
    let key = plugin::cache_key(remote).map_err(other)?;
    let clone = GitClone {
        remote: remote.to_owned(),
        directory: request.cache.join(key),
    };
    clone.get().map_err(other)?;
    clone.go_to(&request.version).map_err(other)?;
    if !clone.directory.join("plugin.yaml").exists() {
        return Err(other("plugin metadata (plugin.yaml) missing"));
    }
    plugin::copy_directory(&clone.directory, &target).map_err(other)?;
    loaded(&target)
}

/// Brings a plugin that is a clone up to date.
///
/// # Errors
/// It is none, was changed, or cannot be brought up to date.
pub fn update(
    plugin: &Plugin,
    clones: &Path,
    env: &Env,
    listener: &dyn Listener,
) -> Result<(), Error> {
    let directory = fs::canonicalize(&plugin.directory)
        .map_err(|error| other(path_error("lstat", &plugin.directory, &error)))?;
    let clone = GitClone::at(&directory).map_err(|why| {
        if why != "Cannot detect VCS" {
            return other(why);
        }
        let text = "cannot get information about plugin source";
        let event = Event::warn(text).with("location", directory.to_string_lossy());
        listener.log(event.with("error", why));
        other(text)
    })?;
    let name = clone.remote.rsplit('/').next().unwrap_or_default();
    let path = clones.join(name);
    if !path.exists() {
        let why = "no such file or directory";
        listener.log(
            Event::warn("plugin does not exist")
                .with("path", path.to_string_lossy())
                .with("error", format!("stat {}: {why}", path.display())),
        );
        return Err(other("plugin does not exist"));
    }
    if clone.is_changed() {
        return Err(other("plugin repo was modified"));
    }
    clone.update().map_err(other)?;
    if !directory.join("plugin.yaml").exists() {
        return Err(other("plugin metadata (plugin.yaml) missing"));
    }
    let updated = plugin::load(&path).map_err(other)?;
    run_hook(&updated, "update", env).map_err(|error| other(error.to_string()))
}

/// Packs the plugin in a directory, and signs it if that is asked for; says what comes of it.
///
/// # Errors
/// No plugin there, no key, or what cannot be written.
pub fn package(
    directory: &Path,
    destination: &Path,
    signing: Option<&Signing>,
    now: Time,
    ask: Ask<'_>,
    say: &mut dyn FnMut(&str),
) -> Result<(), Error> {
    let info = fs::metadata(directory);
    let info = info.map_err(|error| other(path_error("stat", directory, &error)))?;
    if !info.is_dir() {
        return Err(other(
            "plugin package only supports directories, not tarballs",
        ));
    }
    let metadata = plugin::load(directory)
        .map_err(|why| other(format!("invalid plugin directory: {why}")))?
        .metadata;
    fs::create_dir_all(destination)
        .map_err(|error| other(path_error("mkdir", destination, &error)))?;
    let signer = match signing {
        None => {
            say(
                "WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.\n",
            );
            None
        }
        Some(signing) => {
            let keyring: Keyring = source::read_keyring(&signing.keyring)
                .map_err(|why| other(format!("error reading from keyring: {why}")))?;
            let signer = unlocked(&keyring, signing, ask).map_err(|why| {
                // Which key is meant shows while the keyring is read.
                match why.to_string().starts_with("more than one key") {
                    true => other(format!("error reading from keyring: {why}")),
                    false => why,
                }
            })?;
            Some((signer, signing))
        }
    };
    let name = format!("{}-{}.tgz", metadata.name, metadata.version);
    let path = clean_file(&destination.join(&name));
    let packed = plugin::pack(directory, &metadata.name)
        .map_err(|why| other(format!("failed to create plugin tarball: {why}")))?;
    source::write_atomically(&path, &packed, 0o644)?;
    if let Some((signer, signing)) = signer {
        let text = metadata.to_yaml().map_err(other)?;
        let text = signed(&signer, &packed, &name, &text, signing, now)?;
        let beside = beside(&path);
        source::write_atomically(&beside, text.as_bytes(), 0o644)?;
        let shown = beside.display();
        say(&format!(
            "Successfully signed. Signature written to: {shown}\n"
        ));
    }
    let shown = path.display();
    say(&format!(
        "Successfully packaged plugin and saved it to: {shown}\n"
    ));
    Ok(())
}

/// Checks a packed plugin against the provenance file beside it.
///
/// # Errors
/// No such files, or they do not fit.
pub fn verify(path: &Path, keyring: &Path, now: Time) -> Result<Verified, Error> {
    let info = fs::metadata(path).map_err(|error| other(path_error("stat", path, &error)))?;
    if info.is_dir() {
        return Err(other(
            "directory verification not supported - only plugin tarballs can be verified",
        ));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        return Err(other(
            "plugin file must be a gzipped tarball (.tar.gz or .tgz)",
        ));
    }
    let beside = beside(path);
    fs::metadata(&beside).map_err(|error| {
        let (path, why) = (beside.display(), path_error("stat", &beside, &error));
        other(format!("could not find provenance file {path}: {why}"))
    })?;
    let archive = source::read_file(path)
        .map_err(|why| other(format!("failed to read plugin file: {why}")))?;
    let provenance = source::read_file(&beside)
        .map_err(|why| other(format!("failed to read provenance file: {why}")))?;
    verify_data(&archive, &provenance, &name, keyring, now).map_err(other)
}

/// What can be said of where an installed plugin comes from, in Helm's words.
pub fn provenance_of(plugin: &Plugin, plugins: &Path) -> &'static str {
    let directory = plugins.join(&plugin.metadata.name);
    match fs::symlink_metadata(&directory) {
        Err(_) => return "unknown",
        Ok(info) if info.is_symlink() => return "local dev",
        Ok(_) => {}
    }
    let path = plugin::archive_of(plugin, plugins);
    let (Ok(archive), Ok(provenance)) = (fs::read(&path), fs::read(beside(&path))) else {
        return "unsigned";
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match Keyring::looks_signed(&archive, &provenance, &name) {
        Ok(()) => "signed",
        Err(why) => why,
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".prov");
    PathBuf::from(name)
}

fn other(text: impl Into<String>) -> Error {
    Error::Other(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_archives_without_their_versions() {
        for (archive, name) in [
            ("mine-1.2.3.tgz", "mine"),
            ("mine.tgz", "mine"),
            ("my-plugin-0.1.0-rc.1.tar.gz", "my-plugin"),
            ("a-1.0-2.0.tgz", "a-1.0"),
            ("a-1.tgz", "a-1"),
            ("a.zip", ""),
        ] {
            assert_eq!(name_in(archive), name, "{archive}");
        }
    }
}
