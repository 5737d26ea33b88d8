//! Which chart, with which values.

use std::path::{Path, PathBuf};

use apply::{Event as Told, Reporter};
use chart::{Chart, Event, Level};
use goval::Map;
use source::dependencies::Manager;
use source::{Fetcher, Listener, Wanted};
use values::Sources;

use crate::Error;
use crate::context::log_all;

/// Which chart a verb is about, and how it is had.
#[derive(Clone, Debug, Default)]
pub struct ChartRequest {
    /// The chart.
    pub wanted: Wanted,
    /// What finds and fetches it.
    pub fetcher: Fetcher,
    /// What brings missing dependencies first, if that is asked for.
    pub dependency_update: Option<Manager>,
}

/// Reads what the command line names: a file, or standard input for `-`.
pub type ReadFile<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// A chart that can be deployed, and the user's values for it.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) chart: Chart,
    pub(crate) values: Map,
}

/// Finds the chart, merges the user's values, and checks that the chart can be installed; in
/// Helm's order, so that of several mistakes the same one is reported.
pub(crate) fn prepare(
    request: &ChartRequest,
    sources: &Sources,
    read: ReadFile<'_>,
    reporter: &dyn Reporter,
) -> Result<Prepared, Error> {
    let log = |event| reporter.log(event);
    let debug = |text: &str| Event::new(Level::Debug, text);
    log(debug("Original chart version").with("version", &request.wanted.version));
    let path = locate(request, reporter)?;
    log(debug("Chart path").with("path", path.to_string_lossy()));
    let values = values::merge(sources, read)?;
    let mut chart = load(&path, reporter)?;
    if !["", "application"].contains(&chart.metadata.kind.as_str()) {
        return Err(Error::NotInstallable(chart.metadata.kind));
    }
    warn_if_deprecated(&chart, reporter);
    bring_dependencies(&mut chart, request, &path, reporter)?;
    Ok(Prepared { chart, values })
}

/// The same for an upgrade: any type of chart will do, and missing dependencies are told first.
///
/// # Errors
/// What Helm reports, in its words.
pub fn prepare_upgrade(
    request: &ChartRequest,
    sources: &Sources,
    read: ReadFile<'_>,
    reporter: &dyn Reporter,
) -> Result<Prepared, Error> {
    let path = locate(request, reporter)?;
    let values = values::merge(sources, read)?;
    let mut chart = load(&path, reporter)?;
    bring_dependencies(&mut chart, request, &path, reporter)?;
    warn_if_deprecated(&chart, reporter);
    Ok(Prepared { chart, values })
}

fn warn_if_deprecated(chart: &Chart, reporter: &dyn Reporter) {
    if chart.metadata.deprecated {
        reporter.log(Event::warn("this chart is deprecated"));
    }
}

fn load(path: &Path, reporter: &dyn Reporter) -> Result<Chart, Error> {
    let loaded = source::load(path)?;
    log_all(reporter, loaded.events);
    Ok(loaded.chart)
}

/// Whether all dependencies are there; if some are not, they are brought where that is asked for.
pub(crate) fn bring_dependencies(
    chart: &mut Chart,
    request: &ChartRequest,
    path: &Path,
    reporter: &dyn Reporter,
) -> Result<(), Error> {
    let missing = missing_dependencies(chart).join(", ");
    match &request.dependency_update {
        _ if missing.is_empty() => Ok(()),
        None => Err(Error::MissingDependencies(missing)),
        Some(manager) => {
            let manager = Manager {
                directory: path.to_path_buf(),
                ..manager.clone()
            };
            manager.update(&Heard(reporter))?;
            let reloaded = load(path, reporter);
            *chart = reloaded.map_err(|error| {
                Error::Other(format!("failed reloading chart after repo update: {error}"))
            })?;
            Ok(())
        }
    }
}

/// The path of the chart.
pub(crate) fn locate(request: &ChartRequest, reporter: &dyn Reporter) -> Result<PathBuf, Error> {
    Ok(request.fetcher.locate(&request.wanted, &Heard(reporter))?)
}

/// A reporter who hears of downloads too.
pub(crate) struct Heard<'a>(pub(crate) &'a dyn Reporter);

impl Listener for Heard<'_> {
    fn say(&self, line: &str) {
        self.0.report(Told::Said(line.to_owned()));
    }

    fn say_aside(&self, line: &str) {
        self.0.report(Told::SaidAside(line.to_owned()));
    }

    fn log(&self, event: Event) {
        self.0.log(event);
    }
}

/// The dependencies of Chart.yaml that are not among the subcharts, by name (`CheckDependencies`).
pub(crate) fn missing_dependencies(chart: &Chart) -> Vec<&str> {
    let present = |name: &str| chart.dependencies.iter().any(|child| child.name() == name);
    let declared = chart.metadata.dependencies.iter();
    declared
        .map(|dependency| dependency.name.as_str())
        .filter(|name| !present(name))
        .collect()
}
