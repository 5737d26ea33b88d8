//! Runs of a binary that depend on nothing but their words.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run left behind.
pub(crate) struct Screen {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: i32,
}

/// Real Helm, if expectations are to be written anew.
pub(crate) fn oracle() -> Option<OsString> {
    std::env::var_os("HELM_ORACLE")
}

/// The directory of the tests.
pub(crate) fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}

/// Runs Helm if it is at hand, else this binary under its name, with these variables and words.
/// The environment is empty but for a home that does not exist, and UTC.
pub(crate) fn helm(variables: &[(&str, &str)], words: &[&str]) -> Screen {
    let binary = oracle().unwrap_or_else(|| env!("CARGO_BIN_EXE_sternpost").into());
    let output = Command::new(binary)
        .arg0("helm")
        .args(words)
        .env_clear()
        .env("HOME", "/home/u")
        .env("TZ", "UTC")
        .envs(variables.iter().copied())
        .current_dir(home().join("screens"))
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts");
    Screen {
        stdout: String::from_utf8(output.stdout).expect("stdout is text"),
        stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        status: output.status.code().unwrap_or(-1),
    }
}

/// Compares with a file beside the tests, or writes it if Helm is at hand.
pub(crate) fn compare(path: &Path, found: &str) {
    if oracle().is_some() {
        std::fs::write(path, found).expect("the expectation can be written");
        return;
    }
    let expected = std::fs::read_to_string(path).expect("the expectation can be read");
    assert!(expected == found, "{}", difference(path, &expected, found));
}

/// The first lines that differ, with the lines around them.
fn difference(path: &Path, expected: &str, found: &str) -> String {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let same = expected
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let part = |lines: &[&str]| lines[same.saturating_sub(8)..lines.len().min(same + 6)].join("\n");
    let (line, name) = (same + 1, path.display());
    format!(
        "{name}:{line}\n--- expected\n{}\n--- found\n{}",
        part(&expected),
        part(&found)
    )
}
