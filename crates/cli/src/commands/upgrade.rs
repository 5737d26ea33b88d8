//! `upgrade [RELEASE] [CHART]`

use action::Deploy;
use action::install::Install;
use action::upgrade::{Standing, Upgrade, prepare, standing, upgrade};
use goval::strconv::quote;
use release::Release;
use values::Reuse;

use super::{install as installing, status};
use crate::command::{Args, Command, Completions, Flag, FlagSet, Invocation, Kind, Value};
use crate::error::Failure;
use crate::output::Format;
use crate::session::Session;
use crate::{completions, connect, fetching, flags, requests, settings};

pub(super) static UPGRADE: Command = Command {
    usage: "upgrade [RELEASE] [CHART]",
    short: "upgrade a release",
    long: "\
Upgrades a release to a version of a chart, or to other values. Charts and values are named as for
`{bin} install`.

The values of the last revision are dropped, unless --reuse-values or --reset-then-reuse-values is
given; if no values are given at all, they are kept.

    $ {bin} upgrade -f values.yaml --set name=prod redis ./redis
    $ {bin} upgrade --reuse-values --set foo=bar redis ./redis

--install installs the chart if there is no such release. --dry-run shows what would be done; secrets
are shown too, unless --hide-secret is given.
",
    args: Args::Exactly(2),
    flags: &[
        &[
            Flag::bool("install", "install the chart if there is no such release").short('i'),
            Flag::bool("create-namespace", "with --install, create the namespace if it is not there"),
            Flag::text("server-side", "apply on the server: \"true\", \"false\", or \"auto\" as the release was applied before")
                .default("auto"),
            Flag::bool("no-hooks", "do not run hooks"),
            Flag::bool("skip-crds", "with --install, do not install custom resource definitions"),
            Flag::bool("reset-values", "drop the values of the last revision"),
            Flag::bool("reuse-values", "keep the values of the last revision; ignored with --reset-values"),
            Flag::bool(
                "reset-then-reuse-values",
                "take the chart's values and put those of the last revision over them; ignored with --reset-values and --reuse-values",
            ),
            Flag::bool("rollback-on-failure", "go back to the last good revision if the upgrade fails; turns --wait on"),
            flags::ATOMIC,
            Flag::int("history-max", "revisions to keep; 0 keeps all")
                .default_from(|env| Value::Int(settings::max_history(env))),
            Flag::bool("cleanup-on-fail", "delete new resources of this upgrade if it fails"),
            Flag::bool("take-over", "go on from a pending revision whose process is known to be dead").hidden(),
            Flag::bool("hide-notes", "do not show notes; they are stored all the same"),
            Flag::bool("render-subchart-notes", "show the notes of subcharts too"),
            Flag::bool("hide-secret", "hide Secrets in the output of a dry run"),
            Flag::new(Kind::Pairs, "labels", "labels for the release record, added to the ones it has: key1=val1,key2=null")
                .short('l'),
            Flag::bool("take-ownership", "take over resources that are there and belong to no release"),
            flags::DRY_RUN,
        ],
        flags::RENDER,
        flags::FORCE,
        flags::WAIT,
        flags::VALUES,
        flags::CHART,
        flags::POST_RENDERER,
        flags::OUTPUT,
    ],
    exclusive: flags::FORCE_GROUPS,
    complete: Some(complete),
    run: Some(run),
    ..Command::EMPTY
};

/// A release, then a chart.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    match invocation.args().len() {
        0 => completions::releases(session, invocation, word),
        1 => completions::charts(session, invocation, word),
        _ => completions::no_more(session, invocation, word),
    }
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let (name, chart) = match invocation.args() {
        [name, chart] => (name.clone(), chart.clone()),
        _ => return Err(Failure::new("\"upgrade\" requires 2 arguments")),
    };
    fetching::check_access(flags)?;
    let deploy = requests::deploy(session, flags)?;
    if flags.bool("install") {
        let standing = stands(session, flags, &name)?;
        if standing != Standing::Present {
            return install(session, invocation, name, chart, deploy, standing);
        }
    }
    let release = perform(session, invocation, name.clone(), chart, deploy)?;
    if Format::of(flags) == Format::Table {
        let name = quote(&name);
        let text = format!("Release {name} has been upgraded. Happy Helming!\n");
        session.ui.print(&text)?;
    }
    status::print_change(session, invocation, &release)
}

fn stands(session: &Session, flags: &FlagSet, name: &str) -> Result<Standing, Failure> {
    let world = connect::world(session, flags.bool("enable-dns"));
    let context = connect::context(session, world)?;
    session.wait(standing(name, &context))
}

/// Installs what is not there, or only on record.
fn install(
    session: &mut Session,
    invocation: &Invocation,
    name: String,
    chart: String,
    deploy: Deploy,
    standing: Standing,
) -> Result<(), Failure> {
    let flags = &invocation.flags;
    if Format::of(flags) == Format::Table {
        let name = quote(&name);
        let text = format!("Release {name} does not exist. Installing it now.\n");
        session.ui.print(&text)?;
    }
    let chart = requests::chart(session, flags, &chart)?;
    let request = Install {
        replace: standing == Standing::Uninstalled,
        take_over: flags.bool("take-over"),
        server_side: flags.text("server-side") != "false",
        ..installing::request(session, flags, name, chart, deploy)
    };
    let world = connect::world(session, flags.bool("enable-dns"));
    let release = installing::perform(session, invocation, request, world)?;
    status::print_change(session, invocation, &release)
}

fn perform(
    session: &mut Session,
    invocation: &Invocation,
    name: String,
    chart: String,
    deploy: Deploy,
) -> Result<Release, Failure> {
    let flags = &invocation.flags;
    let chart = requests::chart(session, flags, &chart)?;
    let sources = requests::sources(flags);
    let prepared = prepare(
        &chart,
        &sources,
        &mut requests::reader(session),
        &session.lines(),
    )?;
    let told = name.clone();
    let request = Upgrade {
        name,
        reuse: reuse(flags),
        server_side: flags.text("server-side").to_owned(),
        cleanup_on_fail: flags.bool("cleanup-on-fail"),
        max_history: flags.int("history-max"),
        take_over: flags.bool("take-over"),
        deploy,
    };
    let world = connect::world(session, flags.bool("enable-dns"));
    let upgraded = connect::run(session, world, Some(told), async |context| {
        upgrade(request, prepared, context).await
    });
    upgraded.map_err(|failure| failure.after("UPGRADE FAILED: "))
}

/// Of several flags the first in this order counts.
fn reuse(flags: &FlagSet) -> Reuse {
    if flags.bool("reset-values") {
        Reuse::Never
    } else if flags.bool("reuse-values") {
        Reuse::WithOldChart
    } else if flags.bool("reset-then-reuse-values") {
        Reuse::OverNewChart
    } else {
        Reuse::UnlessGiven
    }
}
