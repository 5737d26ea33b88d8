//! Errors with the lines that they are about, which Helm does not have: `errors.screen`, played in a
//! directory with the files of `errors.files`.

use crate::run::{Place, compare, home, oracle};
use crate::screens::replay;

#[test]
fn errors_show_their_lines() {
    if oracle().is_some() {
        return;
    }
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path();
    let files = std::fs::read_to_string(home().join("errors.files")).expect("the files");
    testkit::write_files(directory, &files);
    let path = home().join("errors.screen");
    let transcript = std::fs::read_to_string(&path).expect("the transcript can be read");
    let place = Place {
        directory: directory.to_owned(),
        home: directory.to_owned(),
    };
    compare(&path, &replay(&place, &transcript));
}
