//! Charts that mean harm, given to the program as a child that is measured from outside: each ends with an error, or
//! as with Helm, soon and in little memory.

mod archives;
mod charts;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Outcome, Settings, skip};
use crate::bench::timing::{Measured, measured};
use crate::oracle::Tool;

/// The longest that a run may take, in seconds.
const SECONDS: f64 = 5.0;
/// The most resident memory that a run may have, in MiB.
const MIB: f64 = 512.0;
/// How much longer a build for debugging may take.
const DEBUG: f64 = 4.0;
/// What does not end is ended after so long.
const HANG: Duration = Duration::from_secs(60);

/// A run of the program in a folder of its own.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) words: Vec<String>,
    pub(super) files: Vec<(String, Content)>,
    pub(super) ends: Ends,
}

/// What is in the folder.
pub(super) enum Content {
    Data(Vec<u8>),
    /// A symbolic link.
    Link(String),
}

impl From<&str> for Content {
    fn from(text: &str) -> Content {
        Content::Data(text.into())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Content {
        Content::Data(text.into())
    }
}

/// How a run ends.
pub(super) enum Ends {
    /// With status 1, and this on stderr.
    Error(&'static str),
    /// With what Helm prints, and its status.
    AsHelm,
}

/// `cargo xtask conformance hostile`
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("hostile needs real Helm 4");
    };
    if !Path::new("/usr/bin/time").exists() {
        return skip("hostile needs GNU time");
    }
    let debug = settings
        .candidate
        .parent()
        .is_some_and(|folder| folder.ends_with("debug"));
    let seconds = SECONDS * if debug { DEBUG } else { 1.0 };
    let mut cases = charts::all();
    cases.extend(archives::all()?);
    cases.retain(|case| settings.wants(&case.name));
    let mut outcome = Outcome::default();
    let (mut slowest, mut largest) = (0.0_f64, 0.0_f64);
    // One after the other, so that none is slow because of its neighbour.
    for case in &cases {
        let run = run(&settings.candidate, case)?;
        let wrong = wrong(&helm, case, &run, seconds)?;
        println!(
            "  {:<44} {:5.2} s {:6.1} MiB{}",
            case.name,
            run.seconds,
            run.mib(),
            wrong
                .as_ref()
                .map_or(String::new(), |why| format!("  {why}"))
        );
        if settings.only.is_some() {
            println!("{}", start(&run.stderr));
        }
        slowest = slowest.max(run.seconds);
        largest = largest.max(run.mib());
        outcome.check(wrong.is_none());
    }
    outcome.notes.push(format!(
        "at most {slowest:.2} of {seconds} s and {largest:.0} of {MIB} MiB"
    ));
    Ok(outcome)
}

/// What is wrong with how a run ended; nothing if it is well.
fn wrong(helm: &Path, case: &Case, run: &Measured, seconds: f64) -> Result<Option<String>> {
    if run.seconds > seconds {
        return Ok(Some(format!("takes more than {seconds} s")));
    }
    if run.mib() > MIB {
        return Ok(Some(format!("takes more than {MIB} MiB")));
    }
    match case.ends {
        Ends::Error(says) => {
            let held = run.status == Some(1) && run.stderr.contains(says);
            Ok((!held).then(|| format!("ends with {:?}, {}", run.status, start(&run.stderr))))
        }
        Ends::AsHelm => {
            let wanted = self::run(helm, case)?;
            let shown = |run: &Measured| (run.status, run.stdout.clone(), run.stderr.clone());
            let held = shown(run) == shown(&wanted);
            Ok((!held).then(|| {
                let (ours, helms) = (start(&run.stderr), start(&wanted.stderr));
                format!(
                    "ends with {:?}, {ours}, not {:?}, {helms}",
                    run.status, wanted.status
                )
            }))
        }
    }
}

/// The beginning of what a program said.
fn start(text: &str) -> String {
    text.chars().take(400).collect()
}

/// Runs a program in a new folder with the files of a case.
fn run(program: &Path, case: &Case) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    for (name, content) in &case.files {
        let path = folder.path().join(name);
        let parent = path.parent().context("a file is in a folder")?;
        fs::create_dir_all(parent)?;
        match content {
            Content::Data(data) => fs::write(&path, data)?,
            Content::Link(target) => symlink(target, &path)?,
        }
    }
    let mut command = Command::new(program);
    command
        .args(&case.words)
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("KUBECONFIG", "/dev/null");
    let mut run = measured(command, HANG)?;
    let here = folder.path().to_string_lossy().into_owned();
    for text in [&mut run.stdout, &mut run.stderr] {
        *text = text.replace(&here, "HERE");
    }
    Ok(run)
}
