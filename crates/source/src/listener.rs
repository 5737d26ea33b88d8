//! Who is told what happens meanwhile.

use chart::Event;

/// Hears of progress. Downloads run on several threads, so it may be asked from any of them.
pub trait Listener: Sync {
    /// A line for the user, without its end.
    fn say(&self, line: &str);

    /// A line for the user that is not part of what was asked for.
    fn say_aside(&self, line: &str);

    /// A log line.
    fn log(&self, event: Event);
}

/// Hears nothing.
pub struct Silent;

impl Listener for Silent {
    fn say(&self, _line: &str) {}

    fn say_aside(&self, _line: &str) {}

    fn log(&self, _event: Event) {}
}
