//! Objects walked along their schema: which paths they hold, how two of them differ, how one is laid
//! over another, and how paths are taken out.

use super::set::{Set, Step};
use crate::object::same;
use crate::schema::{ListType, Schema};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a value is to ownership.
enum Shape<'a> {
    /// Owned and replaced as a whole.
    Leaf,
    Map(&'a Map<String, Value>),
    List(&'a [Value]),
}

fn shape<'a>(schema: Option<&Schema>, value: &'a Value) -> Shape<'a> {
    match value {
        Value::Object(fields) if schema.is_none_or(|s| !s.is_atomic_map()) => Shape::Map(fields),
        Value::Array(items) if schema.is_some_and(|s| s.list != ListType::Atomic) => {
            Shape::List(items)
        }
        _ => Shape::Leaf,
    }
}

fn field_of<'a>(schema: Option<&'a Schema>, name: &str) -> Option<&'a Schema> {
    schema.and_then(|s| s.field(name))
}

fn item_of(schema: Option<&Schema>) -> Option<&Schema> {
    schema.and_then(|s| s.resolve().items.as_deref())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null => true,
        _ => false,
    }
}

/// The step to an item of a list that has a set or a map type.
fn step_of(list: &Schema, item: &Value) -> Result<Step, String> {
    if list.list == ListType::Set {
        return Ok(Step::Value(item.to_string()));
    }
    let mut keys = Vec::with_capacity(list.map_keys.len());
    for name in &list.map_keys {
        let given = item.get(name).filter(|value| !value.is_null());
        let fallback = || list.items.as_deref()?.field(name)?.default.as_ref();
        let value = given.or_else(fallback).ok_or_else(|| {
            format!("associative list with keys has an element that omits key field {name:?} (and doesn't have default value)")
        })?;
        keys.push((name.clone(), value.to_string()));
    }
    keys.sort();
    Ok(Step::Key(keys))
}

/// The items of a list with their steps; an item without a step is left out.
fn keyed<'a>(list: Option<&Schema>, items: &'a [Value]) -> Vec<(Step, &'a Value)> {
    let Some(list) = list else { return Vec::new() };
    items
        .iter()
        .filter_map(|item| Some((step_of(list, item).ok()?, item)))
        .collect()
}

/// Checks that an applied object can be walked: every list item has its keys, and no two have the same.
pub(crate) fn check(schema: Option<&Schema>, value: &Value, path: &str) -> Result<(), String> {
    match shape(schema, value) {
        Shape::Leaf => Ok(()),
        Shape::Map(fields) => fields.iter().try_for_each(|(key, value)| {
            check(field_of(schema, key), value, &format!("{path}.{key}"))
        }),
        Shape::List(items) => {
            let Some(list) = schema else { return Ok(()) };
            let mut seen = BTreeSet::new();
            for (index, item) in items.iter().enumerate() {
                let step =
                    step_of(list, item).map_err(|e| format!("{path}: element {index}: {e}"))?;
                check(item_of(schema), item, &format!("{path}{step}"))?;
                let shown = step.to_string();
                if !seen.insert(step) {
                    return Err(format!("{path}: duplicate entries for key {shown}"));
                }
            }
            Ok(())
        }
    }
}

/// All paths that `value` holds.
pub(crate) fn paths_of(schema: Option<&Schema>, value: &Value) -> Set {
    let mut set = Set::default();
    match shape(schema, value) {
        Shape::Leaf => {}
        Shape::Map(fields) => {
            for (key, value) in fields {
                let field = field_of(schema, key);
                let step = Step::Field(key.clone());
                let is_named = schema.is_some_and(|s| s.resolve().properties.contains_key(key));
                if matches!(shape(field, value), Shape::Leaf) || is_empty(value) || !is_named {
                    set.members.insert(step.clone());
                }
                add_child(&mut set, step, paths_of(field, value));
            }
        }
        Shape::List(items) => {
            for (step, item) in keyed(schema, items) {
                set.members.insert(step.clone());
                add_child(&mut set, step, paths_of(item_of(schema), item));
            }
        }
    }
    set
}

fn add_child(set: &mut Set, step: Step, child: Set) {
    if !child.is_empty() {
        set.children.entry(step).or_default().extend(&child);
    }
}

/// How a second value differs from a first.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) added: Set,
    pub(crate) modified: Set,
    pub(crate) removed: Set,
}

impl Comparison {
    /// Forgets all below the given paths.
    pub(crate) fn without(self, ignored: &Set) -> Self {
        Self {
            added: self.added.without(ignored),
            modified: self.modified.without(ignored),
            removed: self.removed.without(ignored),
        }
    }

    /// What the second value has otherwise than the first.
    pub(crate) fn changed(&self) -> Set {
        self.added.union(&self.modified)
    }
}

/// Compares two objects of one kind.
pub(crate) fn compare(schema: Option<&Schema>, old: &Value, new: &Value) -> Comparison {
    let mut comparison = Comparison::default();
    compare_at(
        schema,
        Some(old),
        Some(new),
        &mut Vec::new(),
        &mut comparison,
    );
    comparison
}

fn compare_at(
    schema: Option<&Schema>,
    old: Option<&Value>,
    new: Option<&Value>,
    path: &mut Vec<Step>,
    out: &mut Comparison,
) {
    if let (Some(old), Some(new)) = (old, new)
        && same(old, new)
    {
        return;
    }
    let of = |value: Option<&Value>| value.is_none_or(is_empty);
    let maps = [old, new]
        .map(|v| v.is_none_or(|v| v.is_null() || matches!(shape(schema, v), Shape::Map(_))));
    let lists = [old, new]
        .map(|v| v.is_none_or(|v| v.is_null() || matches!(shape(schema, v), Shape::List(_))));
    let both_empty = of(old) && of(new);
    if !both_empty && maps == [true, true] {
        compare_maps(schema, old, new, path, out);
    } else if !both_empty && lists == [true, true] {
        compare_lists(schema, old, new, path, out);
    } else {
        match (old, new) {
            (None, _) => out.added.insert(path),
            (_, None) => out.removed.insert(path),
            _ => out.modified.insert(path),
        }
        return;
    }
    // A map or a list that came or went is itself a path beside its parts.
    if old.is_none() {
        out.added.insert(path);
    } else if new.is_none() {
        out.removed.insert(path);
    }
}

fn compare_maps(
    schema: Option<&Schema>,
    old: Option<&Value>,
    new: Option<&Value>,
    path: &mut Vec<Step>,
    out: &mut Comparison,
) {
    let fields = |value: Option<&'_ Value>| {
        value
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let (old, new) = (fields(old), fields(new));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        path.push(Step::Field(key.clone()));
        compare_at(field_of(schema, key), old.get(key), new.get(key), path, out);
        path.pop();
    }
}

fn compare_lists(
    schema: Option<&Schema>,
    old: Option<&Value>,
    new: Option<&Value>,
    path: &mut Vec<Step>,
    out: &mut Comparison,
) {
    let mut steps: BTreeMap<Step, [Vec<&Value>; 2]> = BTreeMap::new();
    for (side, list) in [old, new].into_iter().enumerate() {
        let items = list
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        for (step, item) in keyed(schema, items) {
            steps.entry(step).or_default()[side].push(item);
        }
    }
    let item = item_of(schema);
    for (step, [old, new]) in steps {
        path.push(step);
        match (&*old, &*new) {
            ([] | [_], [] | [_]) => {
                compare_at(item, old.first().copied(), new.first().copied(), path, out)
            }
            // Items with one key are a leaf together: such lists come from before the key was required.
            ([_, _, ..], [_, _, ..]) => {
                if old.len() != new.len() || old.iter().zip(&new).any(|(a, b)| !same(a, b)) {
                    out.modified.insert(path);
                }
            }
            ([_, _, ..], _) => {
                if let Some(first) = new.first() {
                    compare_at(item, None, Some(first), path, out);
                }
                out.removed.insert(path);
            }
            _ => {
                if let Some(first) = old.first() {
                    compare_at(item, Some(first), None, path, out);
                }
                out.added.insert(path);
            }
        }
        path.pop();
    }
}

/// Lays `new` over `old`: its leaves win, everything else stays.
pub(crate) fn merge(schema: Option<&Schema>, old: &Value, new: &Value) -> Value {
    match (shape(schema, old), shape(schema, new)) {
        (Shape::Map(old), Shape::Map(fields)) if !(old.is_empty() && fields.is_empty()) => {
            let mut merged = old.clone();
            for (key, value) in fields {
                let value = match old.get(key) {
                    Some(before) => merge(field_of(schema, key), before, value),
                    None => value.clone(),
                };
                merged.insert(key.clone(), value);
            }
            Value::Object(merged)
        }
        (Shape::List(old), Shape::List(new)) if !(old.is_empty() && new.is_empty()) => {
            merge_lists(schema, old, new)
        }
        (Shape::Map(_), _) | (Shape::List(_), _) if new.is_null() => old.clone(),
        _ => new.clone(),
    }
}

/// The items of `new` in their order; items that only `old` has stay in front of the item that they
/// stood in front of.
fn merge_lists(schema: Option<&Schema>, old: &[Value], new: &[Value]) -> Value {
    let (old, new) = (keyed(schema, old), keyed(schema, new));
    let wanted: BTreeMap<&Step, &Value> = new.iter().map(|(step, item)| (step, *item)).collect();
    let known: BTreeMap<&Step, &Value> = old.iter().map(|(step, item)| (step, *item)).collect();
    let mut shared = new
        .iter()
        .map(|(step, _)| step)
        .filter(|step| known.contains_key(step));
    let mut next_shared = shared.next();
    let mut taken = BTreeSet::new();
    let mut merged = Vec::with_capacity(old.len().max(new.len()));
    let (mut left, mut right) = (old.iter().peekable(), new.iter().peekable());
    while left.peek().is_some() || right.peek().is_some() {
        if let Some((step, item)) = left.peek() {
            let is_wanted = wanted.contains_key(step);
            let is_next = next_shared == Some(step);
            if !is_wanted {
                merged.push((*item).clone());
                left.next();
                continue;
            }
            // A shared item out of its turn is placed where `new` has it.
            if taken.contains(step) || !is_next {
                left.next();
                continue;
            }
            if right.peek().is_none() {
                left.next();
                continue;
            }
        }
        let Some((step, item)) = right.next() else {
            continue;
        };
        taken.insert(step);
        merged.push(known.get(step).map_or_else(
            || (*item).clone(),
            |before| merge(item_of(schema), before, item),
        ));
        if next_shared == Some(step) {
            if left.peek().is_some_and(|(other, _)| other == step) {
                left.next();
            }
            next_shared = shared.next();
        }
    }
    Value::Array(merged)
}

/// Takes the paths of `unwanted` out of `value`; a map or list that is left empty goes too.
pub(crate) fn remove(schema: Option<&Schema>, value: &Value, unwanted: &Set) -> Option<Value> {
    if unwanted.is_empty() || is_empty(value) {
        return Some(value.clone());
    }
    match shape(schema, value) {
        Shape::Leaf => Some(value.clone()),
        Shape::Map(fields) => {
            let mut kept = Map::new();
            for (key, value) in fields {
                let step = Step::Field(key.clone());
                if unwanted.members.contains(&step) {
                    continue;
                }
                let value = match unwanted.children.get(&step) {
                    Some(below) => remove(field_of(schema, key), value, below),
                    None => Some(value.clone()),
                };
                if let Some(value) = value {
                    kept.insert(key.clone(), value);
                }
            }
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Shape::List(items) => {
            let keep = |item: &Value| {
                let Some(step) = schema.and_then(|list| step_of(list, item).ok()) else {
                    return Some(item.clone());
                };
                if unwanted.members.contains(&step) {
                    return None;
                }
                let below = unwanted.children.get(&step);
                below.map_or_else(
                    || Some(item.clone()),
                    |below| remove(item_of(schema), item, below),
                )
            };
            let kept: Vec<Value> = items.iter().filter_map(keep).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
    }
}

/// Adds to a set the fields of structs that it leads through, so that an emptied struct goes with its
/// last field.
pub(crate) fn with_named_fields(schema: Option<&Schema>, set: &Set) -> Set {
    let mut out = Set {
        members: set.members.clone(),
        children: BTreeMap::new(),
    };
    for (step, child) in &set.children {
        let below = match step {
            Step::Field(name) => {
                if schema.is_some_and(|s| s.resolve().properties.contains_key(name)) {
                    out.members.insert(step.clone());
                }
                field_of(schema, name)
            }
            _ => item_of(schema),
        };
        out.children
            .insert(step.clone(), with_named_fields(below, child));
    }
    out
}
