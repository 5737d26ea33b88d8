//! `lint`: what is wrong with a chart, and what could be better.
//!
//! Rules run in a fixed order: [`chartfile`], the values, [`templates`], [`dependencies`], [`crds`].

mod chartfile;
mod contacts;
mod crds;
mod dependencies;
mod deprecated;
mod heads;
mod names;
mod templates;
mod values_file;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use apply::Reporter;
use chart::{Chart, Event, Loaded};
use funcs::World;
use gostd::path::clean_file;
use goval::Map;
use render::KubeVersion;
use source::Http;

use crate::Error;
use crate::context::log_all;
use crate::problem::{Origins, Problem, problems};

/// How to lint.
#[derive(Clone, Debug, Default)]
pub struct Lint {
    /// The namespace that templates see.
    pub namespace: String,
    /// The version of Kubernetes that templates see and that decides what is deprecated; none for
    /// the default.
    pub kube_version: Option<KubeVersion>,
    /// Whether values are not checked against schemas.
    pub skip_schema: bool,
    /// How schemas on the network are fetched.
    pub http: Http,
    /// Whether warnings count as failures.
    pub strict: bool,
    /// The files of the user's values, if all mistakes are to be told with the lines that they are
    /// about, instead of the first one of each kind.
    pub explain: Option<Vec<String>>,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It could be better.
    Info,
    /// It breaks with custom, but will work.
    Warning,
    /// It will not work.
    Error,
}

/// One thing that a rule has found.
///
/// `Display` gives Helm's line: `[ERROR] Chart.yaml: version is required`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How bad it is.
    pub severity: Severity,
    /// The file it is about.
    pub path: String,
    /// What was found.
    pub text: String,
    /// The same, mistake by mistake; empty unless [`Lint::explain`] asks for it, or the text says all.
    pub problems: Vec<Problem>,
}

/// What came of one chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What the rules have found.
    pub messages: Vec<Message>,
    /// Why the chart has failed: the texts of messages that are bad enough, or what kept the rules
    /// from being run at all.
    pub errors: Vec<String>,
}

impl Report {
    /// Whether there is more to say than information.
    pub fn has_warnings(&self) -> bool {
        let mut messages = self.messages.iter();
        messages.any(|message| message.severity > Severity::Info) || !self.errors.is_empty()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        };
        write!(f, "[{severity}] {}: {}", self.path, self.text)
    }
}

/// Lints the chart in a directory or, by its name's ending, an archive.
pub fn lint(
    path: &str,
    values: &Map,
    options: &Lint,
    world: &Arc<dyn World>,
    reporter: &dyn Reporter,
) -> Report {
    let unpacked;
    let directory = if is_archive(path) {
        match source::unpack_aside(Path::new(path)) {
            Ok(folder) => {
                unpacked = folder;
                unpacked.chart().to_path_buf()
            }
            Err(why) => return Report::failed(why),
        }
    } else {
        PathBuf::from(path)
    };
    if let Err(why) = source::check_exists(&join(&directory, "Chart.yaml")) {
        return Report::failed(format!("unable to check Chart.yaml file in chart: {why}"));
    }
    let mut linter = Linter {
        directory: std::path::absolute(&directory).unwrap_or(directory),
        shown: path.to_owned(),
        values,
        options,
        world,
        reporter,
        loaded: None,
        messages: Vec::new(),
    };
    chartfile::check(&mut linter);
    values_file::check(&mut linter);
    templates::check(&mut linter);
    dependencies::check(&mut linter);
    crds::check(&mut linter);
    Report::of(linter.messages, options.strict)
}

/// A chart and, after it, the charts and archives below its `charts/`, in the order of a walk.
pub fn with_subcharts(path: &str) -> Vec<String> {
    let mut paths = vec![path.to_owned()];
    for file in source::walk(&join(Path::new(path), "charts")) {
        let shown = file.to_string_lossy();
        if file.file_name().is_some_and(|name| name == "Chart.yaml") {
            paths.extend(
                file.parent()
                    .map(|chart| chart.to_string_lossy().into_owned()),
            );
        } else if is_archive(&shown) {
            paths.push(shown.into_owned());
        }
    }
    paths
}

fn is_archive(path: &str) -> bool {
    path.ends_with(".tgz") || path.ends_with(".tar.gz")
}

/// Joins and cleans, as Go's `filepath.Join` does.
fn join(base: &Path, below: &str) -> PathBuf {
    clean_file(&base.join(below))
}

impl Report {
    fn failed(why: String) -> Report {
        Report {
            messages: Vec::new(),
            errors: vec![why],
        }
    }

    fn of(messages: Vec<Message>, strict: bool) -> Report {
        let tolerated = if strict {
            Severity::Info
        } else {
            Severity::Warning
        };
        let bad = messages
            .iter()
            .filter(|message| message.severity > tolerated);
        Report {
            errors: bad.map(|message| message.text.clone()).collect(),
            messages,
        }
    }
}

/// What rules have at hand, and where they leave what they find.
struct Linter<'a> {
    /// The chart's directory, absolute.
    directory: PathBuf,
    /// The chart as it was named.
    shown: String,
    values: &'a Map,
    options: &'a Lint,
    world: &'a Arc<dyn World>,
    reporter: &'a dyn Reporter,
    /// The chart as it was read by the first rule that needed it.
    loaded: Option<Result<Loaded, String>>,
    messages: Vec<Message>,
}

impl Linter<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn log(&self, events: impl IntoIterator<Item = Event>) {
        log_all(self.reporter, events);
    }

    fn add(&mut self, severity: Severity, path: &str, text: impl Into<String>) {
        self.messages.push(Message {
            severity,
            path: path.to_owned(),
            text: text.into(),
            problems: Vec::new(),
        });
    }

    /// Notes an error of another part of the program.
    fn add_error(&mut self, path: &str, error: &Error) {
        self.add(Severity::Error, path, error.to_string());
        if let (Some(files), Some(message)) = (&self.options.explain, self.messages.last_mut()) {
            let origins = Origins {
                chart: self.shown.clone(),
                files: files.clone(),
            };
            message.problems = problems(error, &origins);
        }
    }

    /// Notes what a check has found; gives whether it has found nothing.
    fn note(&mut self, severity: Severity, path: &str, checked: Result<(), String>) -> bool {
        match checked {
            Ok(()) => true,
            Err(text) => {
                self.add(severity, path, text);
                false
            }
        }
    }

    fn error(&mut self, path: &str, checked: Result<(), String>) -> bool {
        self.note(Severity::Error, path, checked)
    }

    fn warning(&mut self, path: &str, checked: Result<(), String>) -> bool {
        self.note(Severity::Warning, path, checked)
    }

    /// The chart. Helm reads it again for each rule, so what is worth saying is said each time.
    fn chart(&mut self) -> Result<Chart, String> {
        let directory = &self.directory;
        let loaded = self
            .loaded
            .get_or_insert_with(|| source::load_any(directory).map_err(|why| why.to_string()))
            .clone()?;
        self.log(loaded.events);
        Ok(loaded.chart)
    }
}
