//! `rollback <RELEASE> [REVISION]`

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation, Value};
use crate::completions;
use crate::flags;
use crate::session::Session;

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
    run: Some(not_built),
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
