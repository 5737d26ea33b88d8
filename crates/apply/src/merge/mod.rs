//! Client-side apply: the patch from what was wanted, what is wanted and what is there.
//!
//! Built-in kinds have a strategic merge, which knows the keys of lists; of all others only JSON is
//! known (Helm's `createPatch`).

mod combine;
mod diff;
mod json;
mod lists;
mod types;

use std::collections::BTreeMap;

use cluster::Patch;
use manifest::Gvk;
use serde_json::{Map, Value};

use types::Shape;

/// Fields by name.
type Fields = Map<String, Value>;

/// Whose element a part of a patch is: `$patch: delete` deletes it.
const DIRECTIVE: &str = "$patch";
/// The fields that are left of a union, all others are cleared.
const RETAIN_KEYS: &str = "$retainKeys";
/// The order of a list, by keys or values; the name of the field follows.
const ORDER: &str = "$setElementOrder/";
/// Values that leave a list of scalars; the name of the field follows.
const DELETE_FROM: &str = "$deleteFromPrimitiveList/";

/// The patch from three states, what was wanted, what is wanted and what is there: it brings the third
/// to the second. Fields that only the first had are removed, all other fields stay. `None` if nothing
/// changes.
///
/// Custom resources are merged without a look at what is there, unless `three_way` is asked for.
///
/// # Errors
/// Why there is no such patch, in the words of Kubernetes' libraries.
pub(crate) fn patch(
    gvk: &Gvk,
    states: [&Value; 3],
    three_way: bool,
) -> Result<Option<Patch>, String> {
    let none = Fields::new();
    let [original, modified, current] = states.map(|state| state.as_object().unwrap_or(&none));
    let (patch, strategic) = match types::of(gvk) {
        Some(shape) => (strategic(original, modified, current, shape)?, true),
        None if three_way => (json::three_way(original, modified, current), false),
        None => (json::diff(original, modified), false),
    };
    Ok(match strategic {
        _ if patch.is_empty() => None,
        true => Some(Patch::Strategic(patch.into())),
        false => Some(Patch::Merge(patch.into())),
    })
}

/// What has to be removed comes from the original, what has to be added or changed from the current
/// state (`strategicpatch.CreateThreeWayMergePatch`).
fn strategic(
    original: &Fields,
    modified: &Fields,
    current: &Fields,
    shape: Shape,
) -> Result<Fields, String> {
    let changes = diff::fields(current, modified, shape, diff::Only::Changes, false)?;
    let deletions = diff::fields(original, modified, shape, diff::Only::Deletions, false)?;
    combine::fields(deletions, changes, shape)
}

/// A value as Go prints it with `%v`, which is how keys are compared and errors are worded.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(fields) => shown_fields(fields),
        other => other.to_string(),
    }
}

fn shown_fields(fields: &Fields) -> String {
    let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
    let fields: Vec<String> = sorted
        .into_iter()
        .map(|(key, value)| format!("{key}:{}", shown(value)))
        .collect();
    format!("map[{}]", fields.join(" "))
}

#[cfg(test)]
mod tests;
