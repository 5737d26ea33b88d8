//! `metadata.managedFields`: kept on every write, asked on every apply.

mod entry;
#[cfg(test)]
mod tests;

use super::set::{Set, shown};
use super::typed;
use crate::object::{at, remove, same, text};
use crate::schema::Schema;
use crate::status::{ApiError, ApiResult, Cause};
use entry::{Entry, ignored, is_of_server, is_stored, read, write};
use serde_json::{Value, json};

/// How many managers by update are kept apart before the oldest are put together.
const MAX_UPDATE_MANAGERS: usize = 10;

/// The annotation of client-side apply.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Who writes, through which version and subresource, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) manager: &'a str,
    pub(crate) api_version: &'a str,
    /// `status`, `scale`, or empty.
    pub(crate) subresource: &'a str,
    /// RFC 3339.
    pub(crate) time: &'a str,
}

/// Notes in `new` what a create (`old` is then an empty object of the kind), update or patch changed.
pub(crate) fn note_update(
    schema: Option<&Schema>,
    has_status: bool,
    old: &Value,
    new: &mut Value,
    writer: &Writer<'_>,
) {
    let given = at(new, &["metadata", "managedFields"]).cloned();
    // An empty list is how a client asks to forget all managers.
    let is_reset = given.as_ref().is_some_and(|g| {
        g.as_array()
            .is_some_and(|g| g.is_empty() || *g == [json!({})])
    });
    let from_request = if writer.subresource.is_empty() {
        read(new)
    } else {
        Vec::new()
    };
    let entries = match (is_reset, from_request.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => read(old),
        (false, false) => from_request,
    };
    remove(new, &["metadata", "managedFields"]);
    if entries.is_empty() && is_stored(old) {
        return;
    }
    let mut bare = old.clone();
    remove(&mut bare, &["metadata", "managedFields"]);
    let entries = updated(schema, has_status, &bare, new, entries, writer);
    write(new, entries);
}

fn updated(
    schema: Option<&Schema>,
    has_status: bool,
    old: &Value,
    new: &Value,
    mut entries: Vec<Entry>,
    writer: &Writer<'_>,
) -> Vec<Entry> {
    let comparison =
        typed::compare(schema, old, new).without(&ignored(has_status, writer.subresource));
    let changed = comparison.changed();
    let mut own = Entry::new(writer, false, Set::default());
    let before = match entries.iter().position(|entry| entry.is_same(&own)) {
        Some(at) => entries.remove(at),
        None => own.clone(),
    };
    for entry in &mut entries {
        entry.set = entry
            .set
            .difference(&changed)
            .difference(&comparison.removed);
    }
    own.set = before
        .set
        .difference(&comparison.removed)
        .union(&changed)
        .difference(&is_of_server());
    if own.set == before.set {
        own.time = before.time;
    }
    entries.push(own);
    entries.retain(|entry| !entry.set.is_empty());
    cap(entries)
}

/// Puts the oldest managers by update together under one name once there are too many.
fn cap(mut entries: Vec<Entry>) -> Vec<Entry> {
    const ANCIENT: &str = "ancient-changes";
    while entries.iter().filter(|entry| !entry.apply).count() > MAX_UPDATE_MANAGERS {
        let mut updaters: Vec<usize> = (0..entries.len()).filter(|i| !entries[*i].apply).collect();
        updaters.sort_by(|a, b| entries[*a].time.cmp(&entries[*b].time));
        let (first, second) = (updaters[0], updaters[1]);
        let mut merged = entries[second].clone();
        merged.set.extend(&entries[first].set);
        merged.manager = ANCIENT.to_owned();
        merged.subresource = String::new();
        entries[second] = merged;
        entries.remove(first);
    }
    entries
}

/// What an apply asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Apply<'a> {
    pub(crate) schema: Option<&'a Schema>,
    pub(crate) has_status: bool,
    /// An object of the kind in which nothing is set.
    pub(crate) empty: &'a Value,
    pub(crate) writer: Writer<'a>,
    pub(crate) force: bool,
}

/// Applies `config` to `live` (an empty object where there is none yet): the merged object with its
/// managers, before defaults. `None` where nothing changes.
pub(crate) fn apply(live: &Value, config: &Value, how: &Apply<'_>) -> ApiResult<Option<Value>> {
    let mut bare = live.clone();
    remove(&mut bare, &["metadata", "managedFields"]);
    let mut entries = read(live);
    if entries.is_empty() && is_stored(live) {
        let before = Writer {
            manager: "before-first-apply",
            ..how.writer
        };
        entries = updated(
            how.schema,
            how.has_status,
            how.empty,
            &bare,
            entries,
            &before,
        );
    }
    let former = entries.clone();
    let own_set = typed::paths_of(how.schema, config)
        .without(&ignored(how.has_status, how.writer.subresource));
    let mut own = Entry::new(&how.writer, true, own_set);
    let last = entries
        .iter()
        .position(|entry| entry.is_same(&own))
        .map(|at| entries.remove(at));

    let merged = typed::merge(how.schema, &bare, config);
    let merged = match &last {
        Some(last) => prune(how.schema, merged, &last.set, &own.set, &entries),
        None => merged,
    };
    let comparison = typed::compare(how.schema, &bare, &merged)
        .without(&ignored(how.has_status, how.writer.subresource));
    let changed = comparison.changed();
    if !how.force {
        refuse_conflicts(&entries, &changed, live, how)?;
    }
    for entry in &mut entries {
        entry.set = entry
            .set
            .difference(&changed)
            .difference(&comparison.removed);
    }
    own.set = own.set.difference(&is_of_server());
    let is_unchanged = same(&bare, &merged);
    if let Some(last) = last
        .filter(|last| is_unchanged && last.set == own.set && last.api_version == own.api_version)
    {
        own.time = last.time;
    }
    entries.push(own);
    entries.retain(|entry| !entry.set.is_empty());
    if is_unchanged
        && entries.len() == former.len()
        && entries.iter().all(|entry| former.contains(entry))
    {
        return Ok(None);
    }
    let mut merged = merged;
    write(&mut merged, entries);
    Ok(Some(merged))
}

/// Takes out what the manager applied last time and does not now, unless another manager has it too.
fn prune(schema: Option<&Schema>, merged: Value, last: &Set, own: &Set, others: &[Entry]) -> Value {
    let named = |set: &Set| typed::with_named_fields(schema, set);
    let without =
        |unwanted: &Set| typed::remove(schema, &merged, unwanted).unwrap_or_else(|| json!({}));
    let pruned = without(&named(last));
    let mut owned = own.clone();
    others.iter().for_each(|entry| owned.extend(&entry.set));
    let all = named(&typed::paths_of(schema, &merged));
    let kept = named(&typed::paths_of(schema, &pruned)).union(&named(&owned));
    let pruned = without(&all.difference(&kept));
    // What nobody owns was put there by the server (a default, a controller) and stays.
    let left = named(&typed::paths_of(schema, &pruned));
    without(&all.difference(&left).intersection(&named(last)))
}

fn refuse_conflicts(
    entries: &[Entry],
    changed: &Set,
    live: &Value,
    how: &Apply<'_>,
) -> ApiResult<()> {
    let allowed = allowed_by_last_applied(live, how);
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for entry in entries {
        let paths = entry.set.intersection(changed).paths();
        let paths: Vec<String> = paths
            .iter()
            .filter(|path| !allowed.has(path))
            .map(|path| shown(path))
            .collect();
        if !paths.is_empty() {
            found.push((entry.shown(), paths));
        }
    }
    found.sort();
    let cause = |manager: &String, path: &String| Cause {
        reason: "FieldManagerConflict",
        message: format!("conflict with {manager}"),
        field: path.clone(),
    };
    let causes: Vec<Cause> = found
        .iter()
        .flat_map(|(manager, paths)| paths.iter().map(move |path| cause(manager, path)))
        .collect();
    let message = match &*causes {
        [] => return Ok(()),
        [only] => format!(
            "Apply failed with 1 conflict: {}: {}",
            only.message, only.field
        ),
        _ => {
            let lines = |(manager, paths): &(String, Vec<String>)| {
                let paths: String = paths.iter().map(|path| format!("\n- {path}")).collect();
                format!("conflicts with {manager}:{paths}")
            };
            let lines: Vec<String> = found.iter().map(lines).collect();
            format!(
                "Apply failed with {} conflicts: {}",
                causes.len(),
                lines.join("\n")
            )
        }
    };
    Err(ApiError::apply_conflict(message, &causes))
}

/// Who used client-side apply before may take over what that applied: `kubectl` alone does so.
fn allowed_by_last_applied(live: &Value, how: &Apply<'_>) -> Set {
    let annotation = text(live, &["metadata", "annotations", LAST_APPLIED]);
    if how.writer.manager != "kubectl" || annotation.is_empty() {
        return Set::default();
    }
    let Ok(last) = serde_json::from_str::<Value>(annotation) else {
        return Set::default();
    };
    if text(&last, &["apiVersion"]) != how.writer.api_version {
        return Set::default();
    }
    let comparison = typed::compare(how.schema, &last, live);
    typed::paths_of(how.schema, &last)
        .difference(&comparison.changed())
        .difference(&comparison.removed)
}
