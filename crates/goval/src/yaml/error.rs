//! Errors with the words of Go's YAML libraries.

use std::fmt;

/// What `sigs.k8s.io/yaml` says of a text that it cannot read, or of a value that it cannot write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError(String);

impl YamlError {
    /// An error of the parser or of the decoder below `sigs.k8s.io/yaml`.
    pub(super) fn yaml(message: impl fmt::Display) -> YamlError {
        YamlError(format!("yaml: {message}"))
    }

    /// An error of `sigs.k8s.io/yaml` itself.
    pub(super) fn plain(message: String) -> YamlError {
        YamlError(message)
    }

    /// The same with another text in front.
    pub(super) fn within(self, context: &str) -> YamlError {
        YamlError(format!("{context}: {}", self.0))
    }
}

impl From<crate::json::JsonError> for YamlError {
    fn from(error: crate::json::JsonError) -> Self {
        YamlError(error.0)
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for YamlError {}
