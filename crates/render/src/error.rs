//! Errors of templates, in the form that Helm gives them.

use std::fmt::Write as _;

use gotmpl::{ExecError, ParseError};

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
    /// A template does not parse.
    #[error("{0}")]
    Parse(String),
    /// A template failed.
    #[error("{0}")]
    Exec(String),
}

/// Helm's words for a template that does not parse. They keep what stands between colons at the
/// second and the last place only.
pub(crate) fn reformat_parse(path: &str, error: &ParseError) -> RenderError {
    let text = error.to_string();
    let mut parts = text.split(": ");
    RenderError::Parse(match (parts.nth(1), text.rsplit(": ").next()) {
        (Some(place), Some(message)) => format!("parse error at ({place}): {message}"),
        _ => format!("parse error in ({path}): {text}"),
    })
}

/// Helm's words for a template that failed: the message of `required` or `fail` with its place; or
/// the chain of calls in lines of their own; or, if that cannot be told, Go's one line.
pub(crate) fn reformat(error: &ExecError) -> RenderError {
    let text = error.to_string();
    if error.frames().len() == 0 {
        return RenderError::Exec(text);
    }
    let mut parts = text.splitn(3, ": ");
    let (Some(_), Some(place), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return RenderError::Exec(text);
    };
    if let Some(message) = between_marks(rest) {
        return RenderError::Exec(format!("execution error at ({place}): {message}"));
    }
    let mut traces: Vec<Trace> = Vec::new();
    for link in error.chain() {
        let Some(trace) = Trace::parse(&link) else {
            return RenderError::Exec(text);
        };
        if traces.last() != Some(&trace) {
            traces.push(trace);
        }
    }
    let lines: String = traces.iter().map(Trace::print).collect();
    RenderError::Exec(lines.trim().to_owned())
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
