//! The floor of a suite that does not hold in full yet: how many of its cases do. It only goes up.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Outcome, Settings};
use crate::paths;

/// Judges a result by the recorded floor. With `raise`, a better one becomes the floor.
pub(crate) fn judge(
    suite: &str,
    passed: usize,
    cases: usize,
    settings: &Settings,
) -> Result<Outcome> {
    if settings.only.is_some() {
        return Ok(Outcome {
            passed,
            failed: cases - passed,
            ..Outcome::default()
        });
    }
    let mut floors = read()?;
    let floor = floors.get(suite).copied().unwrap_or(0);
    let mut outcome = Outcome {
        passed,
        failed: floor.saturating_sub(passed),
        ..Outcome::default()
    };
    outcome
        .notes
        .push(format!("{passed} of {cases} equal, floor {floor}"));
    if passed > floor && settings.raise {
        floors.insert(suite.to_owned(), passed);
        write(&floors)?;
    }
    Ok(outcome)
}

fn path() -> PathBuf {
    paths::root().join("conformance/floor.json")
}

fn read() -> Result<BTreeMap<String, usize>> {
    let text = fs::read_to_string(path()).context("cannot read the floor")?;
    serde_json::from_str(&text).context("conformance/floor.json maps suites to numbers")
}

fn write(floors: &BTreeMap<String, usize>) -> Result<()> {
    let text = serde_json::to_string_pretty(floors)?;
    fs::write(path(), text + "\n").context("cannot write the floor")
}
