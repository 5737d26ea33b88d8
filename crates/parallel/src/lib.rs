//! Work on all cores, with results in order.
//!
//! Rendering is a pure function, and parts of it do not depend on each other: each template is parsed
//! by itself, and so is each document of what comes out. Knows nothing of what the work is.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More threads than this do not pay for themselves: the work is a matter of milliseconds.
const MAX_THREADS: usize = 8;

/// How much work is worth a further thread, which costs as much to start as to parse that many bytes.
const BYTES_PER_THREAD: usize = 64 * 1024;

/// Applies a function to each item and gives the results in the order of the items.
///
/// `bytes` says how much there is to do with an item. Small work is done on this thread alone. If the
/// function panics, so does this.
pub fn map<T: Sync, R: Send>(
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    map_while(items, bytes, |_| (), |(), item| Some(work(item)))
}

/// Applies a function to each item until it gives nothing, and gives the results up to there in the order
/// of the items.
///
/// Each thread has something of its own that the function works with; it is made there, from the number
/// of the thread and how many there are. The first thread is this one.
pub fn map_while<T: Sync, S, R: Send>(
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    prepare: impl Fn(Thread) -> S + Sync,
    work: impl Fn(&mut S, &T) -> Option<R> + Sync,
) -> Vec<R> {
    let count = match items.len() {
        0 | 1 => 1,
        _ => threads_for(items.iter().map(bytes).sum()),
    };
    let (next, end) = (AtomicUsize::new(0), AtomicUsize::new(items.len()));
    let take_turns = |number| {
        let mut own = prepare(Thread { number, count });
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= end.load(Ordering::Relaxed) {
                return done;
            }
            match work(&mut own, &items[place]) {
                Some(result) => done.push((place, result)),
                None => drop(end.fetch_min(place, Ordering::Relaxed)),
            }
        }
    };
    let mut done = thread::scope(|scope| {
        let spawn = |number| scope.spawn(move || take_turns(number));
        let others: Vec<_> = (1..count).map(spawn).collect();
        let mut done = take_turns(0);
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    if count > 1 {
        done.sort_unstable_by_key(|(place, _)| *place);
    }
    let results = done.into_iter().map(|(_, result)| result);
    results.take(end.into_inner()).collect()
}

/// Which of how many threads something is for; the first has the number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its number.
    pub number: usize,
    /// How many there are.
    pub count: usize,
}

fn threads_for(bytes: usize) -> usize {
    let wanted = (bytes / BYTES_PER_THREAD).min(MAX_THREADS);
    match wanted {
        0 | 1 => 1,
        wanted => thread::available_parallelism().map_or(1, |cores| cores.get().min(wanted)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        let expected: Vec<usize> = items.iter().map(|n| n * 2).collect();
        for bytes in [0, BYTES_PER_THREAD] {
            assert_eq!(map(&items, |_| bytes, |n| n * 2), expected);
        }
    }

    #[test]
    fn the_first_item_without_a_result_ends_it() {
        let items: Vec<usize> = (0..1000).collect();
        for bytes in [0, BYTES_PER_THREAD] {
            for end in [0, 1, 77, 999, 1000] {
                let seen = |sum: &mut usize, n: &usize| {
                    *sum += n;
                    (*n < end || n % 2 != end % 2).then_some(*n)
                };
                let done = map_while(&items, |_| bytes, |thread| thread.number, seen);
                assert_eq!(done, items[..end]);
            }
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(map(&[], |_: &u8| 1 << 30, |n| *n), []);
    }
}
