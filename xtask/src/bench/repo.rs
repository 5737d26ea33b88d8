//! What repositories cost: a large index, and a chart with many dependencies.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Settings;
use super::timing::{Times, memory, time};
use crate::oracle::Tool;
use crate::serving::{Served, serve};

/// How large the index is: charts, and versions of each.
const CHARTS: usize = 400;
const VERSIONS: usize = 100;

/// How many charts the chart with dependencies has, and how long each answer takes.
const DEPENDENCIES: usize = 40;
const ANSWER: Duration = Duration::from_millis(50);

/// What is asked of the index once it is there; `NAME` stands for a folder to write to.
const QUESTIONS: [&[&str]; 4] = [
    &["search", "repo", "chart-123"],
    &["search", "repo", "nginx", "--versions"],
    &["pull", "big/chart-123", "--version", "1.42.0", "-d", "NAME"],
    &["show", "chart", "big/chart-123"],
];

pub(super) fn run(settings: &Settings) -> Result<()> {
    let rounds = settings.rounds.unwrap_or(5);
    let helm = Tool::Helm4.installed()?;
    let folder = tempfile::tempdir()?;
    large_index(&helm, folder.path(), &settings.candidate, rounds)?;
    many_dependencies(&helm, folder.path(), &settings.candidate, rounds)
}

/// A home of one program.
struct Home {
    program: PathBuf,
    folder: PathBuf,
}

impl Home {
    fn new(program: &Path, folder: PathBuf) -> Result<Home> {
        fs::create_dir_all(&folder)?;
        Ok(Home {
            program: program.to_path_buf(),
            folder,
        })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let destination = self.folder.to_string_lossy();
        let words = words.iter().map(|word| match *word {
            "NAME" => destination.to_string(),
            word => word.to_owned(),
        });
        command
            .args(words)
            .env("HOME", &self.folder)
            .env("HELM_CACHE_HOME", self.folder.join("cache"))
            .env("HELM_CONFIG_HOME", self.folder.join("config"))
            .env("HELM_DATA_HOME", self.folder.join("data"));
        command
    }

    /// Times a command, after something was done each time.
    fn times(
        &self,
        rounds: usize,
        words: &[&str],
        before: &dyn Fn() -> Result<()>,
    ) -> Result<Times> {
        let mut all = Vec::new();
        for _ in 0..rounds {
            before()?;
            all.push(time(self.command(words))?);
        }
        Ok(Times::of(all))
    }
}

fn nothing() -> Result<()> {
    Ok(())
}

fn large_index(helm: &Path, folder: &Path, candidate: &Path, rounds: usize) -> Result<()> {
    let served = folder.join("served");
    fs::create_dir_all(&served)?;
    let archive = packaged(helm, folder, "chart-123", "1.42.0")?;
    let archive = fs::read(archive)?;
    fs::write(served.join("chart-123-1.42.0.tgz"), &archive)?;
    fs::write(served.join("chart-123-1.99.0.tgz"), &archive)?;
    let text = index();
    let size = text.len() as f64 / 1e6;
    fs::write(served.join("index.yaml"), text)?;
    let server = serve(&served, Duration::ZERO)?;
    println!("an index of {size:.1} MB, {CHARTS} charts with {VERSIONS} versions each");
    let theirs = Home::new(helm, folder.join("theirs"))?;
    let ours = Home::new(candidate, folder.join("ours"))?;
    let add = ["repo", "add", "big", &server.url, "--force-update"];
    let slow = theirs.times(rounds, &add, &nothing)?;
    let fast = ours.times(rounds, &add, &nothing)?;
    tell("repo add", &slow, &fast, 6.0, memory(&ours.command(&add)));
    for question in QUESTIONS {
        let name = question.join(" ");
        let slow = theirs.times(rounds, question, &nothing)?;
        let fast = ours.times(rounds, question, &nothing)?;
        tell(&name, &slow, &fast, 30.0, memory(&ours.command(question)));
        // Real Helm writes the index that ours knows from before.
        let rewrite = || time(real(&theirs, &ours).command(&["repo", "update"])).map(drop);
        let first = ours.times(rounds.min(3), question, &rewrite)?;
        rewrite()?;
        let used = memory(&ours.command(question));
        tell(
            "  first after real Helm's `repo update`",
            &slow,
            &first,
            5.0,
            used,
        );
    }
    Ok(())
}

/// Real Helm in our home.
fn real(theirs: &Home, ours: &Home) -> Home {
    Home {
        program: theirs.program.clone(),
        folder: ours.folder.clone(),
    }
}

fn tell(name: &str, slow: &Times, fast: &Times, wanted: f64, kib: Option<f64>) {
    let ratio = slow.median / fast.median;
    let used = kib.map_or_else(String::new, |kib| format!(", {:.0} MiB", kib / 1024.0));
    println!(
        "{name}\n  real Helm {:7.1} ms, Sternpost {:6.1} ms, ratio {ratio:.1} of {wanted}{used}",
        slow.median, fast.median
    );
}

/// The text of an index as Helm writes it.
fn index() -> String {
    let mut text = "apiVersion: v1\nentries:\n".to_owned();
    for chart in 0..CHARTS {
        let _ = writeln!(text, "  chart-{chart}:");
        for version in (0..VERSIONS).rev() {
            let digest = format!("ab{:062x}", chart * VERSIONS + version + 1);
            let _ = write!(
                text,
                "  - apiVersion: v2\n    appVersion: 2.{version}.1\n    \
                 created: \"2024-03-{:02}T10:11:12.345678901Z\"\n    dependencies:\n    - name: common\n      \
                 repository: https://charts.example.com/stable\n      tags:\n      - common\n      version: 2.x.x\n    \
                 description: Chart number {chart} serves web pages with nginx, and keeps\n      \
                 them in a cache.\n    digest: {digest}\n    \
                 home: https://example.com/charts/{chart}\n    icon: https://example.com/icons/{chart}.png\n    \
                 keywords:\n    - web\n    - http\n    - number-{chart}\n    maintainers:\n    - email: owner@example.com\n      \
                 name: Owner of {chart}\n    name: chart-{chart}\n    sources:\n    - https://example.com/source/{chart}\n    \
                 urls:\n    - chart-{chart}-1.{version}.0.tgz\n    version: 1.{version}.0\n",
                version % 28 + 1,
            );
        }
    }
    text + "generated: \"2024-03-30T10:11:12.345678901Z\"\n"
}

/// Packs a chart that has a name and a version, and little else.
fn packaged(helm: &Path, folder: &Path, name: &str, version: &str) -> Result<PathBuf> {
    let chart = folder.join("charts").join(name);
    fs::create_dir_all(chart.join("templates"))?;
    let yaml = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
    fs::write(chart.join("Chart.yaml"), yaml)?;
    let numbers: String = (0..20_000_u64)
        .map(|n| format!("{:x}", n * n * 7919))
        .collect();
    fs::write(chart.join("README.md"), numbers)?;
    let packed = folder.join("packed");
    let status = Command::new(helm)
        .arg("package")
        .arg(&chart)
        .arg("-d")
        .arg(&packed)
        .output()?;
    ensure!(status.status.success(), "helm package {name}");
    Ok(packed.join(format!("{name}-{version}.tgz")))
}

fn many_dependencies(helm: &Path, folder: &Path, candidate: &Path, rounds: usize) -> Result<()> {
    let folder = folder.join("dependencies");
    let mut wanted = "apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies:\n".to_owned();
    for number in 0..DEPENDENCIES {
        packaged(helm, &folder, &format!("part-{number}"), "1.0.0")?;
    }
    let packed = folder.join("packed");
    let server = serve(&packed, ANSWER)?;
    let made = Command::new(helm)
        .args(["repo", "index"])
        .arg(&packed)
        .output()?;
    ensure!(made.status.success(), "helm repo index");
    for number in 0..DEPENDENCIES {
        let _ = write!(
            wanted,
            "- name: part-{number}\n  version: 1.0.0\n  repository: {}\n",
            server.url
        );
    }
    let theirs = Home::new(helm, folder.join("theirs"))?;
    let ours = Home::new(candidate, folder.join("ours"))?;
    for home in [&theirs, &ours] {
        let chart = home.folder.join("umbrella");
        fs::create_dir_all(&chart)?;
        fs::write(chart.join("Chart.yaml"), &wanted)?;
        time(home.command(&["repo", "add", "parts", &server.url]))?;
        let path = chart.to_string_lossy().into_owned();
        time(home.command(&["dependency", "update", &path]))?;
    }
    println!("`dependency build` of {DEPENDENCIES} charts, answers after {ANSWER:?}");
    build(&server, &theirs, &ours, rounds.min(3))
}

fn build(server: &Served, theirs: &Home, ours: &Home, rounds: usize) -> Result<()> {
    let cold = |home: &Home| {
        let chart = home.folder.join("umbrella/charts");
        for folder in [chart, home.folder.join("cache/content")] {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    };
    let measured = |home: &Home, words: &[&str], before: &dyn Fn() -> Result<()>| {
        let chart = home.folder.join("umbrella").to_string_lossy().into_owned();
        let words = [&["dependency", "build", &chart][..], words].concat();
        home.times(rounds, &words, before)
    };
    let slow = measured(theirs, &[], &|| cold(theirs))?;
    let fast = measured(ours, &[], &|| cold(ours))?;
    tell("cold", &slow, &fast, 8.0, None);
    server.bodies();
    let warm = measured(ours, &["--skip-refresh"], &nothing)?;
    let bodies = server.bodies();
    let part = warm.median / fast.median;
    println!(
        "warm, --skip-refresh\n  Sternpost {:6.1} ms, {part:.2} of cold (at most 0.1), {bodies} bodies fetched",
        warm.median
    );
    let refreshed = measured(ours, &[], &nothing)?;
    let bodies = server.bodies().checked_div(rounds).context("rounds")?;
    println!(
        "warm, with a refreshed index\n  Sternpost {:6.1} ms, {:.2} of cold, {bodies} body fetched: the index",
        refreshed.median,
        refreshed.median / fast.median
    );
    Ok(())
}
