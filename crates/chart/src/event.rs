//! Things worth telling the user, as data: libraries return them, the command line prints them.

use std::fmt;

use goval::strconv::is_print;
use goval::strconv::quote;

/// How much an event matters. The names are those of Go's `slog`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Shown only on demand.
    Debug,
    /// Shown always.
    Info,
    /// Something the user should look at.
    Warn,
    /// Something went wrong.
    Error,
}

impl Level {
    /// The name as a log line has it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        }
    }
}

/// One log record: a level, a message, attributes in order.
///
/// `Display` gives the line that Helm's text handler of `slog` writes, without its newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// How much it matters.
    pub level: Level,
    /// The message.
    pub message: String,
    /// Attributes in the order in which they are printed.
    pub attrs: Vec<(&'static str, String)>,
}

impl Event {
    /// An event without attributes.
    pub fn new(level: Level, message: impl Into<String>) -> Event {
        Event {
            level,
            message: message.into(),
            attrs: Vec::new(),
        }
    }

    /// An information: what Helm also uses for messages of Go's older `log` package.
    pub fn info(message: impl Into<String>) -> Event {
        Event::new(Level::Info, message)
    }

    /// A warning.
    pub fn warn(message: impl Into<String>) -> Event {
        Event::new(Level::Warn, message)
    }

    /// The same event with one more attribute.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Event {
        self.attrs.push((key, value.into()));
        self
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "level={} msg={}", self.level.name(), text(&self.message))?;
        for (key, value) in &self.attrs {
            write!(f, " {key}={}", text(value))?;
        }
        Ok(())
    }
}

/// A value as `slog`'s text handler prints it: quoted only where it would be ambiguous.
fn text(value: &str) -> String {
    let plain = |c: char| is_print(c) && !matches!(c, ' ' | '=' | '"' | '\u{fffd}');
    if !value.is_empty() && value.chars().all(plain) {
        value.to_owned()
    } else {
        quote(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_slog() {
        let event = Event::warn("a \"b\"\n")
            .with("path", "x/y")
            .with("n", "")
            .with("back", "a\\b");
        assert_eq!(
            event.to_string(),
            r#"level=WARN msg="a \"b\"\n" path=x/y n="" back=a\b"#
        );
    }
}
