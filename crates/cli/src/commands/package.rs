//! `package [CHART_PATH] [...]`

use std::path::{Path, PathBuf};

use action::package::{Package, Signing, package};
use goval::strconv::quote;
use source::Listener;
use source::dependencies::Manager;

use crate::command::{Command, Flag, FlagSet, Invocation};
use crate::error::{Failure, Words};
use crate::reporter::Lines;
use crate::session::Session;
use crate::{fetching, flags, terminal, times};

pub(super) static PACKAGE: Command = Command {
    usage: "package [CHART_PATH] [...]",
    short: "pack a chart directory into an archive",
    long: "\
Packs chart directories into archives of the form NAME-VERSION.tgz, as repositories and registries
keep them. With --sign, a provenance file is written beside each.
",
    flags: &[&[
        Flag::bool("sign", "sign the package with a PGP private key"),
        Flag::text("key", "name of the key to sign with"),
        Flag::text("keyring", "keyring that holds the key")
            .default_from(|env| crate::command::Value::Text(env.default_keyring())),
        Flag::text(
            "passphrase-file",
            "file with the passphrase of the key; \"-\" reads stdin",
        ),
        Flag::text("version", "version to give the chart"),
        Flag::text("app-version", "appVersion to give the chart"),
        Flag::text("destination", "directory to write to")
            .short('d')
            .default("."),
        Flag::bool(
            "dependency-update",
            "update charts/ from Chart.yaml before packing",
        )
        .short('u'),
        flags::USERNAME,
        flags::PASSWORD,
        flags::CERT_FILE,
        flags::KEY_FILE,
        Flag::bool(
            "insecure-skip-tls-verify",
            "do not check TLS certificates while downloading charts",
        ),
        Flag::bool("plain-http", "download charts over plain HTTP"),
        flags::CA_FILE,
    ]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    if invocation.args().is_empty() {
        return Err(Failure::new(
            "need at least one argument, the path to the chart",
        ));
    }
    let stamp = times::source_date_epoch(&session.env)?;
    let signing = signing(flags)?;
    fetching::check_access(flags)?;
    let access = fetching::access(flags);
    let request = Package {
        version: flags.text("version").to_owned(),
        app_version: flags.text("app-version").to_owned(),
        destination: match flags.text("destination") {
            "." => std::env::current_dir()?,
            given => PathBuf::from(given),
        },
        stamp,
        signing,
        now: times::now(session),
    };
    for argument in invocation.args() {
        source::check_exists(Path::new(argument)).map_err(Failure::new)?;
        let directory = std::path::absolute(argument)?;
        if flags.bool("dependency-update") {
            let manager = fetching::manager(session, &access, &directory)?;
            let manager = Manager {
                fetcher: fetching::quiet_fetcher(session),
                ..manager
            };
            manager.update(&OnlyAside(session.lines()))?;
        }
        let lines = session.lines();
        let mut ask = |name: &str| ask(session, name);
        let saved = package(&directory, &request, &mut ask, &lines)?;
        session.ui.print(&format!(
            "Successfully packaged chart and saved it to: {}\n",
            saved.display()
        ))?;
    }
    Ok(())
}

/// Hears of downloads from registries only: Helm packs without a word about its repositories.
struct OnlyAside(Lines);

impl Listener for OnlyAside {
    fn say(&self, _line: &str) {}

    fn say_aside(&self, line: &str) {
        self.0.say(line);
    }

    fn log(&self, event: chart::Event) {
        self.0.log(event);
    }
}

/// With which key to sign, if that is asked for.
fn signing(flags: &FlagSet) -> Result<Option<Signing>, Failure> {
    if !flags.bool("sign") {
        return Ok(None);
    }
    for flag in ["key", "keyring"] {
        if flags.text(flag).is_empty() {
            let text = format!("--{flag} is required for signing a package");
            return Err(Failure::new(text));
        }
    }
    signing_with(flags, terminal::passphrase_from).map(Some)
}

/// With which key to sign.
pub(super) fn signing_with(
    flags: &FlagSet,
    read: fn(&str) -> Result<Vec<u8>, String>,
) -> Result<Signing, Failure> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt)
        .map_err(|error| Failure::new(format!("no random numbers: {error}")))?;
    Ok(Signing {
        salt,
        key: flags.text("key").to_owned(),
        keyring: PathBuf::from(flags.text("keyring")),
        passphrase: match flags.text("passphrase-file") {
            "" => None,
            file => Some(read(file)),
        },
    })
}

/// Asks for the passphrase of a key.
pub(super) fn ask(session: &mut Session, name: &str) -> Result<Vec<u8>, String> {
    let prompt = format!("Password for key {} >  ", quote(name));
    match terminal::ask_secret(session, &prompt) {
        Ok(secret) => Ok(secret.into_bytes()),
        Err(failure) => {
            // The question stands on a line of its own, answered or not.
            let _ = session.ui.print("\n");
            match failure.words {
                Words::Error(why) => Err(why),
                _ => Err("EOF".to_owned()),
            }
        }
    }
}
