//! `package`: a chart's directory into an archive.

use std::path::{Path, PathBuf};

use apply::Reporter;
use chart::{Chart, Time};
use gostd::path::clean_file;
use gostd::semver::Version;
use provenance::{Keyring, ProvenanceError, Signer};

use crate::Error;
use crate::context::log_all;

/// How to package.
#[derive(Clone, Debug)]
pub struct Package {
    /// A version instead of the chart's own; empty for its own.
    pub version: String,
    /// A version of the application instead of the chart's; empty for its own.
    pub app_version: String,
    /// The directory to write to.
    pub destination: PathBuf,
    /// The time that all files are stamped with, for archives that are the same every time.
    pub stamp: Option<Time>,
    /// With which key the archive is signed, if it is.
    pub signing: Option<Signing>,
    /// The time now.
    pub now: Time,
}

/// With which key to sign.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The name of its owner, or a part of it.
    pub key: String,
    /// The file that holds it.
    pub keyring: PathBuf,
    /// The passphrase that unlocks it, or why there is none; `None` to ask for it.
    pub passphrase: Option<Result<Vec<u8>, String>>,
    /// Random bytes for the signature.
    pub salt: provenance::Salt,
}

/// Asks for the passphrase of somebody's key.
pub type Ask<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// Packages the chart in a directory; gives the path of the archive.
///
/// # Errors
/// A chart that cannot be read or is not valid, a version that is none, missing dependencies, and
/// what cannot be written.
pub fn package(
    directory: &Path,
    request: &Package,
    ask: Ask<'_>,
    reporter: &dyn Reporter,
) -> Result<PathBuf, Error> {
    let loaded = source::load_directory(directory)?;
    log_all(reporter, loaded.events);
    let mut chart = loaded.chart;
    if !request.version.is_empty() {
        chart.metadata.version.clone_from(&request.version);
    }
    Version::parse(&chart.metadata.version).map_err(|error| Error::Other(error.to_string()))?;
    if !request.app_version.is_empty() {
        chart.metadata.app_version.clone_from(&request.app_version);
    }
    if let Some(stamp) = request.stamp {
        chart.stamp(stamp);
    }
    let missing = crate::chart_request::missing_dependencies(&chart);
    if !missing.is_empty() {
        return Err(Error::Other(format!(
            "found in Chart.yaml, but missing in charts/ directory: {}",
            missing.join(", ")
        )));
    }
    let failed = |why: String| Error::Other(format!("failed to save: {why}"));
    let packed = chart
        .pack(request.now)
        .map_err(|error| failed(error.to_string()))?;
    let path = clean_file(&request.destination.join(chart.archive_name()));
    source::write_with_folders(&path, &packed, 0o644).map_err(|error| failed(error.to_string()))?;
    if let Some(signing) = &request.signing {
        sign(&path, &packed, &chart, signing, request.now, ask)?;
    }
    Ok(path)
}

/// Writes the provenance file of an archive beside it.
fn sign(
    path: &Path,
    packed: &[u8],
    chart: &Chart,
    signing: &Signing,
    now: Time,
    ask: Ask<'_>,
) -> Result<(), Error> {
    let keyring = source::read_keyring(&signing.keyring).map_err(Error::Other)?;
    let signer = unlocked(&keyring, signing, ask)?;
    let metadata = chart
        .metadata
        .to_yaml()
        .map_err(|why| Error::Other(format!("failed to marshal chart metadata: {why}")))?;
    let name = chart.archive_name();
    let text = signed(&signer, packed, &name, &metadata, signing, now)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".prov");
    Ok(source::write_atomically(
        Path::new(&beside),
        text.as_bytes(),
        0o644,
    )?)
}

/// The key to sign with, without its lock.
pub(crate) fn unlocked(
    keyring: &Keyring,
    signing: &Signing,
    ask: Ask<'_>,
) -> Result<Signer, Error> {
    let told = |error: ProvenanceError| Error::Other(error.to_string());
    let signer = keyring.signer(&signing.key);
    if let Some(Err(why)) = &signing.passphrase {
        // That more than one key fits is told before, that none does after the passphrase.
        let is_vague = matches!(&signer, Err(error) if error.to_string().starts_with("more than"));
        if !is_vague {
            return Err(Error::Other(why.clone()));
        }
    }
    let mut signer = signer.map_err(told)?;
    if signer.is_locked() {
        let passphrase = match &signing.passphrase {
            Some(passphrase) => passphrase.clone(),
            None => ask(signer.name()),
        };
        signer
            .unlock(&passphrase.map_err(Error::Other)?)
            .map_err(told)?;
    }
    Ok(signer)
}

/// The provenance file of an archive that is called so.
pub(crate) fn signed(
    signer: &Signer,
    packed: &[u8],
    name: &str,
    metadata: &str,
    signing: &Signing,
    now: Time,
) -> Result<String, Error> {
    let now = u64::try_from(now.unix()).unwrap_or_default();
    signer
        .sign(packed, name, metadata, now, &signing.salt)
        .map_err(|error| Error::Other(error.to_string()))
}
