//! Errors with the words of Go's YAML libraries.

use std::fmt;

/// What `sigs.k8s.io/yaml` says of a text that it cannot read, or of a value that it cannot write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    text: String,
    at: Option<Position>,
}

/// A place in a text of YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, counted from one.
    pub line: usize,
    /// The character in the line, counted from zero, if it is known.
    pub column: Option<usize>,
}

const UNSUPPORTED: &str = "cannot marshal type";

impl YamlError {
    /// An error of the parser or of the decoder below `sigs.k8s.io/yaml`.
    pub(super) fn yaml(message: impl fmt::Display) -> YamlError {
        YamlError::plain(format!("yaml: {message}"))
    }

    /// An error of `sigs.k8s.io/yaml` itself.
    pub(super) fn plain(text: String) -> YamlError {
        YamlError { text, at: None }
    }

    /// The panic of go-yaml for a type that it cannot write.
    pub(super) fn unsupported(go_type: &str) -> YamlError {
        YamlError::plain(format!("{UNSUPPORTED}: {go_type}"))
    }

    /// Whether Go panics with it instead of returning it.
    pub fn is_panic(&self) -> bool {
        self.text.starts_with(UNSUPPORTED)
    }

    /// The same with another text in front.
    pub(super) fn within(self, context: &str) -> YamlError {
        YamlError {
            text: format!("{context}: {}", self.text),
            ..self
        }
    }

    /// The same at a place, both counted from zero.
    pub(super) fn at(self, line: u32, column: Option<u32>) -> YamlError {
        let at = Position {
            line: line as usize + 1,
            column: column.map(|column| column as usize),
        };
        YamlError {
            at: Some(at),
            ..self
        }
    }

    /// Where reading stopped. The text often names another line: it counts as Go does, and gives
    /// none for the first one.
    pub fn position(&self) -> Option<Position> {
        self.at
    }
}

impl From<crate::json::JsonError> for YamlError {
    fn from(error: crate::json::JsonError) -> Self {
        YamlError::plain(error.0)
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for YamlError {}
