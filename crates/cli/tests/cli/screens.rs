//! Transcripts: command lines with all that they print and their exit status.
//!
//! ```text
//! $ NAME=value list -o xml
//! | a line of stdout
//! ! a line of stderr
//! = 1
//! ```
//!
//! Of help, only the outline is kept: its prose is our own.

use std::fmt::Write as _;

use crate::help::outline;
use crate::run::{Place, beside_the_tests, compare, helm, home};

#[test]
fn screens_are_those_of_helm() {
    let mut paths: Vec<_> = std::fs::read_dir(home().join("screens"))
        .expect("the directory can be read")
        .map(|entry| entry.expect("the entry can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "screen"))
        .collect();
    paths.sort();
    for path in paths {
        let transcript = std::fs::read_to_string(&path).expect("the transcript can be read");
        compare(&path, &replay(&beside_the_tests(), &transcript));
    }
}

/// Runs the commands of a transcript and writes what they print.
pub(crate) fn replay(place: &Place, transcript: &str) -> String {
    let mut out = String::new();
    for line in transcript.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            writeln!(out, "{line}").expect("a string takes any text");
            out.push_str(&screen(place, command));
        } else if !line.starts_with(['|', '!', '=']) {
            writeln!(out, "{line}").expect("a string takes any text");
        }
    }
    out
}

fn screen(place: &Place, command: &str) -> String {
    let words = split(command);
    let first = words
        .iter()
        .position(|w| !is_assignment(w))
        .unwrap_or(words.len());
    let variables: Vec<_> = words[..first]
        .iter()
        .filter_map(|w| w.split_once('='))
        .collect();
    let words: Vec<_> = words[first..].iter().map(String::as_str).collect();
    let screen = helm(place, &variables, &words);
    let out = marked('|', &screen.stdout) + &marked('!', &screen.stderr);
    format!("{out}= {}\n", screen.status)
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|n| n.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
}

/// The lines of a stream with its mark; a last line without an end has `\` after the mark.
fn marked(mark: char, text: &str) -> String {
    let outline = outline(text);
    outline
        .as_deref()
        .unwrap_or(text)
        .split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some("") => format!("{mark}\n"),
            Some(body) => format!("{mark} {body}\n"),
            None => format!("{mark}\\ {line}\n"),
        })
        .collect()
}

/// Words between spaces; quotes of either kind keep spaces.
fn split(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
