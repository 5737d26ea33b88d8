//! Five hundred upgrades of one release from one process after the other: nothing may grow.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::conformance::{Outcome, Settings, skip};
use crate::oracle::{ControlPlane, Tool};
use crate::paths;

const UPGRADES: usize = 500;
const HISTORY: usize = 5;

/// What is measured now and then.
struct Sample {
    /// Peak memory of the upgrade, in KiB.
    memory: u64,
    /// Records in the cluster.
    records: usize,
    /// Objects of the release and whatever else lies in its namespace.
    objects: usize,
}

/// Upgrades again and again; memory, records and objects have to be at the end what they were soon after the
/// beginning.
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    if Tool::ControlPlane.installed().is_err() {
        return skip("soak needs the control plane");
    }
    let stage = Stage {
        plane: ControlPlane::start()?,
        home: tempfile::tempdir()?,
        settings,
    };
    let begin = Instant::now();
    stage.helm("install", 0)?;
    let mut samples = Vec::new();
    for number in 1..=UPGRADES {
        let memory = stage.helm("upgrade", number)?;
        if number % 50 == 0 {
            let sample = Sample {
                memory,
                records: stage.count("secrets")?,
                objects: stage.count("configmaps,services,deployments,jobs,leases,pods")?,
            };
            println!(
                "{number} upgrades in {:.0} s: {} KiB, {} records, {} objects",
                begin.elapsed().as_secs_f64(),
                sample.memory,
                sample.records,
                sample.objects
            );
            samples.push(sample);
        }
    }
    let (first, last) = samples.first().zip(samples.last()).context("samples")?;
    let mut outcome = Outcome::default();
    outcome.check(last.memory <= first.memory + first.memory / 10);
    outcome.check(last.records <= HISTORY && first.records <= HISTORY);
    outcome.check(last.objects == first.objects);
    Ok(outcome)
}

struct Stage<'a> {
    plane: ControlPlane,
    home: tempfile::TempDir,
    settings: &'a Settings,
}

impl Stage<'_> {
    /// Installs or upgrades; gives the peak memory in KiB, as GNU time tells it. Only so many files may be open
    /// as one upgrade needs.
    fn helm(&self, verb: &str, number: usize) -> Result<u64> {
        let chart = paths::root().join("conformance/charts/change");
        let mut command = Command::new("/usr/bin/time");
        command
            .args(["-f", "%M", "sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"])
            .arg(&self.settings.candidate)
            .args([verb, "rel"])
            .arg(chart)
            .args(["--namespace", "soak", "--set"])
            .arg(format!("env.ROUND=r{number}"))
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", "/usr/bin:/bin")
            .env("KUBECONFIG", self.plane.kubeconfig("admin")?);
        match verb {
            "install" => command.arg("--create-namespace"),
            _ => command.args(["--history-max", &HISTORY.to_string()]),
        };
        let output = command.output().context("GNU time is needed")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            bail!("{verb} {number}: {said}");
        }
        let last = said.lines().last().unwrap_or_default();
        last.trim().parse().context("GNU time tells the memory")
    }

    fn count(&self, kinds: &str) -> Result<usize> {
        let mut command = Command::new(Tool::ControlPlane.installed()?);
        command
            .args(["kubectl", "get", kinds, "--namespace", "soak"])
            .arg("--output=name")
            .env("KUBECONFIG", self.plane.kubeconfig("admin")?)
            .env("HOME", self.home.path());
        let output = command.output()?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().count())
    }
}
