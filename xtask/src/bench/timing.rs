//! Running programs and what their times come to.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The times of one command, in milliseconds.
pub(super) struct Times {
    pub(super) min: f64,
    pub(super) median: f64,
}

impl Times {
    pub(super) fn of(mut all: Vec<Duration>) -> Times {
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

/// Runs both commands in turn, so that what else the machine does hits both alike.
pub(super) fn in_turn(
    rounds: usize,
    theirs: &dyn Fn() -> Command,
    ours: &dyn Fn() -> Command,
) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        first.push(time(theirs())?);
        second.push(time(ours())?);
    }
    Ok((first, second))
}

/// Prints both and the ratio.
pub(super) fn compare(theirs: Vec<Duration>, ours: Vec<Duration>) {
    let (theirs, ours) = (Times::of(theirs), Times::of(ours));
    println!("  real Helm 4.3.1   {theirs}");
    println!("  Sternpost         {ours}");
    println!(
        "  ratio             min {:.1}, median {:.1}",
        theirs.min / ours.min,
        theirs.median / ours.median
    );
}

/// Runs a command to its end, which must be a good one.
pub(super) fn time(mut command: Command) -> Result<Duration> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status();
    let took = start.elapsed();
    let status = status.with_context(|| format!("cannot run {command:?}"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(took)
}

/// The largest resident memory of a run in KiB, as GNU time tells it; `None` where that is not installed.
pub(super) fn memory(command: &Command) -> Option<f64> {
    let mut again = Command::new(command.get_program());
    again.args(command.get_args());
    for (key, value) in command.get_envs() {
        again.env(key, value?);
    }
    Some(measured(again, Duration::from_secs(600)).ok()?.kib)
}

/// What a run took, and how it ended.
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// The largest resident memory.
    pub(crate) kib: f64,
    /// `None` if a signal ended it, which is what happens to one that takes too long.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Measured {
    pub(crate) fn mib(&self) -> f64 {
        self.kib / 1024.0
    }
}

/// Runs a command under GNU time, which sees it from outside, for so long at most.
pub(crate) fn measured(command: Command, longest: Duration) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    let told = folder.path().join("told");
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%e %M", "-o"]).arg(&told);
    timed.args(["timeout", "-s", "KILL", &longest.as_secs().to_string()]);
    timed.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        timed.current_dir(folder);
    }
    for (key, value) in command.get_envs() {
        timed.env(key, value.unwrap_or_default());
    }
    let output = timed.output().context("cannot run /usr/bin/time")?;
    let told = fs::read_to_string(&told)?;
    let last = told.lines().last().unwrap_or_default();
    let (seconds, kib) = last.split_once(' ').context("time tells two numbers")?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Measured {
        seconds: seconds.parse()?,
        kib: kib.parse()?,
        // Above 127, it is a signal that time tells of.
        status: output.status.code().filter(|status| *status < 128),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    })
}

/// The geometric mean.
pub(super) fn geomean(ratios: impl IntoIterator<Item = f64>) -> f64 {
    let logs: Vec<f64> = ratios.into_iter().map(f64::ln).collect();
    (logs.iter().sum::<f64>() / logs.len() as f64).exp()
}
