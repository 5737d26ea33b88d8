//! Rules about the text of files.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths;

/// Longer files are hard to read from top to bottom.
const MOST_LINES: usize = 900;

/// Files that are one flat table, which nobody reads from top to bottom.
const TABLES: &[&str] = &[
    "crates/goval/src/unicode/tables.rs",
    "crates/gotmpl/src/unicode.rs",
];

/// Crates that may read the environment: the one that is the program, and the one that starts it in tests.
const READS_ENVIRONMENT: &[&str] = &["crates/cli/", "crates/testkit/", "xtask/"];

/// A file of the repository, by its path from the root.
pub(super) struct File {
    name: String,
    text: String,
}

/// The text files that git knows.
pub(super) fn tracked() -> Result<Vec<File>> {
    let args = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let output = Command::new("git")
        .args(args)
        .current_dir(paths::root())
        .output()
        .context("cannot run git")?;
    let names = String::from_utf8(output.stdout).context("a file's name is not UTF-8")?;
    let names = names.split('\0').filter(|name| !name.is_empty());
    // What is not UTF-8 is no text, and what is gone from the disk is about to be gone from git.
    let files = names.filter_map(|name| {
        let text = fs::read_to_string(paths::root().join(name)).ok()?;
        Some(File {
            name: name.to_owned(),
            text,
        })
    });
    Ok(files.collect())
}

pub(super) fn check(files: &[File]) -> Vec<String> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<String> {
    let File { name, text } = file;
    let mut found = Vec::new();
    let lines = text.lines().count();
    let is_rust = name.ends_with(".rs");
    if is_rust && lines > MOST_LINES && !TABLES.contains(&name.as_str()) {
        found.push(format!(
            "{name}: {lines} lines; split it, or list it as a table in xtask/src/tidy/files.rs"
        ));
    }
    for place in machine_paths() {
        if text.contains(&place) {
            found.push(format!("{name}: holds {place}, a path of one machine"));
        }
    }
    let is_library = is_rust
        && name.contains("/src/")
        && !READS_ENVIRONMENT
            .iter()
            .any(|folder| name.starts_with(folder));
    if is_library && text.contains("env::var") {
        found.push(format!(
            "{name}: reads the environment, which only cli may; hand the value in"
        ));
    }
    found
}

/// Put together here so that this file does not hold them.
fn machine_paths() -> [String; 3] {
    [("work", "shared"), ("work", "main"), ("tmp", "tools")]
        .map(|(first, second)| format!("/{first}/{second}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: Option<&str>) {
        let found = check_file(&File {
            name: name.to_owned(),
            text: text.to_owned(),
        });
        assert_eq!(found.len(), expected.iter().len(), "{found:?}");
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(found, expected)| found.contains(expected)),
            "{found:?}"
        );
    }

    #[test]
    fn breaches_are_found() {
        check("crates/chart/src/lib.rs", "fn f() {}\n", None);
        check(
            "crates/chart/src/lib.rs",
            &"\n".repeat(MOST_LINES + 1),
            Some("split it"),
        );
        check("docs/page.md", &"\n".repeat(MOST_LINES + 1), None);
        check(
            "docs/page.md",
            &format!("see {}", machine_paths()[0]),
            Some("a path of one machine"),
        );
        check(
            "crates/chart/src/lib.rs",
            "std::env::var(\"HOME\")",
            Some("hand the value in"),
        );
        check("crates/cli/src/env.rs", "std::env::var(\"HOME\")", None);
    }
}
