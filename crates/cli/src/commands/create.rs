//! `create NAME`

use std::path::{Path, PathBuf};

use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, times};

pub(super) static CREATE: Command = Command {
    usage: "create NAME",
    short: "create a new chart with the given name",
    long: "\
Creates a directory with a chart that works: metadata, values, templates and a test.

If NAME is a path, the directories above it are created too. A chart that is already there keeps the
files that the new one does not have; the others are overwritten.
",
    args: Args::Exactly(1),
    flags: &[&[
        Flag::text(
            "starter",
            "name or absolute path of a starter chart to begin with",
        )
        .short('p'),
        Flag::text("chart-api-version", "API version of the chart: v2 or v3")
            .default("v2")
            .hidden(),
    ]],
    complete: Some(complete),
    run: Some(run),
    ..Command::EMPTY
};

/// A name is free to choose, with files as a help; there is only one.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().is_empty() {
        Completions::default()
    } else {
        completions::no_more(session, invocation, word)
    }
}

/// The variable without which charts of version 3 are refused.
const GATE: &str = "HELM_EXPERIMENTAL_CHART_V3";

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let name = invocation.args().first().map_or("", String::as_str);
    session.ui.print(&format!("Creating {name}\n"))?;
    match flags.text("chart-api-version") {
        "" | "v2" => {}
        "v3" if session.env.text(GATE).is_empty() => {
            return Err(Failure::new(format!(
                "this feature has been marked as experimental and is not enabled by default. Please set {GATE}=1 in your environment to use this feature"
            )));
        }
        "v3" => {
            return Err(Failure::new(
                "creating charts of version 3 is not built yet",
            ));
        }
        other => {
            return Err(Failure::new(format!(
                "unsupported chart API version: {other} (supported: v2, v3)"
            )));
        }
    }
    let path = Path::new(name);
    let starter = flags.text("starter");
    if !starter.is_empty() {
        let starter = PathBuf::from(session.env.data_path("starters")).join(starter);
        let now = times::now(session);
        return Ok(action::create::create_from(path, &starter, now)?);
    }
    let mut warnings = Vec::new();
    let created = action::create::create(path, &mut |warning| warnings.push(warning.to_owned()));
    for warning in warnings {
        session.ui.print(&format!("{warning}\n"))?;
    }
    Ok(created?)
}
