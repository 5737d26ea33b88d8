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

/// Where commands run.
pub(crate) struct Place {
    /// The working directory.
    pub(crate) directory: PathBuf,
    /// The value of `HOME`.
    pub(crate) home: PathBuf,
}

/// Where the transcripts lie, with a home that does not exist.
pub(crate) fn beside_the_tests() -> Place {
    Place {
        directory: home().join("screens"),
        home: "/home/u".into(),
    }
}

/// Runs Helm if it is at hand, else this binary under its name, with these variables and words.
/// The environment is empty but for the home, and UTC.
pub(crate) fn helm(place: &Place, variables: &[(&str, &str)], words: &[&str]) -> Screen {
    let binary = oracle().unwrap_or_else(|| env!("CARGO_BIN_EXE_sternpost").into());
    let output = Command::new(binary)
        .arg0("helm")
        .args(words)
        .env_clear()
        .env("HOME", &place.home)
        .env("TZ", "UTC")
        .envs(variables.iter().copied())
        .current_dir(&place.directory)
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
