//! A chart in a directory: a sorted walk that follows symbolic links and obeys `.helmignore`.

use std::fs::{self, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
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
    let rules = rules(&root)?;
    let found = match walk(&root, &rules, true) {
        // Which file is one too many shows only in the order of the names.
        Err(SourceError::TooLarge(_)) => walk(&root, &rules, false)?,
        found => found?,
    };
    let mut loaded = Chart::load(found.files)?;
    if format == Format::Checked {
        loaded = loaded.installable()?;
    }
    loaded.events.splice(0..0, found.events);
    Ok(loaded)
}

/// Reads all files below a directory, those of subcharts side by side if wanted.
fn walk(root: &Path, rules: &Rules, in_parallel: bool) -> Result<Found, SourceError> {
    let remaining = AtomicU64::new(MAX_CHART_SIZE);
    let mut walk = Walk {
        rules,
        remaining: &remaining,
        in_parallel,
        found: Found::default(),
        buffer: Vec::new(),
    };
    walk.directory(root, "")?;
    Ok(walk.found)
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

/// What a walk has come by, in the order of the names.
#[derive(Default)]
struct Found {
    files: Vec<File>,
    events: Vec<Event>,
}

struct Walk<'a> {
    rules: &'a Rules,
    /// How many bytes the files may still have.
    remaining: &'a AtomicU64,
    /// Whether the entries of `charts` are walked side by side.
    in_parallel: bool,
    found: Found,
    /// Room for the file that is being read.
    buffer: Vec<u8>,
}

/// What is in a directory: path, path in the chart, and what it is.
type Entry = (PathBuf, String, FileType);

/// About as much work as it is to parse so many bytes of a template, per entry of `charts`.
const BYTES_PER_SUBCHART: usize = 32 * 1024;

impl Walk<'_> {
    /// Visits what is in a directory, in the order of the names. `name` is its path in the chart.
    fn directory(&mut self, path: &Path, name: &str) -> Result<(), SourceError> {
        let entries = entries(path, name)?;
        if self.in_parallel && name == "charts" {
            return self.side_by_side(&entries);
        }
        for (path, name, kind) in entries {
            self.visit(&path, name, kind)?;
        }
        Ok(())
    }

    fn side_by_side(&mut self, entries: &[Entry]) -> Result<(), SourceError> {
        let (rules, remaining) = (self.rules, self.remaining);
        let walked = parallel::map(
            entries,
            |_| BYTES_PER_SUBCHART,
            |(path, name, kind)| {
                let mut walk = Walk {
                    rules,
                    remaining,
                    in_parallel: false,
                    found: Found::default(),
                    buffer: Vec::new(),
                };
                walk.visit(path, name.clone(), *kind)?;
                Ok::<Found, SourceError>(walk.found)
            },
        );
        for found in walked {
            let found = found?;
            self.found.files.extend(found.files);
            self.found.events.extend(found.events);
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
        self.found.events.push(
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
        let remaining = self.remaining.load(Ordering::Relaxed);
        if info.len() > remaining {
            return Err(SourceError::TooLarge(name));
        }
        let length = self.read(&mut file, info.len()).map_err(unreadable)? as u64;
        let left = |remaining: u64| remaining.checked_sub(length);
        let taken = self
            .remaining
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        if taken.is_err() {
            return Err(SourceError::TooLarge(name));
        }
        let data = &self.buffer[..length as usize];
        self.found.files.push(File {
            name,
            data: data.strip_prefix(BOM).unwrap_or(data).into(),
            modtime: info.modified().map(time).unwrap_or_default(),
        });
        Ok(())
    }

    /// Reads a file that is said to be of that length into the buffer, but not more than a chart
    /// may have, and gives how much there is.
    fn read(&mut self, file: &mut fs::File, expected: u64) -> io::Result<usize> {
        let expected = expected as usize;
        // One byte more than there should be shows whether the file has grown meanwhile.
        if self.buffer.len() <= expected {
            self.buffer.resize(expected + 1, 0);
        }
        let length = file.read(&mut self.buffer[..=expected])?;
        if length == expected {
            return Ok(length);
        }
        self.buffer.truncate(length);
        let limit = MAX_CHART_SIZE + 1 - length as u64;
        Read::take(file, limit).read_to_end(&mut self.buffer)?;
        Ok(self.buffer.len())
    }
}

/// What is in a directory, in the order of the names.
fn entries(path: &Path, name: &str) -> Result<Vec<Entry>, SourceError> {
    let failed = |error: io::Error| failed("open", path, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((entry.file_name(), entry.file_type().map_err(failed)?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let entries = entries.into_iter().map(|(entry, kind)| {
        let base = entry.to_string_lossy();
        let name = if name.is_empty() {
            base.into_owned()
        } else {
            format!("{name}/{base}")
        };
        (path.join(&entry), name, kind)
    });
    Ok(entries.collect())
}

/// What a broken link points to.
fn target(link: &Path) -> PathBuf {
    let target = fs::read_link(link).unwrap_or_default();
    let target = link.parent().unwrap_or(Path::new("")).join(target);
    gostd::path::clean_file(&target)
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
