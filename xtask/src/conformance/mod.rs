//! Suites that hold the binary against real Helm. Each needs material or programs that not every machine
//! has, and says so where it is skipped.

mod corpus;
mod flags;
mod floor;
mod help;
mod hostile;
mod leftovers;
mod lines;
mod local;
mod outcome;
mod plugins;
mod provenance;
mod registry;
mod single;

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{faults, interop, paths, rights, soak};
pub(crate) use floor::judge;
pub(crate) use outcome::Outcome;

const USAGE: &str = "\
usage: cargo xtask conformance SUITE… [--candidate FILE] [--match TEXT] [--raise]
  render    compare.py of the corpus: charts rendered by both, byte for byte
  golden    replay.py of the corpus: Helm's own golden command cases
  local     lint, show, package and the like on many charts, by both programs; 4 minutes
  flags     every flag of template, good and bad, on charts of many kinds, by both programs; 15 minutes
  registry  charts in OCI registries, real ones and spoiled ones, by both programs alone and in turn
  hostile   charts that mean harm: how each ends, how soon, in how much memory; 3 minutes
  help      --help of every command, without its prose
  plugins   plugins installed, packed, signed, run and removed
  provenance  charts signed and verified by both programs, with keys of GnuPG
  interop   releases passed between real Helm 4, real Helm 3 and the candidate on a real control plane
  life      whole lives of releases, each lived in five ways: by Helm 4, the candidate, both and Helm 3 in turn
  writes    what each command sends to a cluster, compared with what real Helm sends
  faults    an upgrade killed at each of its requests, and failing at some; what is left of it
  faults-long  every failure at every request
  rights    each verb with the least rights that it needs, and without each of them
  soak      500 upgrades of one release, after which nothing has grown; 10 minutes
  all       what CI runs: render, golden, help, plugins, registry, provenance, interop, life,
            writes and rights
  --candidate FILE   the binary under test (default: target/debug/sternpost)
  --match TEXT       only cases whose name holds TEXT (life and writes: TEXT|TEXT); the floor is not looked at
  --raise            write a better result into conformance/floor.json";

/// The suites that every commit is judged by; the quick ones first.
const ALL: [&str; 10] = [
    "render",
    "golden",
    "help",
    "plugins",
    "registry",
    "provenance",
    "interop",
    "life",
    "writes",
    "rights",
];

/// What the suites are run with.
pub(crate) struct Settings {
    pub(crate) candidate: PathBuf,
    pub(crate) only: Option<String>,
    pub(crate) raise: bool,
}

impl Settings {
    /// Whether a case is to be looked at.
    fn wants(&self, case: &str) -> bool {
        self.only.as_ref().is_none_or(|text| case.contains(text))
    }

    /// Tells of a case that differs; where the user chose some cases, in full.
    fn differs(&self, case: &str, wanted: &str, given: &str) {
        match self.only {
            None => println!("differs: {case}"),
            Some(_) => println!("differs: {case}\n--- wanted\n{wanted}\n--- given\n{given}"),
        }
    }
}

/// `cargo xtask conformance …`. Ends with one line that counts all suites.
pub(crate) fn command(words: &[&str]) -> Result<()> {
    let (suites, settings) = parse(words)?;
    let mut total = Outcome::default();
    for suite in suites {
        let outcome = match suite {
            "render" => corpus::render(&settings)?,
            "golden" => corpus::golden(&settings)?,
            "flags" => flags::suite(&settings)?,
            "hostile" => hostile::suite(&settings)?,
            "local" => local::suite(&settings)?,
            "registry" => registry::suite(&settings)?,
            "provenance" => provenance::suite(&settings)?,
            "help" => help::suite(&settings)?,
            "plugins" => plugins::suite(&settings)?,
            "interop" => interop::suite(&settings)?,
            "life" => interop::lives(&settings)?,
            "writes" => interop::requests(&settings)?,
            "faults" => faults::short(&settings)?,
            "faults-long" => faults::long(&settings)?,
            "rights" => rights::suite(&settings)?,
            "soak" => soak::suite(&settings)?,
            _ => bail!("no suite {suite}\n{USAGE}"),
        };
        println!("{suite}: {outcome}");
        total += outcome;
    }
    println!("{total}");
    if total.failed > 0 {
        bail!("the conformance suites found differences");
    }
    Ok(())
}

fn parse<'a>(words: &[&'a str]) -> Result<(Vec<&'a str>, Settings)> {
    let mut settings = Settings {
        candidate: paths::root().join("target/debug/sternpost"),
        only: None,
        raise: false,
    };
    let mut suites = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} takes a value\n{USAGE}"))
        };
        match *word {
            "--candidate" => settings.candidate = PathBuf::from(value()?),
            "--match" => settings.only = Some(value()?.to_string()),
            "--raise" => settings.raise = true,
            "all" => suites.extend(ALL),
            flag if flag.starts_with('-') => bail!("no flag {flag}\n{USAGE}"),
            suite => suites.push(suite),
        }
    }
    if suites.is_empty() {
        bail!("{USAGE}");
    }
    settings.candidate = settings.candidate.canonicalize().with_context(|| {
        format!(
            "no candidate at {}; `./dev build` makes it",
            settings.candidate.display()
        )
    })?;
    Ok((suites, settings))
}

/// Says that a suite cannot run here. In CI beside the corpus that is a failure: there everything is to run.
pub(crate) fn skip(why: &str) -> Result<Outcome> {
    if paths::corpus().is_some() && env::var_os("CI").is_some_and(|value| value == "true") {
        bail!("must run in CI where the corpus is, but: {why}");
    }
    Ok(Outcome {
        skipped: 1,
        notes: vec![format!("skipped: {why}")],
        ..Outcome::default()
    })
}
