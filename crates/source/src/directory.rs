//! A chart in a directory: a sorted walk that follows symbolic links and obeys `.helmignore`.

use std::fs::{self, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use chart::{Chart, Event, File, Loaded, MAX_CHART_SIZE, Rules, Time, check_api_version};
use gostd::os::{path_error, read_error, reason};

use crate::{Format, SourceError, failed};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads the chart in a directory.
pub(crate) fn load(path: &Path, format: Format) -> Result<Loaded, SourceError> {
    let root = std::path::absolute(path).map_err(|error| failed("stat", path, &error))?;
    if format == Format::Checked {
        check_chart_yaml(&root.join("Chart.yaml"))?;
    }
    let mut walk = Walk {
        rules: rules(&root)?,
        remaining: MAX_CHART_SIZE,
        files: Vec::new(),
        events: Vec::new(),
    };
    walk.directory(&root, "")?;
    let mut loaded = Chart::load(walk.files)?;
    if format == Format::Checked {
        loaded = loaded.installable()?;
    }
    loaded.events.splice(0..0, walk.events);
    Ok(loaded)
}

fn check_chart_yaml(path: &Path) -> Result<(), SourceError> {
    let text = fs::read(path).map_err(|error| {
        let reason = read_error(path, &error);
        SourceError::NoChart(path.display().to_string(), reason)
    })?;
    Ok(check_api_version(&text)?)
}

fn rules(root: &Path) -> Result<Rules, SourceError> {
    let path = root.join(".helmignore");
    match fs::read(&path) {
        Ok(text) => Ok(Rules::parse(&text)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Rules::default()),
        Err(error) => Err(SourceError::Io(read_error(&path, &error))),
    }
}

struct Walk {
    rules: Rules,
    /// How many bytes the files may still have.
    remaining: u64,
    files: Vec<File>,
    events: Vec<Event>,
}

impl Walk {
    /// Visits what is in a directory, in the order of the names. `name` is its path in the chart.
    fn directory(&mut self, path: &Path, name: &str) -> Result<(), SourceError> {
        let failed = |error: io::Error| failed("open", path, &error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            entries.push((entry.file_name(), entry.file_type().map_err(failed)?));
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        for (entry, kind) in entries {
            let base = entry.to_string_lossy();
            let name = if name.is_empty() {
                base.into_owned()
            } else {
                format!("{name}/{base}")
            };
            self.visit(&path.join(&entry), name, kind)?;
        }
        Ok(())
    }

    fn visit(&mut self, path: &Path, name: String, kind: FileType) -> Result<(), SourceError> {
        let mut kind = kind;
        if kind.is_symlink() {
            let resolved = self.follow(path)?;
            kind = fs::symlink_metadata(&resolved)
                .map_err(|error| failed("lstat", &resolved, &error))?
                .file_type();
        }
        if self.rules.ignores(&name, kind.is_dir()) {
            return Ok(());
        }
        if kind.is_dir() {
            return self.directory(path, &name);
        }
        if !kind.is_file() {
            return Err(SourceError::Irregular(path.display().to_string()));
        }
        self.file(path, name)
    }

    /// Where a symbolic link leads. It is worth a note, since it can lead out of the chart.
    fn follow(&mut self, path: &Path) -> Result<PathBuf, SourceError> {
        let resolved = fs::canonicalize(path).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::NotFound => path_error("lstat", target(path), &error),
                _ if reason(&error).contains("symbolic link") => {
                    "EvalSymlinks: too many links".to_owned()
                }
                _ => path_error("lstat", path, &error),
            };
            SourceError::Io(format!(
                "error evaluating symlink {}: {why}",
                path.display()
            ))
        })?;
        let message = "found symbolic link in path. Contents of linked file included and used";
        self.events.push(
            Event::info(message)
                .with("path", path.display().to_string())
                .with("resolved", resolved.display().to_string()),
        );
        Ok(resolved)
    }

    fn file(&mut self, path: &Path, name: String) -> Result<(), SourceError> {
        let unreadable = |error: io::Error| {
            let why = path_error("open", path, &error);
            SourceError::Io(format!("error reading {name}: {why}"))
        };
        let mut file = fs::File::open(path).map_err(unreadable)?;
        let info = file.metadata().map_err(unreadable)?;
        if info.len() > self.remaining {
            return Err(SourceError::TooLarge(name));
        }
        // One byte more than there should be shows whether the file has grown meanwhile.
        let mut data = Vec::with_capacity(info.len() as usize + 1);
        let limit = self.remaining + 1;
        Read::take(&mut file, limit)
            .read_to_end(&mut data)
            .map_err(unreadable)?;
        let length = data.len() as u64;
        if length > self.remaining {
            return Err(SourceError::TooLarge(name));
        }
        self.remaining -= length;
        self.files.push(File {
            name,
            data: data.strip_prefix(BOM).unwrap_or(&data).into(),
            modtime: info.modified().map(time).unwrap_or_default(),
        });
        Ok(())
    }
}

/// What a broken link points to.
fn target(link: &Path) -> PathBuf {
    let target = fs::read_link(link).unwrap_or_default();
    link.parent().unwrap_or(Path::new("")).join(target)
}

fn time(at: SystemTime) -> Time {
    let nanos = |d: std::time::Duration| (d.as_secs().cast_signed(), d.subsec_nanos());
    match at.duration_since(UNIX_EPOCH) {
        Ok(after) => {
            let (seconds, nanos) = nanos(after);
            Time::from_unix(seconds, nanos)
        }
        Err(before) => match nanos(before.duration()) {
            (seconds, 0) => Time::from_unix(-seconds, 0),
            (seconds, nanos) => Time::from_unix(-seconds - 1, 1_000_000_000 - nanos),
        },
    }
}
