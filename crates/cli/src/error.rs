//! What a user reads when a command fails, and the exit status.

use std::borrow::Cow;
use std::fmt;

use chart::Event;

/// A command that failed: what is said about it, and the exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What is said.
    pub(crate) words: Words,
    /// The exit status; Helm knows only 1 for its own commands.
    pub(crate) status: u8,
    /// The error of a library that it comes from.
    pub(crate) cause: Option<Box<dyn std::error::Error>>,
}

/// What is said about a failure.
#[derive(Debug)]
pub(crate) enum Words {
    /// A text after `Error: `.
    Error(String),
    /// A whole text, of several lines.
    Told(String),
    /// A log line: how Helm says what goes wrong before a command starts.
    Log(Event),
    /// Nothing: nobody listens, or it has been said.
    Nothing,
}

impl Failure {
    /// A failure as a command reports it.
    pub(crate) fn new(message: impl fmt::Display) -> Failure {
        Failure {
            words: Words::Error(message.to_string()),
            status: 1,
            cause: None,
        }
    }

    /// A failure before a command starts.
    pub(crate) fn early(message: impl fmt::Display) -> Failure {
        Failure {
            words: Words::Log(Event::info(message.to_string())),
            status: 1,
            cause: None,
        }
    }

    /// The same failure, before a command starts.
    pub(crate) fn into_early(self) -> Failure {
        match self.words {
            Words::Error(message) => Failure::early(message),
            _ => self,
        }
    }

    /// What may be done about it.
    pub(crate) fn hint(&self) -> Option<Cow<'_, str>> {
        let cause = self.cause.as_deref()?;
        cause
            .downcast_ref::<action::Error>()
            .and_then(action::Error::hint)
    }

    /// The same failure, with the error that it comes from.
    pub(crate) fn caused_by(mut self, error: impl std::error::Error + 'static) -> Failure {
        self.cause = Some(Box::new(error));
        self
    }

    /// The same failure with a text before its own.
    pub(crate) fn after(mut self, prefix: &str) -> Failure {
        if let Words::Error(message) = &mut self.words {
            message.insert_str(0, prefix);
        }
        self
    }

    /// The same failure with a text behind its own.
    pub(crate) fn before(mut self, suffix: &str) -> Failure {
        if let Words::Error(message) = &mut self.words {
            message.push_str(suffix);
        }
        self
    }

    /// The reader of stdout has gone. Nothing is left to say; the status is the one that a shell
    /// gives to a program that the signal for it has ended.
    pub(crate) fn reader_gone() -> Failure {
        Failure {
            words: Words::Nothing,
            status: 141,
            cause: None,
        }
    }
}

impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(&error).caused_by(error)
    }
}
