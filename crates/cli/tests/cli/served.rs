//! A sandbox served by this binary, for clients that need a server.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server in a directory; it ends when this is dropped.
pub(crate) struct Served {
    process: Child,
    /// Its address, as errors show it.
    pub(crate) server: String,
    /// The kubeconfig that opens it.
    pub(crate) kubeconfig: String,
}

impl Served {
    /// Serves the sandbox in `sandbox.redb` of a directory.
    pub(crate) fn start(directory: &Path) -> Served {
        let file = directory.join("served.kubeconfig");
        let mut process = Command::new(env!("CARGO_BIN_EXE_sternpost"))
            .args(["sandbox", "serve", "--write-kubeconfig"])
            .arg(&file)
            .env_clear()
            .env("STERNPOST_SANDBOX", sandbox(directory))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("stdout is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the server tells its address");
        let server = line.trim().rsplit(' ').next().unwrap_or_default();
        Served {
            process,
            server: server.to_owned(),
            kubeconfig: std::fs::read_to_string(file).expect("the kubeconfig is written"),
        }
    }

    /// The kubeconfig with something else in the place of the user's token.
    pub(crate) fn kubeconfig_with(&self, user: &str) -> String {
        let lines = self.kubeconfig.lines().map(|line| {
            if line.trim_start().starts_with("token: ") {
                format!("    {user}\n")
            } else {
                format!("{line}\n")
            }
        });
        lines.collect()
    }

    /// The token that the server takes.
    pub(crate) fn token(&self) -> &str {
        let token = self.kubeconfig.split_once("token: ").expect("a token");
        token.1.trim()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended already is what we want.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where a directory's sandbox lies.
pub(crate) fn sandbox(directory: &Path) -> PathBuf {
    directory.join("sandbox.redb")
}
