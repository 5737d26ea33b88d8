//! Mistakes as `--errors=source` shows them: each with its lines, a caret below what is meant, and
//! what is known about it.

use std::fmt::Write as _;

use action::problem::{Excerpt, Origins, Place, Problem, problems};

use crate::command::Invocation;
use crate::error::{Failure, Words};
use crate::session::Session;
use crate::ui::Style;

/// How many other ways to the same mistake are named.
const NAMED: usize = 5;
/// How many calls are told at either end of a long chain of them.
const CALLS: usize = 8;

/// Whose words errors have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Errors {
    /// Helm's, about the first mistake.
    #[default]
    Helm,
    /// Our own, about all mistakes, with lines of the source.
    Source,
}

impl Errors {
    /// The one of that name.
    ///
    /// # Errors
    /// A name that is none.
    pub(crate) fn parse(name: &str) -> Result<Errors, String> {
        match name {
            "helm" => Ok(Errors::Helm),
            "source" => Ok(Errors::Source),
            other => {
                let other = goval::strconv::quote(other.as_bytes());
                Err(format!(
                    "invalid form of errors {other}: must be one of: helm, source"
                ))
            }
        }
    }
}

/// The failure of a command, told with the lines that it is about if that is wanted and possible.
pub(crate) fn explained(session: &Session, invocation: &Invocation, failure: Failure) -> Failure {
    if session.settings.errors == Errors::Helm {
        return failure;
    }
    let Some(error) = failure
        .cause
        .as_ref()
        .and_then(|cause| cause.downcast_ref())
    else {
        return failure;
    };
    let problems = problems(error, &origins(invocation));
    if problems.is_empty() {
        return failure;
    }
    let text = text(&problems, |style, word| session.ui.styled_talk(style, word));
    Failure {
        words: Words::Told(text),
        ..failure
    }
}

/// Where values come from; the chart is the last argument of all commands that render one.
pub(crate) fn origins(invocation: &Invocation) -> Origins {
    Origins {
        chart: invocation.args().last().cloned().unwrap_or_default(),
        files: invocation.flags.list("values").to_vec(),
    }
}

/// All problems, one after the other, and how many they are if they are several.
pub(crate) fn text(problems: &[Problem], styled: impl Fn(Style, &str) -> String) -> String {
    let mut out = String::new();
    for problem in problems {
        write(&mut out, problem, &styled);
    }
    if problems.len() > 1 {
        let _ = writeln!(out, "{} errors", problems.len());
    }
    out
}

fn write(out: &mut String, problem: &Problem, styled: &impl Fn(Style, &str) -> String) {
    let lines = problem.excerpts.iter().map(|excerpt| excerpt.place.line);
    let width = lines.max().unwrap_or(0).to_string().len();
    let message = problem.message.trim_end();
    let _ = writeln!(out, "{}: {message}", styled(Style::Red, "Error"));
    for excerpt in &problem.excerpts {
        write_excerpt(out, excerpt, width, styled);
    }
    for hint in &problem.hints {
        let _ = writeln!(out, "{:width$} = {hint}", "");
    }
    write_calls(out, &problem.calls, width);
    for other in problem.also.iter().take(NAMED) {
        let _ = writeln!(out, "{:width$} = also by way of {other}", "");
    }
    if let Some(more @ 1..) = problem.also.len().checked_sub(NAMED) {
        let _ = writeln!(out, "{:width$} = and in {more} other ways", "");
    }
    out.push('\n');
}

/// The calls that led there, the last one first. Of very many, those at both ends.
fn write_calls(out: &mut String, calls: &[Place], width: usize) {
    let (last, first) = match calls.len() > 2 * CALLS {
        true => (&calls[..CALLS], &calls[calls.len() - CALLS..]),
        false => (calls, [].as_slice()),
    };
    for call in last {
        let _ = writeln!(out, "{:width$} = called at {call}", "");
    }
    if !first.is_empty() {
        let more = calls.len() - 2 * CALLS;
        let _ = writeln!(out, "{:width$} = … and {more} calls before", "");
    }
    for call in first {
        let _ = writeln!(out, "{:width$} = called at {call}", "");
    }
}

fn write_excerpt(
    out: &mut String,
    excerpt: &Excerpt,
    width: usize,
    styled: &impl Fn(Style, &str) -> String,
) {
    let Excerpt {
        place,
        text,
        marked,
    } = excerpt;
    let spaces = " ".repeat(columns(text, marked.start));
    let end = columns(text, marked.end);
    let carets = "^".repeat(end.saturating_sub(spaces.len()).max(1));
    let carets = styled(Style::Red, &carets);
    let arrow = styled(Style::Cyan, "-->");
    let _ = writeln!(out, "{:width$}{arrow} {place}", "");
    let _ = writeln!(out, "{:width$} |", "");
    let line = format!("{:>width$} | {text}", place.line);
    let _ = writeln!(out, "{}", line.trim_end());
    let _ = writeln!(out, "{:width$} | {spaces}{carets}", "");
}

/// How wide the first characters of a text are on the screen.
fn columns(text: &str, characters: usize) -> usize {
    let shown = text.chars().take(characters);
    let wide: usize = shown
        .map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0))
        .sum();
    // What is behind the end of the line is as wide as spaces.
    wide + characters.saturating_sub(text.chars().count())
}
