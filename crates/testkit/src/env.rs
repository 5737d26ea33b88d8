//! Runs of a command in a home of its own.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::files::{fail, write_files};

/// A directory in which a command runs, without the caller's environment.
pub struct TestEnv {
    program: PathBuf,
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl TestEnv {
    /// A new environment for a program; usually `env!("CARGO_BIN_EXE_sternpost")`.
    ///
    /// # Panics
    /// If there is no temporary directory.
    pub fn new(program: impl AsRef<Path>) -> TestEnv {
        let home = TempDir::new();
        TestEnv {
            program: program.as_ref().to_owned(),
            home: home.unwrap_or_else(|error| fail(&format!("no temporary directory: {error}"))),
            variables: Vec::new(),
        }
    }

    /// The directory: home and working directory at once.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes files, each headed by a line `//- path`, into the directory.
    pub fn write(&self, text: &str) {
        write_files(self.home(), text);
    }

    /// Sets a variable for all later runs.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Runs the program and gives what is on the screen afterwards. The directory shows as `$HOME`.
    ///
    /// # Panics
    /// If the program cannot be run.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Screen {
        let output = Command::new(&self.program)
            .args(arguments)
            .current_dir(self.home())
            .env_clear()
            .env("HOME", self.home())
            .env("TZ", "UTC")
            .env("KUBECONFIG", "/dev/null")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .output();
        let output = output.unwrap_or_else(|error| {
            fail(&format!("{} cannot run: {error}", self.program.display()))
        });
        let home = self.home().display().to_string();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&home, "$HOME");
        Screen {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            status: output.status.code(),
        }
    }
}

/// What a run leaves on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Screen {
    /// What was written as data.
    pub stdout: String,
    /// What was said beside it.
    pub stderr: String,
    /// The exit status; `None` if a signal ended the program.
    pub status: Option<i32>,
}

/// The whole screen, for snapshots: each part that is not empty, under its name.
impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "----- {name}\n{text}")?;
            }
        }
        match self.status {
            Some(0) => Ok(()),
            Some(status) => writeln!(f, "----- exit status {status}"),
            None => writeln!(f, "----- ended by a signal"),
        }
    }
}
