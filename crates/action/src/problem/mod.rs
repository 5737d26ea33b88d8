//! What is wrong, told so that it can be mended: each mistake with the line that it is on, the way
//! that led there, and what to do about it. Helm's own texts are those of [`Error`].
//!
//! [`templates`] are told from where they failed, [`manifests`] from what they made, [`values`] from
//! the files that hold them.

mod excerpt;
mod manifests;
mod missing;
mod templates;
mod values;

use ::values::ValuesError;
use render::RenderError;
use source::SourceError;

use crate::Error;

/// One mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// The lines that it is about, the one to change first.
    pub excerpts: Vec<Excerpt>,
    /// The calls that led to the first of these lines, the last call first.
    pub calls: Vec<Place>,
    /// Other ways to the same mistake: where each of them begins.
    pub also: Vec<Place>,
    /// What is known beyond it, and what to do.
    pub hints: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file: its path, or the path of a template from the root chart.
    pub file: String,
    /// The line, counted from one.
    pub line: usize,
    /// The character in the line, counted from one; `None` if only the line is known.
    pub column: Option<usize>,
}

/// A line of a file, and what of it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Where it is.
    pub place: Place,
    /// The line.
    pub text: String,
    /// What is meant, as characters of the line.
    pub marked: std::ops::Range<usize>,
}

/// Where the user's values and the chart's own come from.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// The chart, as it was named.
    pub chart: String,
    /// The files of `--values`, in their order.
    pub files: Vec<String>,
}

/// All mistakes behind an error; none if its text says all that is known.
pub fn problems(error: &Error, origins: &Origins) -> Vec<Problem> {
    let files = values::Files::read(origins);
    match error {
        Error::Drafted { source, .. } => problems(source, origins),
        Error::Render(RenderError::Templates(failures)) => templates::problems(failures, &files),
        Error::Manifests(unreadable) => manifests::problems(unreadable),
        Error::Values(ValuesError::Schema(error)) => files.misfits(error),
        Error::Values(ValuesError::File(..)) => files.unreadable(),
        Error::Source(SourceError::Load(_)) => files.unreadable_in_chart(),
        _ => Vec::new(),
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        match self.column {
            Some(column) => write!(f, ":{column}"),
            None => Ok(()),
        }
    }
}
