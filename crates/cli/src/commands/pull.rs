//! `pull [chart URL | repo/chartname] [...]`

use std::path::Path;

use action::pull::Pull;
use chart::{Event, Level};
use source::Strategy;

use crate::command::{Args, Command, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, fetching, flags};

pub(super) static PULL: Command = Command {
    usage: "pull [chart URL | repo/chartname] [...]",
    aliases: &["fetch"],
    short: "download a chart, and unpack it if asked to",
    long: "\
Downloads charts from a repository, a registry or a URL into a directory, to look at them or to
change them. With --verify, a chart must have a provenance file that fits.
",
    args: Args::AtLeast(1),
    flags: &[
        &[
            Flag::bool(
                "devel",
                "consider development versions too, as '>0.0.0-0' does; ignored with --version",
            ),
            Flag::bool("untar", "unpack the chart"),
            Flag::bool(
                "prov",
                "download the provenance file too, without verifying",
            ),
            Flag::text("untardir", "directory to unpack to, below the destination").default("."),
            Flag::text("destination", "directory to write to")
                .short('d')
                .default("."),
        ],
        flags::CHART,
    ],
    complete: Some(completions::remote_chart),
    run: Some(run),
    ..Command::EMPTY
};

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    if flags.text("version").is_empty() && flags.bool("devel") {
        let event = Event::new(Level::Debug, "setting version to >0.0.0-0");
        session.ui.log(&event);
    }
    fetching::check_access(flags)?;
    let fetcher = fetching::fetcher(session);
    let lines = session.lines();
    for reference in invocation.args() {
        let mut wanted = fetching::wanted(session, flags, reference);
        if flags.bool("prov") && !flags.bool("verify") {
            wanted.verification = fetching::verification(session, flags, Strategy::Later);
        }
        let request = Pull {
            wanted,
            destination: Path::new(flags.text("destination")),
            untar: flags
                .bool("untar")
                .then(|| Path::new(flags.text("untardir"))),
        };
        if let Some(verified) = action::pull::pull(&request, &fetcher, &lines)? {
            session.ui.print(&verified.report("Chart"))?;
        }
    }
    Ok(())
}
