//! The two suites that come with the corpus, as programs of its own.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Outcome, Settings, floor, skip};
use crate::oracle::Tool;
use crate::paths;

/// Charts rendered by real Helm and by the candidate.
pub(crate) fn render(settings: &Settings) -> Result<Outcome> {
    let Some(corpus) = paths::corpus() else {
        return skip("render needs the corpus");
    };
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("render needs real Helm 4");
    };
    let folder = corpus.join("render");
    let script = folder.join("compare.py");
    let mut args = vec![
        script,
        folder.join("charts"),
        helm,
        settings.candidate.clone(),
    ];
    args.extend(
        settings
            .only
            .iter()
            .flat_map(|text| ["--match".into(), text.into()]),
    );
    let output = python(&args)?;
    let summary: Value = serde_json::from_str(last_line(&output))
        .with_context(|| format!("no summary in:\n{output}"))?;
    let count = |name: &str| summary[name].as_u64().unwrap_or(0) as usize;
    let equal = count("equal") + count("errors_equal") + count("unstable_equal");
    floor::judge("render", equal, count("cases"), settings)
}

/// Helm's own golden command cases.
pub(crate) fn golden(settings: &Settings) -> Result<Outcome> {
    let Some(corpus) = paths::corpus() else {
        return skip("golden needs the corpus");
    };
    let Ok(module) = helm_module() else {
        return skip("golden needs Go, for Helm's module");
    };
    let script = corpus.join("helm-golden/replay.py");
    // By that name it is Helm in every text.
    let scratch = tempfile::tempdir()?;
    let as_helm = scratch.path().join("helm");
    fs::copy(&settings.candidate, &as_helm).context("cannot copy the candidate")?;
    let mut args = vec![script, as_helm, "--helm-module".into(), module];
    args.extend(
        settings
            .only
            .iter()
            .flat_map(|text| ["--match".into(), text.into()]),
    );
    let output = python(&args)?;
    let (passed, cases) =
        golden_counts(last_line(&output)).with_context(|| format!("no count in:\n{output}"))?;
    floor::judge("golden", passed, cases, settings)
}

/// Runs a script, shows what it tells, and returns that. Its exit status says only that something differs.
fn python(args: &[impl AsRef<OsStr>]) -> Result<String> {
    let output = Command::new("python3")
        .args(args)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run python3")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{text}");
    Ok(text)
}

/// The folder of Helm's module in the Go module cache.
pub(super) fn helm_module() -> Result<PathBuf> {
    let output = Command::new("go")
        .args(["mod", "download", "-json", "helm.sh/helm/v4@v4.3.1"])
        .output()?;
    let module: Value = serde_json::from_slice(&output.stdout)?;
    match module["Dir"].as_str() {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => bail!("go does not tell where Helm's module is"),
    }
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or_default()
}

/// Reads `N passed, N failed…`: how many passed, and how many there are.
fn golden_counts(line: &str) -> Option<(usize, usize)> {
    let (passed, rest) = line.split_once(" passed, ")?;
    let (failed, _) = rest.split_once(" failed")?;
    let passed = passed.parse::<usize>().ok()?;
    Some((passed, passed + failed.parse::<usize>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_counts_reads_the_closing_line() {
        let check = |line: &str, expected: Option<(usize, usize)>| {
            assert_eq!(golden_counts(line), expected, "{line}")
        };
        check(
            "298 passed, 8 failed (8 of them known misses)",
            Some((298, 306)),
        );
        check("0 passed, 306 failed", Some((0, 306)));
        check("differs: TestX | list", None);
    }
}
