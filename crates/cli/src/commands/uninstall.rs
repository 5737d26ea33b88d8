//! `uninstall RELEASE_NAME [...]`

use action::uninstall::Uninstall;
use plan::Propagation;

use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, connect, flags, requests};

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
    run: Some(run),
    ..Command::EMPTY
};

/// Any number of releases.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    completions::releases(session, invocation, word)
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let propagation = propagation(flags.text("cascade"))?;
    for name in invocation.args() {
        let request = Uninstall {
            name: name.clone(),
            dry_run: flags.bool("dry-run"),
            hooks: !flags.bool("no-hooks"),
            ignore_not_found: flags.bool("ignore-not-found"),
            keep_history: flags.bool("keep-history"),
            propagation,
            waiting: requests::waiting(flags, false),
            description: flags.text("description").to_owned(),
        };
        let world = connect::world(session, false);
        let told = connect::run(session, world, None, async |context| {
            action::uninstall::uninstall(&request, context).await
        })?;
        if let Some(told) = told.filter(|told| !told.is_empty()) {
            session.ui.print(&format!("{told}\n"))?;
        }
        session
            .ui
            .print(&format!("release \"{name}\" uninstalled\n"))?;
    }
    Ok(())
}

fn propagation(given: &str) -> Result<Propagation, Failure> {
    match given {
        "background" => Ok(Propagation::Background),
        "foreground" => Ok(Propagation::Foreground),
        "orphan" => Ok(Propagation::Orphan),
        other => Err(Failure::new(format!(
            "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
        ))),
    }
}
