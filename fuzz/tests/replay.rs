//! The corpus, called as the fuzzers call it: what once went wrong stays mended.

use std::fs;
use std::path::PathBuf;

#[test]
fn the_corpus_passes() {
    for (name, target) in fuzz::TARGETS {
        let inputs = inputs(name);
        assert!(!inputs.is_empty(), "corpus/{name} has no files");
        for input in inputs {
            println!("{}", input.display());
            target(&fs::read(&input).expect("a file of the corpus"));
        }
    }
}

fn inputs(name: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let entries = fs::read_dir(&folder).expect("a folder of the corpus");
    let mut inputs: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    inputs.sort();
    inputs
}
