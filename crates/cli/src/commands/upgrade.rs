//! `upgrade [RELEASE] [CHART]`

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation, Kind, Value};
use crate::completions;
use crate::flags;
use crate::session::Session;
use crate::settings;

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
    run: Some(not_built),
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
