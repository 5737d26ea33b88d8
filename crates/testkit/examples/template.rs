//! The way from a chart to text through the libraries alone, as `helm template` goes it.
//!
//! usage: `template NAME CHART [--namespace NS] [--include-crds] [-f FILE]… [--set ARG]…`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to whoever runs it"
)]

use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;

use chart::Event;
use funcs::{NullWorld, World};
use manifest::{Order, with_source};
use render::{Capabilities, ReleaseOptions, RenderOptions};
use values::{SchemaLoader, Sources};

struct Arguments {
    name: String,
    chart: String,
    namespace: String,
    include_crds: bool,
    sources: Sources,
}

fn main() -> ExitCode {
    let arguments = arguments(std::env::args().skip(1));
    let mut events = Vec::new();
    let result = template(&arguments, &mut events);
    for event in &events {
        eprintln!("{event}");
    }
    match result {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments(mut words: impl Iterator<Item = String>) -> Arguments {
    let mut positional = Vec::new();
    let mut arguments = Arguments {
        name: String::new(),
        chart: String::new(),
        namespace: "default".to_owned(),
        include_crds: false,
        sources: Sources::default(),
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default();
        match word.as_str() {
            "template" => {}
            "--namespace" => arguments.namespace = value(),
            "--include-crds" => arguments.include_crds = true,
            "-f" => arguments.sources.files.push(value()),
            "--set" => arguments.sources.set.push(value()),
            "--set-string" => arguments.sources.set_string.push(value()),
            "--set-json" => arguments.sources.set_json.push(value()),
            "--set-file" => arguments.sources.set_file.push(value()),
            "--set-literal" => arguments.sources.set_literal.push(value()),
            _ => positional.push(word),
        }
    }
    let mut positional = positional.into_iter();
    arguments.name = positional.next().unwrap_or_default();
    arguments.chart = positional.next().unwrap_or_default();
    arguments
}

fn template(
    arguments: &Arguments,
    events: &mut Vec<Event>,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut read = |name: &str| source::read_file(Path::new(name));
    let user = values::merge(&arguments.sources, &mut read)?;
    let path = source::locate(&arguments.chart)?;
    let loaded = source::load(&path)?;
    events.extend(loaded.events);
    let mut chart = loaded.chart;
    if chart.metadata.deprecated {
        events.push(Event::warn("this chart is deprecated"));
    }
    values::process_dependencies(&mut chart, &user, events)?;
    let release = ReleaseOptions {
        name: arguments.name.clone(),
        namespace: arguments.namespace.clone(),
        revision: 1,
        is_install: true,
        is_upgrade: false,
    };
    let all = values::coalesce(&chart, &user, events)?;
    let loader: SchemaLoader = Rc::new(|url: &str| Err(format!("{url} is not loaded")));
    values::validate(&chart, &all, &loader, events)?;
    let world: Arc<dyn World> = Arc::new(NullWorld::default());
    let capabilities = Capabilities::default();
    let options = RenderOptions::default();
    let hint = "\n\nUse --debug flag to render out invalid YAML";
    let rendered = render::render(&chart, &all, &release, &capabilities, &world, &options)
        .map_err(|error| format!("{error}{hint}"))?;
    events.extend(rendered.events);
    let files = rendered.files.iter();
    let files = files.map(|(path, text)| (path.as_str(), text.as_slice()));
    let sorted = manifest::sort(files, Order::Install).map_err(|error| format!("{error}{hint}"))?;
    for hooks in &sorted.unknown_hooks {
        events.push(Event::info("skipping unknown hooks").with("hookTypes", hooks));
    }
    let mut text = String::new();
    if arguments.include_crds {
        for crd in chart.crds() {
            text += &with_source(&crd.path, &crd.data.to_str_lossy());
        }
    }
    for manifest in &sorted.manifests {
        text += &with_source(&manifest.path, &manifest.content);
    }
    let mut out = format!("{}\n", text.trim());
    for hook in &sorted.hooks {
        out += &with_source(&hook.path, &hook.manifest);
    }
    Ok(out)
}
