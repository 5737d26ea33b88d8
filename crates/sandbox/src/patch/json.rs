//! JSON Patch, RFC 6902.

use crate::object::same;
use crate::status::{ApiError, ApiResult};
use serde::Deserialize;
use serde_json::Value;

/// How many operations one patch may have; the API server has the same limit.
const MAX_OPERATIONS: usize = 10_000;

#[derive(Deserialize)]
struct Operation {
    op: String,
    path: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default, deserialize_with = "present")]
    value: Option<Value>,
}

/// A value that is null is there all the same.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// `target` changed by the operations of `patch`, or an error and no change.
pub(crate) fn apply(target: &Value, patch: &[u8]) -> ApiResult<Value> {
    let operations: Vec<Operation> = serde_json::from_slice(patch)
        .map_err(|error| ApiError::bad_request(format!("error decoding patch: {error}")))?;
    if operations.len() > MAX_OPERATIONS {
        let message = format!(
            "The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {}",
            operations.len()
        );
        return Err(ApiError::too_large(&message));
    }
    let mut out = target.clone();
    for operation in &operations {
        step(&mut out, operation).map_err(ApiError::invalid_patch)?;
    }
    Ok(out)
}

fn step(root: &mut Value, operation: &Operation) -> Result<(), String> {
    let path = pointer(&operation.path)?;
    let value = || {
        operation
            .value
            .clone()
            .ok_or_else(|| format!("{} operation has no value", operation.op))
    };
    let from = || {
        pointer(
            operation
                .from
                .as_deref()
                .ok_or_else(|| format!("{} operation has no from", operation.op))?,
        )
    };
    match &*operation.op {
        "add" => add(root, &path, value()?),
        "remove" => take(root, &path).map(|_| ()),
        "replace" => {
            let place = find_mut(root, &path).ok_or_else(|| missing("replace", &operation.path))?;
            *place = value()?;
            Ok(())
        }
        "move" => {
            let from = from()?;
            if path.len() > from.len() && path.starts_with(&from) {
                return Err("move operation into its own value".to_owned());
            }
            let moved = take(root, &from)?;
            add(root, &path, moved)
        }
        "copy" => {
            let found = find(root, &from()?)
                .cloned()
                .ok_or_else(|| missing("copy", &operation.path))?;
            add(root, &path, found)
        }
        "test" => {
            let wanted = value()?;
            let found = find(root, &path).unwrap_or(&Value::Null);
            if same(found, &wanted) {
                Ok(())
            } else {
                Err(format!("testing path {} failed", operation.path))
            }
        }
        other => Err(format!("unexpected kind: {other}")),
    }
}

fn missing(operation: &str, path: &str) -> String {
    format!("{operation} operation does not apply: doc is missing path: {path}: missing value")
}

fn pointer(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let rest = text
        .strip_prefix('/')
        .ok_or_else(|| format!("the path {text:?} does not begin with a slash"))?;
    Ok(rest
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect())
}

fn find<'a>(root: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(root, |value, key| match value {
        Value::Object(fields) => fields.get(key),
        Value::Array(items) => items.get(index(key, items.len())?),
        _ => None,
    })
}

fn find_mut<'a>(root: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(root, |value, key| match value {
        Value::Object(fields) => fields.get_mut(key),
        Value::Array(items) => {
            let at = index(key, items.len())?;
            items.get_mut(at)
        }
        _ => None,
    })
}

/// A place in a list: decimal without leading zeros, or negative from the end as evanphx/json-patch
/// allows it.
fn index(key: &str, length: usize) -> Option<usize> {
    if let Some(back) = key
        .strip_prefix('-')
        .and_then(|digits| digits.parse::<usize>().ok())
    {
        return length.checked_sub(back).filter(|at| *at < length);
    }
    if key.len() > 1 && key.starts_with('0') {
        return None;
    }
    key.parse().ok()
}

fn add(root: &mut Value, path: &[String], value: Value) -> Result<(), String> {
    let Some((last, parents)) = path.split_last() else {
        *root = value;
        return Ok(());
    };
    let shown = || format!("/{}", path.join("/"));
    match find_mut(root, parents) {
        Some(Value::Object(fields)) => {
            fields.insert(last.clone(), value);
            Ok(())
        }
        Some(Value::Array(items)) => {
            let at = if last == "-" {
                Some(items.len())
            } else {
                index(last, items.len())
            };
            let at = at.filter(|at| *at <= items.len());
            let at = at.ok_or_else(|| format!("add operation does not apply: doc is missing path: {}: invalid index referenced", shown()))?;
            items.insert(at, value);
            Ok(())
        }
        _ => Err(missing("add", &shown())),
    }
}

fn take(root: &mut Value, path: &[String]) -> Result<Value, String> {
    let shown = || format!("/{}", path.join("/"));
    let (last, parents) = path.split_last().ok_or_else(|| missing("remove", ""))?;
    let taken = match find_mut(root, parents) {
        Some(Value::Object(fields)) => fields.shift_remove(last),
        Some(Value::Array(items)) => index(last, items.len())
            .filter(|at| *at < items.len())
            .map(|at| items.remove(at)),
        _ => None,
    };
    taken.ok_or_else(|| missing("remove", &shown()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(target: Value, patch: Value, expected: Option<Value>) {
        assert_eq!(
            apply(&target, patch.to_string().as_bytes()).ok(),
            expected,
            "{patch}"
        );
    }

    /// The examples of RFC 6902, appendix A.
    #[test]
    fn the_examples_of_the_standard_hold() {
        check(
            json!({"foo": "bar"}),
            json!([{"op": "add", "path": "/baz", "value": "qux"}]),
            Some(json!({"foo": "bar", "baz": "qux"})),
        );
        check(
            json!({"foo": ["a", "b"]}),
            json!([{"op": "add", "path": "/foo/1", "value": "x"}]),
            Some(json!({"foo": ["a", "x", "b"]})),
        );
        check(
            json!({"foo": ["a", "b", "c"]}),
            json!([{"op": "remove", "path": "/foo/1"}]),
            Some(json!({"foo": ["a", "c"]})),
        );
        check(
            json!({"a": {"b": 1}, "c": {}}),
            json!([{"op": "move", "from": "/a/b", "path": "/c/d"}]),
            Some(json!({"a": {}, "c": {"d": 1}})),
        );
        check(
            json!({"a": 1}),
            json!([{"op": "test", "path": "/a", "value": 2}]),
            None,
        );
        check(
            json!({"a": 1}),
            json!([{"op": "replace", "path": "/b", "value": 2}]),
            None,
        );
        check(
            json!({"a/b": 1, "m~n": 2}),
            json!([{"op": "remove", "path": "/a~1b"}, {"op": "test", "path": "/m~0n", "value": 2}]),
            Some(json!({"m~n": 2})),
        );
        check(
            json!({"a": [1]}),
            json!([{"op": "add", "path": "/a/-", "value": null}]),
            Some(json!({"a": [1, null]})),
        );
    }

    proptest! {
        #[test]
        fn any_patch_is_applied_or_refused(path in "(/[a-c0-2~-]{0,2}){0,3}", from in "(/[a-c0-2]{0,2}){0,3}", op in "add|remove|replace|move|copy|test") {
            let patch = json!([{"op": op, "path": path, "from": from, "value": {"a": 1}}]);
            let _ = apply(&json!({"a": {"b": [1, {"c": 2}]}, "c": []}), patch.to_string().as_bytes());
        }
    }
}
