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
    let stage = Stage {
        tales: &tales,
        lane: Lane::open(&settings.candidate)?,
        postgres,
    };
    let all: Vec<usize> = (0..tales.len()).collect();
    let first = stage.live(&all, 0)?;
    let counted = match first.parted[..] {
        [] => first,
        _ if first.parted.len() > CHANCE => first,
        _ => first.after(&stage)?,
    };
    println!("{} stories", tales.len());
    let judged = judge("life", counted.same, counted.all, settings)?;
    outcome.notes.extend(judged.notes.iter().cloned());
    outcome += judged;
    Ok(outcome)
}

/// How many stories may part by chance: what controllers do at their own time shows in them on a busy machine.
/// These are lived once more, and what parts then counts.
const CHANCE: usize = 6;

/// Where stories are played.
struct Stage<'a> {
    tales: &'a [Tale],
    lane: Lane,
    postgres: Option<Postgres>,
}

/// What came of some stories.
#[derive(Default)]
struct Counted {
    /// How many comparisons there were, and how many found the same.
    same: usize,
    all: usize,
    /// The numbers of the stories in which not all was the same.
    parted: Vec<usize>,
    /// How many comparisons found the same in those, and how many there were.
    in_parted: (usize, usize),
}

impl Counted {
    /// The count with the stories that parted lived once more.
    fn after(self, stage: &Stage<'_>) -> Result<Counted> {
        println!("{} stories once more", self.parted.len());
        let again = stage.live(&self.parted, stage.tales.len())?;
        Ok(Counted {
            same: self.same - self.in_parted.0 + again.same,
            all: self.all - self.in_parted.1 + again.all,
            ..again
        })
    }
}

fn note(outcome: &mut Outcome, why: &str) {
    outcome.skipped += 1;
    outcome.notes.push(why.to_owned());
}

impl Stage<'_> {
    /// Plays the stories of these numbers, in namespaces that are numbered from `first` on.
    fn live(&self, numbers: &[usize], first: usize) -> Result<Counted> {
        let played: Vec<Mutex<Played>> = self.tales.iter().map(|_| Mutex::default()).collect();
        let counted = Mutex::new(Counted::default());
        let waiting = Mutex::new(self.jobs(numbers).into_iter());
        let next = || waiting.lock().ok()?.next();
        let player = || -> Result<()> {
            while let Some((number, ways)) = next() {
                let tale = &self.tales[number];
                for way in ways {
                    let part = Part::new(
                        tale,
                        first + number,
                        way,
                        &self.lane,
                        self.postgres.as_ref(),
                    )?;
                    let seen = part.play(&self.lane)?;
                    let mut played = played[number].lock().map_err(|_| anyhow!("a lock"))?;
                    played.insert(way.letter, seen);
                    if played.len() == tale.ways.len() {
                        let (same, all) = compare(tale, &played);
                        let mut counted = counted.lock().map_err(|_| anyhow!("a lock"))?;
                        counted.same += same;
                        counted.all += all;
                        if same < all {
                            counted.parted.push(number);
                            counted.in_parted.0 += same;
                            counted.in_parted.1 += all;
                        }
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
        counted.into_inner().map_err(|_| anyhow!("a lock"))
    }

    /// What is to be played, the parts of a story one after the other or each by itself. Long stories come first.
    fn jobs(&self, numbers: &[usize]) -> Vec<(usize, Vec<play::Way>)> {
        let mut jobs = Vec::new();
        for &number in numbers {
            let tale = &self.tales[number];
            let ways = WAYS.into_iter();
            let ways = ways.filter(|way| tale.ways.contains(way.letter));
            match tale.serial {
                true => jobs.push((number, ways.collect())),
                false => jobs.extend(ways.map(|way| (number, vec![way]))),
            }
        }
        let length = |(number, ways): &(usize, Vec<play::Way>)| {
            let lines = self.tales[*number].lines.len() * ways.len();
            std::cmp::Reverse(lines)
        };
        jobs.sort_by_key(length);
        jobs
    }
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
