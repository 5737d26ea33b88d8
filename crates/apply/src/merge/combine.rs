//! The two halves of a patch become one.

use serde_json::Value;

use super::lists::{check_elements, identity, in_order, position, shown_list};
use super::types::Shape;
use super::{DIRECTIVE, Fields, ORDER, RETAIN_KEYS, shown};

/// Puts what changes over what goes. Nothing of either is lost: a field that goes in one half and
/// changes in the other changes.
pub(super) fn fields(
    mut deletions: Fields,
    mut changes: Fields,
    shape: Shape,
) -> Result<Fields, String> {
    take_retained_keys(&mut deletions, &mut changes)?;
    let ordered: Vec<String> = changes
        .keys()
        .filter(|name| name.starts_with(ORDER))
        .cloned()
        .collect();
    for name in ordered {
        combine_ordered(&name, &mut deletions, &mut changes, shape)?;
    }
    for (name, change) in changes {
        let combined = match (deletions.remove(&name), change) {
            (Some(Value::Object(gone)), Value::Object(change)) => {
                let field = shape.field(&name)?;
                if field.replaces {
                    change.into()
                } else {
                    fields(gone, change, field.shape())?.into()
                }
            }
            (Some(Value::Array(gone)), Value::Array(change)) => {
                let field = shape.field(&name)?;
                if field.merges {
                    elements(gone, change, field.elements()?, field.key)?.into()
                } else {
                    change.into()
                }
            }
            (_, change) => change,
        };
        deletions.insert(name, combined);
    }
    Ok(deletions)
}

/// Both halves list the same fields, since both lead to the same state.
fn take_retained_keys(deletions: &mut Fields, changes: &mut Fields) -> Result<(), String> {
    let Some(wanted) = changes.remove(RETAIN_KEYS) else {
        return Ok(());
    };
    match deletions.get(RETAIN_KEYS) {
        Some(known) if *known != wanted => Err(format!(
            "{} and {} are not deep equal: this may happen when calculating the 3-way diff patch",
            shown(known),
            shown(&wanted)
        )),
        _ => {
            deletions.insert(RETAIN_KEYS.to_owned(), wanted);
            Ok(())
        }
    }
}

/// Combines the two halves of a list whose order is said, and brings them in that order.
fn combine_ordered(
    name: &str,
    deletions: &mut Fields,
    changes: &mut Fields,
    shape: Shape,
) -> Result<(), String> {
    let Some(Value::Array(order)) = changes.remove(name) else {
        return Ok(());
    };
    deletions.insert(name.to_owned(), order.clone().into());
    let name = name.strip_prefix(ORDER).unwrap_or(name);
    let list = |half: &mut Fields| match half.remove(name) {
        Some(Value::Array(items)) => Some(items),
        _ => None,
    };
    let (gone, changed) = (list(deletions), list(changes));
    let field = shape.field(name)?;
    check_order(changed.as_deref().unwrap_or_default(), &order, field.key)?;
    let known = gone.clone().unwrap_or_default();
    let combined = match (gone, changed) {
        (None, None) => return Ok(()),
        (Some(items), None) | (None, Some(items)) => items,
        (Some(gone), Some(changed)) => elements(gone, changed, field.elements()?, field.key)?,
    };
    let combined = interleave(combined, &order, &known, field.key);
    deletions.insert(name.to_owned(), combined.into());
    Ok(())
}

/// Whether the elements stand in the order that is said; with a key in it twice they may not.
fn check_order(changes: &[Value], order: &[Value], key: &str) -> Result<(), String> {
    let mut kept = changes
        .iter()
        .filter(|item| key.is_empty() || item.get(DIRECTIVE).is_none())
        .peekable();
    for place in order {
        kept.next_if(|item| identity(item, key) == identity(place, key));
    }
    if order.is_empty() || kept.peek().is_none() {
        return Ok(());
    }
    Err(format!(
        "The order in patch list:\n{}\n doesn't match {} list:\n{}\n",
        shown_list(changes),
        ORDER.trim_end_matches('/'),
        shown_list(order)
    ))
}

/// The elements of both halves of a list.
fn elements(
    gone: Vec<Value>,
    changes: Vec<Value>,
    shape: Shape,
    key: &str,
) -> Result<Vec<Value>, String> {
    if gone.is_empty() && changes.is_empty() {
        return Ok(gone);
    }
    check_elements(&[&gone, &changes])?;
    let mut known = gone;
    let mut all = known.clone();
    for change in &changes {
        match (position(&all, change, key), change) {
            (Some(at), Value::Object(change)) => {
                let Value::Object(below) = all[at].take() else {
                    continue;
                };
                all[at] = fields(below, change.clone(), shape)?.into();
                if let Some(known) = known.get_mut(at) {
                    known.clone_from(&all[at]);
                }
            }
            (Some(_), _) => {}
            (None, change) => all.push(change.clone()),
        }
    }
    Ok(interleave(all, &changes, &known, key))
}

/// Elements in the order of a list; the others are put between them where they stand before the next
/// one in `known`.
fn interleave(items: Vec<Value>, order: &[Value], known: &[Value], key: &str) -> Vec<Value> {
    let (wanted, others): (Vec<_>, Vec<_>) = items
        .into_iter()
        .partition(|item| position(order, item, key).is_some());
    let wanted = in_order(wanted, order, key);
    let mut others = in_order(others, known, key).into_iter().peekable();
    let mut out = Vec::with_capacity(wanted.len() + others.len());
    for item in wanted {
        let here = position(known, &item, key);
        let is_before = |other: &Value| match (position(known, other, key), here) {
            (Some(other), Some(here)) => other < here,
            _ => false,
        };
        while let Some(other) = others.next_if(|other| is_before(other)) {
            out.push(other);
        }
        out.push(item);
    }
    out.extend(others);
    out
}
