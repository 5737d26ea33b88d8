//! Errors, in the words and with the structure of Go's text/template.

use std::fmt;

use goval::{Map, Str};

/// Why a text is not a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The name that the text was parsed under.
    pub name: String,
    /// The line, counted from one, of the last token that was read.
    pub line: usize,
    /// The byte in that line, counted from zero. Go does not tell it.
    pub column: usize,
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
    within: Option<Within>,
}

/// What went wrong in a text that a function took for a template, as Helm's `tpl` does. Go has no
/// more of it than its words, which are part of the function's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The text.
    pub text: Str,
    /// Why it failed.
    pub error: TextError,
}

/// Why a text that a function took for a template failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextError {
    /// It is not a template.
    Parse(ParseError),
    /// It failed while it ran.
    Exec(ExecError),
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
    /// The value that was wanted there and is not there, as far as that can be told. Go does not
    /// tell it.
    pub missing: Option<Missing>,
}

/// A value that a template wanted of a map, and that is not there.
#[derive(Clone, Debug)]
pub struct Missing {
    /// The map, the very one that the template saw.
    pub map: Map,
    /// The key that is not in it, or holds nil.
    pub key: Str,
    /// The fields that were wanted of the key's value.
    pub fields: Vec<Str>,
}

impl PartialEq for Missing {
    fn eq(&self, other: &Missing) -> bool {
        self.map.same(&other.map) && self.key == other.key && self.fields == other.fields
    }
}

impl Eq for Missing {}

impl ExecError {
    /// An error that starts at a place in a template.
    pub(crate) fn at(frame: ErrorFrame) -> ExecError {
        ExecError(Box::new(Trace {
            frames: vec![frame],
            origin: None,
            within: None,
        }))
    }

    /// An error without a place: of a function, or because there is no template to run.
    pub(crate) fn plain(text: impl Into<String>) -> ExecError {
        ExecError(Box::new(Trace {
            frames: Vec::new(),
            origin: Some(text.into()),
            within: None,
        }))
    }

    /// The same error, which is that of a function whose text failed as a template.
    pub(crate) fn with_text(mut self, within: Within) -> ExecError {
        self.0.within = Some(within);
        self
    }

    /// The same error with the value that its outermost place lacked, if nothing further inside
    /// lacked any.
    pub(crate) fn or_missing(mut self, find: impl FnOnce() -> Option<Missing>) -> ExecError {
        if self.missing().is_none()
            && let Some(frame) = self.0.frames.last_mut()
        {
            frame.missing = find();
        }
        self
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

    /// What went wrong in a text that the failed function took for a template.
    pub fn within(&self) -> Option<&Within> {
        self.0.within.as_ref()
    }

    /// The value that was wanted and is not there, as far as that can be told.
    pub fn missing(&self) -> Option<&Missing> {
        self.0
            .frames
            .iter()
            .find_map(|frame| frame.missing.as_ref())
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
