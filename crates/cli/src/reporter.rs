//! What happens while a verb is at work, told on stderr.

use std::io::Write;

use apply::{Event, Reporter};
use chart::Level;

/// Prints log lines as Go's text handler does.
pub(crate) struct Lines {
    /// Whether lines of the lowest level are shown.
    pub(crate) debug: bool,
}

impl Reporter for Lines {
    fn report(&self, event: Event) {
        if let Event::Log(event) = event
            && (event.level != Level::Debug || self.debug)
        {
            // If nobody listens, that is no failure.
            let _ = writeln!(std::io::stderr(), "{event}");
        }
    }
}
