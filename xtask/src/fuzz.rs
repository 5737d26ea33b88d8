//! Builds the fuzz targets and lets libFuzzer at them.
//!
//! The code is instrumented for coverage alone. A sanitizer would look for broken memory, which safe Rust does not
//! have, would need a nightly compiler, and would make everything slower.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::workers::side_by_side;

/// How long each target runs where nothing else is said, in seconds.
const SECONDS: u64 = 600;
/// The longest that one input may take, in seconds.
const TIMEOUT: u64 = 5;
/// The most memory that a target may use, in MiB.
const MEMORY: u64 = 512;

/// Counters on the edges of the code and the operands of comparisons, where libFuzzer looks for them.
const INSTRUMENTATION: &str = "--cfg fuzzing \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// `cargo xtask fuzz [TARGET…] [SECONDS]`
pub(crate) fn command(words: &[&str]) -> Result<()> {
    let (numbers, names): (Vec<&str>, Vec<&str>) =
        words.iter().partition(|word| word.parse::<u64>().is_ok());
    let seconds = match numbers.last() {
        Some(number) => number.parse()?,
        None => SECONDS,
    };
    let known = targets()?;
    if let Some(name) = names
        .iter()
        .find(|name| !known.iter().any(|known| known == *name))
    {
        bail!("no target {name}; there are {}", known.join(", "));
    }
    let chosen = match names.is_empty() {
        true => known,
        false => names.iter().map(|name| name.to_string()).collect(),
    };
    let programs = build(&chosen)?;
    let held = side_by_side(&chosen, |name| run(&programs, name, seconds))?;
    let passed = held.iter().filter(|held| **held).count();
    let failed = held.len() - passed;
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        bail!("the fuzzers found something");
    }
    Ok(())
}

/// The targets are those that have a corpus.
fn targets() -> Result<Vec<String>> {
    let entries = fs::read_dir(paths::root().join("fuzz/corpus"))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// Builds the fuzzers, and tells in which folder they are.
fn build(names: &[String]) -> Result<PathBuf> {
    let host = host()?;
    let folder = paths::root().join("target/fuzz");
    let mut cargo = Command::new("cargo");
    // With a target named, the flags are not for build scripts.
    cargo
        .args([
            "build",
            "--locked",
            "--profile",
            "fuzz",
            "--package",
            "fuzz",
        ])
        .args(["--features", "libfuzzer", "--target", &host, "--target-dir"])
        .arg(&folder)
        .env("RUSTFLAGS", INSTRUMENTATION)
        .current_dir(paths::root());
    for name in names {
        cargo.args(["--bin", &format!("fuzz-{name}")]);
    }
    if !cargo.status().context("cannot run cargo")?.success() {
        bail!("the fuzzers do not build");
    }
    Ok(folder.join(host).join("fuzz"))
}

/// The machine that the compiler makes programs for by itself.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not tell its host")?.to_owned())
}

/// Runs one fuzzer; whether it found nothing. What it learns of inputs stays in target/ for the next time. With a
/// seed in `SEED` it begins anew, so that it tries about the same each time.
fn run(programs: &Path, name: &str, seconds: u64) -> Result<bool> {
    let work = paths::root().join("target/fuzz");
    let scratch = tempfile::tempdir()?;
    let seed = std::env::var("SEED").ok();
    let learned = match seed {
        Some(_) => scratch.path().to_owned(),
        None => work.join("corpus").join(name),
    };
    let found = work.join("found").join(name);
    fs::create_dir_all(&learned)?;
    fs::create_dir_all(&found)?;
    let source = paths::root().join("fuzz");
    let mut fuzzer = Command::new(programs.join(format!("fuzz-{name}")));
    fuzzer
        .arg(learned)
        .arg(source.join("corpus").join(name))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={TIMEOUT}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg(format!("-artifact_prefix={}/", found.display()));
    fuzzer.args(seed.map(|seed| format!("-seed={seed}")));
    let words = source.join("dictionaries").join(name);
    if words.exists() {
        fuzzer.arg(format!("-dict={}", words.display()));
    }
    let output = fuzzer
        .output()
        .with_context(|| format!("cannot run {fuzzer:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        println!("{name}: {}", said.lines().last().unwrap_or_default());
    } else {
        println!("{name}: found something\n{}", end(&said));
    }
    Ok(output.status.success())
}

/// The end of what a fuzzer says: the panic and the file with the input.
fn end(said: &str) -> String {
    const LINES: usize = 60;
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
