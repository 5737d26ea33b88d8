//! `rollback <RELEASE> [REVISION]`

use action::DryRun;
use action::rollback::{Rollback, rollback};

use crate::command::{Args, Command, Completions, Flag, Invocation, Value};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, connect, flags, go, requests};

pub(super) static ROLLBACK: Command = Command {
    usage: "rollback <RELEASE> [REVISION]",
    short: "take a release back to an earlier revision",
    long: "\
Takes a release back to an earlier revision, or to the one before the current one if none is named.
`{bin} history RELEASE` shows the revisions.
",
    args: Args::AtLeast(1),
    flags: &[
        &[
            Flag::text("description", "description of the rollback, up to 256 characters"),
            Flag::text("server-side", "apply on the server: \"true\", \"false\", or \"auto\" as the release was applied before")
                .default("auto"),
            Flag::bool("no-hooks", "do not run hooks"),
            Flag::bool("cleanup-on-fail", "delete new resources of this rollback if it fails"),
            Flag::int("history-max", "revisions to keep; 0 keeps all")
                .default_from(|env| Value::Int(crate::settings::max_history(env))),
            flags::TIMEOUT,
            flags::DRY_RUN,
        ],
        flags::FORCE,
        flags::WAIT,
    ],
    exclusive: flags::FORCE_GROUPS,
    complete: Some(complete),
    run: Some(run),
    ..Command::EMPTY
};

/// A release, then one of its revisions.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    match invocation.args().len() {
        0 => completions::releases(session, invocation, word),
        1 => completions::revisions(session, invocation, word),
        _ => completions::no_more(session, invocation, word),
    }
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let mut args = invocation.args().iter();
    let name = args.next().cloned().unwrap_or_default();
    let revision = args.next().map_or(Ok(0), |text| go::atoi(text));
    let revision = revision
        .map_err(|why| Failure::new(format!("could not convert revision to a number: {why}")))?;
    let request = Rollback {
        name,
        revision,
        description: flags.text("description").to_owned(),
        dry_run: requests::dry_run(session, flags)? != DryRun::None,
        hooks: !flags.bool("no-hooks"),
        server_side: flags.text("server-side").to_owned(),
        force_conflicts: flags.bool("force-conflicts"),
        force_replace: flags.bool("force-replace"),
        cleanup_on_fail: flags.bool("cleanup-on-fail"),
        max_history: flags.int("history-max"),
        waiting: requests::waiting(flags, flags.bool("wait-for-jobs")),
    };
    let world = connect::world(session, false);
    connect::run(session, world, None, async |context| {
        rollback(&request, context).await
    })?;
    session.ui.print("Rollback was a success! Happy Helming!\n")
}
