//! Benchmarks against real Helm, both in one run, because absolute times differ from machine to machine.

mod cluster;
mod example;
mod render;
mod repo;
mod startup;
pub(crate) mod timing;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::paths;

const USAGE: &str = "\
usage: cargo xtask bench NAME [--candidate FILE] [--rounds N]
  startup    `version --short`: the time from start to end of a command that does nothing;
             and the size of the program
  example    installs the example into a new sandbox and waits until all is ready
  cluster    a chart of 300 objects, kube-prometheus-stack and a long list on a real control plane;
             beside real Helm also a bare client that sends the same writes
  repo       `repo add`, `search repo`, `pull`, `show` with an index of 28 MB; `dependency build` of 40 charts
  render     `template` of every chart of the corpus and of umbrella charts: time and memory";

/// What is measured, and how often.
struct Settings {
    /// The binary that is compared with real Helm.
    candidate: PathBuf,
    /// How many runs of each command; the benchmark's own choice if not given.
    rounds: Option<usize>,
}

/// `cargo xtask bench …`
pub(crate) fn command(words: &[&str]) -> Result<()> {
    let [name, flags @ ..] = words else {
        bail!("{USAGE}");
    };
    let mut settings = Settings {
        candidate: paths::root().join("target/release/sternpost"),
        rounds: None,
    };
    for pair in flags.chunks(2) {
        match pair {
            ["--candidate", file] => settings.candidate = PathBuf::from(file),
            ["--rounds", n] => settings.rounds = Some(n.parse().context("--rounds")?),
            _ => bail!("{USAGE}"),
        }
    }
    match *name {
        "startup" => startup::run(&settings),
        "cluster" => cluster::run(&settings),
        "example" => example::run(&settings.candidate),
        "render" => render::run(&settings),
        "repo" => repo::run(&settings),
        _ => bail!("{USAGE}"),
    }
}
