//! The example into the sandbox: ours from nothing to ready in one process; real Helm into a sandbox that is
//! already served, because it has none of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use super::timing::{compare, time};
use crate::oracle::Tool;
use crate::paths;

const ROUNDS: usize = 11;

pub(super) fn run(candidate: &Path) -> Result<()> {
    let helm = Tool::Helm4.installed()?;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        let served = Served::start(candidate, folder.path())?;
        let mut command = install(&helm);
        command.env("HOME", folder.path());
        command.env("KUBECONFIG", folder.path().join("kubeconfig"));
        theirs.push(time(command)?);
        drop(served);

        let folder = tempfile::tempdir()?;
        let mut command = install(candidate);
        command.env("HOME", folder.path()).arg("--sandbox");
        command.env("STERNPOST_SANDBOX", folder.path().join("sandbox"));
        ours.push(time(command)?);
    }
    println!("example into a new sandbox, `install --wait`, {ROUNDS} runs each in turn");
    compare(theirs, ours);
    Ok(())
}

fn install(program: &Path) -> Command {
    let chart = paths::root().join("examples/gallery");
    let mut command = Command::new(program);
    command.args(["install", "gallery", "--wait"]).arg(&chart);
    command.arg("--values").arg(chart.join("values-dev.yaml"));
    command.env_clear();
    command
}

/// A sandbox that is served until this is dropped.
struct Served(Child);

impl Served {
    fn start(program: &Path, folder: &Path) -> Result<Served> {
        let mut child = Command::new(program)
            .args(["sandbox", "serve", "--write-kubeconfig"])
            .arg(folder.join("kubeconfig"))
            .env("STERNPOST_SANDBOX", folder.join("sandbox"))
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot serve a sandbox")?;
        let stdout = child.stdout.take().context("the output is piped")?;
        let served = Served(child);
        BufReader::new(stdout).read_line(&mut String::new())?;
        Ok(served)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
