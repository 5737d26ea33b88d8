//! The user's values over the defaults of a chart and its subcharts: Helm's `CoalesceValues`.
//!
//! There are two modes. Coalescing is for rendering: a null of the user removes a default. Merging
//! keeps nulls, so that they can remove something further down later.

use chart::{Chart, Event};
use goval::strconv::quote;
use goval::{Map, Str, Value};

use crate::ValuesError;
use crate::text::{shown, shown_as_bool};

/// The key whose values every subchart sees.
const GLOBAL: &[u8] = b"global";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Coalesce,
    Merge,
}

/// The values that a chart's templates see: the user's over the chart's, each subchart's under its
/// name, globals handed down. Neither the user's values nor the chart's are changed.
///
/// Warnings are added to `events`, in Helm's words.
///
/// # Errors
/// Values of a subchart that are not a table.
pub fn coalesce(chart: &Chart, user: &Map, events: &mut Vec<Event>) -> Result<Map, ValuesError> {
    run(chart, user, Mode::Coalesce, events)
}

pub(crate) fn run(
    chart: &Chart,
    user: &Map,
    mode: Mode,
    events: &mut Vec<Event>,
) -> Result<Map, ValuesError> {
    let values = user.deep_copy();
    let mut context = Context { mode, events };
    context.chart(chart, &values, "")?;
    Ok(values)
}

/// Puts the values of `source` under those of `target`, which is changed and wins: Helm's
/// `CoalesceTables`. A null of the target removes what the source has.
pub fn coalesce_tables(target: &Map, source: &Map, events: &mut Vec<Event>) {
    tables(target, source, Mode::Coalesce, events);
}

pub(crate) fn tables(target: &Map, source: &Map, mode: Mode, events: &mut Vec<Event>) {
    Context { mode, events }.tables(target, source, "");
}

struct Context<'a> {
    mode: Mode,
    events: &'a mut Vec<Event>,
}

impl Context<'_> {
    fn warn(&mut self, message: String) {
        self.events.push(Event::info(message));
    }

    /// Fills the values of a chart and of all below it.
    fn chart(&mut self, chart: &Chart, values: &Map, prefix: &str) -> Result<(), ValuesError> {
        let path = join(prefix, chart.name());
        self.defaults(chart, values, &path);
        for child in &chart.dependencies {
            let name = child.name();
            let inner = match values.get(name) {
                None => {
                    let inner = Map::new();
                    values.insert(name, inner.clone());
                    inner
                }
                Some(Value::Map(inner)) => inner,
                Some(other) => {
                    let found = shown_as_bool(&other);
                    return Err(ValuesError::Subchart(name.to_owned(), found));
                }
            };
            self.globals(&inner, values, &path);
            self.chart(child, &inner, &path)?;
        }
        Ok(())
    }

    /// Puts the defaults of one chart under the values.
    fn defaults(&mut self, chart: &Chart, values: &Map, path: &str) {
        let Some(defaults) = chart.values.as_ref().map(Map::deep_copy) else {
            return;
        };
        for (key, default) in defaults.entries() {
            match (values.get(&key), default) {
                (None, default) => self.add_default(values, key, default),
                (Some(Value::Nil), _) if self.mode == Mode::Coalesce => {
                    values.remove(&key);
                }
                (Some(Value::Map(own)), Value::Map(default)) => {
                    let is_child = chart.dependencies.iter().any(|child| key == *child.name());
                    let mode = if is_child { Mode::Merge } else { self.mode };
                    if mode == Mode::Coalesce {
                        default.remove_nulls();
                    }
                    let mut context = Context {
                        mode,
                        events: self.events,
                    };
                    context.tables(&own, &default, &join(path, &key.to_str_lossy()));
                }
                (Some(Value::Map(_)), default) if !default.is_nil() => self.warn(format!(
                    "warning: skipped value for {path}.{key}: Not a table."
                )),
                _ => {}
            }
        }
    }

    /// Nulls among the defaults are for parents to override subcharts with; for rendering they are
    /// left out.
    fn add_default(&mut self, values: &Map, key: Str, default: Value) {
        if self.mode == Mode::Coalesce {
            match &default {
                Value::Nil => return,
                Value::Map(map) => map.remove_nulls(),
                _ => {}
            }
        }
        values.insert(key, default);
    }

    /// Hands the globals of a chart down to a subchart. Here the parent wins.
    fn globals(&mut self, child: &Map, parent: &Map, path: &str) {
        let target = match child.get(GLOBAL) {
            None => Map::new(),
            Some(Value::Map(map)) => map,
            Some(_) => {
                let message =
                    "warning: skipping globals because destination global is not a table.";
                return self.warn(message.to_owned());
            }
        };
        let source = match parent.get(GLOBAL) {
            None => Map::new(),
            Some(Value::Map(map)) => map,
            Some(_) => {
                let message = "warning: skipping globals because source global is not a table.";
                return self.warn(message.to_owned());
            }
        };
        for (key, value) in source.entries() {
            match (value, target.get(&key)) {
                (Value::Map(map), None) => {
                    target.insert(key, map.shallow_copy());
                }
                (Value::Map(map), Some(Value::Map(own))) => {
                    let merged = map.shallow_copy();
                    let mut context = Context {
                        mode: Mode::Merge,
                        events: self.events,
                    };
                    context.tables(&merged, &own, &join(path, &key.to_str_lossy()));
                    target.insert(key, merged);
                }
                (Value::Map(_), Some(_)) => self.warn(format!(
                    "Conflict: cannot merge map onto non-map for {}. Skipping.",
                    quote(&key)
                )),
                (_, Some(Value::Map(_))) => self.warn(format!("key {key} is table. Skipping")),
                (value, _) => {
                    target.insert(key, value);
                }
            }
        }
        child.insert("global", target);
    }

    /// Puts a table under another one. Where the upper one has a null, the lower one gets it too:
    /// it may be shared with values that are used later.
    fn tables(&mut self, target: &Map, source: &Map, path: &str) {
        let entries = source.entries();
        for key in target.keys_of_nulls() {
            source.insert(key, Value::Nil);
        }
        for (key, value) in entries {
            let own = target.get(&key);
            match (own, value) {
                (None, value) => {
                    target.insert(key, value);
                }
                (Some(Value::Nil), value) => {
                    let removes = self.mode == Mode::Coalesce && !value.is_nil();
                    removes.then(|| target.remove(&key));
                }
                (Some(Value::Map(own)), Value::Map(value)) => {
                    self.tables(&own, &value, &join(path, &key.to_str_lossy()));
                }
                (Some(Value::Map(_)), value) if !value.is_nil() => self.warn(format!(
                    "warning: destination for {} is a table. Ignoring non-table value ({})",
                    join(path, &key.to_str_lossy()),
                    shown(&value)
                )),
                (Some(_), Value::Map(value)) => self.warn(format!(
                    "warning: cannot overwrite table with non table for {} ({})",
                    join(path, &key.to_str_lossy()),
                    shown(&Value::Map(value))
                )),
                _ => {}
            }
        }
    }
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}.{key}")
    }
}
