//! Help: its layout is Helm's, its prose is our own.

use std::fmt::Write as _;

use crate::run::{beside_the_tests, compare, helm, home};

/// Every command of Helm 4.3.1.
const COMMANDS: &str = "
completion | completion bash | completion fish | completion powershell | completion zsh | create
dependency | dependency build | dependency list | dependency update | docs | env | get | get all
get hooks | get manifest | get metadata | get notes | get values | help | history | install | lint
list | package | plugin | plugin install | plugin list | plugin package | plugin uninstall
plugin update | plugin verify | pull | push | registry | registry login | registry logout | repo
repo add | repo index | repo list | repo remove | repo update | rollback | search | search hub
search repo | show | show all | show chart | show crds | show readme | show values | status
template | test | uninstall | upgrade | verify | version";

#[test]
fn help_is_laid_out_as_helm_does() {
    let mut outline = outline_of(&["--help"]);
    for command in COMMANDS
        .split(['|', '\n'])
        .map(str::trim)
        .filter(|c| !c.is_empty())
    {
        let words: Vec<_> = command.split(' ').chain(["--help"]).collect();
        outline.push_str(&outline_of(&words));
    }
    compare(&home().join("help.outline"), &outline);
}

fn outline_of(words: &[&str]) -> String {
    let screen = helm(&beside_the_tests(), &[], words);
    assert_eq!(
        (screen.status, screen.stderr.as_str()),
        (0, ""),
        "{words:?}"
    );
    format!(
        "# {}\n{}",
        words.join(" "),
        outline(&screen.stdout).expect("help shows the usage")
    )
}

/// What a help text shows from the usage on, with `…` in place of prose; `None` if it is no help.
pub(crate) fn outline(text: &str) -> Option<String> {
    let usage = text.find("Usage:\n")?;
    let mut out = String::new();
    for line in text[usage..].lines() {
        writeln!(out, "{}", without_prose(line)).expect("a string takes any text");
    }
    Some(out)
}

/// A line of help with `…` in place of what is prose: the text of a command or flag, up to its
/// default.
fn without_prose(line: &str) -> String {
    let is_entry =
        line.starts_with("  ") && !line.contains("[command]") && !line.contains("[flags]");
    let column = text_column(line).filter(|_| is_entry);
    let Some((left, text)) = column.and_then(|at| line.split_at_checked(at)) else {
        return line.to_owned();
    };
    let default = text.rfind(" (default ").map_or("", |at| &text[at..]);
    format!("{left}…{default}")
}

/// Where the text of an entry begins: after the first gap behind its name.
fn text_column(line: &str) -> Option<usize> {
    let name = line.len() - line.trim_start().len();
    let gap = if line[name..].starts_with('-') {
        "   "
    } else {
        " "
    };
    let at = name + line[name..].find(gap)?;
    let text = line[at..].trim_start();
    (!text.is_empty()).then(|| line.len() - text.len())
}
