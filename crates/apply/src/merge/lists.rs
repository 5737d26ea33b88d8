//! Lists that are merged: their differences, and their order.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::diff::{self, Only};
use super::types::{Field, Shape};
use super::{DIRECTIVE, shown, shown_fields};

/// The difference of two lists.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Elements to add, to change, or marked as deleted.
    pub(super) patch: Vec<Value>,
    /// Scalars to delete.
    pub(super) deleted: Vec<Value>,
    /// The order that the elements get, where it has to be said.
    pub(super) order: Vec<Value>,
}

/// What leads from one list to another. Structures are told apart by the field's key.
pub(super) fn diff(
    old: &[Value],
    new: &[Value],
    elements: Shape,
    field: &Field,
    only: Only,
) -> Result<Difference, String> {
    if old.is_empty() {
        let patch = match only {
            Only::Changes => new.to_vec(),
            Only::Deletions => Vec::new(),
        };
        return Ok(Difference {
            patch,
            ..Difference::default()
        });
    }
    check_elements(&[old, new])?;
    if old.iter().chain(new).any(Value::is_object) {
        structures(old, new, elements, field, only)
    } else {
        Ok(scalars(old, new, only))
    }
}

/// Both lists are walked in the order of their keys, as texts.
fn structures(
    old: &[Value],
    new: &[Value],
    elements: Shape,
    field: &Field,
    only: Only,
) -> Result<Difference, String> {
    let key = field.key;
    let (before, after) = (sorted(old, key)?, sorted(new, key)?);
    let (mut patch, mut deleted) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    while i < before.len() || j < after.len() {
        match compare(before.get(i), after.get(j)) {
            Ordering::Equal => {
                let (was, is) = (before[i].fields()?, after[j].fields()?);
                let mut below = diff::fields(was, is, elements, only, field.retains_keys)?;
                if !below.is_empty() {
                    below.insert(key.to_owned(), is[key].clone());
                    patch.push(below.into());
                }
                (i, j) = (i + 1, j + 1);
            }
            Ordering::Greater => {
                if only == Only::Changes {
                    patch.push(after[j].value.clone());
                }
                j += 1;
            }
            Ordering::Less => {
                if only == Only::Deletions {
                    let gone = &before[i].value[key];
                    deleted.push(json!({key: gone, DIRECTIVE: "delete"}));
                }
                i += 1;
            }
        }
    }
    let mut patch = in_order(patch, new, key);
    patch.extend(deleted);
    let says_order = match only {
        Only::Changes => !patch.is_empty() || !is_same_order(old, new, key),
        Only::Deletions => !patch.is_empty(),
    };
    let order = new.iter().filter(|_| says_order);
    Ok(Difference {
        order: order.map(|item| json!({key: item[key]})).collect(),
        patch,
        deleted: Vec::new(),
    })
}

/// Scalars are compared as texts. That the order changes is judged, as in Kubernetes, by the sorted
/// old list: one that was not sorted always seems to change.
fn scalars(old: &[Value], new: &[Value], only: Only) -> Difference {
    let sort = |items: &[Value]| {
        let mut items: Vec<(String, Value)> = items
            .iter()
            .map(|item| (shown(item), item.clone()))
            .collect();
        items.sort_by(|a, b| a.0.cmp(&b.0));
        items
    };
    let (before, after) = (sort(old), sort(new));
    let (mut added, mut deleted) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    while i < before.len() || j < after.len() {
        let order = match (before.get(i), after.get(j)) {
            (Some(was), Some(is)) => was.0.cmp(&is.0),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Equal => (i, j) = (i + 1, j + 1),
            Ordering::Less => {
                let gone = &before[i].1;
                if only == Only::Deletions && !deleted.contains(gone) {
                    deleted.push(gone.clone());
                }
                i += 1;
            }
            Ordering::Greater => {
                if only == Only::Changes {
                    added.push(after[j].1.clone());
                }
                j += 1;
            }
        }
    }
    let says_order = match only {
        Only::Changes => before.iter().map(|(_, item)| item).ne(new),
        Only::Deletions => !deleted.is_empty(),
    };
    Difference {
        patch: in_order(added, new, ""),
        deleted,
        order: if says_order { new.to_vec() } else { Vec::new() },
    }
}

/// An element of a list with the text of its key.
struct Keyed<'a> {
    text: String,
    value: &'a Value,
    key: &'a str,
}

impl<'a> Keyed<'a> {
    fn fields(&self) -> Result<&'a super::Fields, String> {
        let fields = self.value.as_object().ok_or("expected a map")?;
        if fields.contains_key(self.key) {
            Ok(fields)
        } else {
            Err(no_key(fields, self.key))
        }
    }
}

fn no_key(fields: &super::Fields, key: &str) -> String {
    let fields = shown_fields(fields);
    format!("map: {fields} does not contain declared merge key: {key}")
}

/// The elements by the texts of their keys. Where several have the same key, the last one comes
/// first: that is how Go's sort leaves them.
fn sorted<'a>(items: &'a [Value], key: &'a str) -> Result<Vec<Keyed<'a>>, String> {
    let keyed = |value: &'a Value| Keyed {
        text: shown(&value[key]),
        value,
        key,
    };
    let mut items: Vec<Keyed<'a>> = items.iter().rev().map(keyed).collect();
    items.sort_by(|a, b| a.text.cmp(&b.text));
    items.iter().try_for_each(|item| item.fields().map(drop))?;
    Ok(items)
}

/// Where two walks are, relative to each other; one that is at its end is behind.
fn compare(old: Option<&Keyed<'_>>, new: Option<&Keyed<'_>>) -> Ordering {
    match (old, new) {
        (Some(old), Some(new)) => old.text.cmp(&new.text),
        (Some(_), None) => Ordering::Less,
        (None, _) => Ordering::Greater,
    }
}

fn is_same_order(old: &[Value], new: &[Value], key: &str) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(a, b)| a[key] == b[key])
}

/// Whether all elements are of one type, and no lists.
pub(super) fn check_elements(lists: &[&[Value]]) -> Result<(), String> {
    let mut items = lists.iter().copied().flatten();
    let Some(first) = items.next() else {
        return Err("no elements in any of the given slices".to_owned());
    };
    if first.is_array() {
        return Err("lists of lists are not supported".to_owned());
    }
    let kind = |value: &Value| (std::mem::discriminant(value), value.is_f64());
    if items.all(|item| kind(item) == kind(first)) {
        return Ok(());
    }
    let lists: Vec<String> = lists.iter().map(|list| shown_list(list)).collect();
    Err(format!(
        "list element types are not identical: [{}]",
        lists.join(" ")
    ))
}

pub(super) fn shown_list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(shown).collect();
    format!("[{}]", items.join(" "))
}

/// By what an element is told apart: its key, or itself.
pub(super) fn identity<'a>(item: &'a Value, key: &str) -> &'a Value {
    if key.is_empty() { item } else { &item[key] }
}

/// The place of an element in a list.
pub(super) fn position(list: &[Value], item: &Value, key: &str) -> Option<usize> {
    let wanted = identity(item, key);
    list.iter().position(|known| identity(known, key) == wanted)
}

/// Elements in the order that they have in another list; those to be deleted come last.
pub(super) fn in_order(items: Vec<Value>, order: &[Value], key: &str) -> Vec<Value> {
    let is_deleted = |item: &Value| !key.is_empty() && item[DIRECTIVE] == "delete";
    let (deleted, mut items): (Vec<_>, Vec<_>) = items.into_iter().partition(is_deleted);
    items.sort_by_cached_key(|item| position(order, item, key));
    items.extend(deleted);
    items
}
