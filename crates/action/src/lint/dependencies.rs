//! Rules about the charts that a chart depends on.

use std::collections::BTreeSet;

use super::{Linter, Severity};

pub(super) fn check(linter: &mut Linter<'_>) {
    let chart = match linter.chart() {
        Ok(chart) => chart,
        Err(why) => {
            return linter.add(
                Severity::Error,
                "",
                format!("unable to load chart\n\t{why}"),
            );
        }
    };
    let declared = &chart.metadata.dependencies;
    let present: Vec<&str> = chart
        .dependencies
        .iter()
        .map(|child| child.name())
        .collect();
    let path = linter.directory.to_string_lossy().into_owned();
    let undeclared = without(&present, |name| declared.iter().any(|d| d.name == name));
    if !undeclared.is_empty() {
        let text = format!("chart metadata is missing these dependencies: {undeclared}");
        linter.add(Severity::Error, &path, text);
    }
    let mut seen = BTreeSet::new();
    let names: Vec<&str> = declared.iter().map(|d| d.used_as()).collect();
    let shadowing = without(&names, |name| seen.insert(name.to_owned()));
    if !shadowing.is_empty() {
        let text = format!("multiple dependencies with name or alias: {shadowing}");
        linter.add(Severity::Error, &path, text);
    }
    let names: Vec<&str> = declared.iter().map(|d| d.name.as_str()).collect();
    let missing = without(&names, |name| present.contains(&name));
    if !missing.is_empty() {
        let text = format!("chart directory is missing these dependencies: {missing}");
        linter.add(Severity::Warning, &path, text);
    }
}

/// The names that are not as they should be, separated by commas.
fn without(names: &[&str], mut is_fine: impl FnMut(&str) -> bool) -> String {
    let names = names.iter().copied().filter(|name| !is_fine(name));
    names.collect::<Vec<_>>().join(",")
}
