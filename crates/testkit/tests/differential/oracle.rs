//! Talks to the program in `oracle/funcs`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What is asked: a kind of question and its arguments.
#[derive(Clone, serde::Serialize)]
pub(crate) struct Question {
    pub(crate) f: &'static str,
    pub(crate) a: Vec<String>,
}

pub(crate) type Answer = Result<String, String>;

/// An answer as the program writes it. Bytes that are not UTF-8 stay in hexadecimal digits.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    ok: Option<String>,
    ok_hex: Option<String>,
    err: Option<String>,
}

/// Builds the program, once for all tests; `None` where there is no Go.
pub(crate) fn build() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../oracle/funcs");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("funcs-oracle");
        let mut build = Command::new("go");
        build.args(["build", "-o"]).arg(&program).arg(".");
        let status = build.current_dir(source).status().ok()?;
        assert!(status.success(), "the oracle does not build");
        Some(program)
    });
    program.as_deref()
}

/// The answers, in the order of the questions.
pub(crate) fn ask(program: &Path, questions: &[Question]) -> Vec<Answer> {
    let mut child = Command::new(program)
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut input = child.stdin.take().expect("it has an input");
    let output = BufReader::new(child.stdout.take().expect("it has an output"));
    let answers = std::thread::scope(|scope| {
        scope.spawn(move || {
            for question in questions {
                let line = serde_json::to_string(question).expect("JSON");
                writeln!(input, "{line}").expect("the oracle reads");
            }
        });
        output
            .lines()
            .map(|line| answer(&line.expect("the oracle answers")))
            .collect::<Vec<_>>()
    });
    child.wait().expect("the oracle ends");
    assert_eq!(answers.len(), questions.len(), "the oracle answers all");
    answers
}

fn answer(line: &str) -> Answer {
    let line: Line = serde_json::from_str(line).expect("an answer");
    match (line.err, line.ok, line.ok_hex) {
        (Some(err), ..) => Err(err),
        (_, Some(ok), _) => Ok(ok),
        (.., hex) => Ok(hex.unwrap_or_default()),
    }
}

/// Bytes as the program writes them.
pub(crate) fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
