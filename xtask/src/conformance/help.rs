//! `--help` of every command, without its prose: usage line, aliases, subcommands, flags with type and default,
//! their order and the layout.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{Outcome, Settings, floor, skip};
use crate::oracle::Tool;
use crate::workers::side_by_side;

/// Commands of ours alone, which Helm's help does not list.
const OURS: &[&str] = &["sandbox"];

/// Flags of ours alone.
const OUR_FLAGS: &[&str] = &[
    "--errors",
    "--lease-duration",
    "--sandbox",
    "--seed",
    "--take-over",
];

/// `cargo xtask conformance help`
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("help needs real Helm 4");
    };
    let mut commands = Vec::new();
    collect(&helm, &[], &mut commands)?;
    commands.retain(|words| settings.wants(&words.join(" ")));
    let held = side_by_side(&commands, |words| {
        let wanted = bare(&help(&helm, words)?);
        let given = bare(&help(&settings.candidate, words)?);
        if wanted != given {
            settings.differs(&format!("{} --help", words.join(" ")), &wanted, &given);
        }
        Ok(wanted == given)
    })?;
    let passed = held.iter().filter(|held| **held).count();
    floor::judge("help", passed, commands.len(), settings)
}

/// All commands, by the lists in the help of those above them.
fn collect(helm: &Path, above: &[String], found: &mut Vec<Vec<String>>) -> Result<()> {
    found.push(above.to_vec());
    for name in subcommands(&help(helm, above)?) {
        let words = [above, &[name]].concat();
        collect(helm, &words, found)?;
    }
    Ok(())
}

fn subcommands(help: &str) -> BTreeSet<String> {
    let lines = help
        .lines()
        .skip_while(|line| *line != "Available Commands:");
    let lines = lines.skip(1).take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn help(program: &Path, words: &[String]) -> Result<String> {
    let output = Command::new(program)
        .arg0("helm")
        .args(words)
        .arg("--help")
        .env_clear()
        .env("HOME", "/nonexistent")
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The help without prose: from the usage line on, names of commands without what is said of them, and flags up to
/// where their description begins, with the default behind it.
fn bare(help: &str) -> String {
    let lines = help.lines().skip_while(|line| *line != "Usage:");
    let mut section = "";
    let mut bare = Vec::new();
    for line in lines {
        if !line.starts_with(' ') && !line.is_empty() {
            section = line;
        }
        let is_ours = |list: &[&str]| {
            let mut words = line.split_whitespace();
            words.any(|word| list.contains(&word))
        };
        match section {
            "Available Commands:" if line.starts_with(' ') => {
                if !is_ours(OURS) {
                    bare.push(name_and_column(line));
                }
            }
            "Flags:" | "Global Flags:" if line.trim_start().starts_with('-') => {
                if !is_ours(OUR_FLAGS) {
                    bare.push(flag(line));
                }
            }
            // The second and further lines of a description.
            "Flags:" | "Global Flags:" if line.starts_with(' ') => {}
            _ if line.starts_with("Use \"") => bare.push("Use …".to_owned()),
            _ => bare.push(line.to_owned()),
        }
    }
    bare.join("\n")
}

/// The name of a command, and in which column its description begins.
fn name_and_column(line: &str) -> String {
    let name = line.split_whitespace().next().unwrap_or_default();
    let column = line.trim_start().len() - line.trim_start()[name.len()..].trim_start().len();
    format!("  {name} @{column}")
}

/// A flag up to its description, the column in which that begins, and its default.
fn flag(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let text = &line[indent..];
    let end = text.find("   ").unwrap_or(text.len());
    let column = indent + end + text[end..].len() - text[end..].trim_start().len();
    let default = text.rfind(" (default ").filter(|_| text.ends_with(')'));
    let default = default.map_or("", |at| &text[at..]);
    format!("{}{} @{column}{default}", &line[..indent], &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_left_out() {
        let help = "Prose.\n\nUsage:\n  helm x [flags]\n\nAvailable Commands:\n  one   does one\n  sandbox  ours\n\n\
                    Flags:\n  -a, --all          all of it (default true)\n      --sandbox      ours\n                     \
                    more\n\nUse \"x\" for more.\n";
        let expected = "Usage:\n  helm x [flags]\n\nAvailable Commands:\n  one @6\n\nFlags:\n  -a, --all @21 (default true)\n\nUse …";
        assert_eq!(bare(help), expected);
    }
}
