//! Several files in one string.

use std::fs;
use std::path::Path;

use chart::{Chart, File};

/// What begins a file: the marker, then its path.
const MARKER: &str = "//- ";

/// The files of a text in which each is headed by a line `//- path`.
///
/// ```
/// let files = testkit::files("//- Chart.yaml\nname: a\n//- templates/a.yaml\na: 1\n");
/// assert_eq!(files[1].name, "templates/a.yaml");
/// ```
///
/// # Panics
/// If the text does not begin with a marker.
pub fn files(text: &str) -> Vec<File> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix(MARKER), files.last_mut()) {
            (Some(path), _) => files.push((path.trim().to_owned(), String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => assert!(line.trim().is_empty(), "{line:?} is in no file"),
        }
    }
    let files = files.into_iter();
    files
        .map(|(path, content)| File::new(path, content))
        .collect()
}

/// A chart from a text of several files. A chart named `test` is assumed where the text has no
/// Chart.yaml.
///
/// # Panics
/// If it is not a chart.
pub fn chart(text: &str) -> Chart {
    let mut files = files(text);
    if !files.iter().any(|file| file.name == "Chart.yaml") {
        let metadata = "apiVersion: v2\nname: test\nversion: 0.1.0\n";
        files.insert(0, File::new("Chart.yaml", metadata));
    }
    match Chart::load(files) {
        Ok(loaded) => loaded.chart,
        Err(error) => fail(&format!("the text is no chart: {error}")),
    }
}

/// Writes a text of several files into a directory.
///
/// # Panics
/// If a file cannot be written.
pub fn write_files(directory: &Path, text: &str) {
    for file in files(text) {
        let path = directory.join(&file.name);
        let folder = path.parent().unwrap_or(directory);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &file.data));
        if let Err(error) = written {
            fail(&format!("{} cannot be written: {error}", path.display()));
        }
    }
}

#[expect(clippy::panic, reason = "a test whose set-up fails has failed")]
pub(crate) fn fail(message: &str) -> ! {
    panic!("{message}")
}
