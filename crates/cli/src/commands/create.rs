//! `create NAME`

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::completions;
use crate::session::Session;

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
    run: Some(not_built),
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
