//! `create`: a chart to begin with.

use std::fs;
use std::path::{Path, PathBuf};

use chart::{Chart, File, Metadata, Time};
use gostd::path::clean_file;
use goval::strconv::quote;
use source::write_with_folders;

use crate::Error;

/// What stands in the files where the name of the chart belongs.
const PLACEHOLDER: &str = "<CHARTNAME>";

/// The longest name of a chart, in bytes.
const MAX_NAME: usize = 250;

/// The files of a new chart, in the order in which they are written.
const SCAFFOLD: [(&str, &str); 12] = [
    ("Chart.yaml", include_str!("scaffold/Chart.yaml")),
    ("values.yaml", include_str!("scaffold/values.yaml")),
    (".helmignore", include_str!("scaffold/helmignore")),
    (
        "templates/ingress.yaml",
        include_str!("scaffold/templates/ingress.yaml"),
    ),
    (
        "templates/httproute.yaml",
        include_str!("scaffold/templates/httproute.yaml"),
    ),
    (
        "templates/deployment.yaml",
        include_str!("scaffold/templates/deployment.yaml"),
    ),
    (
        "templates/service.yaml",
        include_str!("scaffold/templates/service.yaml"),
    ),
    (
        "templates/serviceaccount.yaml",
        include_str!("scaffold/templates/serviceaccount.yaml"),
    ),
    (
        "templates/hpa.yaml",
        include_str!("scaffold/templates/hpa.yaml"),
    ),
    (
        "templates/NOTES.txt",
        include_str!("scaffold/templates/NOTES.txt"),
    ),
    (
        "templates/_helpers.tpl",
        include_str!("scaffold/templates/_helpers.tpl"),
    ),
    (
        "templates/tests/test-connection.yaml",
        include_str!("scaffold/templates/tests/test-connection.yaml"),
    ),
];

/// Creates a chart in a directory of its name. Files that are there already are overwritten, each
/// with a warning.
///
/// # Errors
/// A name that no chart may have, a place that is no directory, what cannot be written.
pub fn create(path: &Path, warn: &mut dyn FnMut(&str)) -> Result<(), Error> {
    let (directory, name) = split(path);
    check_name(&name)?;
    let base = std::path::absolute(&directory).unwrap_or(directory);
    source::check_exists(&base).map_err(Error::Other)?;
    if !base.is_dir() {
        return Err(other(format!("no such directory {}", base.display())));
    }
    let chart = base.join(&name);
    check_free(&chart)?;
    for (file, content) in SCAFFOLD {
        let path = chart.join(file);
        if path.exists() {
            let path = quote(path.as_os_str().as_encoded_bytes());
            warn(&format!(
                "WARNING: File {path} already exists. Overwriting."
            ));
        }
        let content = content.replace(PLACEHOLDER, &name);
        write_with_folders(&path, content.as_bytes(), 0o644)?;
    }
    make_directory(&chart.join("charts"))
}

/// Creates a chart from another one, its name put in wherever the starter asks for it.
///
/// # Errors
/// A starter that is no chart, and as [`create`].
pub fn create_from(path: &Path, starter: &Path, now: Time) -> Result<(), Error> {
    let (directory, name) = split(path);
    let loaded = source::load_any(starter)
        .map_err(|error| other(format!("could not load {}: {error}", starter.display())))?;
    let mut chart = loaded.chart;
    chart.metadata = Metadata {
        name: name.clone(),
        description: "A Helm chart for Kubernetes".to_owned(),
        kind: "application".to_owned(),
        version: "0.1.0".to_owned(),
        app_version: "0.1.0".to_owned(),
        api_version: "v2".to_owned(),
        ..Metadata::default()
    };
    let values = chart
        .raw
        .iter_mut()
        .filter(|file| file.name == "values.yaml");
    for file in values.chain(&mut chart.templates) {
        file.data = file
            .data
            .to_str_lossy()
            .replace(PLACEHOLDER, &name)
            .into_bytes()
            .into();
    }
    save(&chart, &directory, now)
}

/// Writes a chart as files; its subcharts as archives (Helm's `SaveDir`).
fn save(chart: &Chart, directory: &Path, now: Time) -> Result<(), Error> {
    let base = directory.join(chart.name());
    check_free(&base)?;
    make_directory(&base)?;
    let metadata = chart.chart_yaml().map_err(Error::Other)?;
    write_with_folders(&base.join("Chart.yaml"), metadata.as_bytes(), 0o644)?;
    let values = chart.raw.iter().filter(|file| file.name == "values.yaml");
    for File { name, data, .. } in values.chain(&chart.templates).chain(&chart.files) {
        write_with_folders(&base.join(name), data, 0o644)?;
    }
    if let Some(schema) = &chart.schema {
        write_with_folders(&base.join("values.schema.json"), schema, 0o644)?;
    }
    for child in &chart.dependencies {
        let packed = child.pack(now).map_err(|error| {
            other(format!(
                "saving {}/charts/{}: {error}",
                chart.name(),
                child.name()
            ))
        })?;
        let archive = base.join("charts").join(child.archive_name());
        write_with_folders(&archive, &packed, 0o644)?;
    }
    Ok(())
}

/// The directory that a chart goes into, and its name.
fn split(path: &Path) -> (PathBuf, String) {
    let path = clean_file(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    (directory.to_path_buf(), name.into_owned())
}

fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(other(format!(
            "chart name must be between 1 and {MAX_NAME} characters"
        )));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !name.chars().all(allowed) {
        return Err(other(
            "chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"",
        ));
    }
    Ok(())
}

fn check_free(chart: &Path) -> Result<(), Error> {
    if !chart.exists() || chart.is_dir() {
        return Ok(());
    }
    Err(other(format!(
        "file {} already exists and is not a directory",
        chart.display()
    )))
}

fn make_directory(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|error| other(format!("mkdir {}: {error}", path.display())))
}

fn other(text: impl Into<String>) -> Error {
    Error::Other(text.into())
}
