//! `pull [chart URL | repo/chartname] [...]`

use super::not_built;
use crate::command::{Args, Command, Flag};
use crate::completions;
use crate::flags;

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
    complete: Some(completions::charts),
    run: Some(not_built),
    ..Command::EMPTY
};
