//! What is sent to a cluster: every write of the candidate must be one of Helm's, in the same order, with the same
//! path, query, type and body, whatever the binary is called. Reads may be fewer.

mod protobuf;
mod tape;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use tempfile::TempDir;

use super::life::tale::{self, Line, Tale, spelt};
use super::mask::Masks;
use crate::conformance::{Outcome, Settings, judge, skip};
use crate::oracle::{ControlPlane, Tool};
use crate::paths;
use crate::wire::Wire;
use tape::Tape;

/// How many parts are played at once.
const AT_ONCE: usize = 4;

/// Who plays each story, by the letter in the names of namespaces: Helm 4, and the candidate under its two names.
const CAST: [char; 3] = ['h', 'c', 's'];

/// Plays the stories of `conformance/writes` and compares what each command sends.
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    for tool in [Tool::ControlPlane, Tool::Kwok, Tool::Helm4] {
        if tool.installed().is_err() {
            return skip(&format!("writes needs {}", tool.name()));
        }
    }
    let mut tales = tale::all("writes")?;
    if let Some(text) = settings.only.as_deref() {
        tales.retain(|tale| text.split('|').any(|text| tale.name.contains(text)));
    }
    let stage = Stage::open(&settings.candidate)?;
    let left_out = left_out()?;
    let waiting = Mutex::new(tales.iter().enumerate());
    let next = || waiting.lock().ok()?.next();
    let player = || -> Result<(usize, usize)> {
        let (mut same, mut all) = (0, 0);
        while let Some((number, tale)) = next() {
            let played: Vec<Vec<(String, Tape)>> = CAST
                .into_iter()
                .map(|who| stage.play(tale, number, who))
                .collect::<Result<_>>()?;
            let (given, counted) = compare(tale, &played, &left_out);
            same += given;
            all += counted;
        }
        Ok((same, all))
    };
    let (mut same, mut all) = (0, 0);
    thread::scope(|scope| -> Result<()> {
        let players: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(player)).collect();
        for player in players {
            let counts = player.join().map_err(|_| anyhow!("a player panicked"))??;
            same += counts.0;
            all += counts.1;
        }
        Ok(())
    })?;
    judge("writes", same, all, settings)
}

/// The kinds of reads that one of the two may do without, as `docs/compatibility.md` explains them.
fn left_out() -> Result<BTreeSet<String>> {
    let file = paths::root().join("conformance/writes/reads.txt");
    let text = fs::read_to_string(file)?;
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).collect())
}

/// Tells which commands sent something else than Helm; gives how many did not, and all.
fn compare(
    tale: &Tale,
    played: &[Vec<(String, Tape)>],
    left_out: &BTreeSet<String>,
) -> (usize, usize) {
    let (mut same, mut all) = (0, 0);
    let Some((helm, others)) = played.split_first() else {
        return (0, 0);
    };
    for (other, who) in others.iter().zip(&CAST[1..]) {
        for ((words, wanted), (_, given)) in helm.iter().zip(other) {
            all += 1;
            let mut wrong = differing_writes(&wanted.writes, &given.writes);
            let fewer = wanted
                .reads
                .difference(&given.reads)
                .map(|read| ("-", read));
            let more = given
                .reads
                .difference(&wanted.reads)
                .map(|read| ("+", read));
            let reads = fewer
                .chain(more)
                .map(|(sign, read)| format!("{sign} {read}"));
            wrong.extend(reads.filter(|read| !left_out.contains(read)));
            match wrong.is_empty() {
                true => same += 1,
                false => println!("{} ({who}): {words}\n  {}", tale.name, wrong.join("\n  ")),
            }
        }
    }
    (same, all)
}

/// The first write that is another one, and how many there are.
fn differing_writes(wanted: &[String], given: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    if wanted.len() != given.len() {
        wrong.push(format!("{} writes, Helm {}", given.len(), wanted.len()));
    }
    let length = wanted.len().max(given.len());
    let first = (0..length).find(|&index| wanted.get(index) != given.get(index));
    if let Some(index) = first {
        let show = |writes: &[String]| writes.get(index).map_or("none", String::as_str).to_owned();
        wrong.push(format!("write {} wanted: {}", index + 1, show(wanted)));
        wrong.push(format!("write {} given:  {}", index + 1, show(given)));
    }
    wrong
}

struct Stage {
    plane: ControlPlane,
    home: TempDir,
    wire: PathBuf,
    masks: Masks,
}

impl Stage {
    fn open(candidate: &Path) -> Result<Stage> {
        let plane = ControlPlane::start()?;
        let home = tempfile::tempdir()?;
        fs::create_dir(home.path().join("bin"))?;
        for name in ["helm", "sternpost"] {
            symlink(candidate, home.path().join("bin").join(name))?;
        }
        Ok(Stage {
            wire: Wire::build(home.path())?,
            masks: Masks::new(&[
                (&home.path().to_string_lossy(), "HOME"),
                (plane.server()?, "SERVER"),
            ])?,
            plane,
            home,
        })
    }

    fn program(&self, who: char) -> Result<PathBuf> {
        Ok(match who {
            'h' => Tool::Helm4.installed()?,
            'c' => self.home.path().join("bin/helm"),
            _ => self.home.path().join("bin/sternpost"),
        })
    }

    /// Plays a story by one program alone; gives what each of its commands has sent.
    fn play(&self, tale: &Tale, number: usize, who: char) -> Result<Vec<(String, Tape)>> {
        let namespace = format!("writes-{number:02}{who}");
        let folder = self.home.path().join(&namespace);
        tale.write_files(&folder, &namespace)?;
        let mut tapes = Vec::new();
        for line in &tale.lines {
            match line {
                Line::Next(words) => {
                    let words = spelt(words, "--rollback-on-failure", &namespace);
                    let tape = self.record(tale, who, &words, &folder, &namespace)?;
                    tapes.push((words.join(" "), tape));
                }
                Line::Kubectl(words) => self.kubectl(&spelt(words, "", &namespace))?,
                other => bail!("{}: no line {other:?} here", tale.name),
            }
        }
        let namespace = format!("namespace/{namespace}");
        let gone = ["delete", &namespace, "--ignore-not-found", "--wait=false"];
        self.kubectl(&gone.map(str::to_owned))?;
        Ok(tapes)
    }

    fn record(
        &self,
        tale: &Tale,
        who: char,
        words: &[String],
        folder: &Path,
        namespace: &str,
    ) -> Result<Tape> {
        let admin = self.plane.kubeconfig("admin")?;
        let file = folder.join("recorded");
        let wire = Wire::record(&self.wire, &admin, &file)?;
        let config = folder.join("kubeconfig");
        wire.kubeconfig(&admin, &config)?;
        // Whether it goes well is for other suites to judge.
        Command::new(self.program(who)?)
            .args(words)
            .env_clear()
            .env("HOME", self.home.path())
            .env("KUBECONFIG", config)
            .envs(tale.env.iter().map(|(name, value)| (name, value)))
            .current_dir(folder)
            .output()
            .context("cannot run the program")?;
        let requests = wire.end()?;
        Tape::read(&file, &requests, namespace, &self.masks)
    }

    fn kubectl(&self, words: &[String]) -> Result<()> {
        let output = Command::new(Tool::ControlPlane.installed()?)
            .arg("kubectl")
            .args(words)
            .env("KUBECONFIG", self.plane.kubeconfig("admin")?)
            .env("HOME", self.home.path())
            .output()?;
        if !output.status.success() {
            bail!("kubectl: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}
