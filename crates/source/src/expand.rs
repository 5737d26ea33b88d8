//! Unpacks an archive into a directory, and never outside of it.

use std::fs;
use std::path::{Path, PathBuf};

use chart::{File, LoadError, Metadata, unpack};
use gostd::os::{path_error, read_error};
use goval::strconv::quote;

use crate::failed;

/// A chart that was unpacked for a while; it goes when this does.
#[derive(Debug)]
pub struct Unpacked {
    chart: PathBuf,
    /// Removes the folder when it is dropped.
    _folder: tempfile::TempDir,
}

impl Unpacked {
    /// The directory of the chart.
    pub fn chart(&self) -> &Path {
        &self.chart
    }
}

/// Unpacks an archive into a directory of its own.
///
/// # Errors
/// What `lint` reports of an archive that it cannot look into.
pub fn unpack_aside(archive: &Path) -> Result<Unpacked, String> {
    let folder = tempfile::Builder::new()
        .prefix("helm-lint")
        .tempdir()
        .map_err(|error| format!("unable to create temp dir to extract tarball: {error}"))?;
    let bytes = fs::read(archive).map_err(|error| {
        let why = read_error(archive, &error);
        format!("unable to open tarball: {why}")
    })?;
    let chart =
        expand(&bytes, folder.path()).map_err(|why| format!("unable to extract tarball: {why}"))?;
    Ok(Unpacked {
        chart,
        _folder: folder,
    })
}

/// Unpacks an archive into a directory below another one, called as Chart.yaml calls the chart;
/// gives that directory (Helm's `Expand`). Links are not followed but replaced by what they would
/// hide.
///
/// # Errors
/// What may not be in an archive, a chart without a usable name, and what cannot be written.
pub fn expand(archive: &[u8], below: &Path) -> Result<PathBuf, String> {
    let files = unpack(archive).map_err(|error| error.to_string())?;
    let name = chart_name(&files)?;
    if name.is_empty() {
        return Err("chart name not specified".to_owned());
    }
    if matches!(name.as_str(), "." | "..") {
        return Err(format!("chart name {} is not allowed", quote(&name)));
    }
    if name.contains('/') {
        return Err(format!(
            "chart name {} must not contain path separators",
            quote(&name)
        ));
    }
    let chart = below.join(name);
    refuse_link(&chart)?;
    for file in &files {
        write(&chart, file)?;
    }
    Ok(chart)
}

fn chart_name(files: &[File]) -> Result<String, String> {
    let mut name = String::new();
    for file in files.iter().filter(|file| file.name == "Chart.yaml") {
        let metadata = Metadata::parse(&file.data).map_err(|error| match error {
            LoadError::File(_, reason) => format!("cannot load Chart.yaml: {reason}"),
            other => other.to_string(),
        })?;
        name = metadata.name;
    }
    Ok(name)
}

/// Writes a file of a chart. No folder on the way may be a link: it could lead anywhere.
fn write(chart: &Path, file: &File) -> Result<(), String> {
    let path = chart.join(&file.name);
    let mut folder = chart.to_path_buf();
    let mut parts = file.name.split('/').peekable();
    while let Some(part) = parts.next() {
        if part == ".." {
            return Err(format!("{} leaves the chart", quote(&file.name)));
        }
        if parts.peek().is_some() {
            folder.push(part);
            refuse_link(&folder)?;
        }
    }
    fs::create_dir_all(&folder).map_err(|error| path_error("mkdir", &folder, &error))?;
    refuse_link(&path)?;
    fs::write(&path, &*file.data).map_err(|error| failed("open", &path, &error).to_string())
}

fn refuse_link(path: &Path) -> Result<(), String> {
    match fs::symlink_metadata(path) {
        Ok(info) if info.is_symlink() => Err(format!(
            "{} is a symbolic link; a chart is not unpacked through one",
            path.display()
        )),
        _ => Ok(()),
    }
}
