//! Errors of templates, in the form that Helm gives them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use gotmpl::{ExecError, ParseError, TextError};
use goval::{Map, Str};

/// What `required` and `fail` put around their message, so that it can be found in the chain.
pub(crate) const WARN_START: &str = "HELM_ERR_START";
/// What ends such a message.
pub(crate) const WARN_END: &str = "HELM_ERR_END";

/// Why a chart could not be rendered. The texts are Helm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The chart does not want this version of Kubernetes.
    #[error("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {found}")]
    KubeVersion {
        /// The constraint in Chart.yaml.
        wanted: String,
        /// The version that is there.
        found: String,
    },
    /// Templates do not parse, or failed.
    #[error(transparent)]
    Templates(Box<Failures>),
}

/// Templates that do not parse, or templates that failed, with what it takes to explain that.
///
/// Its text is Helm's, which is about the first one.
#[derive(Clone, Debug)]
pub struct Failures {
    /// The failures, at least one; no more unless [`RenderOptions::all_errors`] asks for them.
    ///
    /// [`RenderOptions::all_errors`]: crate::RenderOptions::all_errors
    pub all: Vec<Failure>,
    /// The texts of all templates by their names in errors.
    pub texts: BTreeMap<String, Str>,
    /// The values that the root chart's templates saw.
    pub values: Map,
}

/// A template that does not parse, or that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What Helm says.
    pub words: String,
    /// What went wrong, with the places.
    pub error: TextError,
}

impl PartialEq for Failures {
    fn eq(&self, other: &Failures) -> bool {
        self.all == other.all && self.texts == other.texts
    }
}

impl Eq for Failures {}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.all.first().map_or("", |failure| &failure.words))
    }
}

impl std::error::Error for Failures {}

impl Failure {
    pub(crate) fn parse(path: &str, error: ParseError) -> Failure {
        Failure {
            words: words_of_parse(path, &error),
            error: TextError::Parse(error),
        }
    }

    pub(crate) fn exec(error: ExecError) -> Failure {
        Failure {
            words: words_of_exec(&error),
            error: TextError::Exec(error),
        }
    }
}

/// Helm's words for a template that does not parse. They keep what stands between colons at the
/// second and the last place only.
fn words_of_parse(path: &str, error: &ParseError) -> String {
    let text = error.to_string();
    let mut parts = text.split(": ");
    match (parts.nth(1), text.rsplit(": ").next()) {
        (Some(place), Some(message)) => format!("parse error at ({place}): {message}"),
        _ => format!("parse error in ({path}): {text}"),
    }
}

/// Helm's words for a template that failed: the message of `required` or `fail` with its place; or
/// the chain of calls in lines of their own; or, if that cannot be told, Go's one line.
fn words_of_exec(error: &ExecError) -> String {
    let text = error.to_string();
    if error.frames().len() == 0 {
        return text;
    }
    let mut parts = text.splitn(3, ": ");
    let (Some(_), Some(place), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return text;
    };
    if let Some(message) = between_marks(rest) {
        return format!("execution error at ({place}): {message}");
    }
    let mut traces: Vec<Trace> = Vec::new();
    for link in error.chain() {
        let Some(trace) = Trace::parse(&link) else {
            return text;
        };
        if traces.last() != Some(&trace) {
            traces.push(trace);
        }
    }
    let lines: String = traces.iter().map(Trace::print).collect();
    lines.trim().to_owned()
}

/// The message that a template gave to `required` or `fail`, if that is what the text of a function's
/// error is.
pub fn message_of(text: &str) -> Option<String> {
    between_marks(text).map(str::to_owned)
}

/// From the first opening mark to the last closing one.
fn between_marks(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(WARN_START)?;
    let (message, _) = rest.rsplit_once(WARN_END)?;
    Some(message)
}

/// One link of the chain of calls.
#[derive(PartialEq)]
struct Trace {
    place: String,
    call: String,
    message: String,
}

impl Trace {
    /// Reads one link from its text, as Helm does; `None` if it is not the error of a template.
    fn parse(text: &str) -> Option<Trace> {
        let rest = text.strip_prefix("template: ")?;
        if rest.starts_with("no template ") {
            return Some(Trace {
                place: String::new(),
                call: String::new(),
                message: text.to_owned(),
            });
        }
        Trace::executing(rest).or_else(|| Trace::simple(rest))
    }

    /// `PLACE: executing "NAME" at <EXPR>: MESSAGE`
    fn executing(text: &str) -> Option<Trace> {
        let (place, rest) = text.split_once(": executing ")?;
        let (name, rest) = rest.strip_prefix('"')?.split_once('"')?;
        let (expr, message) = rest.strip_prefix(" at <")?.split_once(">: ")?;
        Some(Trace {
            place: place.to_owned(),
            call: format!("executing \"{name}\" at <{expr}>:"),
            message: without_next(message),
        })
    }

    /// `PLACE: MESSAGE`
    fn simple(text: &str) -> Option<Trace> {
        let (place, message) = text.rsplit_once(": ")?;
        Some(Trace {
            place: place.to_owned(),
            call: String::new(),
            message: without_next(message),
        })
    }

    fn print(&self) -> String {
        let mut out = String::new();
        let parts = [
            (&self.place, "\n  "),
            (&self.call, "\n    "),
            (&self.message, "\n"),
        ];
        for (part, end) in parts {
            if !part.is_empty() {
                let _ = write!(out, "{part}{end}");
            }
        }
        out
    }
}

/// A message up to the next link of the chain.
fn without_next(message: &str) -> String {
    let own = message.split(" template:").next();
    own.unwrap_or(message).to_owned()
}
