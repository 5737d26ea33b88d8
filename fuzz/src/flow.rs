//! The way of a chart to its manifests, as `template` goes it.

use std::sync::Arc;

use chart::Chart;
use funcs::{NullWorld, World};
use goval::Map;
use manifest::Order;
use render::{Capabilities, ReleaseOptions, RenderOptions};

/// Renders a chart and takes apart what comes out, in a world that stands still.
///
/// # Errors
/// The first thing that is wrong with the chart.
pub(crate) fn render(mut chart: Chart, user: &Map) -> Result<(), String> {
    let events = &mut Vec::new();
    values::process_dependencies(&mut chart, user, events).map_err(text)?;
    let values = values::coalesce(&chart, user, events).map_err(text)?;
    let release = ReleaseOptions {
        name: "rel".to_owned(),
        namespace: "ns".to_owned(),
        revision: 1,
        is_install: true,
        is_upgrade: false,
    };
    let world: Arc<dyn World> = Arc::new(NullWorld::default());
    let capabilities = Capabilities::default();
    let options = RenderOptions::default();
    let rendered = render::render(
        &chart,
        &values,
        &release,
        &capabilities,
        &world,
        &options,
        events,
    );
    let files = rendered.map_err(text)?.files;
    let files = files.iter().map(|(path, text)| (path.as_str(), &text[..]));
    manifest::sort(files, Order::Install)
        .map(drop)
        .map_err(text)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
