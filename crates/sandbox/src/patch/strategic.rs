//! Strategic merge patch: a merge patch that knows the lists of the built-in kinds.
//!
//! The directives and their order are those of `k8s.io/apimachinery/pkg/util/strategicpatch`.

use crate::object::same;
use crate::schema::Schema;
use crate::status::{ApiError, ApiResult};
use serde_json::{Map, Value};

const PATCH: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE_PREFIX: &str = "$deleteFromPrimitiveList/";
const ORDER_PREFIX: &str = "$setElementOrder/";

/// `target` changed by `patch`, along the schema of its kind.
pub(crate) fn apply(schema: Option<&Schema>, target: &Value, patch: &Value) -> ApiResult<Value> {
    let (Value::Object(target), Value::Object(patch)) = (target, patch) else {
        return Err(ApiError::bad_request(
            "a strategic merge patch is an object",
        ));
    };
    merge_map(schema, target, patch)
        .map(Value::Object)
        .map_err(ApiError::bad_request)
}

fn merge_map(
    schema: Option<&Schema>,
    target: &Map<String, Value>,
    patch: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    match patch.get(PATCH).and_then(Value::as_str) {
        Some("replace") => {
            let mut out = patch.clone();
            out.shift_remove(PATCH);
            return Ok(out);
        }
        Some("delete") => return Ok(Map::new()),
        None | Some("merge") => {}
        Some(other) => return Err(format!("Unknown patch type found: {other}")),
    }
    let mut out = target.clone();
    if let Some(Value::Array(kept)) = patch.get(RETAIN) {
        out.retain(|key, _| kept.iter().any(|k| k == key));
    }
    for (key, change) in patch {
        if key == PATCH || key == RETAIN || key.starts_with(ORDER_PREFIX) {
            continue;
        }
        if let Some(list) = key.strip_prefix(DELETE_PREFIX) {
            delete_primitives(&mut out, list, change);
            continue;
        }
        let field = schema.and_then(|s| s.field(key));
        match (out.get(key), change) {
            (_, Value::Null) => {
                out.shift_remove(key);
            }
            (before, Value::Object(change)) => {
                let empty = Map::new();
                let before = before.and_then(Value::as_object).unwrap_or(&empty);
                let is_replaced = field.is_some_and(|f| strategy(f, "replace"));
                let merged = merge_map(field, if is_replaced { &empty } else { before }, change)?;
                if is_delete(change) {
                    out.shift_remove(key);
                } else {
                    out.insert(key.clone(), Value::Object(merged));
                }
            }
            (before, Value::Array(change)) => {
                let before = before
                    .and_then(Value::as_array)
                    .map_or(&[][..], Vec::as_slice);
                let order = patch
                    .get(&format!("{ORDER_PREFIX}{key}"))
                    .and_then(Value::as_array);
                let merged = merge_list(field, before, change, order.map(Vec::as_slice))?;
                out.insert(key.clone(), Value::Array(merged));
            }
            (_, other) => {
                out.insert(key.clone(), other.clone());
            }
        }
    }
    order_untouched(schema, &mut out, patch);
    Ok(out)
}

fn is_delete(change: &Map<String, Value>) -> bool {
    change
        .get(PATCH)
        .is_some_and(|directive| directive == "delete")
}

/// `merge`, `replace` and `retainKeys` may stand together, with commas.
fn strategy(schema: &Schema, name: &str) -> bool {
    schema.patch_strategy.split(',').any(|part| part == name)
}

fn merge_list(
    field: Option<&Schema>,
    before: &[Value],
    change: &[Value],
    order: Option<&[Value]>,
) -> Result<Vec<Value>, String> {
    let merges = field.filter(|f| strategy(f, "merge"));
    let Some(field) = merges else {
        return Ok(change.to_vec());
    };
    let Some(merge_key) = &field.merge_key else {
        let mut out = before.to_vec();
        for item in change {
            if !out.iter().any(|known| same(known, item)) {
                out.push(item.clone());
            }
        }
        sort_by_order(&mut out, order, same);
        return Ok(out);
    };
    if change.iter().any(|item| {
        item.get(PATCH)
            .is_some_and(|directive| directive == "replace")
    }) {
        return Ok(change
            .iter()
            .filter(|item| item.get(PATCH).is_none())
            .cloned()
            .collect());
    }
    let mut out = before.to_vec();
    for item in change {
        merge_item(field, merge_key, &mut out, item)?;
    }
    sort_by_order(&mut out, order, |item, wanted| {
        same_key(merge_key, item, wanted)
    });
    Ok(out)
}

fn merge_item(
    field: &Schema,
    merge_key: &str,
    out: &mut Vec<Value>,
    item: &Value,
) -> Result<(), String> {
    let Value::Object(change) = item else {
        return Err(format!(
            "expected an object with the merge key {merge_key}, found {item}"
        ));
    };
    let Some(wanted) = change.get(merge_key) else {
        return Err(format!(
            "map: {item} does not contain declared merge key: {merge_key}"
        ));
    };
    if is_delete(change) {
        out.retain(|known| !known.get(merge_key).is_some_and(|key| same(key, wanted)));
        return Ok(());
    }
    let known = out
        .iter_mut()
        .find(|known| known.get(merge_key).is_some_and(|key| same(key, wanted)));
    let empty = Map::new();
    let schema = field.resolve().items.as_deref();
    match known {
        Some(known) => {
            let before = known.as_object().unwrap_or(&empty);
            *known = Value::Object(merge_map(schema, before, change)?);
        }
        None => out.push(Value::Object(merge_map(schema, &empty, change)?)),
    }
    Ok(())
}

fn delete_primitives(out: &mut Map<String, Value>, list: &str, unwanted: &Value) {
    let unwanted = unwanted.as_array().map_or(&[][..], Vec::as_slice);
    if let Some(Value::Array(items)) = out.get_mut(list) {
        items.retain(|item| !unwanted.iter().any(|u| same(u, item)));
    }
}

fn same_key(merge_key: &str, a: &Value, b: &Value) -> bool {
    matches!((a.get(merge_key), b.get(merge_key)), (Some(a), Some(b)) if same(a, b))
}

/// Lists that are only ordered, not changed.
fn order_untouched(
    schema: Option<&Schema>,
    out: &mut Map<String, Value>,
    patch: &Map<String, Value>,
) {
    for (key, order) in patch {
        let Some(list) = key
            .strip_prefix(ORDER_PREFIX)
            .filter(|list| !patch.contains_key(*list))
        else {
            continue;
        };
        let order = order.as_array().map(Vec::as_slice);
        let merge_key = schema
            .and_then(|s| s.field(list))
            .and_then(|f| f.merge_key.as_deref());
        if let Some(Value::Array(items)) = out.get_mut(list) {
            sort_by_order(items, order, |item, wanted| match merge_key {
                Some(merge_key) => same_key(merge_key, item, wanted),
                None => same(item, wanted),
            });
        }
    }
}

/// Items named in `order` stand in that order; an item that only the server has stays behind the named
/// item that it stood behind.
fn sort_by_order(
    items: &mut [Value],
    order: Option<&[Value]>,
    is: impl Fn(&Value, &Value) -> bool,
) {
    let Some(order) = order else { return };
    let mut rank = 0;
    let ranks: Vec<usize> = items
        .iter()
        .map(|item| {
            if let Some(at) = order.iter().position(|wanted| is(item, wanted)) {
                rank = at;
            }
            rank
        })
        .collect();
    let mut sorted: Vec<(usize, Value)> = ranks.into_iter().zip(items.iter().cloned()).collect();
    sorted.sort_by_key(|(rank, _)| *rank);
    for (place, (_, item)) in items.iter_mut().zip(sorted) {
        *place = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{name_of, named};
    use serde_json::json;

    fn check(target: Value, patch: Value, expected: Value) {
        let schema = name_of("apps", "v1", "Deployment").and_then(named);
        let pod = |spec: Value| json!({"spec": {"template": {"spec": spec}}});
        assert_eq!(
            apply(schema, &pod(target), &pod(patch)).unwrap(),
            pod(expected)
        );
    }

    #[test]
    fn lists_are_merged_by_their_keys() {
        check(
            json!({"containers": [{"name": "a", "image": "x"}, {"name": "b"}]}),
            json!({"containers": [{"name": "a", "env": [{"name": "E", "value": "1"}]}, {"name": "c"}]}),
            json!({"containers": [{"name": "a", "image": "x", "env": [{"name": "E", "value": "1"}]}, {"name": "b"}, {"name": "c"}]}),
        );
    }

    #[test]
    fn directives_delete_replace_and_order() {
        check(
            json!({"containers": [{"name": "a"}, {"name": "b"}]}),
            json!({"containers": [{"name": "a", "$patch": "delete"}]}),
            json!({"containers": [{"name": "b"}]}),
        );
        check(
            json!({"containers": [{"name": "a"}, {"name": "b"}]}),
            json!({"containers": [{"name": "c"}, {"$patch": "replace"}]}),
            json!({"containers": [{"name": "c"}]}),
        );
        check(
            json!({"containers": [{"name": "a"}, {"name": "b"}]}),
            json!({"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}),
            json!({"containers": [{"name": "b"}, {"name": "a"}]}),
        );
    }

    #[test]
    fn a_volume_keeps_only_the_source_that_is_retained() {
        check(
            json!({"volumes": [{"name": "v", "emptyDir": {}}]}),
            json!({"volumes": [{"name": "v", "$retainKeys": ["name", "secret"], "secret": {"secretName": "s"}}]}),
            json!({"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}),
        );
    }
}
