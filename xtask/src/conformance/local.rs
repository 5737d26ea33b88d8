//! The commands that need nothing but a chart on disk: both programs on many charts, whole and broken, their
//! screens and the archives that they make compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};

use super::{Outcome, Settings, corpus, floor, leftovers, skip};
use crate::oracle::Tool;
use crate::paths;
use crate::workers::side_by_side;

/// What is asked of each chart, `{}` standing for its path.
const COMMANDS: &[&str] = &[
    "lint {}",
    "lint --strict --with-subcharts {}",
    "lint --quiet --kube-version 1.25.0 {}",
    "show all {}",
    "show chart {}",
    "show values {}",
    "show readme {}",
    "show crds {}",
    "dependency list {}",
    "package {}",
    "package {} --version 9.8.7+x --app-version 6 -d out",
    "template x {} --skip-tests --is-upgrade --no-hooks",
    "template x {} --include-crds --kube-version 1.30 -a example.com/v1",
    "template x {} --output-dir out --release-name",
    "template {} --generate-name --name-template {{fixed}} --set a.b=c",
];

/// `cargo xtask conformance local`
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let Some(corpus) = paths::corpus() else {
        return skip("local needs the corpus");
    };
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("local needs real Helm 4");
    };
    let mut charts = below(&corpus.join("render/charts"))?;
    if let Ok(module) = corpus::helm_module() {
        for folder in [
            "pkg/cmd/testdata/testcharts",
            "pkg/chart/v2/lint/rules/testdata",
            "pkg/chart/v2/loader/testdata",
            "pkg/chart/v2/util/testdata",
            "pkg/downloader/testdata",
        ] {
            charts.extend(below(&module.join(folder))?);
        }
    }
    let cases: Vec<String> = charts
        .iter()
        .flat_map(|chart| {
            let case = |command: &&str| command.replace("{}", &chart.to_string_lossy());
            COMMANDS.iter().map(case)
        })
        .filter(|case| settings.wants(case))
        .collect();
    let held = side_by_side(&cases, |case| holds(&helm, case, settings))?;
    let passed = held.iter().filter(|held| **held).count();
    floor::judge("local", passed, cases.len(), settings)
}

fn holds(helm: &Path, case: &str, settings: &Settings) -> Result<bool> {
    let wanted = run(helm, case)?;
    let given = run(&settings.candidate, case)?;
    let held = wanted == given || varies(helm, case, &wanted)?;
    if !held {
        settings.differs(case, &wanted, &given);
    }
    Ok(held)
}

fn run(program: &Path, case: &str) -> Result<String> {
    let words: Vec<String> = case.split(' ').map(str::to_owned).collect();
    leftovers::of(program, &words, |_| Ok(Stdio::null()))
}

/// Whether Helm itself does something else from time to time: random names and passwords, an order that it takes
/// from Go's maps.
fn varies(helm: &Path, case: &str, before: &str) -> Result<bool> {
    for _ in 0..10 {
        if run(helm, case)? != before {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The charts in a folder: whatever is a directory or an archive.
fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    let mut charts: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    charts.sort();
    Ok(charts)
}
