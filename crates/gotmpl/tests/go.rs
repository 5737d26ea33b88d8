//! Compares with Go's text/template: on the cases in `cases`, whose answers Go has written, and,
//! where Go is installed, on templates made at random.
//!
//! `SEED` and `COUNT` say which ones and how many, so that a commit is judged the same each time (`cargo xtask
//! differential` gives a fresh seed).
//! `UPDATE=1 cargo test -p gotmpl --test go` lets Go write the answers anew.

#[path = "go/cases.rs"]
mod cases;
#[path = "go/functions.rs"]
mod functions;
#[path = "go/generate.rs"]
mod generate;
#[path = "go/oracle.rs"]
mod oracle;
#[path = "go/verbs.rs"]
mod verbs;

use std::sync::Arc;

use cases::{Answer, Case};
use gotmpl::{MissingKey, Options, State, TemplateSet};
use oracle::Oracle;

/// What ours makes of a template.
fn ours(options: &str, template: &[u8], data: &str) -> Answer {
    let missing_key = match options {
        "missingkey=zero" => MissingKey::Zero,
        "missingkey=error" => MissingKey::Error,
        _ => MissingKey::Invalid,
    };
    let mut set = TemplateSet::new("set");
    if let Err(error) = set.parse("t", template, &functions::all()) {
        return Answer::Parse(error.to_string());
    }
    let mut out = Vec::new();
    let mut state = State::new(Options {
        missing_key,
        ..Options::default()
    });
    let result = Arc::new(set).execute("t", &functions::from_json(data), &mut state, &mut out);
    match result {
        Ok(()) => Answer::Ok(out),
        Err(error) => Answer::Exec(out, error.to_string()),
    }
}

#[test]
fn cases_have_gos_answers() {
    if updating() {
        return; // by the other test, at the same time
    }
    let mut differences = Vec::new();
    for file in cases::files() {
        for case in cases::read(&file) {
            let found = ours(&case.options, case.template.as_bytes(), cases::DATA);
            if Some(&found) != case.answer.as_ref() {
                differences.push(difference(&case, case.answer.as_ref(), &found));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn the_answers_are_gos() {
    let Some(mut go) = Oracle::start() else {
        return;
    };
    let update = updating();
    let mut differences = Vec::new();
    for file in cases::files() {
        let mut cases = cases::read(&file);
        for case in &mut cases {
            let answer = go.ask(&case.options, case.template.as_bytes(), cases::DATA);
            if case.answer.as_ref() != Some(&answer) && !update {
                differences.push(difference(
                    case,
                    Some(&answer),
                    case.answer.as_ref().unwrap_or(&answer),
                ));
            }
            case.answer = Some(answer);
        }
        if update {
            cases::write(&file, &cases);
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn random_templates_do_the_same() {
    let (seed, count) = (setting("SEED", 1), setting("COUNT", 3000));
    let cases: Vec<Case> = cases::files()
        .iter()
        .flat_map(|file| cases::read(file))
        .collect();
    let mut random = generate::Random::new(seed);
    let questions = (0..count).map(|_| generate::template(&mut random, &cases));
    let Some(asked) = compare(&format!("templates of seed {seed}"), questions) else {
        return;
    };
    assert!(asked.refused * 3 >= asked.count, "too few are refused");
}

#[test]
fn verbs_print_the_same() {
    let templates = verbs::templates();
    let ways = templates.len() * verbs::ways_of_a_verb();
    let questions = templates
        .into_iter()
        .map(|template| (String::new(), template.into_bytes()));
    if compare("verbs", questions).is_some() {
        println!("verbs: {ways} ways to print a value");
    }
}

/// How much was asked, and how much of that Go refuses.
struct Asked {
    count: usize,
    refused: usize,
}

/// Asks Go and ourselves the same, and shows what differs. `None` where there is no Go.
#[expect(clippy::print_stdout, reason = "a test says how much it asked")]
fn compare(name: &str, questions: impl Iterator<Item = (String, Vec<u8>)>) -> Option<Asked> {
    let mut go = Oracle::start()?;
    let mut asked = Asked {
        count: 0,
        refused: 0,
    };
    let mut differences = Vec::new();
    for (options, template) in questions {
        let expected = go.ask(&options, &template, cases::DATA);
        let found = ours(&options, &template, cases::DATA);
        asked.count += 1;
        asked.refused += usize::from(!matches!(expected, Answer::Ok(_)));
        if expected != found {
            let template = String::from_utf8_lossy(&template).into_owned();
            let case = Case {
                options,
                template,
                answer: None,
            };
            differences.push(difference(&case, Some(&expected), &found));
        }
    }
    let Asked { count, refused } = asked;
    let different = differences.len();
    println!("{name}: {count} asked, {refused} refused by Go, {different} differ");
    assert!(differences.is_empty(), "{name}\n{}", differences.join("\n"));
    Some(asked)
}

fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn difference(case: &Case, expected: Option<&Answer>, found: &Answer) -> String {
    format!(
        "=== {}\n{}\n  Go   {expected:?}\n  ours {:?}",
        case.options,
        case.template,
        Some(found)
    )
}
