//! `plugin install|list|package|uninstall|update|verify`

use std::path::{Path, PathBuf};

use action::plugins::Install;
use plugin::{Kind, Plugin};

use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::{completions, fetching, flags, plugins, terminal, times};

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
    run: Some(install),
    ..Command::EMPTY
};

static LIST: Command = Command {
    usage: "list",
    aliases: &["ls"],
    short: "list installed plugins",
    flags: &[&[Flag::text("type", "only plugins of this type")]],
    complete: Some(completions::no_more),
    run: Some(list),
    ..Command::EMPTY
};

static UNINSTALL: Command = Command {
    usage: "uninstall <plugin>...",
    aliases: &["rm", "remove"],
    short: "uninstall plugins",
    complete: Some(complete_names),
    run: Some(uninstall),
    ..Command::EMPTY
};

static UPDATE: Command = Command {
    usage: "update <plugin>...",
    aliases: &["up"],
    short: "update plugins",
    complete: Some(complete_names),
    run: Some(update),
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
    run: Some(package),
    ..Command::EMPTY
};

static VERIFY: Command = Command {
    usage: "verify [PATH]",
    short: "verify that a plugin is signed and unchanged",
    long: "Checks a plugin, packed or installed, against its provenance file and the keyring.",
    args: Args::Exactly(1),
    flags: &[&[flags::KEYRING]],
    run: Some(verify),
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

/// The directory that plugins are installed into.
fn directory(session: &Session) -> PathBuf {
    PathBuf::from(session.env.data_path("plugins"))
}

fn install(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let request = Install {
        source: invocation.args().first().cloned().unwrap_or_default(),
        version: flags.text("version").to_owned(),
        verify: flags.bool("verify"),
        keyring: PathBuf::from(flags.text("keyring")),
        plugins: directory(session),
        clones: PathBuf::from(&session.settings.plugins),
        cache: PathBuf::from(session.env.cache_path("plugins")),
        http: fetching::fetcher(session).http,
        keys: fetching::keys(session),
        access: fetching::access(flags),
        env: plugins::environment(session),
        now: times::now(session),
    };
    let name = action::plugins::install(&request, &session.lines())?;
    session.ui.print(&format!("Installed plugin: {name}\n"))
}

fn update(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    if invocation.args().is_empty() {
        return Err(Failure::new("please provide plugin name to update"));
    }
    let found = plugins::installed(session, None).map_err(Failure::new)?;
    let env = plugins::environment(session);
    let clones = PathBuf::from(&session.settings.plugins);
    let lines = session.lines();
    for_each(session, invocation, &found, |session, name, plugin| {
        let updated = action::plugins::update(plugin, &clones, &env, &lines);
        updated.map_err(|why| format!("failed to update plugin {name}, got error ({why})"))?;
        Ok(session.ui.print(&format!("Updated plugin: {name}\n")))
    })
}

fn package(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let path = invocation.args().first().map_or("", String::as_str);
    let signing = match flags.bool("sign") {
        true => Some(super::package::signing_with(
            flags,
            terminal::whole_passphrase_from,
        )?),
        false => None,
    };
    let now = times::now(session);
    let mut said = String::new();
    let packed = action::plugins::package(
        Path::new(path),
        Path::new(flags.text("destination")),
        signing.as_ref(),
        now,
        &mut |name: &str| super::package::ask(session, name),
        &mut |line: &str| said += line,
    );
    session.ui.print(&said)?;
    Ok(packed?)
}

fn verify(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let path = invocation.args().first().map_or("", String::as_str);
    let keyring = Path::new(invocation.flags.text("keyring"));
    let verified = action::plugins::verify(Path::new(path), keyring, times::now(session))?;
    session.ui.print(&verified.report("Plugin"))
}

fn list(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let kind = invocation.flags.text("type").to_owned();
    let found = plugins::installed(session, None).map_err(Failure::new)?;
    let installed = directory(session);
    let mut table = Table::new();
    table.row([
        "NAME",
        "VERSION",
        "TYPE",
        "APIVERSION",
        "PROVENANCE",
        "SOURCE",
    ]);
    for plugin in &found {
        let metadata = &plugin.metadata;
        let type_name = metadata.kind.to_string();
        if !kind.is_empty() && kind != type_name {
            continue;
        }
        let source = match metadata.source_url.as_str() {
            "" => "unknown",
            url => url,
        };
        table.row([
            metadata.name.as_str(),
            &metadata.version,
            &type_name,
            &metadata.api_version,
            action::plugins::provenance_of(plugin, &installed),
            source,
        ]);
    }
    session.ui.print(&table.render())
}

fn uninstall(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    if invocation.args().is_empty() {
        return Err(Failure::new("please provide plugin name to uninstall"));
    }
    let found = plugins::installed(session, None).map_err(Failure::new)?;
    let env = plugins::environment(session);
    let plugins = directory(session);
    for_each(session, invocation, &found, |session, name, plugin| {
        let removed = plugin::uninstall(plugin, &plugins, &env);
        removed.map_err(|why| format!("failed to uninstall plugin {name}, got error ({why})"))?;
        Ok(session.ui.print(&format!("Uninstalled plugin: {name}\n")))
    })
}

/// Does something with each plugin that is named; what goes wrong is told at the end.
fn for_each(
    session: &mut Session,
    invocation: &Invocation,
    found: &[Plugin],
    mut work: impl FnMut(&mut Session, &str, &Plugin) -> Result<Result<(), Failure>, String>,
) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for name in invocation.args() {
        let Some(plugin) = found.iter().find(|plugin| plugin.metadata.name == *name) else {
            failures.push(format!("plugin: {name} not found"));
            continue;
        };
        match work(session, name, plugin) {
            Ok(printed) => printed?,
            Err(why) => failures.push(why),
        }
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(failures.join("\n"))),
    }
}
