//! What a change has done already, for whoever has to clear up where it was not allowed to go on.

use apply::{Error, Event, Reporter};
use parking_lot::Mutex;

/// How many objects are named.
const NAMED: usize = 10;

/// Another reporter, with a memory.
pub(crate) struct Tally<'a> {
    inner: &'a dyn Reporter,
    done: Mutex<Vec<String>>,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(inner: &'a dyn Reporter) -> Tally<'a> {
        Tally {
            inner,
            done: Mutex::default(),
        }
    }

    /// The same error; if it tells of a right that is missing, with what was done before that.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        let done = std::mem::take(&mut *self.done.lock());
        let Some(cause) = error.cluster().filter(|cause| cause.is_forbidden()) else {
            return error;
        };
        let (cause, told) = (cause.to_string(), error.to_string());
        // Quotas and admission forbid things too, to whoever it is.
        if !cause.contains(" is forbidden: User ") {
            return error;
        }
        let hidden = !told.contains(&cause);
        let more = match done.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named = done.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        match (hidden, named.as_str()) {
            (false, "") => error,
            (true, "") => error.noted(cause),
            (false, _) => error.noted(format!("done before that right was missing: {named}{more}")),
            (true, _) => error.noted(format!("{cause}; done before that: {named}{more}")),
        }
    }
}

impl Reporter for Tally<'_> {
    fn report(&self, event: Event) {
        let done = match &event {
            Event::Wrote(object) => Some(format!("wrote {} {}", object.kind(), object.name())),
            Event::Deleted { kind, name, .. } => Some(format!("deleted {kind} {name}")),
            _ => None,
        };
        self.done.lock().extend(done);
        self.inner.report(event);
    }
}
