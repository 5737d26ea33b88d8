//! Where upgrades go wrong: a control plane, and what a release should have come to.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use super::Case;
use crate::oracle::{ControlPlane, Tool};
use crate::paths;
use crate::wire::{Fault, Wire};

/// The lease of every command.
const LEASE: &str = "2s";

/// The kinds that the chart makes, and what a change may leave behind.
const KINDS: &str = "configmaps,services,serviceaccounts,deployments,jobs,leases";

const INSTALLED: &str = "replicas=1,extra={both,old-a,old-b}";
const UPGRADED: &str = "replicas=1,env.MODE=lively,extra={both,new-a,new-b,new-c}";
const FURTHER: &str = "replicas=1,env.MODE=late,extra={both,late}";

/// The command after the one that went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The same upgrade again.
    Again,
    /// Back to the first revision.
    Back,
    /// An upgrade that wants other objects.
    Further,
    /// Nothing is to be left.
    Gone,
}

impl Next {
    pub(super) const ALL: [Next; 4] = [Next::Again, Next::Back, Next::Further, Next::Gone];

    /// What Helm too can do after a failure without leaving anything behind.
    pub(super) const AFTER_FAILURE: [Next; 2] = [Next::Again, Next::Back];

    pub(super) fn name(self) -> &'static str {
        match self {
            Next::Again => "again",
            Next::Back => "back",
            Next::Further => "further",
            Next::Gone => "gone",
        }
    }

    fn words(self) -> Vec<&'static str> {
        match self {
            Next::Again => upgrade(UPGRADED),
            Next::Back => vec!["rollback", "rel", "1"],
            Next::Further => upgrade(FURTHER),
            Next::Gone => vec!["uninstall", "rel"],
        }
    }
}

fn upgrade(values: &str) -> Vec<&str> {
    vec![
        "upgrade",
        "rel",
        "CHART",
        "--wait",
        "--timeout=60s",
        "--set",
        values,
    ]
}

/// A control plane, and who plays on it.
pub(super) struct Stage {
    plane: ControlPlane,
    home: TempDir,
    wire: PathBuf,
    /// The objects that there should be after each command.
    expected: Vec<(Next, BTreeSet<String>)>,
}

/// What became of a case.
pub(super) struct Played {
    pub(super) wrong: Vec<String>,
    /// How long the next command took.
    pub(super) took: Duration,
}

impl Stage {
    pub(super) fn open(candidate: &Path) -> Result<Stage> {
        let plane = ControlPlane::start()?;
        let home = tempfile::tempdir()?;
        symlink(candidate, home.path().join("helm")).context("cannot link the candidate")?;
        let wire = Wire::build(home.path())?;
        let mut stage = Stage {
            plane,
            home,
            wire,
            expected: Vec::new(),
        };
        for next in Next::ALL {
            let namespace = format!("calm-{}", next.name());
            stage.succeed(&namespace, &stage.install())?;
            stage.succeed(&namespace, &upgrade(UPGRADED))?;
            stage.succeed(&namespace, &next.words())?;
            let objects = stage.objects(&namespace)?;
            stage.expected.push((next, objects));
        }
        Ok(stage)
    }

    /// The requests of an upgrade that goes well.
    pub(super) fn rehearse(&self) -> Result<Vec<String>> {
        let namespace = "rehearsal";
        self.succeed(namespace, &self.install())?;
        let wire = Wire::start(&self.wire, &self.plane.kubeconfig("admin")?, None)?;
        let child = self.through(&wire, namespace)?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!(
                "the upgrade fails: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        wire.end()
    }

    /// Lets an upgrade go wrong, and looks at what comes after it.
    pub(super) fn play(&self, case: Case) -> Result<Played> {
        let namespace = format!("fault-{}", case.number);
        self.succeed(&namespace, &self.install())?;
        let mut wrong = Vec::new();
        let wire = Wire::start(
            &self.wire,
            &self.plane.kubeconfig("admin")?,
            Some((case.at, case.fault)),
        )?;
        let child = self.through(&wire, &namespace)?;
        match case.fault {
            Fault::Kill => wire.kill(child)?,
            _ => {
                let output = child.wait_with_output()?;
                drop(wire);
                wrong.extend(self.judge_failure(&namespace, &output)?);
            }
        }
        let begin = Instant::now();
        let output = self.run(&namespace, &case.next.words())?;
        let took = begin.elapsed();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            wrong.push(format!("the next command fails: {}", said.trim()));
        }
        let found = self.objects(&namespace)?;
        let known = self.expected.iter().find(|(next, _)| *next == case.next);
        let expected = known
            .map(|(_, objects)| objects)
            .context("every command was tried")?;
        let list = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> String {
            one.difference(other)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        };
        if found != *expected {
            let (lost, orphaned) = (list(expected, &found), list(&found, expected));
            wrong.push(format!("lost: {lost}; orphaned: {orphaned}"));
        }
        if case.next != Next::Gone {
            match self.statuses(&namespace) {
                Ok(statuses) if is_sound(&statuses) => {}
                Ok(statuses) => wrong.push(format!("records: {}", statuses.join(", "))),
                Err(error) => wrong.push(error.to_string()),
            }
        }
        Ok(Played { wrong, took })
    }

    /// A command that ends by itself either succeeds or leaves a failure on record.
    fn judge_failure(&self, namespace: &str, output: &Output) -> Result<Option<String>> {
        let statuses = self.statuses(namespace)?;
        let last = statuses.last().map(String::as_str).unwrap_or_default();
        let good = match output.status.success() {
            true => last == "deployed",
            // Where it failed before its record, the one before is still the newest.
            false => last == "failed" || (last == "deployed" && statuses.len() == 1),
        };
        let said = String::from_utf8_lossy(&output.stderr);
        Ok((!good).then(|| {
            format!(
                "{}, but the record is {last}: {}",
                output.status,
                said.trim()
            )
        }))
    }

    /// Starts the upgrade on its way through a proxy.
    fn through(&self, wire: &Wire, namespace: &str) -> Result<Child> {
        let config = self.home.path().join(format!("{namespace}.kubeconfig"));
        wire.kubeconfig(&self.plane.kubeconfig("admin")?, &config)?;
        let mut command = self.command(namespace, &upgrade(UPGRADED))?;
        command
            .env("KUBECONFIG", config)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run the candidate")
    }

    fn install(&self) -> Vec<&'static str> {
        vec![
            "install",
            "rel",
            "CHART",
            "--create-namespace",
            "--set",
            INSTALLED,
        ]
    }

    fn succeed(&self, namespace: &str, words: &[&str]) -> Result<()> {
        let output = self.run(namespace, words)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("{} in {namespace}: {said}", words.join(" "));
        }
        Ok(())
    }

    fn run(&self, namespace: &str, words: &[&str]) -> Result<Output> {
        let mut command = self.command(namespace, words)?;
        command.output().context("cannot run the candidate")
    }

    fn command(&self, namespace: &str, words: &[&str]) -> Result<Command> {
        let chart = paths::root().join("conformance/charts/change");
        let chart = chart.to_string_lossy();
        let words = words.iter().map(|word| match *word {
            "CHART" => &*chart,
            other => other,
        });
        let mut command = Command::new(self.home.path().join("helm"));
        command
            .args(words)
            .args(["--namespace", namespace])
            .env_clear()
            .env("HOME", self.home.path())
            .env("KUBECONFIG", self.plane.kubeconfig("admin")?)
            .env("STERNPOST_LEASE_DURATION", LEASE);
        Ok(command)
    }

    /// The objects of a namespace that a chart or a command made.
    fn objects(&self, namespace: &str) -> Result<BTreeSet<String>> {
        let mut command = Command::new(Tool::ControlPlane.installed()?);
        command
            .args([
                "kubectl",
                "get",
                KINDS,
                "--output=json",
                "--namespace",
                namespace,
            ])
            .env("KUBECONFIG", self.plane.kubeconfig("admin")?)
            .env("HOME", self.home.path());
        let list = json(&mut command)?;
        let objects = list["items"].as_array().context("kubectl gives a list")?;
        let names = objects.iter().map(|object| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&object["kind"]), text(&object["metadata"]["name"]))
        });
        Ok(names
            .filter(|(_, name)| !matches!(name.as_str(), "kube-root-ca.crt" | "default"))
            .map(|(kind, name)| format!("{kind} {name}"))
            .collect())
    }

    /// The statuses of all revisions, oldest first, as real Helm reads them.
    fn statuses(&self, namespace: &str) -> Result<Vec<String>> {
        let mut command = Command::new(Tool::Helm4.installed()?);
        command
            .args(["history", "rel", "--output=json", "--namespace", namespace])
            .env("KUBECONFIG", self.plane.kubeconfig("admin")?)
            .env("HOME", self.home.path());
        let revisions = json(&mut command)?;
        let revisions = revisions.as_array().context("helm gives a list")?;
        let status = |revision: &Value| revision["status"].as_str().unwrap_or_default().to_owned();
        Ok(revisions.iter().map(status).collect())
    }
}

/// One revision is deployed, the newest one, and none is pending.
fn is_sound(statuses: &[String]) -> bool {
    let deployed = statuses.iter().filter(|status| *status == "deployed");
    deployed.count() == 1
        && statuses.last().is_some_and(|last| last == "deployed")
        && !statuses.iter().any(|status| status.starts_with("pending"))
}

fn json(command: &mut Command) -> Result<Value> {
    let output = command.output().context("cannot run a tool")?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
