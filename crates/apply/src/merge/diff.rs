//! The difference of two states as one half of a patch: what changes, or what goes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::types::Shape;
use super::{DELETE_FROM, Fields, ORDER, RETAIN_KEYS, lists};

/// Which half is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Only {
    /// What is added or changed.
    Changes,
    /// What is no longer there.
    Deletions,
}

/// What leads from one state of a structure to another. With `retain`, the fields that are left are
/// listed too: they are one of several that exclude each other.
pub(super) fn fields(
    old: &Fields,
    new: &Fields,
    shape: Shape,
    only: Only,
    retain: bool,
) -> Result<Fields, String> {
    let mut patch = Fields::new();
    for (name, value) in new {
        match (old.get(name), value) {
            (Some(Value::Object(before)), Value::Object(after)) => {
                structure(name, before, after, shape, only, &mut patch)?;
            }
            (Some(Value::Array(before)), Value::Array(after)) => {
                list(name, before, after, shape, only, &mut patch)?;
            }
            (before, after) if only == Only::Changes && before != Some(after) => {
                patch.insert(name.clone(), after.clone());
            }
            _ => {}
        }
    }
    if only == Only::Deletions {
        let gone = old.keys().filter(|name| !new.contains_key(*name));
        patch.extend(gone.map(|name| (name.clone(), Value::Null)));
    }
    if retain {
        retain_keys(old, new, &mut patch);
    }
    Ok(patch)
}

fn structure(
    name: &str,
    old: &Fields,
    new: &Fields,
    shape: Shape,
    only: Only,
    patch: &mut Fields,
) -> Result<(), String> {
    let field = match shape.field(name) {
        Err(_) if old == new => return Ok(()),
        other => other?,
    };
    if field.replaces {
        if only == Only::Changes {
            patch.insert(name.to_owned(), new.clone().into());
        }
        return Ok(());
    }
    let below = fields(old, new, field.shape(), only, field.retains_keys)?;
    if !below.is_empty() {
        patch.insert(name.to_owned(), below.into());
    }
    Ok(())
}

fn list(
    name: &str,
    old: &[Value],
    new: &[Value],
    shape: Shape,
    only: Only,
    patch: &mut Fields,
) -> Result<(), String> {
    let found = shape
        .field(name)
        .and_then(|field| Ok((field, field.elements()?)));
    let (field, elements) = match found {
        Err(_) if old == new => return Ok(()),
        other => other?,
    };
    if !field.merges {
        if only == Only::Changes && old != new {
            patch.insert(name.to_owned(), new.to_vec().into());
        }
        return Ok(());
    }
    let found = lists::diff(old, new, elements, field, only)?;
    let parts = [
        (name.to_owned(), found.patch),
        (format!("{DELETE_FROM}{name}"), found.deleted),
        (format!("{ORDER}{name}"), found.order),
    ];
    let parts = parts.into_iter().filter(|(_, items)| !items.is_empty());
    patch.extend(parts.map(|(name, items)| (name, items.into())));
    Ok(())
}

/// The list is only needed where something changes, or something else has to be cleared.
fn retain_keys(old: &Fields, new: &Fields, patch: &mut Fields) {
    let left = new.iter().filter(|(_, value)| !value.is_null());
    let left: BTreeSet<&str> = left.map(|(name, _)| name.as_str()).collect();
    let clears = old
        .iter()
        .any(|(name, value)| !value.is_null() && !new.contains_key(name));
    if !left.is_empty() && (!patch.is_empty() || clears) {
        let left: Vec<Value> = left.into_iter().map(Value::from).collect();
        patch.insert(RETAIN_KEYS.to_owned(), left.into());
    }
}
