//! Records that are too large for the cluster to hold.

use std::fmt::Write;

use chart::File;
use release::{Release, Store};

use crate::Error;

/// How many files are named.
const NAMED: usize = 10;

/// The part of an API server's message by which a record is known to be too large.
const TOO_LONG: &str = "Too long: may not be more than";

/// Whether the store can hold a record, asked before anything is created for it.
///
/// # Errors
/// It cannot.
pub(crate) fn check(store: &dyn Store, release: &Release) -> Result<(), Error> {
    let checked = store.check(release).map_err(Error::from);
    checked.map_err(|error| explained(error, release))
}

/// The same error; if it is about the size of the record, with what makes that so large.
pub(crate) fn explained(error: Error, release: &Release) -> Error {
    if !error.to_string().contains(TOO_LONG) {
        return error;
    }
    Error::TooLarge {
        source: Box::new(error),
        hint: hint(release),
    }
}

fn hint(release: &Release) -> String {
    let chart = &release.chart;
    let files = chart.templates.iter().chain(&chart.files);
    let mut parts: Vec<(&str, usize)> = files.map(part).collect();
    parts.push(("the rendered manifest", release.manifest.len()));
    parts.sort_by_key(|(name, size)| (std::cmp::Reverse(*size), *name));
    let mut text = "the record of a release holds the files of its chart and what was rendered; the largest are"
        .to_owned();
    for (name, size) in parts.into_iter().take(NAMED) {
        // Writing to a text cannot fail.
        let _ = write!(text, "\n  {:>8} KiB  {name}", size.div_ceil(1024));
    }
    text += "\n.helmignore keeps files out of a chart";
    text
}

fn part(file: &File) -> (&str, usize) {
    (&file.name, file.data.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::Chart;

    #[test]
    fn the_largest_files_are_named() {
        let file = |n: usize| File::new(format!("files/{n}"), "x".repeat(n * 2048).as_str());
        let release = Release {
            chart: Chart {
                files: (1..=12).map(file).collect(),
                ..Chart::default()
            },
            ..Release::default()
        };
        let error = Error::Other(format!("data: {TOO_LONG} 1048576 bytes"));
        let hint = explained(error, &release).hint().unwrap().into_owned();
        let lines: Vec<&str> = hint.lines().collect();
        assert_eq!(lines.len(), 12);
        assert_eq!(lines[1], "        24 KiB  files/12");
        assert_eq!(lines[10], "         6 KiB  files/3");
        assert!(explained(Error::InProgress, &release).draft().is_none());
    }
}
