//! Whether a packed chart is signed and unchanged.

use std::fs;
use std::path::{Path, PathBuf};

use chart::Time;
use gostd::os::path_error;
use provenance::{Keyring, Verified};

use crate::{SourceError, read_file};

/// When a chart must have a provenance file that fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Never; none is fetched.
    #[default]
    Never,
    /// If there is one.
    IfPossible,
    /// Always.
    Always,
    /// Never, but it is fetched.
    Later,
}

/// How charts are verified.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    /// Whether.
    pub strategy: Strategy,
    /// The file with the keys of those who may sign.
    pub keyring: PathBuf,
    /// The time at which the keys must be valid.
    pub now: Time,
}

/// The provenance file of a packed chart.
pub(crate) fn beside(archive: &Path) -> PathBuf {
    let mut name = archive.as_os_str().to_owned();
    name.push(".prov");
    PathBuf::from(name)
}

/// Reads a keyring.
///
/// # Errors
/// A file that cannot be read, or is none.
pub fn read_keyring(path: &Path) -> Result<Keyring, String> {
    let data = fs::read(path).map_err(|error| gostd::os::read_error(path, &error))?;
    Keyring::read(&data, path).map_err(|error| error.to_string())
}

/// Checks a packed chart against the provenance file beside it (`VerifyChart`).
///
/// # Errors
/// No such files, or they do not fit.
pub fn verify_file(archive: &Path, how: &Verification) -> Result<Verified, SourceError> {
    let other = SourceError::Other;
    let info = fs::metadata(archive).map_err(|error| other(path_error("stat", archive, &error)))?;
    if info.is_dir() {
        return Err(other("unpacked charts cannot be verified".to_owned()));
    }
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    check_ending(&name)?;
    let provenance = beside(archive);
    fs::metadata(&provenance).map_err(|error| {
        let why = path_error("stat", &provenance, &error);
        let path = provenance.display();
        other(format!("could not load provenance file {path}: {why}"))
    })?;
    let keyring = loaded(&how.keyring)?;
    let archive =
        read_file(archive).map_err(|why| other(format!("failed to read chart archive: {why}")))?;
    let provenance = read_file(&provenance)
        .map_err(|why| other(format!("failed to read provenance file: {why}")))?;
    check(&keyring, &archive, &provenance, &name, how)
}

/// Checks a packed chart that is called so against a provenance file.
pub(crate) fn verify(
    archive: &[u8],
    provenance: &[u8],
    name: &str,
    how: &Verification,
) -> Result<Verified, SourceError> {
    check_ending(name)?;
    check(&loaded(&how.keyring)?, archive, provenance, name, how)
}

fn loaded(path: &Path) -> Result<Keyring, SourceError> {
    read_keyring(path).map_err(|why| SourceError::Other(format!("failed to load keyring: {why}")))
}

fn check_ending(name: &str) -> Result<(), SourceError> {
    match name.rsplit_once('.') {
        Some((_, ending)) if ending.eq_ignore_ascii_case("tgz") => Ok(()),
        _ => Err(SourceError::Other("chart must be a tgz file".to_owned())),
    }
}

fn check(
    keyring: &Keyring,
    archive: &[u8],
    provenance: &[u8],
    name: &str,
    how: &Verification,
) -> Result<Verified, SourceError> {
    let now = u64::try_from(how.now.unix()).unwrap_or_default();
    keyring
        .verify(archive, provenance, name, now)
        .map_err(|error| SourceError::Other(error.to_string()))
}
