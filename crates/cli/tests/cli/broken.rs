//! Charts that are broken, each in a way that people break charts in: what `--errors=source` says of each is in
//! `broken/NAME.screen`, played in a directory with the files of `broken/NAME.files`.
//!
//! `UPDATE=1 cargo test -p cli broken` writes the screens anew.

use std::path::{Path, PathBuf};

use crate::run::{Place, compare, home, oracle};
use crate::screens::replay;

/// How many there are at least.
const CHARTS: usize = 30;

#[test]
fn errors_of_broken_charts_name_file_and_line() {
    if oracle().is_some() {
        return;
    }
    let charts = charts();
    assert!(charts.len() >= CHARTS);
    for files in charts {
        let found = play(&files);
        let screen = files.with_extension("screen");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&screen, &found).expect("the screen can be written");
        }
        compare(&screen, &found);
        check(&files, &found);
    }
}

fn charts() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home().join("broken")).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    let mut charts: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "files"))
        .collect();
    charts.sort();
    charts
}

fn play(files: &Path) -> String {
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path().to_owned();
    let text = std::fs::read_to_string(files).expect("the files");
    testkit::write_files(&directory, &text);
    let transcript = std::fs::read_to_string(files.with_extension("screen")).expect("a transcript");
    let place = Place {
        home: directory.clone(),
        directory,
    };
    replay(&place, &transcript)
}

/// Each error has a place, whose file is one that the user has written and whose line is in it.
fn check(files: &Path, screen: &str) {
    let text = std::fs::read_to_string(files).expect("the files");
    let files = testkit::files(&text);
    let mut placed = true;
    let mut errors = 0;
    for line in screen.lines() {
        if line.starts_with("! Error: ") {
            assert!(placed, "an error has no place\n{screen}");
            (errors, placed) = (errors + 1, false);
        }
        let places = ["!  --> ", "!   = called at "];
        let Some(place) = places.iter().find_map(|mark| line.strip_prefix(mark)) else {
            continue;
        };
        let mut parts = place.split(':');
        let (path, number) = (parts.next().unwrap_or_default(), parts.next());
        let number: usize = number.and_then(|n| n.parse().ok()).unwrap_or_default();
        let file = files.iter().find(|file| file.name == path);
        let lines = file.map_or(0, |file| {
            file.data.as_bytes().split(|b| *b == b'\n').count()
        });
        placed |= (1..=lines).contains(&number);
    }
    assert!(placed && errors > 0, "an error has no place\n{screen}");
    assert!(screen.ends_with("= 1\n"), "{screen}");
}
