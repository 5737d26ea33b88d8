//! Plugins installed from everywhere, packed, signed, listed, run, updated and removed.

mod programs;
mod registry;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::lines::Lines;
use super::provenance::{Keys, masked};
use super::single::Registry;
use super::{Outcome, Settings, skip};
use crate::oracle::Tool;
use crate::paths;
use crate::serving::serve;

/// `cargo xtask conformance plugins`
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("plugins needs real Helm 4");
    };
    for program in ["gpg", "git"] {
        if Command::new(program).arg("--version").output().is_err() {
            return skip(&format!("plugins needs {program}"));
        }
    }
    let (Ok(program), Ok(unittest)) = (Tool::Wasm.installed(), Tool::Unittest.installed()) else {
        return skip("plugins needs the plugins of the oracle");
    };
    let material = tempfile::tempdir()?;
    let compiled = tempfile::tempdir()?;
    let folder = material.path().join("keys");
    let keys = Keys::make(&folder)?;
    keys.export()?;
    copied(
        &paths::root().join("conformance/plugins/own"),
        material.path(),
    )?;
    for entry in fs::read_dir(material.path())? {
        let path = entry?.path();
        if path.join("plugin.yaml").exists() && !path.join("unpacked").exists() {
            packed(&helm, &path, material.path())?;
        }
    }
    broken(&material.path().join("packed"))?;
    repository(&material.path().join("versioned"))?;
    fs::write(material.path().join("packed/hello.txt"), "hello")?;
    let served = serve(&material.path().join("packed"), Duration::ZERO)?;
    programs::made(material.path(), compiled.path(), &program, &served.url)?;
    programs::published(material.path(), &unittest)?;
    if Tool::Registry.installed().is_err() {
        return skip("plugins needs a real registry");
    }
    let registry = Registry::start()?;
    registry::Pusher(registry.port).fill(&material.path().join("packed"))?;
    let place = format!("127.0.0.1:{}", registry.port);
    let mask = |line: &str, name: &str, content: String| {
        let content = content.replace(&served.url, "URL");
        let port = served.url.rsplit(':').next().unwrap_or_default();
        let content = content.replace(&format!("127.0.0.1-{port}"), "HOST");
        let content = content.replace(&place, "REGISTRY");
        let content = content.replace(&place.replace(':', "-"), "REGISTRY");
        let content = programs::masked(name, content);
        masked(line, name, content)
    };
    Lines {
        name: "plugins",
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

fn copied(from: &Path, to: &Path) -> Result<()> {
    let status = Command::new("cp")
        .arg("-a")
        .arg(from.join("."))
        .arg(to)
        .status()?;
    ensure!(status.success(), "cp {}", from.display());
    Ok(())
}

/// Lets real Helm pack and sign a plugin.
fn packed(helm: &Path, plugin: &Path, material: &Path) -> Result<()> {
    let output = Command::new(helm)
        .args([
            "plugin",
            "package",
            "--key",
            "ben@example.com",
            "--keyring",
            "keys/ben.secret",
        ])
        .args(["-d", "packed"])
        .arg(plugin.file_name().context("a plugin has a name")?)
        .current_dir(material)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "helm plugin package: {said}");
    Ok(())
}

/// Archives that are not what they should be.
fn broken(packed: &Path) -> Result<()> {
    let good = fs::read(packed.join("newer-0.1.0.tgz"))?;
    fs::write(packed.join("cut-0.1.0.tgz"), &good[..good.len() / 2])?;
    fs::write(packed.join("text-0.1.0.tgz"), "text\n")?;
    fs::write(packed.join("empty-0.1.0.tgz"), "")?;
    let mut changed = good.clone();
    changed.push(0);
    fs::create_dir_all(packed.join("changed"))?;
    fs::write(packed.join("changed/newer-0.1.0.tgz"), changed)?;
    fs::copy(
        packed.join("newer-0.1.0.tgz.prov"),
        packed.join("changed/newer-0.1.0.tgz.prov"),
    )?;
    fs::create_dir_all(packed.join("unsigned"))?;
    fs::write(packed.join("unsigned/newer-0.1.0.tgz"), good)?;
    for (name, member) in [("out", "../out"), ("absolute", "/out"), ("colon", "a:b")] {
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(
            fs::File::create(packed.join(format!("{name}-0.1.0.tgz")))?,
            flate2::Compression::default(),
        ));
        let yaml = format!("name: {name}\nversion: 0.1.0\ncommand: echo\n");
        let mut header = tar::Header::new_ustar();
        for (path, text) in [
            (format!("{name}/plugin.yaml"), yaml.as_str()),
            (member.to_owned(), "x"),
        ] {
            header.as_mut_bytes()[..100].fill(0);
            header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            builder.append(&header, text.as_bytes())?;
        }
        builder.into_inner()?.finish()?;
    }
    Ok(())
}

/// A git repository with a plugin of which there are two versions.
fn repository(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let git = |words: &[&str]| -> Result<()> {
        let output = Command::new("git")
            .args(["-c", "user.name=x", "-c", "user.email=x@example.com"])
            .args(words)
            .current_dir(folder)
            .env("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z")
            .output()?;
        ensure!(output.status.success(), "git {words:?}");
        Ok(())
    };
    git(&["init", "-q", "-b", "main"])?;
    for version in ["0.1.0", "0.2.0"] {
        let yaml =
            format!("name: versioned\nversion: {version}\nusage: v\ncommand: echo {version}\n");
        fs::write(folder.join("plugin.yaml"), yaml)?;
        fs::write(folder.join("run"), "#!/bin/sh\n")?;
        fs::set_permissions(folder.join("run"), fs::Permissions::from_mode(0o755))?;
        git(&["add", "."])?;
        git(&["commit", "-q", "-m", version])?;
        git(&["tag", &format!("v{version}")])?;
    }
    Ok(())
}
