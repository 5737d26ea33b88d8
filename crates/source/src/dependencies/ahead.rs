//! Work that waits for servers, done ahead on several threads, with what came of it in order.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use chart::Event;

use crate::Listener;

/// More requests at once would be unkind to a server.
const MAX_THREADS: usize = 16;

/// Does work on each item, several at a time, and hands the results over in the order of the items,
/// on this thread. The first result that is refused ends it.
///
/// # Errors
/// What `take` refuses a result with.
pub(super) fn in_order<T: Sync, R: Send, E>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(usize, R) -> Result<(), E>,
) -> Result<(), E> {
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    let (done, next, ended) = (Condvar::new(), AtomicUsize::new(0), AtomicBool::new(false));
    let worker = || {
        while !ended.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { return };
            let result = work(item);
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results[place] = Some(result);
            done.notify_all();
        }
    };
    thread::scope(|scope| {
        for _ in 0..items.len().min(MAX_THREADS) {
            scope.spawn(worker);
        }
        for place in 0..items.len() {
            let mut waiting = results.lock().unwrap_or_else(PoisonError::into_inner);
            let result = loop {
                match waiting[place].take() {
                    Some(result) => break result,
                    None => {
                        waiting = done.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                    }
                }
            };
            drop(waiting);
            let taken = take(place, result);
            if taken.is_err() {
                ended.store(true, Ordering::Relaxed);
                return taken;
            }
        }
        Ok(())
    })
}

/// Keeps what is said, to say it when its turn comes.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<Saying>>);

enum Saying {
    Line(String),
    Aside(String),
    Log(Event),
}

impl Kept {
    fn push(&self, saying: Saying) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(saying);
    }

    /// Says all that was kept.
    pub(super) fn say_all(self, listener: &dyn Listener) {
        for saying in self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match saying {
                Saying::Line(line) => listener.say(&line),
                Saying::Aside(line) => listener.say_aside(&line),
                Saying::Log(event) => listener.log(event),
            }
        }
    }
}

impl Listener for Kept {
    fn say(&self, line: &str) {
        self.push(Saying::Line(line.to_owned()));
    }

    fn say_aside(&self, line: &str) {
        self.push(Saying::Aside(line.to_owned()));
    }

    fn log(&self, event: Event) {
        self.push(Saying::Log(event));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_until_one_is_refused() {
        let items: Vec<u64> = (0..40).rev().collect();
        let work = |item: &u64| {
            thread::sleep(std::time::Duration::from_micros(*item * 20));
            *item
        };
        let mut taken = Vec::new();
        let ended = in_order(&items, work, |place, result| {
            assert_eq!(items[place], result);
            taken.push(result);
            if result == 10 { Err("enough") } else { Ok(()) }
        });
        assert_eq!(ended, Err("enough"));
        assert_eq!(taken, items[..30]);
        let none: Result<(), ()> = in_order(&[], |item: &u64| *item, |_, _| Ok(()));
        assert_eq!(none, Ok(()));
    }
}
