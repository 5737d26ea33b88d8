//! The way from a chart on disk to text, as `helm template --include-crds` goes it.
//!
//! usage: `template NAME CHART [--namespace NS] [-f FILE]… [--set ARG]…`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to whoever runs it"
)]

use std::path::Path;
use std::process::ExitCode;

use chart::Event;
use values::Sources;

struct Arguments {
    positional: Vec<String>,
    namespace: String,
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
    let mut arguments = Arguments {
        positional: Vec::new(),
        namespace: "default".to_owned(),
        sources: Sources::default(),
    };
    while let Some(word) = words.next() {
        let sources = &mut arguments.sources;
        let list = match word.as_str() {
            "template" | "--include-crds" => continue,
            "--namespace" => {
                arguments.namespace = words.next().unwrap_or_default();
                continue;
            }
            "-f" => &mut sources.files,
            "--set" => &mut sources.set,
            "--set-string" => &mut sources.set_string,
            "--set-json" => &mut sources.set_json,
            "--set-file" => &mut sources.set_file,
            "--set-literal" => &mut sources.set_literal,
            _ => {
                arguments.positional.push(word);
                continue;
            }
        };
        list.extend(words.next());
    }
    arguments
}

fn template(
    arguments: &Arguments,
    events: &mut Vec<Event>,
) -> Result<String, Box<dyn std::error::Error>> {
    let [name, chart] = &arguments.positional[..] else {
        return Err("a name and a chart are needed".into());
    };
    let mut read = |name: &str| source::read_file(Path::new(name));
    let user = values::merge(&arguments.sources, &mut read)?;
    let loaded = source::load(Path::new(chart))?;
    events.extend(loaded.events);
    let text = testkit::template(loaded.chart, &user, name, &arguments.namespace, events)?;
    Ok(text)
}
