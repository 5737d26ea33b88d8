//! The cases in the folder `cases`: templates and what Go makes of them.

use std::fmt;
use std::path::{Path, PathBuf};

/// The data that all templates are given.
pub(crate) const DATA: &str = include_str!("../cases/data.json");

/// A template, and what is known to come out.
pub(crate) struct Case {
    /// Such as `missingkey=zero`.
    pub(crate) options: String,
    pub(crate) template: String,
    pub(crate) answer: Option<Answer>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Ok(Vec<u8>),
    Parse(String),
    /// What was written until the error, and the error.
    Exec(Vec<u8>, String),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Ok(out) => write!(f, "ok {:?}", String::from_utf8_lossy(out)),
            Answer::Parse(error) => write!(f, "parse {error:?}"),
            Answer::Exec(out, error) => {
                write!(f, "exec {:?} {error:?}", String::from_utf8_lossy(out))
            }
        }
    }
}

/// The files with cases, sorted.
pub(crate) fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder with cases")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .collect();
    files.sort();
    files
}

/// Reads a file: each case starts with `=== OPTIONS`; then come the template, `--- ok`,
/// `--- parse` or `--- exec`, and the output or error; for `exec`, the output follows `--- wrote`.
pub(crate) fn read(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a file with cases");
    let mut cases = Vec::new();
    for block in text.strip_prefix("===").unwrap_or_default().split("\n===") {
        let (options, rest) = block.split_once('\n').unwrap_or((block, ""));
        let mut parts = rest.split("\n--- ");
        let template = parts.next().unwrap_or_default().to_owned();
        let mut answer = None;
        for part in parts {
            let (kind, text) = part.split_once('\n').expect("a section with a text");
            answer = Some(match (kind, answer) {
                ("ok", _) => Answer::Ok(text.into()),
                ("parse", _) => Answer::Parse(text.to_owned()),
                ("exec", _) => Answer::Exec(Vec::new(), text.to_owned()),
                ("wrote", Some(Answer::Exec(_, error))) => Answer::Exec(text.into(), error),
                _ => unreachable!("unknown section {kind}"),
            });
        }
        cases.push(Case {
            options: options.trim().to_owned(),
            template,
            answer,
        });
    }
    cases
}

pub(crate) fn write(file: &Path, cases: &[Case]) {
    let mut blocks = Vec::new();
    for case in cases {
        let answer = match &case.answer {
            None => String::new(),
            Some(Answer::Ok(out)) => format!("\n--- ok\n{}", String::from_utf8_lossy(out)),
            Some(Answer::Parse(error)) => format!("\n--- parse\n{error}"),
            Some(Answer::Exec(out, error)) if out.is_empty() => format!("\n--- exec\n{error}"),
            Some(Answer::Exec(out, error)) => {
                format!(
                    "\n--- exec\n{error}\n--- wrote\n{}",
                    String::from_utf8_lossy(out)
                )
            }
        };
        let head = format!("=== {}", case.options);
        blocks.push(format!("{}\n{}{answer}", head.trim_end(), case.template));
    }
    std::fs::write(file, blocks.join("\n")).expect("the file can be written");
}
