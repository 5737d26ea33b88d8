//! What happens while a plan is carried out, for whoever shows it.

use manifest::{HookEvent, Object};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A line for the log, as Helm writes it too.
    Log(chart::Event),
    /// A line for the user, without its end, that Helm prints among its data.
    Said(String),
    /// A line for the user that is not part of what was asked for.
    SaidAside(String),
    /// A step begins.
    Step {
        /// Its number, from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What it does, in one line.
        what: String,
    },
    /// An object was written.
    Wrote(Box<Object>),
    /// An object was deleted.
    Deleted {
        /// Its kind.
        kind: String,
        /// Its namespace, empty for objects of the cluster's scope.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A hook begins.
    Hook {
        /// When it runs.
        event: HookEvent,
        /// The template it came from.
        path: String,
    },
    /// An object became ready, or changed its state while it is waited for.
    Progress {
        /// Its kind.
        kind: String,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// How far it is, in one word.
        state: &'static str,
        /// The same in a sentence.
        message: String,
    },
}

/// Who is told.
pub trait Reporter: Send + Sync {
    /// Takes notice of an event. Called from the operation itself, so it must not take long.
    fn report(&self, event: Event);

    /// Takes notice of a line for the log.
    fn log(&self, event: chart::Event) {
        self.report(Event::Log(event));
    }
}

/// Takes notice of nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn report(&self, _: Event) {}
}
