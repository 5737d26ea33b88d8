//! The life of a release of 300 objects.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::super::timing::time;
use super::{Bench, succeed, tell};

/// The kinds of the chart and how many there are of each; no pods, which would be somebody else's work.
const OBJECTS: [(&str, usize, &str); 5] = [
    ("ServiceAccount", 50, "apiVersion: v1\n"),
    (
        "Secret",
        50,
        "apiVersion: v1\nstringData: {tag: \"{{ .Values.tag }}\"}\n",
    ),
    (
        "ConfigMap",
        100,
        "apiVersion: v1\ndata: {tag: \"{{ .Values.tag }}\", text: some more text}\n",
    ),
    (
        "Service",
        50,
        "apiVersion: v1\nspec: {selector: {app: it}, ports: [{name: http, port: 80}]}\n",
    ),
    (
        "Deployment",
        50,
        "apiVersion: apps/v1\nspec: {replicas: 0, selector: {matchLabels: {app: it}}, template: {metadata: \
         {labels: {app: it}}, spec: {containers: [{name: it, image: \"it:{{ .Values.tag }}\"}]}}}\n",
    ),
];

/// What is done to the release, in order.
const LIFE: [(&str, &[&str]); 5] = [
    ("install", &["install", "rel", "CHART", "--set", "tag=1"]),
    ("upgrade", &["upgrade", "rel", "CHART", "--set", "tag=2"]),
    (
        "no-op upgrade",
        &["upgrade", "rel", "CHART", "--set", "tag=2"],
    ),
    ("rollback", &["rollback", "rel", "1"]),
    ("uninstall", &["uninstall", "rel"]),
];

/// The namespace that the bare client's writes were recorded in; the others have names as long.
const RECORDED: &str = "bench-recorded";

pub(super) fn run(bench: &Bench, rounds: usize) -> Result<()> {
    let chart = make_chart(bench.home.path())?;
    let chart = chart.to_string_lossy();
    let words = |words: &[&'static str], namespace: &str| -> Vec<String> {
        let words = words.iter().map(|word| word.replace("CHART", &chart));
        words
            .chain(["--namespace".to_owned(), namespace.to_owned()])
            .collect()
    };
    bench.kubectl(&["create", "namespace", RECORDED])?;
    let mut files = Vec::new();
    for (index, (_, step)) in LIFE.iter().enumerate() {
        let file = bench.home.path().join(format!("writes-{index}"));
        let words = words(step, RECORDED);
        bench.record(&strs(&words), &file)?;
        files.push(file);
    }
    let mut took: Vec<[Vec<Duration>; 3]> = vec![Default::default(); LIFE.len()];
    for round in 0..rounds {
        for (who, program) in [Some(&bench.helm), Some(&bench.candidate), None]
            .into_iter()
            .enumerate()
        {
            let namespace = format!("bench-{round:04}-{who:03}");
            bench.kubectl(&["create", "namespace", &namespace])?;
            for (index, (_, step)) in LIFE.iter().enumerate() {
                let command = match program {
                    Some(program) => {
                        let words = words(step, &namespace);
                        bench.command(program, &strs(&words))?
                    }
                    None => bench.replay(&files[index], [RECORDED, &namespace])?,
                };
                took[index][who].push(time(command)?);
            }
        }
    }
    succeed(bench.command(&bench.helm, &["list", "--all-namespaces"])?)?;
    println!("a chart of 300 objects, median of {rounds} in turn");
    for ((what, _), [theirs, ours, bare]) in LIFE.iter().zip(&took) {
        tell(what, theirs, ours, Some(bare));
    }
    Ok(())
}

fn strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn make_chart(folder: &Path) -> Result<PathBuf> {
    let chart = folder.join("many");
    fs::create_dir_all(chart.join("templates"))?;
    fs::write(
        chart.join("Chart.yaml"),
        "apiVersion: v2\nname: many\nversion: 1.0.0\n",
    )?;
    fs::write(chart.join("values.yaml"), "tag: \"0\"\n")?;
    for (kind, count, rest) in OBJECTS {
        let name = kind.to_lowercase();
        let text = format!(
            "{{{{- range until {count} }}}}\n---\nkind: {kind}\nmetadata: {{name: {name}-{{{{ . }}}}}}\n{}{{{{- end }}}}\n",
            rest.replace(".Values", "$.Values")
        );
        fs::write(chart.join("templates").join(name + ".yaml"), text)?;
    }
    Ok(chart)
}
