//! Compares with tables of questions that Go's libraries have answered (see `oracle/funcs`).

use gostd::regexp::Regexp;
use gostd::semver::{Constraint, Version};
use gostd::time::{Duration, Time, Zone};

/// One line of a table.
#[derive(serde::Deserialize)]
struct Case {
    f: String,
    a: Vec<String>,
    #[serde(default)]
    ok: String,
    err: Option<String>,
}

/// Answers each question of a table and collects the answers that differ from Go's.
fn check(table: &str, answer: fn(&str, &[&str]) -> Result<String, String>) {
    let mut differences = Vec::new();
    for line in table.lines() {
        let case: Case = serde_json::from_str(line).expect("a line of the table");
        let expected = case.err.map_or(Ok(case.ok), Err);
        let arguments: Vec<&str> = case.a.iter().map(String::as_str).collect();
        let found = answer(&case.f, &arguments);
        if found != expected {
            differences.push(format!(
                "{} {arguments:?}\n  Go   {expected:?}\n  ours {found:?}",
                case.f
            ));
        }
    }
    let count = differences.len();
    assert!(
        count == 0,
        "{count} differences\n{}",
        differences.join("\n")
    );
}

#[test]
fn semver() {
    check(include_str!("tables/semver.jsonl"), answer_semver);
}

fn answer_semver(question: &str, a: &[&str]) -> Result<String, String> {
    let version = |text: &str| Version::parse(text).map_err(|e| e.to_string());
    let constraint = |text: &str| Constraint::parse(text).map_err(|e| e.to_string());
    match question {
        "semver.parse" => version(a[0]).map(|v| describe(&v)),
        "semver.strict" => match Version::parse_strict(a[0]) {
            Ok(v) => Ok(describe(&v)),
            Err(e) => Err(e.to_string()),
        },
        "semver.compare" => Ok((version(a[0])?.cmp(&version(a[1])?) as i8).to_string()),
        "semver.constraint" => Ok(constraint(a[0])?.to_string()),
        "semver.validate" => {
            let (constraint, version) = (constraint(a[0])?, version(a[1])?);
            let result = constraint.validate(&version);
            assert_eq!(result.is_ok(), constraint.check(&version));
            Ok(result.map_or_else(|reasons| reasons.join("\n"), |()| "true".to_owned()))
        }
        other => Err(format!("unknown question {other}")),
    }
}

fn describe(v: &Version) -> String {
    let numbers = format!("{}|{}|{}", v.major(), v.minor(), v.patch());
    format!(
        "{v}|{}|{numbers}|{}|{}",
        v.original(),
        v.prerelease(),
        v.metadata()
    )
}

#[test]
fn regexp() {
    check(include_str!("tables/regexp.jsonl"), answer_regexp);
}

fn answer_regexp(question: &str, a: &[&str]) -> Result<String, String> {
    let re = Regexp::new(a[0]).map_err(|e| e.to_string())?;
    let text = a.get(1).copied().unwrap_or_default();
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match question {
        "regexp.compile" => Ok(listing(re.group_names())),
        "regexp.find" => {
            let matches = re.captures_all(text.as_bytes(), -1);
            let offsets = |groups: Vec<Option<std::ops::Range<usize>>>| {
                let groups = groups.into_iter().map(|group| match group {
                    Some(range) => format!("{} {}", range.start, range.end),
                    None => "-1 -1".to_owned(),
                });
                format!("[{}]", groups.collect::<Vec<_>>().join(" "))
            };
            let matches: Vec<String> = matches.into_iter().map(offsets).collect();
            Ok(format!("[{}]", matches.join(" ")))
        }
        "regexp.replace" => {
            let [text, replacement] = [text.as_bytes(), a[2].as_bytes()];
            let expanded = re.replace_all(text, replacement);
            let literal = re.replace_all_literal(text, replacement);
            Ok(format!("{}|{}", lossy(&expanded), lossy(&literal)))
        }
        "regexp.split" => {
            let limit = a[2].parse().expect("a number");
            let pieces: Vec<String> = re
                .split(text.as_bytes(), limit)
                .into_iter()
                .map(lossy)
                .collect();
            let found = re.find_all(text.as_bytes(), limit);
            let found: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
            Ok(format!("{} {}", listing(&pieces), listing(&found)))
        }
        other => Err(format!("unknown question {other}")),
    }
}

fn listing<S: AsRef<str>>(texts: &[S]) -> String {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    format!("{}:{}", texts.len(), texts.join("\x1f"))
}

#[test]
fn time() {
    check(include_str!("tables/time.jsonl"), answer_time);
}

fn answer_time(question: &str, a: &[&str]) -> Result<String, String> {
    let duration = |text: &str| Duration::parse(text).map_err(|e| e.to_string());
    let zone = |name: &str| Zone::load(name, &Zone::Utc).map_err(|e| e.to_string());
    match question {
        "time.format" => {
            let parts: Vec<&str> = a[1].split(' ').collect();
            let seconds = parts[0].parse().expect("seconds");
            let nanoseconds = parts[1].parse().expect("nanoseconds");
            Ok(Time::from_unix(seconds, nanoseconds, zone(parts[2])?).format(a[0]))
        }
        "time.parse" => {
            let time = Time::parse_in(a[0], a[1], &zone(a[2])?).map_err(|e| e.to_string())?;
            Ok(format!("{} {} {time}", time.unix(), time.nanosecond()))
        }
        "time.duration" => {
            let d = duration(a[0])?;
            let units = [d.seconds(), d.minutes(), d.hours()].map(|x| x.to_string());
            Ok(format!("{} {d} {}\n", d.nanoseconds(), units.join(" ")))
        }
        "time.duration.step" => {
            let (d, step) = (duration(a[0])?, duration(a[1])?);
            Ok(format!("{} {}", d.round(step), d.truncate(step)))
        }
        other => Err(format!("unknown question {other}")),
    }
}
