//! `registry login|logout`

use super::not_built;
use crate::command::{Args, Command, Flag};
use crate::completions;

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
    run: Some(not_built),
    ..Command::EMPTY
};

static LOGOUT: Command = Command {
    usage: "logout [host]",
    short: "log out of a registry",
    long: "Removes the stored credentials for a registry.",
    args: Args::AtLeast(1),
    complete: Some(completions::nothing),
    run: Some(not_built),
    ..Command::EMPTY
};
