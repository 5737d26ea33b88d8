//! Errors, in the words and with the structure of Go's text/template.

use std::fmt;

/// Why a text is not a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The name that the text was parsed under.
    pub name: String,
    /// The line, counted from one, of the last token that was read.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "template: {}:{}: {}", self.name, self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Why a template failed while it ran.
///
/// Its text is Go's one-line text. It is kept in pieces, one for each template that was running,
/// for those who show it otherwise.
///
/// It is one pointer, so that a result that carries it is as small as its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecError(Box<Trace>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Trace {
    /// Innermost first, so that a caller adds itself at the end.
    frames: Vec<ErrorFrame>,
    origin: Option<String>,
}

/// Where one of the running templates was when it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorFrame {
    /// The name of the template that was running.
    pub template: String,
    /// The name that the text around the place was parsed under.
    pub file: String,
    /// The line, counted from one.
    pub line: usize,
    /// The byte in the line, counted from zero.
    pub column: usize,
    /// The piece of the template that failed, as Go prints it.
    pub context: String,
    /// What went wrong; `error calling NAME` if the reason is the next frame or the origin.
    pub message: String,
}

impl ExecError {
    /// An error that starts at a place in a template.
    pub(crate) fn at(frame: ErrorFrame) -> ExecError {
        ExecError(Box::new(Trace {
            frames: vec![frame],
            origin: None,
        }))
    }

    /// An error without a place: of a function, or because there is no template to run.
    pub(crate) fn plain(text: impl Into<String>) -> ExecError {
        ExecError(Box::new(Trace {
            frames: Vec::new(),
            origin: Some(text.into()),
        }))
    }

    /// The same error, seen from the template whose call led to it.
    pub(crate) fn called_from(mut self, frame: ErrorFrame) -> ExecError {
        self.0.frames.push(frame);
        self
    }

    /// The places, from the template that was executed to where it went wrong.
    pub fn frames(&self) -> impl DoubleEndedIterator<Item = &ErrorFrame> + ExactSizeIterator {
        self.0.frames.iter().rev()
    }

    /// The error that a function returned, if that is where it started.
    pub fn origin(&self) -> Option<&str> {
        self.0.origin.as_deref()
    }

    /// The texts that Go's `errors.Unwrap` leads through, from the whole error to its origin.
    pub fn chain(&self) -> impl Iterator<Item = String> {
        let frames = (0..self.0.frames.len()).rev().map(|last| {
            Chained {
                frames: &self.0.frames[..=last],
                origin: self.origin(),
            }
            .to_string()
        });
        frames.chain(self.0.origin.clone())
    }
}

impl fmt::Display for ExecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (frames, origin) = (self.0.frames.as_slice(), self.origin());
        Chained { frames, origin }.fmt(f)
    }
}

impl std::error::Error for ExecError {}

/// An error from one of its frames on.
struct Chained<'a> {
    frames: &'a [ErrorFrame],
    origin: Option<&'a str>,
}

impl fmt::Display for Chained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, frame) in self.frames.iter().enumerate().rev() {
            frame.fmt(f)?;
            if i > 0 || self.origin.is_some() {
                f.write_str(": ")?;
            }
        }
        f.write_str(self.origin.unwrap_or_default())
    }
}

impl fmt::Display for ErrorFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ErrorFrame {
            file,
            line,
            column,
            context,
            message,
            ..
        } = self;
        let name = goval::strconv::quote(self.template.as_bytes());
        write!(
            f,
            "template: {file}:{line}:{column}: executing {name} at <{context}>: {message}"
        )
    }
}
