//! `repo add|index|list|remove|update`

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use action::repository::{self, Add, Added};
use goval::strconv::quote;
use serde::Serialize;
use source::Fetcher;
use source::repository::Entry;

use crate::command::{Args, Command, Completions, Flag, FlagSet, Invocation};
use crate::error::Failure;
use crate::output::Format;
use crate::session::Session;
use crate::table::Table;
use crate::{completions, fetching, flags, terminal, times};

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
    run: Some(add),
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
    run: Some(list),
    ..Command::EMPTY
};

static REMOVE: Command = Command {
    usage: "remove [REPO1 [REPO2 ...]]",
    aliases: &["rm"],
    short: "remove chart repositories",
    args: Args::AtLeast(1),
    complete: Some(completions::new_repositories),
    run: Some(remove),
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
    run: Some(index),
    ..Command::EMPTY
};

static UPDATE: Command = Command {
    usage: "update [REPO1 [REPO2 ...]]",
    aliases: &["up"],
    short: "refresh the cached indexes of chart repositories",
    long: "Downloads the indexes of all chart repositories, or of those that are named.",
    flags: &[&[TIMEOUT]],
    complete: Some(completions::new_repositories),
    run: Some(update),
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

fn add(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let [name, url] = invocation.args() else {
        return Ok(());
    };
    let access = fetching::access(flags);
    let password = match (access.username.as_str(), access.password.as_str()) {
        ("", given) => given.to_owned(),
        (_, "") => read_password(session, flags)?,
        (_, given) => given.to_owned(),
    };
    let request = Add {
        entry: Entry {
            name: name.clone(),
            url: url.clone(),
            username: access.username,
            password,
            cert_file: access.cert_file,
            key_file: access.key_file,
            ca_file: access.ca_file,
            insecure: access.insecure,
            pass_credentials: access.pass_credentials,
        },
        force: flags.bool("force-update"),
        allow_deprecated: flags.bool("allow-deprecated-repos"),
    };
    let added = repository::add(request, &fetcher(session, flags), &session.lines())?;
    let name = quote(name);
    session.ui.print(&match added {
        Added::New => format!("{name} has been added to your repositories\n"),
        Added::Same => {
            format!("{name} already exists with the same configuration, skipping\n")
        }
    })
}

/// The password that belongs to a user name: all of stdin without its last line end, or what is typed.
fn read_password(session: &mut Session, flags: &FlagSet) -> Result<String, Failure> {
    if !flags.bool("password-stdin") {
        let password = terminal::ask_secret(session, "Password: ");
        session.ui.print("\n")?;
        return password;
    }
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let line = password.strip_suffix('\n').unwrap_or(&password);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

fn fetcher(session: &Session, flags: &FlagSet) -> Fetcher {
    let timeout = Duration::from_nanos(flags.int("timeout").unsigned_abs());
    fetching::fetcher_within(session, timeout)
}

#[derive(Serialize)]
struct Listed {
    name: String,
    url: String,
}

fn list(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let known = repository::list(Path::new(&session.settings.repository_config));
    let format = Format::of(flags);
    if known.is_empty() && format == Format::Table {
        session.ui.talk("no repositories to show\n");
        return Ok(());
    }
    let listed: Vec<Listed> = known
        .into_iter()
        .map(|Entry { name, url, .. }| Listed { name, url })
        .collect();
    let text = format.render(&listed, || {
        let mut table = Table::new();
        if !flags.bool("no-headers") {
            table.row(["NAME", "URL"]);
        }
        for Listed { name, url } in &listed {
            table.row([name, url].map(String::as_str));
        }
        Ok(table.render())
    })?;
    session.ui.print(&text)
}

fn remove(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let fetcher = fetching::fetcher(session);
    let mut removed = Vec::new();
    let result = repository::remove(invocation.args(), &fetcher, &mut |name| {
        removed.push(name.to_owned());
    });
    for name in removed {
        let name = quote(&name);
        session
            .ui
            .print(&format!("{name} has been removed from your repositories\n"))?;
    }
    Ok(result?)
}

fn index(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let directory = invocation.args().first().map_or("", String::as_str);
    Ok(repository::index(
        Path::new(directory),
        flags.text("url"),
        flags.text("merge"),
        flags.bool("json"),
        times::now(session),
        &session.lines(),
    )?)
}

fn update(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let fetcher = fetcher(session, &invocation.flags);
    Ok(repository::update(
        invocation.args(),
        &fetcher,
        &session.lines(),
    )?)
}
