//! Templates that do not parse, and templates that failed.

use std::collections::BTreeMap;
use std::ops::Range;

use gotmpl::{ErrorFrame, ExecError, ParseError, TextError};
use goval::Str;
use render::Failures;

use super::excerpt::offset;
use super::missing;
use super::values::Files;
use super::{Excerpt, Place, Problem};

/// The mistakes, each once, however many templates lead to it.
pub(super) fn problems(failures: &Failures, files: &Files) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for failure in &failures.all {
        let mut problem = of_text(&failure.error, &failures.texts);
        if let TextError::Exec(error) = &failure.error {
            problem.hints.extend(missing::hints(error, failures, files));
        }
        let known = problems
            .iter_mut()
            .find(|known| known.message == problem.message && known.excerpts == problem.excerpts);
        match known {
            Some(known) => known.also.extend(problem.calls.pop()),
            None => problems.push(problem),
        }
    }
    problems
}

fn of_text(error: &TextError, texts: &BTreeMap<String, Str>) -> Problem {
    match error {
        TextError::Parse(error) => unparsed(error, texts),
        TextError::Exec(error) => failed(error, texts),
    }
}

fn unparsed(error: &ParseError, texts: &BTreeMap<String, Str>) -> Problem {
    let excerpt = texts.get(&error.name).map(|text| {
        // What is missing at the end is shown where the text says something for the last time.
        let end = text.trim_ascii_end().len();
        let start = offset(text, error.line, error.column).min(end);
        Excerpt::of(&error.name, text, start..start + word(&text[start..]))
    });
    Problem {
        message: error.message.clone(),
        excerpts: excerpt.into_iter().collect(),
        ..Problem::default()
    }
}

/// The length of the word or sign that a text begins with.
fn word(text: &[u8]) -> usize {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$');
    text.iter().take_while(|b| is_word(b)).count().max(1)
}

fn failed(error: &ExecError, texts: &BTreeMap<String, Str>) -> Problem {
    let mut frames = error.frames().rev();
    let Some(innermost) = frames.next() else {
        return Problem {
            message: error.to_string(),
            ..Problem::default()
        };
    };
    // A text that `tpl` ran is a file of its own; the call of `tpl` led there.
    if let Some(within) = error.within() {
        let own = names_of(&within.error).into_iter();
        let own = own.map(|name| (name, within.text.clone()));
        let texts = texts.clone().into_iter().chain(own).collect();
        let mut problem = of_text(&within.error, &texts);
        for excerpt in &mut problem.excerpts {
            if !excerpt.place.file.contains('/') {
                excerpt.place.file = "(text of tpl)".to_owned();
            }
        }
        problem.calls.push(place(innermost));
        problem.calls.extend(frames.map(place));
        return problem;
    }
    Problem {
        message: message(innermost, error.origin()),
        excerpts: excerpt(innermost, texts).into_iter().collect(),
        calls: frames.map(place).collect(),
        ..Problem::default()
    }
}

/// The names that a text without a file of its own has in errors.
fn names_of(error: &TextError) -> Vec<String> {
    match error {
        TextError::Parse(error) => vec![error.name.clone()],
        TextError::Exec(error) => {
            let names = error.frames().map(|frame| frame.file.clone());
            names.filter(|name| !name.contains('/')).collect()
        }
    }
}

/// What a function said, or what was wrong with the expression itself.
fn message(frame: &ErrorFrame, origin: Option<&str>) -> String {
    let Some(origin) = origin else {
        return frame.message.clone();
    };
    let marked = render::message_of(origin);
    marked.unwrap_or_else(|| format!("{}: {origin}", frame.message))
}

fn place(frame: &ErrorFrame) -> Place {
    Place {
        file: frame.file.clone(),
        line: frame.line,
        column: Some(frame.column + 1),
    }
}

fn excerpt(frame: &ErrorFrame, texts: &BTreeMap<String, Str>) -> Option<Excerpt> {
    let text = texts.get(&frame.file)?;
    let start = offset(text, frame.line, frame.column);
    let mut excerpt = Excerpt::of(&frame.file, text, expression(text, start, &frame.context));
    // The caret may begin before the place that Go names; the place stays the one of all messages.
    excerpt.place = place(frame);
    Some(excerpt)
}

/// Where the expression is that failed: Go names a place within it.
fn expression(text: &[u8], start: usize, context: &str) -> Range<usize> {
    let context = context.as_bytes();
    let from = start.saturating_sub(context.len());
    let found = (from..=start)
        .rev()
        .find(|&at| text[at..].starts_with(context) && !context.is_empty());
    match found {
        Some(at) => at..at + context.len(),
        None => start..start + word(&text[start..]),
    }
}
