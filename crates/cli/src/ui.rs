//! The terminal: stdout is data, stderr is talk.

use std::io::{self, ErrorKind, IsTerminal, Write};

use chart::{Event, Level};

use crate::env::Env;
use crate::error::{Failure, Words};

/// Where everything that a user sees goes.
pub(crate) struct Ui {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    /// Whether log lines of the lowest level are shown.
    pub(crate) debug: bool,
    /// Whether words on stdout are coloured.
    pub(crate) color: bool,
    /// Whether words on stderr are coloured.
    pub(crate) color_talk: bool,
}

impl Ui {
    /// The streams of this process.
    pub(crate) fn of_process() -> Ui {
        Ui {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            debug: false,
            color: false,
            color_talk: false,
        }
    }

    /// Prints data.
    ///
    /// # Errors
    /// Where it cannot be written. A reader that has gone is a failure without words.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        match self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush())
        {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::reader_gone()),
            Err(error) => Err(Failure::new(format!("write /dev/stdout: {error}"))),
            Ok(()) => Ok(()),
        }
    }

    /// Says something that is no data. If nobody listens, that is no failure.
    pub(crate) fn talk(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes());
    }

    /// Prints a log line as Go's text handler does it.
    pub(crate) fn log(&mut self, event: &Event) {
        if event.level != Level::Debug || self.debug {
            self.talk(&format!("{event}\n"));
        }
    }

    /// Says why a command failed.
    pub(crate) fn report(&mut self, failure: &Failure) {
        match &failure.words {
            Words::Error(message) => self.talk(&format!("Error: {message}\n")),
            Words::Told(text) => self.talk(text),
            Words::Log(event) => self.log(event),
            Words::Nothing => {}
        }
        if let Some(hint) = failure.hint() {
            self.talk(&format!("Hint: {hint}\n"));
        }
    }

    /// A word in a style for stderr, if there are colours.
    pub(crate) fn styled_talk(&self, style: Style, word: &str) -> String {
        in_style(self.color_talk, style, word)
    }

    /// A word in a style, if there are colours.
    pub(crate) fn styled(&self, style: Style, word: &str) -> String {
        in_style(self.color, style, word)
    }
}

fn in_style(color: bool, style: Style, word: &str) -> String {
    let (on, off) = match style {
        _ if !color => return word.to_owned(),
        Style::Plain => return word.to_owned(),
        Style::Bold => (1, 22),
        Style::Red => (31, 0),
        Style::Green => (32, 0),
        Style::Yellow => (33, 0),
        Style::Cyan => (36, 0),
    };
    format!("\x1b[{on}m{word}\x1b[{off}m")
}

/// How a word looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Style {
    /// As any other.
    Plain,
    /// In bold letters.
    Bold,
    /// Something is wrong.
    Red,
    /// All is well.
    Green,
    /// Something is under way.
    Yellow,
    /// A name.
    Cyan,
}

/// Whether colours are wanted on a stream. NO_COLOR always wins; `auto` wants them on a terminal that
/// can show them.
pub(crate) fn wants_color(mode: &str, env: &Env, stream: &impl IsTerminal) -> bool {
    env.text("NO_COLOR").is_empty()
        && match mode {
            "never" => false,
            "always" => true,
            _ => env.text("TERM") != "dumb" && stream.is_terminal(),
        }
}
