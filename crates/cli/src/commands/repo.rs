//! `repo add|index|list|remove|update`

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::completions;
use crate::flags;
use crate::session::Session;

pub(super) static REPO: Command = Command {
    usage: "repo add|remove|list|index|update [ARGS]",
    short: "manage chart repositories",
    long: "Manages the list of chart repositories, and the index of one that you keep yourself.",
    args: Args::None,
    subcommands: &[&ADD, &LIST, &REMOVE, &INDEX, &UPDATE],
    ..Command::EMPTY
};

static ADD: Command = Command {
    usage: "add [NAME] [URL]",
    short: "add a chart repository",
    args: Args::Exactly(2),
    flags: &[&[
        Flag::text("username", "user name for the repository"),
        Flag::text("password", "password for the repository"),
        Flag::bool("password-stdin", "read the password from stdin"),
        Flag::bool("force-update", "replace a repository of that name"),
        flags::CERT_FILE,
        flags::KEY_FILE,
        flags::CA_FILE,
        Flag::bool(
            "insecure-skip-tls-verify",
            "do not check the repository's TLS certificate",
        ),
        Flag::bool(
            "allow-deprecated-repos",
            "allow official repositories that were shut down for good",
        ),
        Flag::bool(
            "pass-credentials",
            "pass the credentials on to every domain",
        ),
        TIMEOUT,
    ]],
    complete: Some(complete_add),
    run: Some(not_built),
    ..Command::EMPTY
};

static LIST: Command = Command {
    usage: "list",
    aliases: &["ls"],
    short: "list chart repositories",
    args: Args::None,
    flags: &[
        flags::OUTPUT,
        &[Flag::bool(
            "no-headers",
            "leave the headers of the table out",
        )],
    ],
    complete: Some(completions::no_more),
    run: Some(not_built),
    ..Command::EMPTY
};

static REMOVE: Command = Command {
    usage: "remove [REPO1 [REPO2 ...]]",
    aliases: &["rm"],
    short: "remove chart repositories",
    args: Args::AtLeast(1),
    complete: Some(completions::nothing),
    run: Some(not_built),
    ..Command::EMPTY
};

static INDEX: Command = Command {
    usage: "index [DIR]",
    short: "write the index of a directory of packed charts",
    long: "\
Reads the packed charts of a directory and writes index.yaml there, which makes the directory a
chart repository once a web server hands it out. With --merge, charts of an older index are kept.
",
    args: Args::Exactly(1),
    flags: &[&[
        Flag::text("url", "URL of the repository"),
        Flag::text("merge", "index to merge the new one into"),
        Flag::bool("json", "write JSON"),
    ]],
    complete: Some(complete_directory),
    run: Some(not_built),
    ..Command::EMPTY
};

static UPDATE: Command = Command {
    usage: "update [REPO1 [REPO2 ...]]",
    aliases: &["up"],
    short: "refresh the cached indexes of chart repositories",
    long: "Downloads the indexes of all chart repositories, or of those that are named.",
    flags: &[&[TIMEOUT]],
    complete: Some(completions::nothing),
    run: Some(not_built),
    ..Command::EMPTY
};

const TIMEOUT: Flag =
    Flag::duration("timeout", "time to wait for the download of an index").default("2m0s");

/// A name and a URL are free to choose.
fn complete_add(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().len() > 1 {
        return completions::no_more(session, invocation, word);
    }
    Completions::none()
}

/// A directory, as long as there is none.
fn complete_directory(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().is_empty() {
        return Completions::default();
    }
    completions::no_more(session, invocation, word)
}
