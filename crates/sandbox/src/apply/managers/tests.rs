//! Who owns what after updates and applies.

use super::*;
use crate::object::items;
use crate::schema::{name_of, named};
use proptest::prelude::*;
use serde_json::Map;

fn schema(api_version: &str, kind: &str) -> Option<&'static Schema> {
    let (group, version) = crate::kinds::split(api_version);
    name_of(group, version, kind).and_then(named)
}

fn apply_as(manager: &str, live: &Value, config: &Value, force: bool) -> ApiResult<Option<Value>> {
    let api_version = text(config, &["apiVersion"]);
    let writer = Writer {
        manager,
        api_version,
        subresource: "",
        time: "2026-01-01T00:00:00Z",
    };
    let schema = schema(api_version, text(config, &["kind"]));
    apply(
        live,
        config,
        &Apply {
            schema,
            has_status: true,
            empty: &json!({}),
            writer,
            force,
        },
    )
}

fn service(ports: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": ports}})
}

#[test]
fn a_list_item_is_found_by_its_defaulted_key() {
    let first = apply_as(
        "a",
        &json!({}),
        &service(json!([{"port": 80, "protocol": "TCP"}])),
        false,
    )
    .unwrap()
    .unwrap();
    let second = apply_as(
        "a",
        &first,
        &service(json!([{"port": 80, "name": "http"}])),
        false,
    )
    .unwrap()
    .unwrap();
    assert_eq!(
        second["spec"]["ports"],
        json!([{"port": 80, "name": "http"}])
    );
}

#[test]
fn a_conflict_names_manager_and_field() {
    let config = |n: u32| json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": n}});
    let live = apply_as("a", &json!({}), &config(1), false)
        .unwrap()
        .unwrap();
    let error = apply_as("b", &live, &config(2), false).unwrap_err();
    assert_eq!(
        error.message(),
        "Apply failed with 1 conflict: conflict with \"a\": .spec.replicas"
    );
    let forced = apply_as("b", &live, &config(2), true).unwrap().unwrap();
    assert_eq!(items(&forced, &["metadata", "managedFields"]).len(), 1);
    assert_eq!(
        text(&forced["metadata"]["managedFields"][0], &["manager"]),
        "b"
    );
}

#[test]
fn what_is_no_longer_applied_goes_and_what_others_own_stays() {
    let config = |labels: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "labels": labels}});
    let live = apply_as("a", &json!({}), &config(json!({"x": "1", "y": "1"})), false)
        .unwrap()
        .unwrap();
    let live = apply_as("b", &live, &config(json!({"y": "1"})), false)
        .unwrap()
        .unwrap();
    let live = apply_as("a", &live, &config(json!({})), false)
        .unwrap()
        .unwrap();
    assert_eq!(live["metadata"]["labels"], json!({"y": "1"}));
}

type Labels = std::collections::BTreeMap<String, String>;
type Parts = (
    Labels,
    std::collections::BTreeMap<String, (Option<String>, Labels)>,
    Option<i64>,
);

fn container((name, (image, env)): (String, (Option<String>, Labels))) -> Value {
    let env: Vec<Value> = env
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let mut container = json!({"name": name, "env": env});
    if let Some(image) = image {
        container["image"] = image.into();
    }
    container
}

fn any_config() -> impl Strategy<Value = Value> {
    let labels = || proptest::collection::btree_map("[a-c]", "[01]", 0..3);
    let containers =
        proptest::collection::btree_map("[a-c]", (proptest::option::of("[xy]"), labels()), 0..3);
    (labels(), containers, proptest::option::of(0..3_i64)).prop_map(|(labels, containers, replicas): Parts| {
        let containers: Vec<Value> = containers.into_iter().map(container).collect();
        let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "labels": labels},
            "spec": {"template": {"spec": {"containers": containers}}}});
        if let Some(replicas) = replicas {
            object["spec"]["replicas"] = replicas.into();
        }
        without_empty(&object).unwrap_or_default()
    })
}

/// An empty map or list is owned as itself, which is right and would only blur what is tested.
fn without_empty(value: &Value) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            let kept: Map<String, Value> = fields
                .iter()
                .filter_map(|(k, v)| Some((k.clone(), without_empty(v)?)))
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(items) => {
            let kept: Vec<Value> = items.iter().filter_map(without_empty).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        other => Some(other.clone()),
    }
}

proptest! {
    #[test]
    fn to_apply_twice_changes_nothing(a in any_config(), b in any_config()) {
        let live = apply_as("a", &json!({}), &a, false).unwrap().unwrap();
        let live = apply_as("b", &live, &b, true).unwrap().unwrap_or(live);
        prop_assert!(apply_as("b", &live, &b, false).unwrap().is_none());
    }

    #[test]
    fn nobody_loses_a_field_that_he_still_owns(a in any_config(), b in any_config(), c in any_config()) {
        let live = apply_as("a", &json!({}), &a, false).unwrap().unwrap();
        let live = apply_as("b", &live, &b, true).unwrap().unwrap_or(live);
        let live = apply_as("b", &live, &c, true).unwrap().unwrap_or(live);
        let schema = schema("apps/v1", "Deployment");
        let held = typed::paths_of(schema, &live);
        for entry in read(&live) {
            prop_assert_eq!(entry.set.difference(&held), Set::default());
        }
        let wanted = typed::compare(schema, &typed::merge(schema, &live, &c), &live);
        prop_assert!(wanted.changed().is_empty() && wanted.removed.is_empty());
    }
}
