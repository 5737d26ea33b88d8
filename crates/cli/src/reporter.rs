//! What happens while a verb is at work, told on stderr.

use std::io::Write;

use apply::{Event, Reporter};
use chart::Level;

/// Prints log lines as Go's text handler does, at once and from any thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    /// Whether lines of the lowest level are shown.
    pub(crate) debug: bool,
}

impl Lines {
    /// Prints a log line.
    pub(crate) fn show(self, event: &chart::Event) {
        if event.level != Level::Debug || self.debug {
            // If nobody listens, that is no failure.
            let _ = writeln!(std::io::stderr(), "{event}");
        }
    }
}

impl Reporter for Lines {
    fn report(&self, event: Event) {
        match event {
            Event::Log(event) => self.show(&event),
            Event::Said(line) => source::Listener::say(self, &line),
            Event::SaidAside(line) => source::Listener::say_aside(self, &line),
            _ => {}
        }
    }
}
