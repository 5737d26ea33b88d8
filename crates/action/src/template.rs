//! `template`: what an installation would send, without a cluster.

use std::collections::BTreeMap;
use std::sync::Arc;

use apply::Reporter;
use chart::Glob;
use funcs::World;
use render::{Capabilities, KubeVersion};
use values::Sources;

use crate::chart_request::{ReadFile, prepare};
use crate::context::now;
use crate::draft::{Draft, draft};
use crate::{ChartRequest, Drafted, Error, Rendering, install};

/// What to render.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// Name of the release.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The chart.
    pub chart: ChartRequest,
    /// The user's values.
    pub values: Sources,
    /// How to render.
    pub rendering: Rendering,
    /// Whether templates see an upgrade.
    pub is_upgrade: bool,
    /// The version of Kubernetes that templates see; none for the default.
    pub kube_version: Option<KubeVersion>,
    /// API versions that templates see beside the default ones.
    pub api_versions: Vec<String>,
    /// Labels of the record, checked although none is written.
    pub labels: BTreeMap<String, String>,
}

/// Renders a chart.
///
/// # Errors
/// As [`install::install`], as far as no cluster is needed.
pub fn template(
    request: Template,
    read: ReadFile<'_>,
    world: &Arc<dyn World>,
    reporter: &dyn Reporter,
) -> Result<Drafted, Error> {
    let prepared = prepare(&request.chart, &request.values, read, reporter)?;
    install::check_name(&request.name, reporter)?;
    let prepared = install::process_dependencies(prepared, reporter)?;
    let mut capabilities = Capabilities::default();
    if let Some(version) = request.kube_version {
        capabilities.kube_version = version;
    }
    capabilities.api_versions.extend(request.api_versions);
    let input = Draft {
        options: install::options(&request.name, &request.namespace, 1, request.is_upgrade),
        chart: prepared.chart,
        values: prepared.values,
        labels: request.labels,
        capabilities,
        rendering: request.rendering,
        server_side: true,
        now: now(&**world),
    };
    draft(input, world, reporter)
}

/// The documents of a rendered text that came from these templates, in the order of the wishes;
/// each is a path below the chart's directory, or a pattern for one.
///
/// # Errors
/// A wish that nothing meets.
pub fn show_only(text: &str, wanted: &[String]) -> Result<String, Error> {
    let documents = manifest::split(text);
    let mut out = String::new();
    for pattern in wanted {
        let glob = Glob::parse(pattern);
        let matches = |path| glob.as_ref().is_ok_and(|glob| glob.matches(path));
        let shown = documents
            .iter()
            .filter(|document| template_of(document).is_some_and(matches));
        let before = out.len();
        out.extend(shown.map(|document| format!("---\n{document}\n")));
        if out.len() == before {
            return Err(Error::Other(format!(
                "could not find template {pattern} in chart"
            )));
        }
    }
    Ok(out)
}

/// The path in the first `# Source:` line of a document, without the name of the chart.
fn template_of(document: &str) -> Option<&str> {
    document.lines().find_map(|line| {
        let (_, path) = line.split_once("# Source: ")?;
        let (chart, below) = path.split_once('/')?;
        (!chart.is_empty() && !below.is_empty()).then_some(below)
    })
}
