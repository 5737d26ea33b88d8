//! Upgrades of a large real chart.

use std::time::Duration;

use anyhow::Result;

use super::super::timing::time;
use super::{Bench, succeed, tell};
use crate::paths;

const NAMESPACE: &str = "bench-stack";

pub(super) fn run(bench: &Bench, rounds: usize) -> Result<()> {
    let Some(corpus) = paths::corpus() else {
        println!("no corpus: kube-prometheus-stack is not upgraded");
        return Ok(());
    };
    let chart = corpus.join("render/charts/prometheus-community--kube-prometheus-stack");
    let chart = chart.to_string_lossy();
    let flags = [
        "--namespace",
        NAMESPACE,
        "--set",
        "grafana.adminPassword=known",
    ];
    let install = [
        &["install", "rel", &chart, "--create-namespace"],
        &flags[..],
    ]
    .concat();
    succeed(bench.command(&bench.helm, &install)?)?;
    let (mut theirs, mut ours): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for (who, program) in [(0, &bench.helm), (1, &bench.candidate)] {
            let changed = format!("commonLabels.round=r{round}-{who}");
            let upgrade = [
                &[
                    "upgrade",
                    "rel",
                    &chart,
                    "--set",
                    &changed,
                    "--history-max",
                    "3",
                ],
                &flags[..],
            ]
            .concat();
            let took = time(bench.command(program, &upgrade)?)?;
            if who == 0 {
                theirs.push(took);
            } else {
                ours.push(took);
            }
        }
    }
    println!("kube-prometheus-stack without --wait, median of {rounds} in turn");
    tell("upgrade", &theirs, &ours, None);
    Ok(())
}
