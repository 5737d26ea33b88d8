//! `package [CHART_PATH] [...]`

use super::not_built;
use crate::command::{Command, Flag};
use crate::flags;

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
    run: Some(not_built),
    ..Command::EMPTY
};
