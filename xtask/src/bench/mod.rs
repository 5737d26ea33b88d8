//! Benchmarks against real Helm, both in one run, because absolute times differ from machine to machine.

mod example;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::oracle::Tool;
use crate::paths;

const USAGE: &str = "\
usage: cargo xtask bench NAME [--candidate FILE]
  startup    `version --short`: the time from start to end of a command that does nothing;
             and the size of the program
  example    installs the example into a new sandbox and waits until all is ready";

/// `cargo xtask bench …`
pub(crate) fn command(words: &[&str]) -> Result<()> {
    let (name, candidate) = match words {
        [name] => (*name, paths::root().join("target/release/sternpost")),
        [name, "--candidate", file] => (*name, PathBuf::from(file)),
        _ => bail!("{USAGE}"),
    };
    match name {
        "startup" => startup(&candidate),
        "example" => example::run(&candidate),
        _ => bail!("{USAGE}"),
    }
}

/// Starts both programs in turn, so that what else the machine does hits both alike.
fn startup(candidate: &Path) -> Result<()> {
    const ROUNDS: usize = 101;
    let helm = Tool::Helm4.installed()?;
    let version = |program: &Path| {
        let mut command = Command::new(program);
        command.args(["version", "--short"]);
        time(command)
    };
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(version(&helm)?);
        ours.push(version(candidate)?);
    }
    println!("startup, `version --short`, {ROUNDS} runs each in turn");
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

/// Runs a command to its end, which must be a good one.
fn time(mut command: Command) -> Result<Duration> {
    command.stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status();
    let took = start.elapsed();
    let status = status.with_context(|| format!("cannot run {command:?}"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(took)
}

/// Prints both and the ratio.
fn compare(theirs: Vec<Duration>, ours: Vec<Duration>) {
    let (theirs, ours) = (Times::of(theirs), Times::of(ours));
    println!("  real Helm 4.3.1   {theirs}");
    println!("  Sternpost         {ours}");
    println!(
        "  ratio             min {:.1}, median {:.1}",
        theirs.min / ours.min,
        theirs.median / ours.median
    );
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
