//! Versions and constraints.

use gostd::semver::{Constraint, Version};

use crate::oracle::{Answer, Question};
use crate::random::Random;
use crate::{Asks, Lines};

const VERSIONS: &[&str] = &[
    "1.2.3",
    "v1.2.3",
    "1.2",
    "v1",
    "0.0.0",
    "1.2.3-rc.1",
    "1.2.3-0",
    "1.2.3+meta",
    "01.2.3",
    "1.02",
    "1.28.3-gke.100",
    "v1.30.1+k3s1",
    "1.2.3.4",
    "",
    "latest",
    "1.x",
    "2.0.0-alpha",
    "10.20.30",
    "18446744073709551615.0.0",
    "18446744073709551616.0.0",
    "1.2.3-a..b",
    "1.2.3-01",
    " 1.2.3",
    "1.2.3-é",
];

const OPERATORS: &[&str] = &[
    "", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^", "> ", ">=  ", "==", "!", "><",
];

const BOUNDS: &[&str] = &[
    "1.2.3",
    "1.2",
    "1",
    "1.2.x",
    "1.X",
    "*",
    "x",
    "0",
    "0.0.3",
    "0.2",
    "1.2.3-rc.1",
    "1.21-0",
    "1.2.*-0",
    "v1.2",
    "2.0.0-alpha",
    "1.2.3+meta",
    "",
    "a",
    "1.2.3.4",
];

const JOINTS: &[&str] = &[" ", ", ", ",", " || ", "||", " - ", "-", "  ", " , "];

#[test]
fn versions_are_read_as_in_go() {
    compare("versions", 600, "semver.parse");
    compare("strict versions", 300, "semver.strict");
    compare("constraints", 600, "semver.constraint");
}

#[test]
fn versions_fit_constraints_as_in_go() {
    compare("versions and constraints", 1000, "semver.validate");
}

#[test]
fn versions_are_ordered_as_in_go() {
    compare("pairs of versions", 1000, "semver.compare");
}

fn compare(name: &'static str, cases: usize, f: &'static str) {
    let asks = Asks {
        name,
        lines: Lines::InOrder,
        cases,
        least_refused: 20,
    };
    asks.compare(|random, _| question(random, f), answer);
}

fn question(random: &mut Random, f: &'static str) -> Question {
    let a = match f {
        "semver.parse" | "semver.strict" => vec![version(random)],
        "semver.compare" => vec![version(random), version(random)],
        "semver.constraint" => vec![constraint(random)],
        _ => vec![constraint(random), version(random)],
    };
    Question { f, a }
}

fn version(random: &mut Random) -> String {
    if random.chance(70) {
        return random.pick(VERSIONS).to_owned();
    }
    random.pieces(
        &["0", "1", "2", "9", ".", ".", "-", "+", "rc", "v", "x", "00"],
        7,
    )
}

fn constraint(random: &mut Random) -> String {
    let mut text = bound(random);
    for _ in 0..random.below(3) {
        text += random.pick(JOINTS);
        text += &bound(random);
    }
    text
}

fn bound(random: &mut Random) -> String {
    format!("{}{}", random.pick(OPERATORS), random.pick(BOUNDS))
}

fn answer(question: &Question) -> Answer {
    let text = |at: usize| question.a[at].as_str();
    let constraint = || Constraint::parse(text(0)).map_err(|error| error.to_string());
    let version = |at| Version::parse(text(at)).map_err(|error| error.to_string());
    match question.f {
        "semver.parse" => version(0).map(|v| describe(&v)),
        "semver.strict" => {
            let version = Version::parse_strict(text(0)).map_err(|error| error.to_string());
            version.map(|v| describe(&v))
        }
        "semver.compare" => {
            let (a, b) = (version(0)?, version(1)?);
            Ok((a.cmp(&b) as i8).to_string())
        }
        "semver.constraint" => Ok(constraint()?.to_string()),
        _ => {
            let fits = constraint()?.validate(&version(1)?);
            Ok(fits.map_or_else(|reasons| reasons.join("\n"), |()| "true".to_owned()))
        }
    }
}

fn describe(v: &Version) -> String {
    format!(
        "{v}|{}|{}|{}|{}|{}|{}",
        v.original(),
        v.major(),
        v.minor(),
        v.patch(),
        v.prerelease(),
        v.metadata()
    )
}
