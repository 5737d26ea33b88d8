//! Both directions on a real control plane: what one program installed, another reads and removes.
//!
//! A story is a list of commands, each by real Helm 4, real Helm 3 or the candidate. It is played on two
//! control planes at once: as written, and with real Helm 4 in the candidate's part. After each command the
//! two must have said the same, and after each change the two clusters must hold the same, release
//! records, field managers and all.

mod diff;
mod lane;
mod life;
mod mask;
mod story;
mod world;
mod writes;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread;

use anyhow::{Result, anyhow};

use crate::conformance::{Outcome, Settings, judge, skip};
use crate::oracle::Tool;
use crate::paths;
use diff::Difference;
use lane::Lane;
use story::{Step, Story, Subject};

/// How many differences of one command are shown; the rest are counted.
const SHOWN: usize = 12;

/// Releases handed to and fro, the ways to a server, and users without rights.
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    stage(settings, "interop", |subjects| {
        let around = subjects.first().into_iter();
        let around = around.flat_map(|subject| [story::ways_in(subject), story::refusals(subject)]);
        let alone = subjects.iter().flat_map(story::stories);
        alone.chain(around).collect()
    })
}

/// Lives with upgrades, failures and ways back, several at once.
pub(crate) fn lives(settings: &Settings) -> Result<Outcome> {
    life::suite(settings)
}

/// What is sent to a cluster, request by request.
pub(crate) fn requests(settings: &Settings) -> Result<Outcome> {
    writes::suite(settings)
}

/// Plays stories one after the other, and judges how many commands were the same.
fn stage(
    settings: &Settings,
    name: &str,
    stories: impl Fn(&[Subject]) -> Vec<Story>,
) -> Result<Outcome> {
    if let Some(missing) = Tool::ALL.into_iter().find(|tool| tool.installed().is_err()) {
        return skip(&format!("{name} needs {}", missing.name()));
    }
    let scratch = tempfile::tempdir()?;
    let helm = Tool::Helm4.installed()?;
    let subjects = story::subjects(&helm, scratch.path(), paths::corpus().as_deref())?;
    let mut stories = stories(&subjects);
    if let Some(text) = settings.only.as_deref() {
        stories.retain(|story| story.name.contains(text));
    }

    let (expected, actual) = thread::scope(|scope| {
        let expected = scope.spawn(|| Lane::open(&helm));
        let actual = Lane::open(&settings.candidate);
        (expected.join(), actual)
    });
    let expected = expected.map_err(|_| anyhow!("a lane panicked"))??;
    let actual = actual?;
    let mut outcome = Outcome::default();
    if paths::corpus().is_none() {
        outcome.skipped += 1;
        outcome
            .notes
            .push("charts of the corpus skipped: it is not here".to_owned());
    }
    if settings.only.is_none() {
        can_fail(&subjects, &expected, &actual, &mut outcome)?;
        actual.cast(&settings.candidate)?;
    }
    let played = stories.iter().map(|story| story.steps.len()).sum();
    let mut same = 0;
    for story in &stories {
        let parted = play(story, &expected, &actual)?;
        same += story.steps.len() - parted.len();
        tell(story, &parted);
    }
    let judged = judge(name, same, played, settings)?;
    outcome.notes.extend(judged.notes.iter().cloned());
    outcome += judged;
    Ok(outcome)
}

/// Tells how a story went, in one piece.
fn tell(story: &Story, parted: &[(&Step, Vec<Difference>)]) {
    let mut out = format!("story {}\n", story.name);
    for (step, differences) in parted {
        out.push_str(&report(step, differences));
    }
    if parted.is_empty() {
        out.push_str(&format!("  the same, {} commands\n", story.steps.len()));
    }
    print!("{out}");
}

/// Plays one story in both lanes and returns the commands after which they parted.
fn play<'a>(
    story: &'a Story,
    expected: &Lane,
    actual: &Lane,
) -> Result<Vec<(&'a Step, Vec<Difference>)>> {
    let mut parted = Vec::new();
    for step in &story.steps {
        let (wanted, given) = both(expected, actual, |lane| lane.run(story, step))?;
        let differences = diff::seen(&wanted, &given);
        if !differences.is_empty() {
            parted.push((step, differences));
        }
    }
    both(expected, actual, |lane| lane.clear(story))?;
    Ok(parted)
}

/// A suite that cannot fail says nothing. Candidates that are Helm but for one thing have to be noticed.
fn can_fail(
    subjects: &[Subject],
    expected: &Lane,
    actual: &Lane,
    outcome: &mut Outcome,
) -> Result<()> {
    let helm4 = Tool::Helm4.installed()?;
    let helm4 = helm4.display();
    let helm3 = Tool::Helm3.installed()?;
    let helm3 = helm3.display();
    let impostors = [
        (
            "record",
            "/description",
            format!("[ $1 = install ] && set -- \"$@\" --description other\nexec {helm4} \"$@\""),
        ),
        (
            "field manager",
            "/managedFields",
            format!("exec {helm3} \"$@\""),
        ),
        (
            "stdout",
            "stdout",
            format!("{helm4} \"$@\"\nstatus=$?\necho\nexit $status"),
        ),
        (
            "exit status",
            "exit status",
            format!("{helm4} \"$@\"\nexit 3"),
        ),
    ];
    let stories = subjects.first().map(story::stories).unwrap_or_default();
    let Some(story) = stories.first() else {
        return Ok(());
    };
    for (what, place, script) in impostors {
        let folder = tempfile::tempdir()?;
        let impostor = folder.path().join("impostor");
        fs::write(&impostor, format!("#!/bin/sh\n{script}\n"))?;
        fs::set_permissions(&impostor, fs::Permissions::from_mode(0o755))?;
        actual.cast(&impostor)?;
        let parted = play(story, expected, actual)?;
        both(expected, actual, |lane| lane.wait_until_clear(story))?;
        let noticed = parted
            .iter()
            .flat_map(|(_, differences)| differences)
            .any(|difference| difference.is_at(place));
        println!(
            "self-test: another {what} is {}",
            if noticed { "noticed" } else { "NOT noticed" }
        );
        outcome.check(noticed);
    }
    Ok(())
}

/// Does the same in both lanes at once.
fn both<T: Send>(
    expected: &Lane,
    actual: &Lane,
    work: impl Fn(&Lane) -> Result<T> + Sync,
) -> Result<(T, T)> {
    thread::scope(|scope| {
        let other = scope.spawn(|| work(expected));
        let given = work(actual);
        let wanted = other.join().map_err(|_| anyhow!("a lane panicked"))?;
        Ok((wanted?, given?))
    })
}

fn report(step: &dyn std::fmt::Display, differences: &[Difference]) -> String {
    let mut out = format!("  differs: {step}\n");
    for difference in differences.iter().take(SHOWN) {
        out.push_str(&format!("{difference}\n"));
    }
    if differences.len() > SHOWN {
        out.push_str(&format!("    … and {} more\n", differences.len() - SHOWN));
    }
    out
}
