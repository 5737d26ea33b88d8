//! The way from a chart to text through the libraries alone.

use std::sync::Arc;

use chart::{Chart, Event};
use funcs::{NullWorld, World};
use goval::Map;
use manifest::{Order, Sorted, with_source};
use render::{Capabilities, ReleaseOptions, RenderOptions, Rendered};
use values::SchemaLoader;

/// Renders a chart as `helm template NAME CHART --namespace NS --include-crds` does, in a world that
/// stands still, and adds what is worth saying to `events`.
///
/// # Errors
/// What Helm prints after `Error: `, without its hint.
pub fn template(
    mut chart: Chart,
    user: &Map,
    name: &str,
    namespace: &str,
    events: &mut Vec<Event>,
) -> Result<String, String> {
    if chart.metadata.is_library() {
        return Err("library charts are not installable".to_owned());
    }
    let rendered = render(&mut chart, user, name, namespace, events)?;
    let files = rendered.files.iter();
    let files = files.map(|(path, text)| (path.as_str(), text.as_slice()));
    let sorted = manifest::sort(files, Order::Install).map_err(text)?;
    for hooks in &sorted.unknown_hooks {
        events.push(Event::info("skipping unknown hooks").with("hookTypes", hooks));
    }
    Ok(screen(&chart, &sorted))
}

/// Processes the dependencies of a chart, checks its values, and renders its templates in a world that
/// stands still.
///
/// # Errors
/// The first thing that is wrong, in Helm's words.
pub fn render(
    chart: &mut Chart,
    user: &Map,
    name: &str,
    namespace: &str,
    events: &mut Vec<Event>,
) -> Result<Rendered, String> {
    values::process_dependencies(chart, user, events).map_err(text)?;
    let values = values::coalesce(chart, user, events).map_err(text)?;
    let loader: SchemaLoader = Arc::new(|url: &str| Err(format!("{url} is not loaded")));
    values::validate(chart, &values, &loader, events).map_err(text)?;
    let release = ReleaseOptions {
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        revision: 1,
        is_install: true,
        is_upgrade: false,
    };
    let world: Arc<dyn World> = Arc::new(NullWorld::default());
    let capabilities = Capabilities::default();
    let options = RenderOptions::default();
    render::render(
        chart,
        &values,
        &release,
        &capabilities,
        &world,
        &options,
        events,
    )
    .map_err(text)
}

/// Definitions, objects and hooks, one after the other.
fn screen(chart: &Chart, sorted: &Sorted) -> String {
    let mut objects = String::new();
    for crd in chart.crds() {
        objects += &with_source(&crd.path, &crd.data.to_str_lossy());
    }
    for manifest in &sorted.manifests {
        objects += &with_source(&manifest.path, &manifest.content);
    }
    let mut out = format!("{}\n", objects.trim());
    for hook in &sorted.hooks {
        out += &with_source(&hook.path, &hook.manifest);
    }
    out
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
