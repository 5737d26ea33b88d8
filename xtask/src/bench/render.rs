//! How long it takes to render a chart, and how much memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Settings;
use super::timing::{Times, geomean, in_turn, memory};
use crate::oracle::Tool;
use crate::paths;

/// Charts that are large enough to be judged one by one.
const LARGE: [&str; 3] = ["kube-prometheus-stack", "argo-cd", "airflow"];
/// How many subcharts the umbrella charts have, by which one sees whether the cost is linear.
const UMBRELLAS: [usize; 6] = [15, 30, 60, 120, 240, 480];

pub(super) fn run(settings: &Settings) -> Result<()> {
    let bench = Bench {
        helm: Tool::Helm4.installed()?,
        settings,
        home: tempfile::tempdir()?,
    };
    match paths::corpus() {
        Some(corpus) => bench.corpus(&corpus.join("render/charts"))?,
        None => println!("no corpus: only umbrella charts are rendered"),
    }
    bench.umbrellas()
}

struct Bench<'a> {
    helm: PathBuf,
    settings: &'a Settings,
    home: tempfile::TempDir,
}

/// One chart rendered by both.
struct Row {
    name: String,
    theirs: Times,
    ours: Times,
    /// KiB.
    memory: Option<(f64, f64)>,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.theirs.median / self.ours.median
    }

    fn memory_ratio(&self) -> Option<f64> {
        self.memory.map(|(theirs, ours)| theirs / ours)
    }

    fn print(&self) {
        let memory = self.memory.map_or_else(String::new, |(theirs, ours)| {
            let (theirs, ours) = (theirs / 1024.0, ours / 1024.0);
            format!("  {theirs:6.1} / {ours:5.1} MiB")
        });
        println!(
            "  {:<50} {:7.1} / {:6.1} ms = {:5.1}{memory}",
            self.name,
            self.theirs.median,
            self.ours.median,
            self.ratio()
        );
    }
}

impl Bench<'_> {
    /// Every chart with its default values; those that need values of the user are left out.
    fn corpus(&self, charts: &Path) -> Result<()> {
        let mut rows = Vec::new();
        let mut names: Vec<_> = fs::read_dir(charts)?
            .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_, _>>()?;
        names.sort();
        println!(
            "charts of the corpus: median of real Helm 4.3.1 / Sternpost, and the most memory"
        );
        for name in names {
            let chart = charts.join(&name);
            if !self.template(&self.helm, &chart).output()?.status.success() {
                println!("  {name:<50} needs values");
                continue;
            }
            let row = self.measure(name, &chart, self.settings.rounds.unwrap_or(7))?;
            row.print();
            rows.push(row);
        }
        let slowest = rows.iter().map(Row::ratio).fold(f64::INFINITY, f64::min);
        let least = rows.iter().filter_map(Row::memory_ratio);
        println!(
            "{} charts: {:.1} times as fast (geometric mean), {slowest:.1} at the least; \
             {:.1} times less memory, {:.1} at the least",
            rows.len(),
            geomean(rows.iter().map(Row::ratio)),
            geomean(rows.iter().filter_map(Row::memory_ratio)),
            least.fold(f64::INFINITY, f64::min),
        );
        for large in LARGE {
            for row in rows.iter().filter(|row| row.name.ends_with(large)) {
                row.print();
            }
        }
        Ok(())
    }

    /// Charts with nothing but subcharts, each as `helm create` makes it.
    fn umbrellas(&self) -> Result<()> {
        println!("umbrella charts of `helm create` charts");
        let folder = tempfile::tempdir()?;
        let charts = folder.path().join("charts");
        fs::create_dir(&charts)?;
        let chart_yaml = "apiVersion: v2\nname: umbrella\nversion: 1.0.0\n";
        fs::write(folder.path().join("Chart.yaml"), chart_yaml)?;
        let mut rows = Vec::new();
        let mut present = 0;
        for subcharts in UMBRELLAS {
            for number in present..subcharts {
                self.create(&charts, &format!("chart{number}"))?;
            }
            present = subcharts;
            let rounds = self.settings.rounds.unwrap_or(5);
            let row = self.measure(format!("{subcharts} subcharts"), folder.path(), rounds)?;
            row.print();
            rows.push((subcharts, row));
        }
        if let [(few, first), .., (many, last)] = rows.as_slice() {
            let each = |first: f64, last: f64| (last - first) / (many - few) as f64;
            println!(
                "each further subchart: {:.3} / {:.3} ms",
                each(first.theirs.median, last.theirs.median),
                each(first.ours.median, last.ours.median)
            );
        }
        Ok(())
    }

    fn create(&self, folder: &Path, name: &str) -> Result<()> {
        let status = Command::new(&self.helm)
            .args(["create", name])
            .current_dir(folder)
            .env("HOME", self.home.path())
            .stdout(Stdio::null())
            .status()
            .context("cannot run helm create")?;
        if !status.success() {
            bail!("helm create {name}: {status}");
        }
        Ok(())
    }

    fn measure(&self, name: String, chart: &Path, rounds: usize) -> Result<Row> {
        let helm = || self.template(&self.helm, chart);
        let candidate = || self.template(&self.settings.candidate, chart);
        let (theirs, ours) = in_turn(rounds, &helm, &candidate)?;
        let memory = memory(&helm()).zip(memory(&candidate()));
        Ok(Row {
            name,
            theirs: Times::of(theirs),
            ours: Times::of(ours),
            memory,
        })
    }

    fn template(&self, program: &Path, chart: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .args(["template", "rel"])
            .arg(chart)
            .args(["--namespace", "ns1", "--include-crds"])
            .env("HOME", self.home.path())
            .env("KUBECONFIG", "/dev/null");
        command
    }
}
