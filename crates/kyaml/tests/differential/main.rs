//! Thousands of streams through kyaml itself and through ours.
//!
//! Skipped where there is no Go. `COUNT` says how many, `SEED` which ones, `CORPUS` names a folder of
//! YAML files that are tried as they are and taken to pieces; it is the cases of this crate otherwise.
//! What kyaml answers to those cases stands beside them; `WRITE=1` has it write that again.

mod generate;
mod oracle;

use std::fs;
use std::path::{Path, PathBuf};

use generate::{Generator, files};
use kyaml::{annotate, annotation, clear_annotation, read_all, write_all};
use oracle::{Answer, Request};

const ANNOTATION: &str = "postrenderer.helm.sh/postrender-filename";

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok().and_then(|text| text.parse().ok());
    set.unwrap_or(default)
}

fn corpus() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut found = files(&own);
    if let Some(folder) = std::env::var_os("CORPUS") {
        found.extend(files(Path::new(&folder)));
    }
    found
}

/// Asks kyaml and ourselves the same and shows what differs.
#[expect(clippy::print_stderr, reason = "a test says what it tried")]
fn compare(name: &str, streams: impl Iterator<Item = Vec<u8>>) {
    let Some(program) = oracle::build() else {
        eprintln!("{name}: skipped, no Go program to compare with");
        return;
    };
    let requests: Vec<Request> = streams
        .enumerate()
        .map(|(number, text)| (b"as"[number % 2], text))
        .collect();
    let answers = oracle::ask(&program, requests.clone());
    let refused = answers.iter().filter(|answer| answer.is_err()).count();
    let (mut different, mut known) = (0, 0);
    for (request, theirs) in requests.iter().zip(&answers) {
        let ours = ours(request);
        if ours == *theirs || is_left_out(theirs, &ours) {
            continue;
        }
        if is_known(theirs, &ours) {
            known += 1;
            continue;
        }
        different += 1;
        if different <= number("SHOW", 5) {
            let text = String::from_utf8_lossy(&request.1);
            eprintln!("--- {name} {}\n{text}\n{text:?}", char::from(request.0));
            eprintln!("Go:   {}\nours: {}", shown(theirs), shown(&ours));
        }
    }
    let count = requests.len();
    eprintln!(
        "{name}: {count} streams, {refused} refused by kyaml, {different} differ, {known} as is known"
    );
    assert_eq!(different, 0, "{name}");
}

/// Which of two things that are wrong is told, where a quote is not closed; see `docs/compatibility.md`.
fn is_known(theirs: &Answer, ours: &Answer) -> bool {
    let told = |answer: &Answer, what: &str| {
        let error = answer.as_ref().err()?;
        error.strip_suffix(what).map(str::to_owned)
    };
    let theirs = told(theirs, "could not find expected ':'");
    theirs.is_some() && theirs == told(ours, "found unexpected end of stream")
}

#[test]
fn known_differences_are_still_there_and_documented() {
    let page = include_str!("../../../../docs/compatibility.md");
    assert!(page.contains("a quote that is not closed"));
    let Some(program) = oracle::build() else {
        return;
    };
    let request = (b'a', b"    # c\n- , |\n'm\n".to_vec());
    let theirs = oracle::ask(&program, vec![request.clone()]);
    assert!(is_known(&theirs[0], &ours(&request)), "{theirs:?}");
}

/// Where kyaml itself breaks off, or does what is not built yet, any error will do.
fn is_left_out(theirs: &Answer, ours: &Answer) -> bool {
    let panicked = matches!(theirs, Err(error) if error.starts_with("panic: "));
    let unbuilt = matches!(ours, Err(error) if error.ends_with("is not built yet"));
    ours.is_err() && (panicked || unbuilt)
}

fn shown(answer: &Answer) -> String {
    match answer {
        Ok(text) => format!("\n{}", String::from_utf8_lossy(text)),
        Err(error) => format!("error {error:?}"),
    }
}

fn ours((op, text): &Request) -> Answer {
    let answer = match op {
        b'a' => annotated(text),
        _ => split(text),
    };
    answer.map(String::into_bytes)
}

fn annotated(text: &[u8]) -> Result<String, String> {
    let mut documents = read_all(text).map_err(|error| format!("reading: {error}"))?;
    for document in &mut documents {
        annotate(document, ANNOTATION, "chart/templates/a.yaml")
            .map_err(|error| format!("annotating: {error}"))?;
    }
    write_all(documents).map_err(|error| error.to_string())
}

fn split(text: &[u8]) -> Result<String, String> {
    let documents = read_all(text).map_err(|error| format!("reading: {error}"))?;
    let mut files = std::collections::BTreeMap::<_, Vec<_>>::new();
    for mut document in documents {
        let name = annotation(&document, ANNOTATION).map_err(|e| format!("asking: {e}"))?;
        clear_annotation(&mut document, ANNOTATION).map_err(|e| format!("clearing: {e}"))?;
        files.entry(name).or_default().push(document);
    }
    let mut out = String::new();
    for (name, documents) in files {
        let text = write_all(documents).map_err(|error| format!("writing: {error}"))?;
        out += &format!("=== {}\n{text}", goval::strconv::quote(name.as_bytes()));
    }
    Ok(out)
}

#[test]
fn cases_are_answered_as_by_kyaml() {
    let program = std::env::var_os("WRITE").and_then(|_| oracle::build());
    let mut wrong = Vec::new();
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")) {
        let text = fs::read(&path).unwrap_or_default();
        let requests = [(b'a', text.clone()), (b's', text)];
        let expected = path.with_extension("answer");
        if let Some(program) = &program {
            let answers = oracle::ask(program, requests.to_vec());
            let _ = fs::write(&expected, sheet(&answers));
        }
        let ours: Vec<Answer> = requests.iter().map(ours).collect();
        if fs::read(&expected).unwrap_or_default() != sheet(&ours) {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Both answers to a case on one sheet.
fn sheet(answers: &[Answer]) -> Vec<u8> {
    let mut out = Vec::new();
    for (title, answer) in ["annotated", "split"].iter().zip(answers) {
        let (mark, text) = match answer {
            Ok(text) => ("", text.as_slice()),
            Err(error) => ("error: ", error.as_bytes()),
        };
        out.extend(format!("##### {title}\n{mark}").bytes());
        out.extend_from_slice(text);
        if !text.ends_with(b"\n") {
            out.extend(b"\n");
        }
    }
    out
}

#[test]
fn files_are_written_as_by_kyaml() {
    let files = corpus().into_iter().flat_map(|path| {
        let text = fs::read(path).unwrap_or_default();
        [text.clone(), text]
    });
    compare("files", files);
}

#[test]
fn changed_streams_are_written_as_by_kyaml() {
    let texts: Vec<String> = corpus()
        .into_iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .filter(|text| !text.is_empty())
        .collect();
    let seed = number("SEED", 1);
    let mut generator = Generator::new(seed, texts);
    let streams = (0..number("COUNT", 2000)).map(|_| generator.stream().into_bytes());
    compare(&format!("changed streams of seed {seed}"), streams);
}
