//! How long a command takes that does nothing, and how large the program is.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Settings;
use super::timing::{compare, in_turn};
use crate::oracle::Tool;

pub(super) fn run(settings: &Settings) -> Result<()> {
    let rounds = settings.rounds.unwrap_or(101);
    let helm = Tool::Helm4.installed()?;
    let candidate = &settings.candidate;
    let version = |program: &Path| {
        let mut command = Command::new(program);
        command.args(["version", "--short"]);
        command
    };
    let (theirs, ours) = in_turn(rounds, &|| version(&helm), &|| version(candidate))?;
    println!("startup, `version --short`, {rounds} runs each in turn");
    compare(theirs, ours);
    println!("size");
    println!("  real Helm 4.3.1   {:7.2} MB", megabytes(&helm)?);
    println!("  Sternpost         {:7.2} MB", megabytes(candidate)?);
    Ok(())
}

fn megabytes(file: &Path) -> Result<f64> {
    let metadata = file.metadata();
    let bytes = metadata.with_context(|| format!("cannot read {}", file.display()))?;
    Ok(bytes.len() as f64 / 1e6)
}
