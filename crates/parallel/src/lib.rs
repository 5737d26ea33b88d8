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
    let threads = threads_for(items.iter().map(bytes).sum());
    if threads < 2 || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take_turns = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else {
                return done;
            };
            done.push((place, work(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take_turns)).collect();
        let mut done = take_turns();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
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
    fn nothing_gives_nothing() {
        assert_eq!(map(&[], |_: &u8| 1 << 30, |n| *n), []);
    }
}
