//! Where charts come from: directory, archive, HTTP repository, OCI registry.
//!
//! Knows neither values nor releases.

mod archive;
mod cache;
pub mod dependencies;
mod directory;
mod expand;
mod files;
mod getters;
mod http;
mod listener;
mod locate;
mod paths;
pub mod registry;
pub mod repository;
mod sniff;
mod verify;

use std::io;
use std::path::Path;

use chart::{LoadError, Loaded, RuleError};
use gostd::os::{path_error, read_error};
use goval::strconv::quote;

pub use expand::{Unpacked, expand, unpack_aside};
pub use files::{folder_aside, write_atomically, write_with_folders};
pub use getters::{Getter, Getters};
pub use http::{Access, Asked, Http, Told};
pub use listener::{Listener, Silent};
pub use locate::{Fetcher, Places, Wanted};
pub use paths::{check_exists, names_in, walk};
pub use provenance::{Signer, Verified};
pub use verify::{Strategy, Verification, read_keyring, verify_file};

/// Why a chart could not be had. The texts are Helm's.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is nothing at a path; the path.
    #[error("path {} not found", quote(.0))]
    NotFound(String),
    /// A directory without Chart.yaml; its path, and what the operating system says.
    #[error("unable to detect chart at {0}: {1}")]
    NoChart(String, String),
    /// What the operating system says about a file.
    #[error("{0}")]
    Io(String),
    /// A `.helmignore` with a bad rule.
    #[error(transparent)]
    Ignore(#[from] RuleError),
    /// A device, a socket or the like among the files; its path.
    #[error("cannot load irregular file {0} as it has file mode type bits set")]
    Irregular(String),
    /// More than a chart may have; the file at which that showed.
    #[error("error reading {0}: chart exceeds maximum decompressed size of {max} bytes", max = chart::MAX_CHART_SIZE)]
    TooLarge(String),
    /// A YAML file where an archive should be; its path.
    #[error("file '{0}' seems to be a YAML file, but expected a gzipped archive")]
    YamlFile(String),
    /// A file that is no archive; its path, and what it looks like.
    #[error("file '{0}' does not appear to be a gzipped archive; got '{1}'")]
    NotAnArchive(String, &'static str),
    /// A file that begins like an archive but is none; its path and the reason.
    #[error("file '{0}' does not appear to be a valid chart file (details: {1})")]
    NotAChart(String, String),
    /// A damaged or hostile archive.
    #[error(transparent)]
    Archive(chart::ArchiveError),
    /// An archive that Helm does not say more about.
    #[error("unable to load chart archive")]
    BadArchive,
    /// An archive without Chart.yaml.
    #[error("unable to detect chart version, no Chart.yaml found")]
    NoChartYaml,
    /// A name that is neither a path nor one of a chart in a repository.
    #[error("non-absolute URLs should be in form of repo_name/path_to_chart, got: {0}")]
    NotAReference(String),
    /// Any other text of Helm's.
    #[error("{0}")]
    Other(String),
    /// The files are not a chart.
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl SourceError {
    /// The same error as a text alone.
    fn to_text(&self) -> SourceError {
        SourceError::Other(self.to_string())
    }
}

/// Reads the chart in a directory or an archive.
///
/// # Errors
/// What Helm reports for the same path, in its words.
pub fn load(path: &Path) -> Result<Loaded, SourceError> {
    load_as(path, Format::Checked)
}

/// Reads a chart whatever its `apiVersion` says: for verbs that look at charts and do not install
/// them.
///
/// # Errors
/// As [`load`], in the words of Helm's loader of version 2.
pub fn load_any(path: &Path) -> Result<Loaded, SourceError> {
    load_as(path, Format::Any)
}

/// Reads the chart in a directory, which no archive can be.
///
/// # Errors
/// As [`load`].
pub fn load_directory(path: &Path) -> Result<Loaded, SourceError> {
    directory::load(path, Format::Checked)
}

/// Whether the `apiVersion` of a chart decides whether it is read at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Checked,
    Any,
}

fn load_as(path: &Path, format: Format) -> Result<Loaded, SourceError> {
    let info = std::fs::metadata(path).map_err(|error| failed("stat", path, &error))?;
    if info.is_dir() {
        directory::load(path, format)
    } else {
        archive::load(path, format)
    }
}

/// The content of a file.
///
/// # Errors
/// What Go's `os.ReadFile` reports for the same path.
pub fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| read_error(path, &error))
}

fn failed(call: &str, path: &Path, error: &io::Error) -> SourceError {
    SourceError::Io(path_error(call, path, error))
}
