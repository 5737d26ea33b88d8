//! Moving fields from client-side writes to server-side apply, so that later applies can remove them.

use serde_json::{Map, Value, json};

/// The JSON patch that makes the fields which `manager` owns by updates its own by apply; `None` if
/// it owns none so (client-go's `csaupgrade`).
///
/// The resource version is part of the patch: a change in between makes it fail, and it is tried
/// again on the new state.
pub(crate) fn migration(live: &Value, manager: &str) -> Option<Value> {
    let entries = live.pointer("/metadata/managedFields")?.as_array()?;
    let is = |entry: &Value, operation: &str| {
        entry.get("manager").and_then(Value::as_str) == Some(manager)
            && entry.get("operation").and_then(Value::as_str) == Some(operation)
            && entry
                .get("subresource")
                .and_then(Value::as_str)
                .unwrap_or("")
                .is_empty()
    };
    let mut updates = entries.iter().filter(|entry| is(entry, "Update"));
    let first = updates.next()?;
    let mut merged = match entries.iter().find(|entry| is(entry, "Apply")) {
        Some(applied) => union_of(applied, first),
        None => {
            let mut entry = first.clone();
            entry["operation"] = "Apply".into();
            entry
        }
    };
    for update in updates {
        merged = union_of(&merged, update);
    }
    let mut fields: Vec<Value> = Vec::new();
    let mut placed = false;
    for entry in entries {
        if !is(entry, "Update") && !is(entry, "Apply") {
            fields.push(entry.clone());
        } else if !placed {
            fields.push(merged.clone());
            placed = true;
        }
    }
    let version = live.pointer("/metadata/resourceVersion").cloned();
    Some(json!([
        {"op": "replace", "path": "/metadata/managedFields", "value": fields},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
    ]))
}

/// An entry that owns the fields of both.
fn union_of(base: &Value, other: &Value) -> Value {
    let mut base = base.clone();
    let (Some(into), Some(Value::Object(from))) = (
        base.get_mut("fieldsV1").and_then(Value::as_object_mut),
        other.get("fieldsV1"),
    ) else {
        return base;
    };
    unite(into, from);
    base
}

fn unite(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(more)) => unite(below, more),
            (Some(_), _) => {}
            (None, _) => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(manager: &str, operation: &str, fields: Value) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": "v1", "fieldsV1": fields})
    }

    fn object(entries: Vec<Value>) -> Value {
        json!({"metadata": {"resourceVersion": "7", "managedFields": entries}})
    }

    #[test]
    fn updates_become_an_apply() {
        let live = object(vec![
            entry("kubectl", "Update", json!({"f:x": {}})),
            entry("helm", "Update", json!({"f:data": {"f:a": {}}})),
        ]);
        let patch = migration(&live, "helm").unwrap();
        assert_eq!(patch[0]["value"][1]["operation"], "Apply");
        assert_eq!(patch[0]["value"][0]["manager"], "kubectl");
        assert_eq!(patch[1]["value"], "7");
    }

    #[test]
    fn fields_of_both_are_united() {
        let live = object(vec![
            entry("helm", "Apply", json!({"f:data": {"f:a": {}}})),
            entry(
                "helm",
                "Update",
                json!({"f:data": {"f:b": {}}, "f:type": {}}),
            ),
        ]);
        let patch = migration(&live, "helm").unwrap();
        assert_eq!(
            patch[0]["value"],
            json!([entry(
                "helm",
                "Apply",
                json!({"f:data": {"f:a": {}, "f:b": {}}, "f:type": {}})
            )])
        );
    }

    #[test]
    fn nothing_is_moved_where_nothing_is_owned() {
        let live = object(vec![entry("helm", "Apply", json!({}))]);
        assert_eq!(migration(&live, "helm"), None);
        assert_eq!(migration(&json!({}), "helm"), None);
    }
}
