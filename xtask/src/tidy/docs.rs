//! What the documents say about the code has to be so.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use super::layers::{Crate, is_ours};
use crate::paths;

/// Documents whose commands a reader will try.
const WITH_COMMANDS: &[&str] = &["README.md", "CONTRIBUTING.md", "oracle/README.md"];

pub(super) fn check(crates: &[Crate]) -> Result<Vec<String>> {
    let mut found = dependencies_have_reasons(crates, &read("docs/dependencies.md")?);
    let script = read("dev")?;
    let known = dev_commands(&script);
    for name in WITH_COMMANDS {
        found.extend(commands_exist(name, &read(name)?, &known));
    }
    Ok(found)
}

fn read(name: &str) -> Result<String> {
    fs::read_to_string(paths::root().join(name)).with_context(|| format!("cannot read {name}"))
}

/// Each outside library has a row in docs/dependencies.md, and each row a library.
fn dependencies_have_reasons(crates: &[Crate], text: &str) -> Vec<String> {
    let used = crates
        .iter()
        .flat_map(|member| member.uses.iter().chain(&member.tests_use));
    let used: BTreeSet<&str> = used
        .map(String::as_str)
        .filter(|name| !is_ours(name))
        .collect();
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let told: BTreeSet<&str> = rows.map(|(name, _)| name).collect();
    let untold = used
        .difference(&told)
        .map(|name| format!("docs/dependencies.md: no row says why `{name}` is used"));
    let unused = told
        .difference(&used)
        .map(|name| format!("docs/dependencies.md: `{name}` is used by no crate"));
    untold.chain(unused).collect()
}

/// The words that `./dev` knows: the patterns of its last `case`.
fn dev_commands(script: &str) -> BTreeSet<&str> {
    let patterns = script
        .lines()
        .filter_map(|line| line.split_once(')').map(|(pattern, _)| pattern));
    let words = patterns
        .flat_map(|pattern| pattern.split('|'))
        .map(str::trim);
    words
        .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()))
        .collect()
}

fn commands_exist(name: &str, text: &str, known: &BTreeSet<&str>) -> Vec<String> {
    let mentions = text.split("./dev ").skip(1);
    let words = mentions.map(|rest| {
        rest.split(|c: char| !c.is_ascii_lowercase())
            .next()
            .unwrap_or_default()
    });
    let unknown = words.filter(|word| !word.is_empty() && !known.contains(word));
    unknown
        .map(|word| format!("{name}: there is no `./dev {word}`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dev_commands_are_the_patterns_of_its_case() {
        let known = dev_commands(
            "case ${1:-} in\ndemo) demo ;;\nconformance | oracle) xtask \"$@\" ;;\n*)\n",
        );
        assert_eq!(
            known.into_iter().collect::<Vec<_>>(),
            ["conformance", "demo", "oracle"]
        );
    }

    #[test]
    fn unknown_commands_are_found() {
        let known = BTreeSet::from(["test"]);
        let found = commands_exist(
            "README.md",
            "Run `./dev test`, then\n    ./dev tset fast\n",
            &known,
        );
        assert_eq!(found, ["README.md: there is no `./dev tset`"]);
    }
}
