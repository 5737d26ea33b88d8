//! `plugin install|list|package|uninstall|update|verify`

use plugin::Kind;

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::session::Session;
use crate::{completions, flags, plugins};

pub(super) static PLUGIN: Command = Command {
    usage: "plugin",
    short: "manage plugins",
    long: "Manages plugins: programs that add commands, download schemes and post-renderers.",
    subcommands: &[&INSTALL, &LIST, &UNINSTALL, &UPDATE, &PACKAGE, &VERIFY],
    ..Command::EMPTY
};

static INSTALL: Command = Command {
    usage: "install [options] <path|url>",
    aliases: &["add"],
    short: "install a plugin",
    long: "\
Installs a plugin from a directory, an archive, an OCI reference or a version control URL. Its
signature is verified unless --verify=false is given.
",
    args: Args::Exactly(1),
    flags: &[&[
        Flag::text(
            "version",
            "version or range of the plugin; the latest one if not given",
        ),
        Flag::bool("verify", "verify the signature of the plugin").default("true"),
        flags::KEYRING,
        Flag::text(
            "cert-file",
            "certificate file that identifies this client to the registry",
        ),
        Flag::text(
            "key-file",
            "key file that identifies this client to the registry",
        ),
        flags::CA_FILE,
        Flag::bool(
            "insecure-skip-tls-verify",
            "do not check TLS certificates while downloading the plugin",
        ),
        Flag::bool("plain-http", "download the plugin over plain HTTP"),
        Flag::text("username", "user name for the registry"),
        Flag::text("password", "password for the registry"),
    ]],
    complete: Some(complete_path),
    run: Some(not_built),
    ..Command::EMPTY
};

static LIST: Command = Command {
    usage: "list",
    aliases: &["ls"],
    short: "list installed plugins",
    flags: &[&[Flag::text("type", "only plugins of this type")]],
    complete: Some(completions::no_more),
    run: Some(not_built),
    ..Command::EMPTY
};

static UNINSTALL: Command = Command {
    usage: "uninstall <plugin>...",
    aliases: &["rm", "remove"],
    short: "uninstall plugins",
    complete: Some(complete_names),
    run: Some(not_built),
    ..Command::EMPTY
};

static UPDATE: Command = Command {
    usage: "update <plugin>...",
    aliases: &["up"],
    short: "update plugins",
    complete: Some(complete_names),
    run: Some(not_built),
    ..Command::EMPTY
};

static PACKAGE: Command = Command {
    usage: "package [PATH]",
    short: "pack a plugin directory into an archive",
    long: "Packs a plugin directory into an archive and signs it, unless --sign=false is given.",
    args: Args::Exactly(1),
    flags: &[&[
        Flag::bool("sign", "sign the plugin with a PGP private key").default("true"),
        Flag::text("key", "name of the key to sign with"),
        Flag::text("keyring", "keyring that holds the key")
            .default_from(|env| crate::command::Value::Text(env.default_keyring())),
        Flag::text(
            "passphrase-file",
            "file with the passphrase of the key; \"-\" reads stdin",
        ),
        Flag::text("destination", "directory to write to")
            .short('d')
            .default("."),
    ]],
    run: Some(not_built),
    ..Command::EMPTY
};

static VERIFY: Command = Command {
    usage: "verify [PATH]",
    short: "verify that a plugin is signed and unchanged",
    long: "Checks a plugin, packed or installed, against its provenance file and the keyring.",
    args: Args::Exactly(1),
    flags: &[&[flags::KEYRING]],
    run: Some(not_built),
    ..Command::EMPTY
};

/// Plugins that are not given yet.
fn complete_names(session: &mut Session, invocation: &Invocation, _: &str) -> Completions {
    let found = plugins::installed(session, Some(Kind::Cli)).unwrap_or_default();
    let new = found
        .into_iter()
        .map(|plugin| plugin.metadata)
        .filter(|metadata| !invocation.args().contains(&metadata.name));
    Completions::only(
        new.map(|metadata| format!("{}\t{}", metadata.name, metadata.short_help))
            .collect(),
    )
}

/// A path, as long as there is none.
fn complete_path(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().is_empty() {
        Completions::default()
    } else {
        completions::no_more(session, invocation, word)
    }
}
