//! The help of a command, laid out as cobra and pflag do it.

use goval::strconv::quote;

use super::find::Path;
use super::parse::{FlagSet, State};

/// The whole help: what the command is for, and its usage.
pub(crate) fn help(path: &Path, program: &str, flags: &FlagSet) -> String {
    let command = path.command();
    let about = if command.long.is_empty() {
        command.short
    } else {
        command.long
    };
    let about = about.trim_end();
    let mut out = String::new();
    if !about.is_empty() {
        out.push_str(&named(about, program));
        out.push_str("\n\n");
    }
    if command.run.is_some() || !command.subcommands.is_empty() {
        out.push_str(&usage(path, program, flags));
    }
    out
}

/// How the command is called: usage line, names, subcommands, flags.
pub(super) fn usage(path: &Path, program: &str, flags: &FlagSet) -> String {
    let command = path.command();
    let words = path.words(program);
    let mut out = String::from("Usage:");
    if command.run.is_some() {
        out.push_str(&format!("\n  {}", path.usage_line(program)));
    }
    if command.has_available_subcommands() {
        out.push_str(&format!("\n  {words} [command]"));
    }
    if !command.aliases.is_empty() {
        let names = [&[command.name()], command.aliases].concat().join(", ");
        out.push_str(&format!("\n\nAliases:\n  {names}"));
    }
    if command.has_available_subcommands() {
        out.push_str("\n\nAvailable Commands:");
        let shown = |c: &&super::Command| c.is_available() || c.name() == super::HELP;
        let width = command
            .subcommands
            .iter()
            .map(|c| c.name().len())
            .fold(11, usize::max);
        for child in command.sorted_subcommands().into_iter().filter(shown) {
            let short = named(child.short, program);
            out.push_str(&format!("\n  {:width$} {short}", child.name()));
        }
    }
    push_flags(&mut out, "Flags", flags, path, program, false);
    push_flags(&mut out, "Global Flags", flags, path, program, true);
    if command.has_available_subcommands() {
        out.push_str(&format!(
            "\n\nUse \"{words} [command] --help\" for more information about a command."
        ));
    }
    out.push('\n');
    out
}

/// Replaces the placeholder for the program's name.
pub(crate) fn named(text: &str, program: &str) -> String {
    text.replace("{bin}", program)
}

/// The help of a flag, without backquotes around the word that names its value.
pub(super) fn flag_help(state: &State, path: &Path, program: &str) -> String {
    let owner = if path.is_root() {
        program
    } else {
        path.command().name()
    };
    named(state.flag.help, program).replace("{self}", owner)
}

fn push_flags(
    out: &mut String,
    title: &str,
    flags: &FlagSet,
    path: &Path,
    program: &str,
    inherited: bool,
) {
    let mut lines = Vec::new();
    for state in flags.sorted() {
        if state.inherited == inherited && !state.flag.hidden {
            lines.push(flag_line(state, &flag_help(state, path, program)));
        }
    }
    if lines.is_empty() {
        return;
    }
    let width = lines
        .iter()
        .map(|(left, _)| left.len())
        .max()
        .unwrap_or_default();
    out.push_str(&format!("\n\n{title}:"));
    let mut block = String::new();
    for (left, right) in lines {
        // The widths are in bytes, as in pflag.
        let gap = " ".repeat(width - left.len());
        let right = right.replace('\n', &format!("\n{}", " ".repeat(width + 3)));
        block.push_str(&format!("\n{left}{gap}   {right}"));
    }
    out.push_str(block.trim_end());
}

/// The two columns of a flag: how it is written, and what it does with its default.
fn flag_line(state: &State, help: &str) -> (String, String) {
    let flag = &state.flag;
    let mut left = match flag.short {
        Some(letter) => format!("  -{letter}, --{}", flag.name),
        None => format!("      --{}", flag.name),
    };
    let (placeholder, help) = unquote(help);
    let placeholder = placeholder.unwrap_or_else(|| flag.kind.placeholder().to_owned());
    if !placeholder.is_empty() {
        left.push(' ');
        left.push_str(&placeholder);
    }
    let kind = flag.kind.name();
    match (kind, flag.implied) {
        (_, "") | ("bool", "true") => {}
        ("string", implied) => left.push_str(&format!("[=\"{implied}\"]")),
        (_, implied) => left.push_str(&format!("[={implied}]")),
    }
    let mut right = help;
    if !flag.kind.is_zero(&state.default) {
        let default = &state.default;
        let shown = if kind == "string" {
            quote(default)
        } else {
            default.clone()
        };
        right.push_str(&format!(" (default {shown})"));
    }
    (left, right)
}

/// Takes the word between backquotes, which names the value, out of a help text.
fn unquote(help: &str) -> (Option<String>, String) {
    let mut parts = help.splitn(3, '`');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(before), Some(word), Some(after)) => {
            (Some(word.to_owned()), format!("{before}{word}{after}"))
        }
        _ => (None, help.to_owned()),
    }
}
