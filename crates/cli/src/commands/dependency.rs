//! `dependency build|list|update`

use std::path::{Path, PathBuf};

use gostd::path::clean_file;
use source::Strategy;
use source::dependencies::Manager;

use crate::command::{Args, Command, Flag, Invocation, Kind};
use crate::error::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::{fetching, flags};

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
    run: Some(list),
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
    flags: &[flags::DEPENDENCY, flags::DEPENDENCY_MORE, &[flags::DIGESTS]],
    run: Some(update),
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
    flags: &[flags::DEPENDENCY, flags::DEPENDENCY_MORE],
    run: Some(build),
    ..Command::EMPTY
};

/// The chart's path: the argument, or where we are.
fn chart_path(invocation: &Invocation) -> PathBuf {
    let argument = invocation.args().first();
    argument.map_or_else(|| PathBuf::from("."), |path| clean_file(Path::new(path)))
}

fn list(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let path = chart_path(invocation);
    let Some(listing) = action::dependency::list(&path, &session.lines())? else {
        let charts = clean_file(&path.join("charts"));
        return session.ui.print(&format!(
            "WARNING: no dependencies at {}\n",
            charts.display()
        ));
    };
    let mut table = Table::within(invocation.flags.uint("max-col-width"));
    table.row(["NAME", "VERSION", "REPOSITORY", "STATUS"]);
    for (dependency, state) in &listing.dependencies {
        let chart::Dependency {
            name,
            version,
            repository,
            ..
        } = dependency;
        table.row([name.as_str(), version, repository, state]);
    }
    let mut text = table.render();
    text.push('\n');
    for warning in &listing.warnings {
        text += warning;
        text.push('\n');
    }
    session.ui.print(&text)
}

fn update(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let manager = manager(session, invocation, Strategy::Always)?;
    Ok(manager.update(&session.lines())?)
}

/// What has no provenance file is let through here, and only here, with a warning.
fn build(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let manager = manager(session, invocation, Strategy::IfPossible)?;
    Ok(manager.build(&session.lines())?)
}

fn manager(
    session: &Session,
    invocation: &Invocation,
    strategy: Strategy,
) -> Result<Manager, Failure> {
    let flags = &invocation.flags;
    if flags.bool("offline") && flags.bool("verify") {
        let why = "--verify wants provenance files, which --offline does not fetch";
        return Err(Failure::new(why));
    }
    fetching::check_access(flags)?;
    let access = fetching::access(flags);
    let strategy = match flags.bool("verify") {
        true => strategy,
        false => Strategy::Never,
    };
    Ok(Manager {
        verification: fetching::verification(session, flags, strategy),
        skip_refresh: flags.bool("skip-refresh"),
        recursive: flags.bool("recursive"),
        offline: flags.bool("offline"),
        digests: flags.has("digests") && flags.bool("digests"),
        ..fetching::manager(session, &access, &chart_path(invocation))?
    })
}
