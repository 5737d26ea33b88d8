//! Why a plan could not be carried out.

use release::StoreError;

/// Why a step failed. `Display` gives Helm's text; [`Error::cluster`] and [`Error::store`] give the
/// first cause, for hints.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    message: String,
    cause: Cause,
    note: Option<Box<str>>,
}

#[derive(Clone, Debug)]
enum Cause {
    Cluster(Box<cluster::Error>),
    Store(StoreError),
    Cancelled,
    Timeout,
    Other,
}

impl Error {
    /// An error of our own.
    pub(crate) fn other(message: impl Into<String>) -> Error {
        Error {
            message: message.into(),
            cause: Cause::Other,
            note: None,
        }
    }

    /// The operation was cancelled, as Go words it.
    pub(crate) fn cancelled() -> Error {
        Error {
            message: "context canceled".to_owned(),
            cause: Cause::Cancelled,
            note: None,
        }
    }

    /// The time was up; `message` ends as Go words it.
    pub(crate) fn timeout(message: impl Into<String>) -> Error {
        Error {
            message: message.into(),
            cause: Cause::Timeout,
            note: None,
        }
    }

    /// The same cause with another text.
    #[must_use]
    pub(crate) fn told(mut self, message: impl Into<String>) -> Error {
        self.message = message.into();
        self
    }

    /// The same with a text before it.
    #[must_use]
    pub(crate) fn after(self, prefix: impl std::fmt::Display) -> Error {
        let message = format!("{prefix}{}", self.message);
        self.told(message)
    }

    /// Several errors as one; `None` of none. The first cause counts.
    pub(crate) fn join(errors: Vec<Error>, separator: &str) -> Option<Error> {
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let first = errors.into_iter().next()?;
        Some(first.told(texts.join(separator)))
    }

    /// The same with something for the user to know beside it.
    #[must_use]
    pub fn noted(mut self, note: String) -> Error {
        self.note = Some(note.into());
        self
    }

    /// What the user should know beside it.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// What the cluster said, if that is the cause.
    pub fn cluster(&self) -> Option<&cluster::Error> {
        match &self.cause {
            Cause::Cluster(error) => Some(error),
            _ => None,
        }
    }

    /// What the store said, if that is the cause.
    pub fn store(&self) -> Option<&StoreError> {
        match &self.cause {
            Cause::Store(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the operation was cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.cause, Cause::Cancelled)
    }

    /// Whether the time was up.
    pub fn is_timeout(&self) -> bool {
        matches!(self.cause, Cause::Timeout)
    }
}

impl From<cluster::Error> for Error {
    fn from(error: cluster::Error) -> Self {
        Error {
            message: error.to_string(),
            cause: Cause::Cluster(Box::new(error)),
            note: None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Error {
            message: error.to_string(),
            cause: Cause::Store(error),
            note: None,
        }
    }
}
