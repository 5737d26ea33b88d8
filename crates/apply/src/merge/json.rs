//! Patches for kinds of which only JSON is known (RFC 7386).

use serde_json::Value;

use super::Fields;

/// What leads from one state to another: nulls for what is gone.
pub(super) fn diff(old: &Fields, new: &Fields) -> Fields {
    let mut patch = changes(old, new);
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    patch.extend(gone.map(|name| (name.clone(), Value::Null)));
    patch
}

fn changes(old: &Fields, new: &Fields) -> Fields {
    let mut patch = Fields::new();
    for (name, value) in new {
        match (old.get(name), value) {
            (Some(Value::Object(before)), Value::Object(after)) => {
                let below = diff(before, after);
                if !below.is_empty() {
                    patch.insert(name.clone(), below.into());
                }
            }
            (before, after) if before != Some(after) => {
                patch.insert(name.clone(), after.clone());
            }
            _ => {}
        }
    }
    patch
}

/// What has to be removed comes from the original, all else from the current state
/// (`jsonmergepatch.CreateThreeWayJSONMergePatch`).
pub(super) fn three_way(original: &Fields, modified: &Fields, current: &Fields) -> Fields {
    let changes = keep(diff(current, modified), |value| !value.is_null());
    let deletions = keep(diff(original, modified), Value::is_null);
    put_over(deletions, changes)
}

/// The leaves that are wanted, and the objects that hold any. An object that is empty is a leaf.
fn keep(patch: Fields, wanted: fn(&Value) -> bool) -> Fields {
    let kept = patch.into_iter().filter_map(|(name, value)| match value {
        Value::Object(below) if !below.is_empty() => {
            let below = keep(below, wanted);
            (!below.is_empty()).then(|| (name, below.into()))
        }
        other => wanted(&other).then_some((name, other)),
    });
    kept.collect()
}

fn put_over(mut below: Fields, above: Fields) -> Fields {
    for (name, value) in above {
        let value = match (below.remove(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => put_over(old, new).into(),
            (_, value) => value,
        };
        below.insert(name, value);
    }
    below
}
