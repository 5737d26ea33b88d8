//! A running control plane as a value: it ends when the value does.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::install::Tool;
use crate::paths;

/// A Kubernetes API with simulated nodes, on loopback ports of its own.
pub(crate) struct ControlPlane {
    server: Child,
    facts: Value,
    _state: tempfile::TempDir,
}

impl ControlPlane {
    /// Starts one and waits until it is ready.
    pub(crate) fn start() -> Result<ControlPlane> {
        let state = tempfile::Builder::new()
            .prefix("control-plane-")
            .tempdir()?;
        let log = fs::File::create(state.path().join("serve.log"))?;
        // The pipe to its standard input closes when this process ends, however it ends.
        let mut server = command("serve", state.path())?
            .arg("--until-eof")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("cannot start the control plane")?;
        let output = server.stdout.take().context("the output is piped")?;
        let first = serde_json::Deserializer::from_reader(BufReader::new(output))
            .into_iter::<Value>()
            .next();
        let Some(Ok(facts)) = first else {
            let log = fs::read_to_string(state.path().join("serve.log")).unwrap_or_default();
            anyhow::bail!("the control plane did not start:\n{log}");
        };
        Ok(ControlPlane {
            server,
            facts,
            _state: state,
        })
    }

    /// The address of the API server.
    pub(crate) fn server(&self) -> Result<&str> {
        self.facts["server"]
            .as_str()
            .context("the control plane has a server")
    }

    /// The kubeconfig of a user: admin, editor, viewer, nobody or certified.
    pub(crate) fn kubeconfig(&self, user: &str) -> Result<PathBuf> {
        let path = self.facts["users"][user]["kubeconfig"].as_str();
        Ok(PathBuf::from(path.with_context(|| {
            format!("the control plane has no user {user}")
        })?))
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        // A server that is gone already is what we want; nothing else can be done here.
        let _ = self.server.wait();
    }
}

/// `controlplane NAME` with its state in a folder.
pub(super) fn command(name: &str, state: &Path) -> Result<Command> {
    let kwok = Tool::Kwok.installed()?;
    let published = kwok.with_file_name("stages.yaml");
    let ours = paths::root().join("oracle/stages.yaml");
    let mut command = Command::new(Tool::ControlPlane.installed()?);
    command
        .arg(name)
        .arg("--state")
        .arg(state)
        .arg("--kwok")
        .arg(kwok);
    for stages in [published, ours] {
        command.arg("--stages").arg(stages);
    }
    Ok(command)
}
