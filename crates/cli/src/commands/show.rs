//! `show all|chart|crds|readme|values`

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::completions;
use crate::flags;
use crate::session::Session;

pub(super) static SHOW: Command = Command {
    usage: "show",
    aliases: &["inspect"],
    short: "show what a chart holds",
    long: "Shows parts of a chart without installing it.",
    args: Args::None,
    subcommands: &[&ALL, &VALUES, &CHART, &README, &CRDS],
    ..Command::EMPTY
};

const DEVEL: Flag = Flag::bool(
    "devel",
    "consider development versions too, as '>0.0.0-0' does; ignored with --version",
);

/// What the subcommands have in common.
const PART: Command = Command {
    args: Args::Exactly(1),
    flags: &[&[DEVEL], flags::CHART],
    complete: Some(complete),
    run: Some(not_built),
    ..Command::EMPTY
};

static ALL: Command = Command {
    usage: "all [CHART]",
    short: "show everything",
    long: "Shows Chart.yaml, the default values, the README and the custom resource definitions.",
    ..PART
};

static VALUES: Command = Command {
    usage: "values [CHART]",
    short: "show the default values",
    long: "Shows the values.yaml of a chart as it stands there.",
    flags: &[
        &[
            DEVEL,
            Flag::text("jsonpath", "JSONPath expression that picks what is shown"),
        ],
        flags::CHART,
    ],
    ..PART
};

static CHART: Command = Command {
    usage: "chart [CHART]",
    short: "show Chart.yaml",
    long: "Shows the definition of a chart: its Chart.yaml.",
    ..PART
};

static README: Command = Command {
    usage: "readme [CHART]",
    short: "show the README",
    long: "Shows the README of a chart.",
    ..PART
};

static CRDS: Command = Command {
    usage: "crds [CHART]",
    short: "show the custom resource definitions",
    long: "Shows the custom resource definitions that a chart brings.",
    ..PART
};

/// One chart.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().is_empty() {
        completions::charts(session, invocation, word)
    } else {
        completions::no_more(session, invocation, word)
    }
}
