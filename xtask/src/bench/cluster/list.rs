//! The list of many releases with long histories.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::super::timing::{memory, time};
use super::{Bench, succeed, tell};

const RELEASES: usize = 500;
const REVISIONS: usize = 10;
const NAMESPACE: &str = "bench-list";
const LIST: [&str; 3] = ["list", "--namespace", NAMESPACE];

pub(super) fn run(bench: &Bench, rounds: usize) -> Result<()> {
    bench.kubectl(&["create", "namespace", NAMESPACE])?;
    fill(bench)?;
    let (mut theirs, mut ours): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        theirs.push(time(bench.command(&bench.helm, &LIST)?)?);
        ours.push(time(bench.command(&bench.candidate, &LIST)?)?);
    }
    println!(
        "`list` over {RELEASES} releases of {REVISIONS} revisions, median of {rounds} in turn"
    );
    tell("list", &theirs, &ours, None);
    let used = |program: &Path| -> Result<f64> {
        let kib = memory(&bench.command(program, &LIST)?);
        Ok(kib.context("GNU time is needed to measure memory")? / 1024.0)
    };
    let (theirs, ours) = (used(&bench.helm)?, used(&bench.candidate)?);
    println!("  memory             Helm {theirs:7.1} MiB, Sternpost {ours:7.1} MiB");
    let (theirs, ours) = (
        wire_bytes(bench, &bench.helm)?,
        wire_bytes(bench, &bench.candidate)?,
    );
    println!(
        "  on the wire        Helm {:7.1} KiB, Sternpost {:7.1} KiB, {:.1} times less",
        theirs / 1024.0,
        ours / 1024.0,
        theirs / ours
    );
    Ok(())
}

/// How many bytes of answers a list gets.
fn wire_bytes(bench: &Bench, program: &Path) -> Result<f64> {
    let file = bench.home.path().join("list-bytes");
    bench.record_of(program, &LIST, &file)?;
    let text = fs::read_to_string(&file)?;
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(lines.filter_map(|line| line["bytes"].as_f64()).sum())
}

/// Fills the namespace with records, each made of one that real Helm has written.
fn fill(bench: &Bench) -> Result<()> {
    let chart = bench.home.path().join("created");
    succeed(bench.command(&bench.helm, &["create", &chart.to_string_lossy()])?)?;
    let model = [
        "install",
        "model",
        &chart.to_string_lossy(),
        "--namespace",
        NAMESPACE,
    ];
    succeed(bench.command(&bench.helm, &model)?)?;
    let text = bench.kubectl(&[
        "get",
        "secret",
        "sh.helm.release.v1.model.v1",
        "--output=json",
        "--namespace",
        NAMESPACE,
    ])?;
    let secret: Value = serde_json::from_str(&text)?;
    let record = unpack(&secret)?;
    let mut file = fs::File::create(bench.home.path().join("records"))?;
    for release in 0..RELEASES {
        for revision in 1..=REVISIONS {
            let status = match revision {
                REVISIONS => "deployed",
                _ => "superseded",
            };
            let name = format!("release-{release:03}");
            let mut record = record.clone();
            record["name"] = name.as_str().into();
            record["version"] = revision.into();
            record["info"]["status"] = status.into();
            // As in life, no two records say that they were made at the same time.
            let (minute, part) = (release % 60, release * 7919 + revision * 104_729);
            let time = format!("2026-11-{:02}T10:{minute:02}:07.{part:09}Z", revision + 10);
            record["info"]["first_deployed"] = time.as_str().into();
            record["info"]["last_deployed"] = time.into();
            let write = json!({
                "method": "POST",
                "path": format!("/api/v1/namespaces/{NAMESPACE}/secrets"),
                "type": "application/json",
                "body": object(&record, &name, revision, status)?.to_string(),
            });
            writeln!(file, "{write}")?;
        }
    }
    succeed(bench.replay(&bench.home.path().join("records"), ["", ""])?)?;
    succeed(bench.command(
        &bench.helm,
        &["uninstall", "model", "--namespace", NAMESPACE],
    )?)
}

fn unpack(secret: &Value) -> Result<Value> {
    let packed = secret["data"]["release"].as_str().context("a record")?;
    let packed = BASE64_STANDARD.decode(BASE64_STANDARD.decode(packed)?)?;
    let mut json = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}

fn object(record: &Value, name: &str, revision: usize, status: &str) -> Result<Value> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(record.to_string().as_bytes())?;
    let packed = BASE64_STANDARD.encode(BASE64_STANDARD.encode(packer.finish()?));
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": {
            "name": format!("sh.helm.release.v1.{name}.v{revision}"),
            "labels": {
                "name": name,
                "owner": "helm",
                "status": status,
                "version": revision.to_string(),
                "modifiedAt": "1700000000",
            },
        },
        "data": {"release": packed},
    }))
}
