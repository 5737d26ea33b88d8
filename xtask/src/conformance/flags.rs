//! Every flag of `template`, with good and with bad arguments, on charts of many kinds, folders and packages: both
//! programs in the same folder, and all that they leave behind compared. What is asked stands in
//! `conformance/flags/cases.txt`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Outcome, Settings, floor, leftovers, skip};
use crate::oracle::Tool;
use crate::paths;
use crate::workers::side_by_side;

/// Charts of the corpus that render alike each time: with and without subcharts, schemas, hooks, tests, CRDs, files,
/// of both API versions, some that do not render without values.
const CORPUS: &[&str] = &[
    "DandyDeveloper--redis-ha",
    "argoproj--argo-events",
    "argoproj--argocd-apps",
    "argoproj--argocd-image-updater",
    "bitnami--external-dns",
    "bitnami--metallb",
    "bitnami--spark",
    "istio--base",
    "istio--cni",
    "istio--gateway",
    "istio--istiod",
    "istio--tags",
    "kubernetes--ingress-nginx",
    "prometheus-community--alertmanager",
    "prometheus-community--kube-state-metrics",
    "prometheus-community--prometheus",
    "prometheus-community--prometheus-adapter",
    "prometheus-community--prometheus-blackbox-exporter",
    "prometheus-community--prometheus-druid-exporter",
    "prometheus-community--prometheus-kafka-exporter",
    "prometheus-community--prometheus-mysql-exporter",
    "prometheus-community--prometheus-node-exporter",
    "prometheus-community--prometheus-operator-admission-webhook",
    "prometheus-community--prometheus-statsd-exporter",
    "stefanprodan--podinfo",
    "traefik--hub-manager",
    "traefik--traefik",
];

/// Our own, which have something of everything.
const OWN: &[&str] = &["conformance/charts/lifecycle", "examples/gallery"];

/// On how many charts the lines about words alone are asked.
const SOME: usize = 3;

/// `cargo xtask conformance flags`
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let Some(corpus) = paths::corpus() else {
        return skip("flags needs the corpus");
    };
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("flags needs real Helm 4");
    };
    let folders = CORPUS
        .iter()
        .map(|name| corpus.join("render/charts").join(name));
    let own = OWN.iter().map(|name| paths::root().join(name));
    let folders = folders.chain(own).map(|path| Ok(path.canonicalize()?));
    let folders: Vec<PathBuf> = folders.collect::<Result<_>>()?;
    let packages = tempfile::tempdir()?;
    let charts = side_by_side(&folders, |folder| chart(&helm, folder, packages.path()))?;
    let mut cases = cases(&charts)?;
    cases.retain(|case| settings.wants(&case.join(" ")));
    let held = side_by_side(&cases, |case| holds(&helm, case, settings))?;
    let count = |wanted: &Held| held.iter().filter(|held| *held == wanted).count();
    let varying = count(&Held::Varies);
    let mut outcome = floor::judge(
        "flags",
        count(&Held::Equal) + varying,
        cases.len(),
        settings,
    )?;
    outcome
        .notes
        .push(format!("in {varying} Helm differs from itself"));
    Ok(outcome)
}

/// What became of a case.
#[derive(PartialEq)]
enum Held {
    Equal,
    /// Helm itself does something else from time to time.
    Varies,
    Differs,
}

fn holds(helm: &Path, case: &[String], settings: &Settings) -> Result<Held> {
    let wanted = run(helm, case)?;
    let given = run(&settings.candidate, case)?;
    if wanted == given {
        return Ok(Held::Equal);
    }
    for _ in 0..10 {
        if run(helm, case)? != wanted {
            return Ok(Held::Varies);
        }
    }
    settings.differs(&case.join(" "), &wanted, &given);
    Ok(Held::Differs)
}

fn run(program: &Path, case: &[String]) -> Result<String> {
    leftovers::of(program, case, |folder| {
        for entry in fs::read_dir(material().join("files"))? {
            let entry = entry?;
            fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
        Ok(File::open(folder.join("stdin.yaml"))?.into())
    })
}

fn material() -> PathBuf {
    paths::root().join("conformance/flags")
}

/// What the placeholders of a line stand for, by their names.
type Chart = BTreeMap<&'static str, String>;

/// Looks at a chart: packages it, renders it, reads its values.
fn chart(helm: &Path, folder: &Path, packages: &Path) -> Result<Chart> {
    let name = folder.file_name().context("a chart's folder has a name")?;
    let package = packages.join(name);
    let out = Command::new(helm)
        .arg("package")
        .arg(folder)
        .arg("-d")
        .arg(&package)
        .output()?;
    if !out.status.success() {
        bail!("helm package {}: {out:?}", folder.display());
    }
    let archive = fs::read_dir(&package)?
        .next()
        .context("package makes an archive")??;
    let mut chart = Chart::from([
        ("", folder.to_string_lossy().into_owned()),
        ("tgz", archive.path().to_string_lossy().into_owned()),
    ]);
    let rendered = Command::new(helm)
        .args(["template", "rel"])
        .arg(folder)
        .output()?
        .stdout;
    let rendered = String::from_utf8_lossy(&rendered);
    let mut shown = rendered
        .lines()
        .filter_map(|line| Some(line.strip_prefix("# Source: ")?.split_once('/')?.1));
    if let Some(first) = shown.next() {
        chart.insert("shown", first.to_owned());
        chart.insert("last", shown.next_back().unwrap_or(first).to_owned());
    }
    let values = fs::read_to_string(folder.join("values.yaml")).unwrap_or_default();
    for (path, kind) in settings_of(&values) {
        chart.entry(kind).or_insert(path);
    }
    Ok(chart)
}

/// The paths of values and what is at them, as far as that can be seen line by line.
fn settings_of(values: &str) -> Vec<(String, &'static str)> {
    let lines = values
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let lines: Vec<&str> = lines.collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut parents: Vec<(usize, &str)> = Vec::new();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        parents.retain(|(depth, _)| *depth < indent(line));
        let Some((key, value)) = line.trim().split_once(':') else {
            continue;
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !key.chars().all(plain) || parents.len() * 2 != indent(line) {
            continue;
        }
        let next = lines.get(index + 1).copied().unwrap_or_default();
        let kind = match value.trim() {
            "" if next.trim_start().starts_with("- ") => "list",
            "" if indent(next) > indent(line) => "map",
            "" | "|" | ">" | "null" | "~" => continue,
            "[]" => "list",
            "{}" => "map",
            "true" | "false" => "bool",
            number if number.parse::<i64>().is_ok() => "number",
            _ => "text",
        };
        let path = parents.iter().map(|(_, key)| *key).chain([key]);
        found.push((path.collect::<Vec<_>>().join("."), kind));
        if kind == "map" {
            parents.push((indent(line), key));
        }
    }
    found
}

/// The lines of the file of cases, for the charts that they are asked of.
fn cases(charts: &[Chart]) -> Result<Vec<Vec<String>>> {
    let text = fs::read_to_string(material().join("cases.txt"))?;
    let mut cases = Vec::new();
    let mut every = true;
    for (number, line) in text.lines().enumerate() {
        match line {
            "" => {}
            "[every chart]" => every = true,
            "[some charts]" => every = false,
            comment if comment.starts_with('#') => {}
            line if every => cases.extend(charts.iter().filter_map(|chart| words(line, chart))),
            line => {
                let turn = charts.iter().cycle().skip(number * SOME).take(charts.len());
                cases.extend(turn.filter_map(|chart| words(line, chart)).take(SOME));
            }
        }
    }
    Ok(cases)
}

/// The words of a line for one chart; nothing where the chart lacks what it names.
fn words(line: &str, chart: &Chart) -> Option<Vec<String>> {
    let mut words = vec!["template".to_owned()];
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut word = String::new();
        loop {
            if let Some(quoted) = rest.strip_prefix('\'') {
                let (inside, after) = quoted.split_once('\'')?;
                word += inside;
                rest = after;
            } else {
                let end = rest.find([' ', '\'']).unwrap_or(rest.len());
                word += &rest[..end];
                rest = &rest[end..];
            }
            if rest.is_empty() || rest.starts_with(' ') {
                break;
            }
        }
        words.push(filled(&word, chart)?);
        rest = rest.trim_start();
    }
    Some(words)
}

/// A word with its placeholders filled in.
fn filled(word: &str, chart: &Chart) -> Option<String> {
    const NAMES: &[&str] = &[
        "", "tgz", "shown", "last", "bool", "number", "text", "map", "list",
    ];
    let mut word = word.to_owned();
    for name in NAMES {
        let placeholder = format!("{{{name}}}");
        if word.contains(&placeholder) && (!name.is_empty() || word == "{}") {
            word = word.replace(&placeholder, chart.get(name)?);
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_and_filled() {
        let chart = Chart::from([("", "/c".to_owned()), ("map", "a.b".to_owned())]);
        let check = |line: &str, expected: Option<&[&str]>| {
            let given = words(line, &chart);
            let expected = expected.map(|words| words.iter().map(|w| w.to_string()).collect());
            assert_eq!(given, expected, "{line}")
        };
        check("rel {} -s x", Some(&["template", "rel", "/c", "-s", "x"]));
        check(
            "--set '{map}={} c' ''",
            Some(&["template", "--set", "a.b={} c", ""]),
        );
        check("rel --set {list}=1", None);
    }

    #[test]
    fn settings_are_found_line_by_line() {
        let found =
            settings_of("a: 1\n# c\nb:\n  c: true\n  d-e: x\n  f:\n    - g: 1\nh: []\ni: {}\n");
        let found: Vec<_> = found
            .iter()
            .map(|(path, kind)| (path.as_str(), *kind))
            .collect();
        let expected = [
            ("a", "number"),
            ("b", "map"),
            ("b.c", "bool"),
            ("b.f", "list"),
            ("h", "list"),
            ("i", "map"),
        ];
        assert_eq!(found, expected);
    }
}
