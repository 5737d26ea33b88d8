//! A chart packed into a file.

use std::path::Path;

use chart::{ArchiveError, Chart, Loaded, check_api_version, unpack};
use gostd::os::read_error;

use crate::sniff::content_type;
use crate::{Format, SourceError};

/// How much of a file tells what it is.
const HEAD: usize = 512;

/// Reads a packed chart.
pub(crate) fn load(path: &Path, format: Format) -> Result<Loaded, SourceError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| SourceError::Io(read_error(path, &error)))?;
    check_looks(&name, &bytes)?;
    let files = unpack(&bytes).map_err(|error| match (error, format) {
        (error @ ArchiveError::NotGzip, _) => {
            SourceError::NotAChart(name.clone(), error.to_string())
        }
        (_, Format::Checked) => SourceError::BadArchive,
        (error, Format::Any) => SourceError::Archive(error),
    })?;
    if format == Format::Checked {
        let chart_yaml = files.iter().find(|file| file.name == "Chart.yaml");
        check_api_version(&chart_yaml.ok_or(SourceError::NoChartYaml)?.data)?;
        return Ok(Chart::load(files)?.installable()?);
    }
    Ok(Chart::load(files)?)
}

/// Tells early what a file is that is no archive.
fn check_looks(name: &str, bytes: &[u8]) -> Result<(), SourceError> {
    if bytes.starts_with(b"\x1f\x8b\x08") {
        return Ok(());
    }
    if name.ends_with(".yml") || name.ends_with(".yaml") {
        return Err(SourceError::YamlFile(name.to_owned()));
    }
    // Helm looks at a buffer of fixed size, so that a short file seems to end in zeros.
    let mut head = [0; HEAD];
    let length = bytes.len().min(HEAD);
    head[..length].copy_from_slice(&bytes[..length]);
    Err(SourceError::NotAnArchive(
        name.to_owned(),
        content_type(&head),
    ))
}
