//! `show all|chart|crds|readme|values`

use action::show::Part;
use chart::{Event, Level};

use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, fetching, flags};

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
    ..Command::EMPTY
};

static ALL: Command = Command {
    usage: "all [CHART]",
    short: "show everything",
    long: "Shows Chart.yaml, the default values, the README and the custom resource definitions.",
    run: Some(|session, invocation| show(session, invocation, Part::All)),
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
    run: Some(|session, invocation| show(session, invocation, Part::Values)),
    ..PART
};

static CHART: Command = Command {
    usage: "chart [CHART]",
    short: "show Chart.yaml",
    long: "Shows the definition of a chart: its Chart.yaml.",
    run: Some(|session, invocation| show(session, invocation, Part::Chart)),
    ..PART
};

static README: Command = Command {
    usage: "readme [CHART]",
    short: "show the README",
    long: "Shows the README of a chart.",
    run: Some(|session, invocation| show(session, invocation, Part::Readme)),
    ..PART
};

static CRDS: Command = Command {
    usage: "crds [CHART]",
    short: "show the custom resource definitions",
    long: "Shows the custom resource definitions that a chart brings.",
    run: Some(|session, invocation| show(session, invocation, Part::Crds)),
    ..PART
};

fn show(session: &mut Session, invocation: &Invocation, part: Part) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let debug = |text: &str| Event::new(Level::Debug, text);
    session
        .ui
        .log(&debug("original chart version").with("version", flags.text("version")));
    if flags.text("version").is_empty() && flags.bool("devel") {
        session.ui.log(&debug("setting version to >0.0.0-0"));
    }
    let reference = invocation.args().first().map_or("", String::as_str);
    let lines = session.lines();
    let path = fetching::quiet_fetcher(session)
        .locate(&fetching::wanted(session, flags, reference), &lines)?;
    let loaded = source::load_any(&path)?;
    for event in &loaded.events {
        session.ui.log(event);
    }
    let jsonpath = match part {
        Part::Values => flags.text("jsonpath"),
        _ => "",
    };
    let text = action::show::show(&loaded.chart, part, jsonpath).map_err(Failure::new)?;
    session.ui.print(&text)
}

/// One chart.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().is_empty() {
        completions::charts(session, invocation, word)
    } else {
        completions::no_more(session, invocation, word)
    }
}
