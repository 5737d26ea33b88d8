//! Where two values part, told so that the cause can be seen.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::lane::Seen;
use super::world::World;

/// One place in which what was given is not what was wanted.
pub(super) struct Difference {
    place: String,
    wanted: String,
    given: String,
}

impl Difference {
    /// Whether the place has a part in its name.
    pub(super) fn is_at(&self, part: &str) -> bool {
        self.place.contains(part)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "    {}\n      wanted: {}\n      given:  {}",
            self.place, self.wanted, self.given
        )
    }
}

/// All differences between what a command should have said and done, and what it did.
pub(super) fn seen(wanted: &Seen, given: &Seen) -> Vec<Difference> {
    let mut found = Vec::new();
    if wanted.status != given.status {
        add(
            &mut found,
            "exit status".to_owned(),
            format!("{:?}", wanted.status),
            format!("{:?}", given.status),
        );
    }
    lines(&mut found, "stdout", &wanted.stdout, &given.stdout);
    // Warnings of requests that run at once come in any order.
    lines(
        &mut found,
        "stderr",
        &sorted(&wanted.stderr),
        &sorted(&without_missing_right(&given.stderr)),
    );
    if let (Some(wanted), Some(given)) = (&wanted.world, &given.world) {
        worlds(&mut found, wanted, given);
    }
    found
}

fn add(found: &mut Vec<Difference>, place: String, wanted: String, given: String) {
    found.push(Difference {
        place,
        wanted: short(wanted),
        given: short(given),
    });
}

/// Long values are cut; what is wrong with them is seen in the first bytes or not at all.
fn short(text: String) -> String {
    const MOST: usize = 300;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}

/// Without the hint that names a right which Helm's error hides, as docs/compatibility.md has it.
fn without_missing_right(text: &str) -> String {
    let is_hint = |line: &&str| line.starts_with("Hint: ") && line.contains(" is forbidden: User ");
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !is_hint(line)).collect()
}

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.sort_unstable();
    lines.concat()
}

/// The first line that differs; what follows it is mostly the same difference again.
fn lines(found: &mut Vec<Difference>, place: &str, wanted: &str, given: &str) {
    if wanted == given {
        return;
    }
    let (mut ours, mut theirs) = (given.split_inclusive('\n'), wanted.split_inclusive('\n'));
    for number in 1.. {
        let (theirs, ours) = (theirs.next(), ours.next());
        if theirs != ours {
            let show = |line: Option<&str>| {
                line.map_or("(the end)".to_owned(), |line| format!("{line:?}"))
            };
            add(
                found,
                format!("{place}, line {number}"),
                show(theirs),
                show(ours),
            );
            return;
        }
    }
}

fn worlds(found: &mut Vec<Difference>, wanted: &World, given: &World) {
    let names: BTreeSet<&String> = wanted.keys().chain(given.keys()).collect();
    for name in names {
        match (wanted.get(name), given.get(name)) {
            (Some(wanted), Some(given)) => values(found, name, wanted, given),
            (Some(_), None) => add(
                found,
                name.clone(),
                "to be there".into(),
                "is not there".into(),
            ),
            (None, _) => add(
                found,
                name.clone(),
                "not to be there".into(),
                "is there".into(),
            ),
        }
    }
}

fn values(found: &mut Vec<Difference>, place: &str, wanted: &Value, given: &Value) {
    match (wanted, given) {
        (Value::Object(theirs), Value::Object(ours)) => {
            let keys: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
            for key in keys {
                let place = format!("{place} /{key}");
                match (theirs.get(key), ours.get(key)) {
                    (Some(wanted), Some(given)) => values(found, &place, wanted, given),
                    (wanted, given) => add(found, place, absent_or(wanted), absent_or(given)),
                }
            }
        }
        (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
            for (index, (wanted, given)) in theirs.iter().zip(ours).enumerate() {
                values(found, &format!("{place} /{index}"), wanted, given);
            }
        }
        _ if wanted == given => {}
        _ => add(
            found,
            place.to_owned(),
            wanted.to_string(),
            given.to_string(),
        ),
    }
}

fn absent_or(value: Option<&Value>) -> String {
    value.map_or("(absent)".to_owned(), Value::to_string)
}
