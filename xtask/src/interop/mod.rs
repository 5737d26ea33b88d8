//! Both directions on a real control plane: what one program installed, another reads and removes.
//!
//! A story is a list of commands, each by real Helm 4, real Helm 3 or the candidate. It is played on two
//! control planes at once: as written, and with real Helm 4 in the candidate's part. After each command the
//! two must have said the same, and after each change the two clusters must hold the same, release
//! records, field managers and all.

mod diff;
mod lane;
mod mask;
mod story;
mod world;

use std::thread;

use anyhow::{Result, anyhow};

use crate::conformance::{Outcome, Settings, skip};
use crate::oracle::Tool;
use crate::paths;
use diff::Difference;
use lane::Lane;
use story::{Step, Story};

/// How many differences of one command are shown; the rest are counted.
const SHOWN: usize = 12;

/// Plays all stories.
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    if let Some(missing) = Tool::ALL.into_iter().find(|tool| tool.installed().is_err()) {
        return skip(&format!("interop needs {}", missing.name()));
    }
    let scratch = tempfile::tempdir()?;
    let helm = Tool::Helm4.installed()?;
    let subjects = story::subjects(&helm, scratch.path(), paths::corpus().as_deref())?;
    let stories = subjects.iter().flat_map(story::stories);
    let stories = stories.filter(|story| {
        settings
            .only
            .as_ref()
            .is_none_or(|text| story.name.contains(text.as_str()))
    });

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
    for story in stories {
        play(&story, &expected, &actual, &mut outcome)?;
    }
    Ok(outcome)
}

/// Plays one story in both lanes and reports where they part.
fn play(story: &Story, expected: &Lane, actual: &Lane, outcome: &mut Outcome) -> Result<()> {
    let before = outcome.failed;
    println!("story {}", story.name);
    for step in &story.steps {
        let (wanted, given) = both(expected, actual, |lane| lane.run(story, step))?;
        let differences = diff::seen(&wanted, &given);
        outcome.check(differences.is_empty());
        report(step, &differences);
    }
    both(expected, actual, |lane| lane.clear(story))?;
    if outcome.failed == before {
        println!("  the same, {} commands", story.steps.len());
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

fn report(step: &Step, differences: &[Difference]) {
    if differences.is_empty() {
        return;
    }
    println!("  differs: {step}");
    for difference in differences.iter().take(SHOWN) {
        println!("{difference}");
    }
    if differences.len() > SHOWN {
        println!("    … and {} more", differences.len() - SHOWN);
    }
}
