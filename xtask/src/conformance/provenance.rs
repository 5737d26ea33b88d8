//! Charts signed and verified with keys that GnuPG made: by both programs, each with what the other one signed, and
//! with what is broken.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use regex::Regex;

use super::lines::Lines;
use super::single::Registry;
use super::{Outcome, Settings, skip};
use crate::oracle::Tool;
use crate::serving::{Served, serve};

/// Whose keys there are: name, algorithm, passphrase, and for how long.
const OWNERS: &[[&str; 4]] = &[
    ["Anna Rsa <anna@example.com>", "rsa2048", "", "never"],
    ["Ben Edwards <ben@example.com>", "ed25519", "", "never"],
    [
        "Carl Locked <carl@example.com>",
        "rsa2048",
        "secret",
        "never",
    ],
    [
        "Dora Locked <dora@example.com>",
        "ed25519",
        "geheim",
        "never",
    ],
    ["Emil Expired <emil@example.com>", "rsa2048", "", "30d"],
    ["Fritz Curve <fritz@example.com>", "nistp256", "", "never"],
    ["Gina Large <gina@example.com>", "rsa4096", "", "never"],
    ["Hugo Three <hugo@example.com>", "nistp384", "", "never"],
    ["Ida Digital <ida@example.com>", "dsa2048", "", "never"],
    ["Jo Revoked <jo@example.com>", "ed25519", "", "never"],
];

/// `cargo xtask conformance provenance`
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("provenance needs real Helm 4");
    };
    if Command::new("gpg").arg("--version").output().is_err() {
        return skip("provenance needs GnuPG, which makes the keys");
    }
    let material = tempfile::tempdir()?;
    let folder = material.path().join("keys");
    let keys = Keys::make(&folder)?;
    keys.export()?;
    charts(&helm, material.path())?;
    if Tool::Registry.installed().is_err() {
        return skip("provenance needs a real registry");
    }
    let served = handed_out(&helm, material.path())?;
    let registry = Registry::start()?;
    let place = format!("127.0.0.1:{}", registry.port);
    let random = Random::new()?;
    let mask = |line: &str, name: &str, content: String| {
        let content = content
            .replace(&served.url, "URL")
            .replace(&place, "REGISTRY");
        let port = served.url.rsplit(':').next().unwrap_or_default();
        let content = content.replace(&format!("localhost:{port}"), "URL");
        let content = match name {
            "screen" => random.without(&content),
            _ => content,
        };
        masked(line, name, without_time(&content))
    };
    Lines {
        name: "provenance",
        helm,
        material: material.path(),
        env: vec![
            ("URL", served.url.clone()),
            ("REGISTRY", format!("oci://{place}")),
        ],
        mask: &mask,
    }
    .run(settings)
}

/// Repositories of signed and unsigned charts, and charts that depend on them.
fn handed_out(helm: &Path, material: &Path) -> Result<Served> {
    let site = material.join("site");
    for (name, files) in [
        ("signed", &["demo-0.1.0.tgz", "demo-0.1.0.tgz.prov"][..]),
        ("unsigned", &["demo-0.1.0.tgz"][..]),
    ] {
        let folder = site.join(name);
        fs::create_dir_all(&folder)?;
        for file in files {
            fs::copy(material.join("signed/fritz").join(file), folder.join(file))?;
        }
    }
    let changed = site.join("changed");
    fs::create_dir_all(&changed)?;
    fs::copy(
        site.join("signed/demo-0.1.0.tgz.prov"),
        changed.join("demo-0.1.0.tgz.prov"),
    )?;
    let mut archive = fs::read(site.join("signed/demo-0.1.0.tgz"))?;
    archive.push(0);
    fs::write(changed.join("demo-0.1.0.tgz"), archive)?;
    let served = serve(&site, Duration::ZERO)?;
    for name in ["signed", "unsigned", "changed"] {
        let output = Command::new(helm)
            .args(["repo", "index"])
            .arg(site.join(name))
            .output()?;
        ensure!(output.status.success(), "helm repo index");
        let app = material.join(format!("app-{name}"));
        fs::create_dir_all(&app)?;
        let url = &served.url;
        fs::write(
            app.join("Chart.yaml"),
            format!(
                "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: demo\n  version: 0.x\n  repository: {url}/{name}\n"
            ),
        )?;
    }
    Ok(served)
}

/// What is different on a screen each time: the names of temporary files, and which repository is done first.
struct Random {
    names: Regex,
    refreshed: Regex,
}

impl Random {
    fn new() -> Result<Random> {
        Ok(Random {
            names: Regex::new(r"(\.tgz|tmpcharts-)\d+")?,
            refreshed: Regex::new(r"(?m)^\.\.\.Successfully got .*\n")?,
        })
    }

    fn without(&self, screen: &str) -> String {
        let screen = self.names.replace_all(screen, "$1");
        self.refreshed.replace_all(&screen, "").into_owned()
    }
}

/// A lock says when it was made.
fn without_time(content: &str) -> String {
    let lines = content
        .split('\n')
        .map(|line| match line.starts_with("generated: ") {
            true => "generated: TIME",
            false => line,
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// A home of GnuPG. Its agent ends with this.
pub(super) struct Keys<'a> {
    folder: &'a Path,
    home: tempfile::TempDir,
}

impl Keys<'_> {
    pub(super) fn make(folder: &Path) -> Result<Keys<'_>> {
        fs::create_dir_all(folder)?;
        let home = tempfile::Builder::new().prefix("gpg").tempdir()?;
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700))?;
        let keys = Keys { folder, home };
        for [name, algorithm, passphrase, expires] in OWNERS {
            let mut words = vec!["--pinentry-mode", "loopback", "--passphrase", *passphrase];
            if *expires != "never" {
                words.extend(["--faked-system-time", "20200101T000000"]);
            }
            words.extend(["--quick-generate-key", *name, *algorithm, "sign", *expires]);
            keys.gpg(&words)?;
        }
        let unlocked = ["--pinentry-mode", "loopback", "--passphrase", ""];
        let second = "Ben Second (also Ben) <second@example.com>";
        keys.gpg(
            &[
                &unlocked[..],
                &["--quick-add-uid", "ben@example.com", second],
            ]
            .concat(),
        )?;
        let anna = keys.fingerprint("anna@example.com")?;
        let subkey = ["--quick-add-key", &anna, "rsa2048", "sign", "never"];
        keys.gpg(&[&unlocked[..], &subkey].concat())?;
        Ok(keys)
    }

    /// Writes keyrings of every form.
    pub(super) fn export(&self) -> Result<()> {
        self.write("pub.gpg", &["--export"])?;
        self.write("pub.asc", &["--armor", "--export"])?;
        self.write("ben.asc", &["--armor", "--export", "ben@example.com"])?;
        self.write("anna.gpg", &["--export", "anna@example.com"])?;
        self.write("fritz.gpg", &["--export", "fritz@example.com"])?;
        fs::copy(
            self.home.path().join("pubring.kbx"),
            self.folder.join("pub.kbx"),
        )?;
        for [name, _, passphrase, _] in OWNERS {
            let (file, address) = (short(name), address(name));
            let words = ["--pinentry-mode", "loopback", "--passphrase", *passphrase];
            let words = [&words[..], &["--export-secret-keys", &address]].concat();
            self.write(&format!("{file}.secret"), &words)?;
            self.write(
                &format!("{file}.secret.asc"),
                &[&["--armor"], &words[..]].concat(),
            )?;
        }
        self.write(
            "anna.stub",
            &["--export-secret-subkeys", "anna@example.com"],
        )?;
        let open = ["anna", "ben", "fritz", "emil", "gina", "hugo", "ida", "jo"];
        let mut all = Vec::new();
        for name in open {
            all.extend(fs::read(self.folder.join(format!("{name}.secret")))?);
        }
        fs::write(self.folder.join("all.secret"), all)?;
        fs::write(self.folder.join("carl.pass"), "secret\nsecond line\n")?;
        fs::write(self.folder.join("dora.pass"), "geheim")?;
        fs::write(self.folder.join("empty.pass"), "")?;
        self.revoke("jo@example.com")?;
        self.write("revoked.gpg", &["--export", "jo@example.com"])
    }

    /// Takes a key back with the certificate that GnuPG has made for that day.
    fn revoke(&self, owner: &str) -> Result<()> {
        let fingerprint = self.fingerprint(owner)?;
        let file = self
            .home
            .path()
            .join("openpgp-revocs.d")
            .join(format!("{fingerprint}.rev"));
        let text = fs::read_to_string(file)?.replace(":-----BEGIN", "-----BEGIN");
        let certificate = self.home.path().join("revoke.asc");
        fs::write(&certificate, text)?;
        self.gpg(&["--import", &certificate.to_string_lossy()])
            .map(drop)
    }

    fn fingerprint(&self, owner: &str) -> Result<String> {
        let listed = self.gpg(&["--with-colons", "--list-keys", owner])?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let line = listed.lines().find_map(|line| line.strip_prefix("fpr:"));
        let fingerprint = line.and_then(|line| line.split(':').find(|field| !field.is_empty()));
        Ok(fingerprint.context("a key has a fingerprint")?.to_owned())
    }

    fn write(&self, name: &str, words: &[&str]) -> Result<()> {
        let data = self.gpg(words)?;
        ensure!(!data.is_empty(), "gpg {words:?} gives nothing");
        Ok(fs::write(self.folder.join(name), data)?)
    }

    fn gpg(&self, words: &[&str]) -> Result<Vec<u8>> {
        let output = Command::new("gpg")
            .args(["--batch", "--quiet", "--yes"])
            .args(words)
            .env("GNUPGHOME", self.home.path())
            .stdin(Stdio::null())
            .output()?;
        ensure!(
            output.status.success(),
            "gpg {words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output.stdout)
    }
}

impl Drop for Keys<'_> {
    fn drop(&mut self) {
        // Without its agent nothing is left to do for us; that it is gone already is just as well.
        let _ = Command::new("gpgconf")
            .args(["--kill", "gpg-agent"])
            .env("GNUPGHOME", self.home.path())
            .output();
    }
}

fn short(name: &str) -> String {
    name.split(' ').next().unwrap_or_default().to_lowercase()
}

fn address(name: &str) -> String {
    format!("{}@example.com", short(name))
}

/// A chart, and packages of it that real Helm has signed.
fn charts(helm: &Path, material: &Path) -> Result<()> {
    let chart = material.join("demo");
    fs::create_dir_all(chart.join("templates"))?;
    fs::write(
        chart.join("Chart.yaml"),
        "apiVersion: v2\nname: demo\nversion: 0.1.0\ndescription: |\n  - one\n  - two  \nkeywords:\n- dashed\n- \"-\"\n",
    )?;
    fs::write(chart.join("values.yaml"), "a: 1\n")?;
    fs::write(chart.join("templates/a.yaml"), "a: {{ .Values.a }}\n")?;
    for [name, _, passphrase, _] in OWNERS {
        let name = short(name);
        let folder = material.join("signed").join(&name);
        fs::create_dir_all(&folder)?;
        let mut command = Command::new(helm);
        command
            .args(["package", "demo", "--sign", "--key", &address(&name), "-d"])
            .arg(&folder)
            .arg("--keyring")
            .arg(format!("keys/{name}.secret"))
            .current_dir(material)
            .env("SOURCE_DATE_EPOCH", "1700000000");
        if !passphrase.is_empty() {
            command.args(["--passphrase-file", &format!("keys/{name}.pass")]);
        }
        let output = command.output()?;
        ensure!(
            output.status.success() || name == "ida",
            "helm package --key {name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

/// Each program compresses in its own way, so that digests of what a line packs are others. That they are right,
/// both tell when they verify.
pub(super) fn masked(line: &str, name: &str, content: String) -> String {
    let content = without_signature(name, content);
    if !line.contains(" package ") {
        return content;
    }
    let mut parts = content.split("sha256:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += "sha256:";
        out += part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out
}

/// No two signatures are alike: there are a time and random numbers in them.
fn without_signature(name: &str, content: String) -> String {
    const BEGIN: &str = "-----BEGIN PGP SIGNATURE-----\n\n";
    let cut = |content: &str| {
        let (text, signature) = content.split_once(BEGIN)?;
        let (_, end) = signature.split_once("\n-----END")?;
        Some(format!("{text}{BEGIN}…{end}"))
    };
    match name.ends_with(".prov") {
        true => cut(&content).unwrap_or(content),
        false => content,
    }
}
