//! `package`: a chart's directory into an archive.

use std::path::{Path, PathBuf};

use apply::Reporter;
use chart::Time;
use gostd::path::clean_file;
use gostd::semver::Version;

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
    /// The time now.
    pub now: Time,
}

/// Packages the chart in a directory; gives the path of the archive.
///
/// # Errors
/// A chart that cannot be read or is not valid, a version that is none, missing dependencies, and
/// what cannot be written.
pub fn package(
    directory: &Path,
    request: &Package,
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
    Ok(path)
}
