//! The tests that ask Go's libraries and ours the same, with as many questions as one likes.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::paths;

/// A test, and how much it asks. `cargo test` asks less, and always the same.
struct Suite {
    name: &'static str,
    about: &'static str,
    package: &'static str,
    test: &'static str,
    /// The variable that says how much is asked.
    variable: &'static str,
    /// Its usual value here.
    usual: u64,
}

/// How many times more is asked with `--long`.
const LONG: u64 = 10;

const SUITES: &[Suite] = &[
    Suite {
        name: "yaml",
        about: "YAML, JSON and TOML, read and written",
        package: "goval",
        test: "differential",
        variable: "CASES",
        usual: 20_000,
    },
    Suite {
        name: "templates",
        about: "templates, their output and errors, and the verbs of fmt",
        package: "gotmpl",
        test: "go",
        variable: "COUNT",
        usual: 6000,
    },
    Suite {
        name: "functions",
        about: "functions, versions, --set, schemas, merged values, whole charts",
        package: "testkit",
        test: "differential",
        variable: "CASES",
        usual: 1,
    },
    Suite {
        name: "kyaml",
        about: "documents with their comments, as a post-renderer gets them",
        package: "kyaml",
        test: "differential",
        variable: "COUNT",
        usual: 20_000,
    },
];

/// `cargo xtask differential [--long] [NAME…]`
pub(crate) fn command(words: &[&str]) -> Result<()> {
    let (flags, names): (Vec<&str>, Vec<&str>) = words
        .iter()
        .copied()
        .partition(|word| word.starts_with('-'));
    let long = match flags.as_slice() {
        [] => false,
        ["--long"] => true,
        _ => bail!("{}", usage()),
    };
    if names
        .iter()
        .any(|name| SUITES.iter().all(|suite| suite.name != *name))
    {
        bail!("{}", usage());
    }
    let wanted = |suite: &&Suite| names.is_empty() || names.contains(&suite.name);
    for suite in SUITES.iter().filter(wanted) {
        run(suite, long)?;
    }
    Ok(())
}

fn usage() -> String {
    let names = SUITES
        .iter()
        .map(|suite| format!("  {:<10} {}\n", suite.name, suite.about));
    format!(
        "usage: cargo xtask differential [--long] [NAME…]\n{}\
         each run asks anew; the SEED that it prints repeats it; --long asks {LONG} times as much",
        names.collect::<String>()
    )
}

fn run(suite: &Suite, long: bool) -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["test", "--package", suite.package, "--test", suite.test])
        .args(["--", "--nocapture"])
        .current_dir(paths::root());
    if let Some(corpus) = paths::corpus() {
        command.env("CORPUS", corpus.join("render/charts"));
    }
    let seed = std::env::var("SEED").unwrap_or_else(|_| fresh_seed().to_string());
    eprintln!("{}: SEED={seed}", suite.name);
    command.env("SEED", seed);
    let much = suite.usual * if long { LONG } else { 1 };
    command.env(suite.variable, much.to_string());
    let status = command.status().context("cannot run cargo")?;
    if !status.success() {
        bail!("{}: answers differ from Go's", suite.name);
    }
    Ok(())
}

/// A seed that no earlier run has had.
fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(1, |now| u64::from(now.subsec_nanos()) ^ now.as_secs())
}
