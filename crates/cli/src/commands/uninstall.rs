//! `uninstall RELEASE_NAME [...]`

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::completions;
use crate::flags;
use crate::session::Session;

pub(super) static UNINSTALL: Command = Command {
    usage: "uninstall RELEASE_NAME [...]",
    aliases: &["del", "delete", "un"],
    suggest_for: &["remove", "rm"],
    short: "uninstall releases",
    long: "\
Removes the resources of releases and their history, so that the names are free again.

--dry-run shows which releases would go. --keep-history keeps the records, marked as uninstalled.
",
    args: Args::AtLeast(1),
    flags: &[&[
        Flag::bool("dry-run", "simulate and change nothing"),
        Flag::bool("no-hooks", "do not run hooks"),
        Flag::bool(
            "ignore-not-found",
            "take a release that does not exist for uninstalled",
        ),
        Flag::bool("keep-history", "keep the records, marked as uninstalled"),
        Flag::text(
            "cascade",
            "what becomes of dependents: \"background\", \"orphan\" or \"foreground\"",
        )
        .default("background"),
        flags::TIMEOUT,
        Flag::text("description", "description of the uninstallation"),
        flags::WAIT[0],
    ]],
    complete: Some(complete),
    run: Some(not_built),
    ..Command::EMPTY
};

/// Any number of releases.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    completions::releases(session, invocation, word)
}
