//! Benchmarks against real Helm, both in one run, because absolute times differ from machine to machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::oracle::Tool;
use crate::paths;

const USAGE: &str = "\
usage: cargo xtask bench NAME [--candidate FILE]
  startup    `version --short`: the time from start to end of a command that does nothing";

/// `cargo xtask bench …`
pub(crate) fn command(words: &[&str]) -> Result<()> {
    let (name, candidate) = match words {
        [name] => (*name, paths::root().join("target/release/sternpost")),
        [name, "--candidate", file] => (*name, PathBuf::from(file)),
        _ => bail!("{USAGE}"),
    };
    match name {
        "startup" => startup(&candidate),
        _ => bail!("{USAGE}"),
    }
}

/// Starts both programs in turn, so that what else the machine does hits both alike.
fn startup(candidate: &Path) -> Result<()> {
    const ROUNDS: usize = 101;
    let helm = Tool::Helm4.installed()?;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(time(&helm)?);
        ours.push(time(candidate)?);
    }
    let (theirs, ours) = (Times::of(theirs), Times::of(ours));
    println!("startup, `version --short`, {ROUNDS} runs each in turn");
    println!("  real Helm 4.3.1   {theirs}");
    println!(
        "  {:<17} {ours}",
        candidate.file_name().unwrap_or_default().to_string_lossy()
    );
    println!(
        "  ratio             min {:.1}, median {:.1}",
        theirs.min / ours.min,
        theirs.median / ours.median
    );
    Ok(())
}

fn time(program: &Path) -> Result<Duration> {
    let start = Instant::now();
    let status = Command::new(program)
        .args(["version", "--short"])
        .stdout(Stdio::null())
        .status();
    let took = start.elapsed();
    let status = status.with_context(|| format!("cannot run {}", program.display()))?;
    if !status.success() {
        bail!("{} version --short: {status}", program.display());
    }
    Ok(took)
}

/// Milliseconds.
struct Times {
    min: f64,
    median: f64,
}

impl Times {
    fn of(mut all: Vec<Duration>) -> Times {
        all.sort();
        let at = |index: usize| {
            all.get(index)
                .map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
        };
        Times {
            min: at(0),
            median: at(all.len() / 2),
        }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "min {:7.2} ms, median {:7.2} ms", self.min, self.median)
    }
}
