//! Which chart, with which values.

use apply::{Event as Told, Reporter};
use chart::{Chart, Event, Level};
use goval::Map;
use values::Sources;

use crate::Error;
use crate::context::log_all;

/// Which chart a verb is about.
#[derive(Clone, Debug, Default)]
pub struct ChartRequest {
    /// A path; later also a name in a repository, a URL, a reference in a registry.
    pub reference: String,
    /// The version or range that was asked for; empty for the newest.
    pub version: String,
    /// The URL of a repository, if one was given.
    pub repo: String,
    /// Whether a signature must be verified.
    pub verify: bool,
    /// Whether missing dependencies are fetched first.
    pub dependency_update: bool,
}

/// Reads what the command line names: a file, or standard input for `-`.
pub type ReadFile<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// A chart that can be installed, and the user's values for it.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
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
    let log = |event| reporter.report(Told::Log(event));
    let debug = |text: &str| Event::new(Level::Debug, text);
    log(debug("Original chart version").with("version", &request.version));
    refuse_what_is_not_built(request)?;
    let path = source::locate(&request.reference)?;
    log(debug("Chart path").with("path", path.to_string_lossy()));
    let values = values::merge(sources, read)?;
    let loaded = source::load(&path)?;
    log_all(reporter, loaded.events);
    let chart = loaded.chart;
    if !["", "application"].contains(&chart.metadata.kind.as_str()) {
        return Err(Error::NotInstallable(chart.metadata.kind));
    }
    if chart.metadata.deprecated {
        log(Event::warn("this chart is deprecated"));
    }
    let missing = missing_dependencies(&chart);
    if !missing.is_empty() {
        return Err(Error::MissingDependencies(missing.join(", ")));
    }
    Ok(Prepared { chart, values })
}

fn refuse_what_is_not_built(request: &ChartRequest) -> Result<(), Error> {
    let asked = [
        (!request.repo.is_empty(), "--repo"),
        (request.verify, "--verify"),
        (request.dependency_update, "--dependency-update"),
    ];
    match asked.iter().find(|(asked, _)| *asked) {
        Some((_, flag)) => Err(Error::NotBuilt(flag)),
        None => Ok(()),
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
