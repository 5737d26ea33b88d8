//! The commands that need nothing but a chart on disk: both programs on many charts, whole and broken, their
//! screens and the archives that they make compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::{Outcome, Settings, corpus, floor, skip};
use crate::oracle::Tool;
use crate::paths;

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
    let (mut passed, mut cases) = (0, 0);
    for chart in charts {
        for command in COMMANDS {
            let case = command.replace("{}", &chart.to_string_lossy());
            if settings
                .only
                .as_ref()
                .is_some_and(|only| !case.contains(only))
            {
                continue;
            }
            cases += 1;
            let wanted = run(&helm, &case)?;
            let given = run(&settings.candidate, &case)?;
            if wanted == given || varies(&helm, &case, &wanted)? {
                passed += 1;
            } else {
                println!("differs: {case}");
                if settings.only.is_some() {
                    println!("--- wanted\n{wanted}\n--- given\n{given}");
                }
            }
        }
    }
    floor::judge("local", passed, cases, settings)
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

/// All that a command leaves behind: status, both streams, and the files that it made. Log lines may come in any
/// order.
fn run(program: &Path, case: &str) -> Result<String> {
    use std::os::unix::process::CommandExt as _;
    let scratch = tempfile::tempdir()?;
    let output = Command::new(program)
        .arg0("helm")
        .args(case.split(' '))
        .current_dir(scratch.path())
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("TZ", "UTC")
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let here = scratch.path().to_string_lossy();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*here, "HERE");
    let stderr = text(&output.stderr);
    let (mut logs, said): (Vec<&str>, Vec<&str>) =
        stderr.lines().partition(|line| line.starts_with("level="));
    logs.sort_unstable();
    let mut all = format!(
        "{:?}\n{}\n{}\n{}\n",
        output.status.code(),
        text(&output.stdout),
        logs.join("\n"),
        said.join("\n")
    );
    for (name, content) in files(scratch.path(), scratch.path())? {
        all += &format!("--- {name}\n{content}\n");
    }
    Ok(all)
}

/// The files below a folder. Of an archive, the header and its members in any order: how well it is compressed
/// differs, and Helm packs subcharts in another order each time.
fn files(folder: &Path, top: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(top)?.to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path, top)?);
        } else if name.ends_with(".tgz") {
            found.insert(name, members(&path)?);
        } else {
            found.insert(
                name,
                String::from_utf8_lossy(&fs::read(&path)?).into_owned(),
            );
        }
    }
    Ok(found)
}

/// The gzip header of an archive, its size, and its members, each with its header block.
fn members(archive: &Path) -> Result<String> {
    const GZIP_HEADER: usize = 61;
    const BLOCK: usize = 512;
    let header: Vec<u8> = fs::read(archive)?.into_iter().take(GZIP_HEADER).collect();
    let plain = Command::new("gzip")
        .arg("-dc")
        .arg(archive)
        .output()?
        .stdout;
    let (mut rest, mut members) = (&plain[..], Vec::new());
    while rest.len() > BLOCK && rest[0] != 0 {
        let size = String::from_utf8_lossy(&rest[124..135]).into_owned();
        let size = usize::from_str_radix(&size, 8).context("a member without a size")?;
        let whole = (BLOCK + size.next_multiple_of(BLOCK)).min(rest.len());
        members.push(String::from_utf8_lossy(&rest[..whole]).into_owned());
        rest = &rest[whole..];
    }
    members.sort();
    Ok(format!(
        "{header:?} {}\n{}",
        plain.len(),
        members.join("\n")
    ))
}
