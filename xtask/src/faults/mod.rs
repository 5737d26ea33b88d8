//! What is left of an upgrade whose process is killed, or whose cluster fails, at any of its requests.
//!
//! A proxy counts the requests of an upgrade. Then the upgrade is repeated, each time with another request
//! that goes wrong, and it is looked at whether the next command succeeds and the cluster holds what it should.

mod stage;

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};

use crate::conformance::{Outcome, Settings, skip};
use crate::oracle::Tool;
use crate::wire::Fault;
use stage::{Next, Stage};

/// How many upgrades run at once.
const AT_ONCE: usize = 6;

/// Of how many requests each fault but the killing is tried in the short run.
const SHORT: usize = 8;

/// At how many requests the process is killed at least: with fewer of them an upgrade does not show what it should.
const POINTS: usize = 40;

/// Killed at every request; every other fault at some, spread over the whole upgrade.
pub(crate) fn short(settings: &Settings) -> Result<Outcome> {
    suite(settings, SHORT)
}

/// Every fault at every request.
pub(crate) fn long(settings: &Settings) -> Result<Outcome> {
    suite(settings, usize::MAX)
}

/// One upgrade that goes wrong, and what comes after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    number: usize,
    /// The request, counted from 1.
    at: usize,
    fault: Fault,
    next: Next,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} at request {}, then {}",
            self.fault,
            self.at,
            self.next.name()
        )
    }
}

fn suite(settings: &Settings, each: usize) -> Result<Outcome> {
    for tool in [Tool::ControlPlane, Tool::Kwok, Tool::Helm4] {
        if tool.installed().is_err() {
            return skip(&format!("faults needs {}", tool.name()));
        }
    }
    let stage = Stage::open(&settings.candidate)?;
    let requests = stage.rehearse()?;
    let cases = cases(requests.len(), each);
    println!(
        "an upgrade makes {} requests; {} cases",
        requests.len(),
        cases.len()
    );
    let wanted = |case: &Case| {
        let only = settings.only.as_deref();
        only.is_none_or(|text| case.to_string().contains(text))
    };
    let waiting = Mutex::new(cases.into_iter().filter(wanted));
    let next = || waiting.lock().ok()?.next();
    let player = || -> Result<(Outcome, Duration)> {
        let mut outcome = Outcome::default();
        let mut longest = Duration::ZERO;
        while let Some(case) = next() {
            let played = stage.play(case)?;
            for wrong in &played.wrong {
                let request = requests.get(case.at - 1).map_or("", String::as_str);
                println!("{case} ({request}): {wrong}");
            }
            outcome.check(played.wrong.is_empty());
            longest = longest.max(played.took);
        }
        Ok((outcome, longest))
    };
    let mut total = Outcome::default();
    total.check(requests.len() >= POINTS);
    let mut longest = Duration::ZERO;
    thread::scope(|scope| -> Result<()> {
        let players: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(player)).collect();
        for player in players {
            let (outcome, took) = player.join().map_err(|_| anyhow!("a player panicked"))??;
            total += outcome;
            longest = longest.max(took);
        }
        Ok(())
    })?;
    println!(
        "the next command took {:.1} s at most",
        longest.as_secs_f64()
    );
    Ok(total)
}

/// All points at which the process is killed, and so many of each other fault. What a failure that is on
/// record leaves, a later uninstallation does not find with Helm either.
fn cases(requests: usize, each: usize) -> Vec<Case> {
    let killed = (1..=requests).map(|at| (at, Fault::Kill));
    let survived = Fault::SURVIVED.into_iter().enumerate();
    let survived = survived.flat_map(|(shift, fault)| {
        let count = each.min(requests);
        // Each fault begins elsewhere, so that together they meet most requests.
        (0..count).map(move |index| ((index * requests / count + shift) % requests + 1, fault))
    });
    let case = |(number, (at, fault))| Case {
        number,
        at,
        fault,
        next: match fault {
            Fault::Kill => Next::ALL[number % Next::ALL.len()],
            _ => Next::AFTER_FAILURE[number % Next::AFTER_FAILURE.len()],
        },
    };
    killed.chain(survived).enumerate().map(case).collect()
}
