//! `template --output-dir`: a file for each template.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use action::Drafted;
use gostd::os::path_error;
use manifest::with_source;
use release::Hook;

use crate::error::Failure;
use crate::ui::Ui;

/// Where the files go.
pub(crate) struct OutputDir<'a> {
    base: &'a str,
    /// The folder for what templates made: with the name of the release in it, if the user wants that.
    named: String,
}

impl<'a> OutputDir<'a> {
    /// The folder of `--output-dir`, and of a release below it if `--release-name` is given.
    pub(crate) fn new(base: &'a str, release: Option<&str>) -> OutputDir<'a> {
        let named = match release {
            Some(name) => gostd::path::join(&[base, name]),
            None => base.to_owned(),
        };
        OutputDir { base, named }
    }

    /// Writes the documents of a manifest, and tells of each file.
    ///
    /// # Errors
    /// A file or folder that cannot be made, in Go's words.
    pub(crate) fn documents(&self, drafted: &Drafted, ui: &mut Ui) -> Result<(), Failure> {
        let mut written = BTreeSet::new();
        for document in &drafted.documents {
            let folder = if document.is_crd {
                self.base
            } else {
                &self.named
            };
            let again = !written.insert(&document.path);
            write(folder, &document.path, &document.content, again, ui)?;
        }
        Ok(())
    }

    /// Writes hooks, behind what is in their files already.
    ///
    /// # Errors
    /// As [`OutputDir::documents`].
    pub(crate) fn hooks(&self, hooks: &[&Hook], ui: &mut Ui) -> Result<(), Failure> {
        for hook in hooks {
            let there = Path::new(&self.named).join(&hook.path).exists();
            write(&self.named, &hook.path, &hook.manifest, there, ui)?;
        }
        Ok(())
    }
}

/// Writes one document, to a new file or to the end of one that is there (Helm's `writeToFile`).
fn write(
    folder: &str,
    path: &str,
    content: &str,
    append: bool,
    ui: &mut Ui,
) -> Result<(), Failure> {
    let file = format!("{folder}/{path}");
    let parent = gostd::path::clean(&file);
    make_folder(Path::new(&parent).parent().unwrap_or(Path::new("")))?;
    let mut options = OpenOptions::new();
    match append {
        true => options.append(true),
        false => options.create(true).write(true).truncate(true),
    };
    let written = options
        .open(&file)
        .map_err(|error| path_error("open", &file, &error))
        .and_then(|mut out| {
            out.write_all(with_source(path, content).as_bytes())
                .map_err(|error| path_error("write", &file, &error))
        });
    written.map_err(Failure::new)?;
    ui.print(&format!("wrote {file}\n"))
}

/// Makes a folder and those above it, with the errors that Go has for it.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    match fs::metadata(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Failure::new(path_error("stat", folder, &error)))
        }
        _ => make_missing(folder).map_err(Failure::new),
    }
}

/// Go's `os.MkdirAll`.
fn make_missing(folder: &Path) -> Result<(), String> {
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => {
            let error = ErrorKind::NotADirectory.into();
            return Err(path_error("mkdir", folder, &error));
        }
        Err(_) => {}
    }
    if let Some(parent) = folder.parent().filter(|parent| *parent != Path::new("")) {
        make_missing(parent)?;
    }
    fs::create_dir(folder).map_err(|error| path_error("mkdir", folder, &error))
}
