//! Against a real control plane: real Helm, Sternpost, and a bare client that sends the same writes.

mod list;
mod objects;
mod stack;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::Settings;
use super::timing::Times;
use crate::oracle::{ControlPlane, Tool};
use crate::wire::Wire;

pub(super) fn run(settings: &Settings) -> Result<()> {
    let bench = Bench::open(settings)?;
    let rounds = settings.rounds.unwrap_or(7);
    objects::run(&bench, rounds)?;
    list::run(&bench, rounds)?;
    stack::run(&bench, rounds)
}

/// A control plane, and who is measured on it.
struct Bench {
    plane: ControlPlane,
    home: TempDir,
    helm: PathBuf,
    candidate: PathBuf,
    wire: PathBuf,
}

impl Bench {
    fn open(settings: &Settings) -> Result<Bench> {
        let home = tempfile::tempdir()?;
        let candidate = home.path().join("helm");
        let real = settings.candidate.canonicalize();
        symlink(real.context("no candidate")?, &candidate)?;
        Ok(Bench {
            plane: ControlPlane::start()?,
            helm: Tool::Helm4.installed()?,
            candidate,
            wire: Wire::build(home.path())?,
            home,
        })
    }

    /// A program on the control plane as its administrator.
    fn command(&self, program: &Path, words: &[&str]) -> Result<Command> {
        self.through(program, words, &self.plane.kubeconfig("admin")?)
    }

    fn through(&self, program: &Path, words: &[&str], kubeconfig: &Path) -> Result<Command> {
        let mut command = Command::new(program);
        command
            .args(words)
            .env_clear()
            .env("HOME", self.home.path())
            .env("KUBECONFIG", kubeconfig);
        Ok(command)
    }

    /// Records what a run of the candidate sends.
    fn record(&self, words: &[&str], file: &Path) -> Result<()> {
        self.record_of(&self.candidate, words, file)
    }

    fn record_of(&self, program: &Path, words: &[&str], file: &Path) -> Result<()> {
        let admin = self.plane.kubeconfig("admin")?;
        let wire = Wire::record(&self.wire, &admin, file)?;
        let config = self.home.path().join("recorded.kubeconfig");
        wire.kubeconfig(&admin, &config)?;
        succeed(self.through(program, words, &config)?)
    }

    /// The bare client with what was recorded in one namespace, sent to another.
    fn replay(&self, file: &Path, namespaces: [&str; 2]) -> Result<Command> {
        let admin = self.plane.kubeconfig("admin")?;
        Wire::replay(&self.wire, &admin, file, namespaces)
    }

    fn kubectl(&self, words: &[&str]) -> Result<String> {
        let program = Tool::ControlPlane.installed()?;
        let mut command = self.command(&program, &[&["kubectl"], words].concat())?;
        let output = command.output()?;
        if !output.status.success() {
            bail!("kubectl: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Runs a command that must go well.
fn succeed(mut command: Command) -> Result<()> {
    let output = command.output()?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// One line of a comparison.
fn tell(what: &str, theirs: &[Duration], ours: &[Duration], bare: Option<&[Duration]>) {
    let median = |all: &[Duration]| Times::of(all.to_vec()).median;
    let (theirs, ours) = (median(theirs), median(ours));
    let bare = bare.map_or_else(String::new, |bare| {
        let bare = median(bare);
        format!(
            "; bare client {bare:7.1} ms, {:.2} times as long",
            ours / bare
        )
    });
    println!(
        "  {what:<18} Helm {theirs:7.1} ms, Sternpost {ours:7.1} ms, {:.1} times as fast{bare}",
        theirs / ours
    );
}
