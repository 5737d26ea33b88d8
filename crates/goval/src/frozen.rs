//! A time during which a thread may read the maps that are there, but not change them.

use std::cell::Cell;

/// What maps may be changed on a thread.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// All.
    Free,
    /// Those that are made from now on.
    Frozen,
    /// As before, and a change of another has been refused.
    Refused,
}

thread_local! {
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Free) };
}

/// Runs something that reads values which other threads may read at the same time, and that has to see
/// them as they are.
///
/// Maps that it makes are its own. `None` if it tried to change one that was there before: nothing
/// came of that, but what it has computed since is worth nothing.
pub fn frozen<R>(run: impl FnOnce() -> R) -> Option<R> {
    let _thawed = Thaw(PHASE.replace(Phase::Frozen));
    let result = run();
    (PHASE.get() == Phase::Frozen).then_some(result)
}

/// Sets the phase before back, after a panic too.
struct Thaw(Phase);

impl Drop for Thaw {
    fn drop(&mut self) {
        PHASE.set(self.0);
    }
}

/// Whether a map that is made now is of a frozen time.
pub(crate) fn is_frozen() -> bool {
    PHASE.get() != Phase::Free
}

/// Whether a map may be changed now, by whether it is of a frozen time.
pub(crate) fn may_change(made_frozen: bool) -> bool {
    if made_frozen || !is_frozen() {
        return true;
    }
    PHASE.set(Phase::Refused);
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Map, Value};

    #[test]
    fn maps_of_before_stay_as_they_are() {
        let map = Map::new();
        map.insert("old", Value::int(1));
        let view = map.retyped(crate::Elem::Str);
        type Change = fn(&Map);
        let changes: [Change; 3] = [
            |map| drop(map.insert("new", "x")),
            |map| drop(map.remove("old")),
            |map| map.remove_nulls(),
        ];
        for change in changes {
            assert!(frozen(|| change(&map)).is_none());
            assert!(frozen(|| change(&view)).is_none());
            assert_eq!(map.keys(), ["old"]);
        }
        assert_eq!(frozen(|| map.len()), Some(1));
        map.insert("new", "x");
        assert_eq!(map.len(), 2);
    }

    #[test]
    fn own_maps_change() {
        let before = Map::new();
        let kept = frozen(|| {
            let own = Map::new();
            own.insert("before", before.clone());
            own.insert("a", "b");
            let copy = before.deep_copy();
            copy.insert("c", "d");
            own.remove("a");
            (own.len(), copy.len())
        });
        assert_eq!(kept, Some((1, 1)));
    }

    #[test]
    fn a_panic_ends_it_too() {
        let map = Map::new();
        let ended = std::panic::catch_unwind(|| frozen(|| panic!("on purpose")));
        assert!(ended.is_err());
        map.insert("a", "b");
        assert_eq!(map.len(), 1);
    }
}
