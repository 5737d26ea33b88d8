//! Whole lives of releases, each lived five times: by Helm 4, by the candidate, by both in turn, and by Helm 3 in
//! turn with each of them. What lies in the cluster afterwards must not tell who did what.

mod play;
pub(super) mod tale;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

use anyhow::{Result, anyhow};

use self::play::{PAIRS, Part, WAYS};
use self::tale::Tale;
use super::diff::{self, Difference};
use super::lane::{Lane, Seen};
use crate::conformance::{Outcome, Settings, judge, skip};
use crate::oracle::{Postgres, Tool};
use crate::paths;

/// How many parts are played at once; most of them wait most of the time.
const AT_ONCE: usize = 8;

/// What was seen of a story: by the letter of the way, line by line.
type Played = BTreeMap<char, Vec<(String, Seen)>>;

/// Plays all stories in all ways, and judges how many commands were the same.
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let needed = [Tool::ControlPlane, Tool::Kwok, Tool::Helm4, Tool::Helm3];
    if let Some(missing) = needed.into_iter().find(|tool| tool.installed().is_err()) {
        return skip(&format!("life needs {}", missing.name()));
    }
    let mut outcome = Outcome::default();
    let mut tales = tale::all("life")?;
    if let Some(text) = settings.only.as_deref() {
        tales.retain(|tale| text.split('|').any(|text| tale.name.contains(text)));
    }
    if paths::corpus().is_none() {
        note(
            &mut outcome,
            "stories of the corpus skipped: it is not here",
        );
    }
    let postgres = match tales
        .iter()
        .any(|tale| tale.sql.is_some())
        .then(Postgres::start)
    {
        Some(Ok(postgres)) => Some(postgres),
        Some(Err(why)) => {
            note(&mut outcome, &format!("stories of SQL skipped: {why}"));
            tales.retain(|tale| tale.sql.is_none());
            None
        }
        None => None,
    };
    let lane = Lane::open(&settings.candidate)?;
    let judged = live(&tales, &lane, postgres.as_ref(), settings)?;
    outcome.notes.extend(judged.notes.iter().cloned());
    outcome += judged;
    Ok(outcome)
}

fn note(outcome: &mut Outcome, why: &str) {
    outcome.skipped += 1;
    outcome.notes.push(why.to_owned());
}

fn live(
    tales: &[Tale],
    lane: &Lane,
    postgres: Option<&Postgres>,
    settings: &Settings,
) -> Result<Outcome> {
    let played: Vec<Mutex<Played>> = tales.iter().map(|_| Mutex::default()).collect();
    let counts = Mutex::new((0, 0));
    let waiting = Mutex::new(jobs(tales).into_iter());
    let next = || waiting.lock().ok()?.next();
    let player = || -> Result<()> {
        while let Some((number, ways)) = next() {
            for way in ways {
                let part = Part::new(&tales[number], number, way, lane, postgres)?;
                let seen = part.play(lane)?;
                let mut played = played[number].lock().map_err(|_| anyhow!("a lock"))?;
                played.insert(way.letter, seen);
                if played.len() == tales[number].ways.len() {
                    let found = compare(&tales[number], &played);
                    let mut counts = counts.lock().map_err(|_| anyhow!("a lock"))?;
                    counts.0 += found.0;
                    counts.1 += found.1;
                }
            }
        }
        Ok(())
    };
    thread::scope(|scope| -> Result<()> {
        let players: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(player)).collect();
        for player in players {
            player.join().map_err(|_| anyhow!("a player panicked"))??;
        }
        Ok(())
    })?;
    let (same, all) = counts.into_inner().map_err(|_| anyhow!("a lock"))?;
    println!("{} stories", tales.len());
    judge("life", same, all, settings)
}

/// What is to be played, the parts of a story one after the other or each by itself. Long stories come first.
fn jobs(tales: &[Tale]) -> Vec<(usize, Vec<play::Way>)> {
    let mut jobs = Vec::new();
    for (number, tale) in tales.iter().enumerate() {
        let ways = WAYS.into_iter();
        let ways = ways.filter(|way| tale.ways.contains(way.letter));
        match tale.serial {
            true => jobs.push((number, ways.collect())),
            false => jobs.extend(ways.map(|way| (number, vec![way]))),
        }
    }
    let length = |(number, ways): &(usize, Vec<play::Way>)| {
        let lines = tales[*number].lines.len() * ways.len();
        std::cmp::Reverse(lines)
    };
    jobs.sort_by_key(length);
    jobs
}

/// Tells where ways parted that should not; gives the lines that were the same, and all.
fn compare(tale: &Tale, played: &Played) -> (usize, usize) {
    let (mut same, mut all) = (0, 0);
    let mut out = String::new();
    for [expected, actual] in PAIRS {
        let (Some(expected), Some(given)) = (played.get(&expected), played.get(&actual)) else {
            continue;
        };
        for ((words, wanted), (_, given)) in expected.iter().zip(given) {
            all += 1;
            let differences: Vec<Difference> = diff::seen(wanted, given);
            if differences.is_empty() {
                same += 1;
            } else {
                let step = format!("way {actual}: {words}");
                out.push_str(&super::report(&step, &differences));
            }
        }
    }
    match out.is_empty() {
        true => println!("story {}: the same, {all} comparisons", tale.name),
        false => print!("story {}\n{out}", tale.name),
    }
    (same, all)
}
