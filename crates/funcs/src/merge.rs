//! The merge of maps as dario.cat/mergo v1.0.1 does it, with its habits: emptiness decides, and
//! what is taken over is shared with the source.

use goval::{MAX_DEPTH, Map, Value};

use crate::defaults::is_empty;

/// Fills `target` with what `source` has and it has not, or only as an empty value; with
/// `overwrite`, replaces what it has too. Maps in both are merged in turn.
pub(crate) fn merge(target: &Map, source: &Map, overwrite: bool) {
    merge_level(target, source, overwrite, 0);
}

fn merge_level(target: &Map, source: &Map, overwrite: bool, depth: usize) {
    for (key, theirs) in source.entries() {
        let ours = target.get(&key);
        if theirs.is_nil() {
            if overwrite {
                target.insert(key, theirs);
            }
            continue;
        }
        if let (Some(Value::Map(ours)), Value::Map(theirs)) = (&ours, &theirs) {
            // A map can contain itself; where Go's stack would overflow, the merge ends.
            if depth < MAX_DEPTH {
                merge_level(ours, theirs, overwrite, depth + 1);
            }
        }
        // Asked after the merge of the maps, so that one that was empty counts by what it got.
        let filled = ours.filter(|ours| !is_empty(ours));
        match (filled, &theirs) {
            (Some(Value::Map(_)), Value::Map(_)) => {}
            (Some(_), _) if !overwrite => {}
            _ => {
                target.insert(key, theirs);
            }
        }
    }
}
