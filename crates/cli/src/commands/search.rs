//! `search hub|repo`

use super::not_built;
use crate::command::{Command, Flag, Kind};
use crate::flags;

pub(super) static SEARCH: Command = Command {
    usage: "search [keyword]",
    short: "search for charts",
    long: "Searches for charts in the Artifact Hub or in the repositories that were added.",
    subcommands: &[&HUB, &REPO],
    ..Command::EMPTY
};

static HUB: Command = Command {
    usage: "hub [KEYWORD]",
    short: "search for charts in the Artifact Hub or a hub of your own",
    long: "\
Searches a hub of charts: the Artifact Hub, or another one that speaks its search protocol.
",
    flags: &[
        &[
            Flag::text("endpoint", "hub to ask").default("https://hub.helm.sh"),
            MAX_WIDTH,
            Flag::bool("list-repo-url", "print the URLs of repositories"),
            FAIL,
        ],
        flags::OUTPUT,
    ],
    run: Some(not_built),
    ..Command::EMPTY
};

static REPO: Command = Command {
    usage: "repo [keyword]",
    short: "search the repositories that were added",
    long: "\
Searches the cached indexes of the repositories that were added; `{bin} repo update` refreshes them.
Stable versions only, unless --devel or a --version range that asks for others is given.
",
    flags: &[
        &[
            Flag::bool("regexp", "the keyword is a regular expression").short('r'),
            Flag::bool("versions", "list every version of every chart").short('l'),
            Flag::bool(
                "devel",
                "consider development versions too, as '>0.0.0-0' does; ignored with --version",
            ),
            Flag::text("version", "only versions in this range"),
            MAX_WIDTH,
            FAIL,
        ],
        flags::OUTPUT,
    ],
    run: Some(not_built),
    ..Command::EMPTY
};

const MAX_WIDTH: Flag =
    Flag::new(Kind::Uint, "max-col-width", "width of the widest column").default("50");
const FAIL: Flag = Flag::bool("fail-on-no-result", "fail if nothing is found");
