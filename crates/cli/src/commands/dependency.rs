//! `dependency build|list|update`

use super::not_built;
use crate::command::{Args, Command, Flag, Kind};
use crate::flags;

pub(super) static DEPENDENCY: Command = Command {
    usage: "dependency update|build|list",
    aliases: &["dep", "dependencies"],
    short: "manage the dependencies of a chart",
    long: "\
Manages the charts that a chart depends on.

They are named in Chart.yaml and stored in charts/:

    dependencies:
    - name: nginx
      version: \"1.2.3\"
      repository: \"https://example.com/charts\"
    - name: memcached
      version: \">=3 <5\"
      repository: \"file://../memcached\"

The version may be a range. The repository is the URL of a chart repository, an `oci://` reference,
`@name` or `alias:name` of a repository that was added, or the path of a directory.
",
    args: Args::None,
    subcommands: &[&LIST, &UPDATE, &BUILD],
    ..Command::EMPTY
};

static LIST: Command = Command {
    usage: "list CHART",
    aliases: &["ls"],
    short: "list the dependencies of a chart",
    long: "\
Lists what a chart depends on and what of it is in charts/. The chart may be a directory or an
archive; nothing is changed.
",
    args: Args::AtMost(1),
    flags: &[&[Flag::new(Kind::Uint, "max-col-width", "width of the widest column").default("80")]],
    run: Some(not_built),
    ..Command::EMPTY
};

static UPDATE: Command = Command {
    usage: "update CHART",
    aliases: &["up"],
    short: "bring charts/ in line with Chart.yaml",
    long: "\
Downloads what Chart.yaml asks for into charts/, removes what it no longer asks for, and writes the
versions that were chosen to Chart.lock.
",
    args: Args::AtMost(1),
    flags: &[flags::DEPENDENCY],
    run: Some(not_built),
    ..Command::EMPTY
};

static BUILD: Command = Command {
    usage: "build CHART",
    short: "rebuild charts/ from Chart.lock",
    long: "\
Downloads the versions that Chart.lock names into charts/, without choosing new ones. Without a
Chart.lock it does what `dependency update` does.
",
    args: Args::AtMost(1),
    flags: &[flags::DEPENDENCY],
    run: Some(not_built),
    ..Command::EMPTY
};
