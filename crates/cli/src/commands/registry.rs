//! `registry login|logout`

use std::io::Read as _;

use chart::Event;
use source::registry;

use crate::command::{Args, Command, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, fetching, terminal};

pub(super) static REGISTRY: Command = Command {
    usage: "registry",
    short: "log in to registries and out of them",
    long: "Manages the credentials for registries.",
    subcommands: &[&LOGIN, &LOGOUT],
    ..Command::EMPTY
};

static LOGIN: Command = Command {
    usage: "login [host]",
    short: "log in to a registry",
    long: "Checks credentials with a registry and stores them. HOST is a host name without a path.",
    args: Args::AtLeast(1),
    flags: &[&[
        Flag::text("username", "user name").short('u'),
        Flag::text("password", "password or identity token").short('p'),
        Flag::bool(
            "password-stdin",
            "read the password or identity token from stdin",
        ),
        Flag::bool("insecure", "do not check the registry's certificate"),
        Flag::text("cert-file", "certificate file that identifies this client"),
        Flag::text("key-file", "key file that identifies this client"),
        Flag::text(
            "ca-file",
            "certificate authority file that servers are verified with",
        ),
        Flag::bool("plain-http", "use plain HTTP"),
    ]],
    complete: Some(completions::nothing),
    run: Some(login),
    ..Command::EMPTY
};

static LOGOUT: Command = Command {
    usage: "logout [host]",
    short: "log out of a registry",
    long: "Removes the stored credentials for a registry.",
    args: Args::AtLeast(1),
    complete: Some(completions::nothing),
    run: Some(logout),
    ..Command::EMPTY
};

fn login(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let mut access = fetching::access(&invocation.flags);
    (access.username, access.password) = who(session, invocation)?;
    let http = fetching::fetcher(session).http;
    let keys = fetching::keys(session);
    registry::login(host(invocation), &access, &http, &keys, &session.lines()).map_err(Failure::new)
}

fn logout(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let keys = fetching::keys(session);
    registry::logout(host(invocation), &keys, &session.lines()).map_err(Failure::new)
}

fn host(invocation: &Invocation) -> &str {
    invocation.args().first().map_or("", String::as_str)
}

/// The name and the password or token: of flags, of stdin, or of whoever sits at the terminal.
fn who(session: &mut Session, invocation: &Invocation) -> Result<(String, String), Failure> {
    let flags = &invocation.flags;
    let name = flags.text("username").to_owned();
    let password = flags.text("password").to_owned();
    if flags.bool("password-stdin") {
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        return Ok((name, line.to_owned()));
    }
    if !password.is_empty() {
        let text = "using --password via the CLI is insecure. Use --password-stdin";
        session.ui.log(&Event::warn(text));
        return Ok((name, password));
    }
    let name = match name.as_str() {
        "" => terminal::ask(session, "Username: ")?.trim().to_owned(),
        _ => name,
    };
    let (prompt, missing) = match name.as_str() {
        "" => ("Token: ", "token required"),
        _ => ("Password: ", "password required"),
    };
    let secret = terminal::ask_secret(session, prompt)?;
    session.ui.print("\n")?;
    match secret.is_empty() {
        true => Err(Failure::new(missing)),
        false => Ok((name, secret)),
    }
}
