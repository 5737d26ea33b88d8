//! Which command a command line means.

use goval::strconv::quote;

use super::Command;
use super::flag::Flag;

/// A command with those above it, the root first.
#[derive(Clone)]
pub(crate) struct Path {
    commands: Vec<&'static Command>,
    /// The name by which the last one was called.
    pub(crate) called_as: String,
}

impl Path {
    /// The root alone.
    pub(crate) fn root(root: &'static Command) -> Path {
        Path {
            commands: vec![root],
            called_as: root.name().to_owned(),
        }
    }

    /// The command itself.
    pub(crate) fn command(&self) -> &'static Command {
        // A path holds the root at least.
        self.commands.last().copied().unwrap_or(&Command::EMPTY)
    }

    /// The root.
    pub(crate) fn top(&self) -> &'static Command {
        self.commands.first().copied().unwrap_or(&Command::EMPTY)
    }

    /// The commands above it, the nearest first.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = &'static Command> {
        self.commands.iter().rev().skip(1).copied()
    }

    /// Whether it is the root.
    pub(crate) fn is_root(&self) -> bool {
        self.commands.len() == 1
    }

    /// The words that call it: `helm get values`.
    pub(crate) fn words(&self, program: &str) -> String {
        let below = self.commands.iter().skip(1).map(|c| c.name());
        std::iter::once(program)
            .chain(below)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The usage line with all its words: `helm get values RELEASE_NAME [flags]`.
    pub(crate) fn usage_line(&self, program: &str) -> String {
        let usage = self.command().usage;
        let rest = usage.split_once(' ').map(|(_, rest)| rest);
        let mut line = self.words(program);
        if let Some(rest) = rest {
            line.push(' ');
            line.push_str(rest);
        }
        if !line.contains("[flags]") {
            line.push_str(" [flags]"); // there is always one: help
        }
        line
    }

    /// The flags that hold for it: its own, and what those above it pass down.
    pub(super) fn flags(&self) -> impl Iterator<Item = &'static Flag> {
        let command = self.command();
        command
            .own_flags()
            .chain(command.persistent_flags())
            .chain(self.ancestors().flat_map(Command::persistent_flags))
    }

    fn child(&self, command: &'static Command, called_as: &str) -> Path {
        let mut commands = self.commands.clone();
        commands.push(command);
        Path {
            commands,
            called_as: called_as.to_owned(),
        }
    }
}

/// Finds the command that a command line means, and the words that are left for it.
///
/// This happens before flags are read. A word after a flag that needs a value is that value, and
/// so it is after a flag that the command does not know, as cobra does it.
///
/// # Errors
/// `unknown command …` with suggestions, where the root has no such command.
pub(crate) fn find(
    root: &'static Command,
    program: &str,
    args: &[String],
) -> Result<(Path, Vec<String>), String> {
    let mut path = Path::root(root);
    let mut rest = args.to_vec();
    while let Some(word) = first_word(&path, &rest) {
        let next = path
            .command()
            .subcommands
            .iter()
            .find(|c| c.answers_to(&rest[word]));
        let Some(next) = next else {
            break;
        };
        let called_as = rest.remove(word);
        path = path.child(next, &called_as);
    }
    match first_word(&path, &rest) {
        Some(word) if path.is_root() => Err(unknown(root, program, &rest[word])),
        _ => Ok((path, rest)),
    }
}

/// Where the first word stands that is neither a flag nor the value of one.
fn first_word(path: &Path, args: &[String]) -> Option<usize> {
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        if arg == "--" {
            return None;
        }
        if wants_value(path, arg) {
            // A value with nothing after it ends the search.
            if args.len() <= at + 2 {
                return None;
            }
            at += 2;
            continue;
        }
        if !arg.is_empty() && !arg.starts_with('-') {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Whether the word after this one is its value.
fn wants_value(path: &Path, arg: &str) -> bool {
    if arg.contains('=') {
        return false;
    }
    if let Some(name) = arg.strip_prefix("--") {
        return !path
            .flags()
            .any(|f| f.name == name && !f.implied.is_empty());
    }
    match arg.as_bytes() {
        [b'-', letter] => {
            let letter = char::from(*letter);
            !path
                .flags()
                .any(|f| f.short == Some(letter) && !f.implied.is_empty())
        }
        _ => false,
    }
}

fn unknown(root: &Command, program: &str, word: &str) -> String {
    let word_quoted = quote(word);
    let mut text = format!("unknown command {word_quoted} for {}", quote(program));
    let suggestions = suggestions(root, word);
    if !suggestions.is_empty() {
        text.push_str("\n\nDid you mean this?\n");
        for name in suggestions {
            text.push_str(&format!("\t{name}\n"));
        }
    }
    text
}

/// The commands whose names are close to a word, or begin with it, or that ask to be suggested.
fn suggestions(root: &Command, word: &str) -> Vec<&'static str> {
    let lower = word.to_lowercase();
    let mut found = Vec::new();
    for command in root
        .subcommands
        .iter()
        .filter(|c| c.name() != super::HELP && c.is_available())
    {
        let name = command.name();
        if distance(&lower, &name.to_lowercase()) <= 2 || name.to_lowercase().starts_with(&lower) {
            found.push(name);
        }
        if command
            .suggest_for
            .iter()
            .any(|s| s.eq_ignore_ascii_case(word))
        {
            found.push(name);
        }
    }
    found
}

/// The Levenshtein distance, in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
