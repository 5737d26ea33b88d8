//! Cases with the answers of Kubernetes' own library; `oracle/patches merge` gives them.

use cluster::Patch;
use manifest::Gvk;
use serde_json::{Value, json};

use super::patch;

/// A case a line: a kind, three states, and the patch that leads to the second or why there is none.
const CASES: &str = include_str!("cases.jsonl");

#[test]
fn patches_are_those_of_kubernetes() {
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| case[name].as_str().unwrap().to_owned();
        let gvk = Gvk {
            group: text("group"),
            version: text("version"),
            kind: text("kind"),
        };
        let states = ["original", "modified", "current"].map(|name| &case[name]);
        let given = match patch(&gvk, states, false) {
            Ok(None) => json!({"patch": {}}),
            Ok(Some(Patch::Strategic(patch))) => json!({"patch": patch}),
            Ok(Some(other)) => panic!("{}: {other:?}", case["name"]),
            Err(error) => json!({"error": error}),
        };
        assert_eq!(given, case["answer"], "{}", case["name"]);
    }
}

fn widget(spec: Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec})
}

fn check_custom(states: [Value; 3], three_way: bool, expected: Option<Value>) {
    let [original, modified, current] = states.map(widget);
    let gvk = Gvk::new("example.com/v1", "Widget");
    let given = patch(&gvk, [&original, &modified, &current], three_way).unwrap();
    let expected = expected.map(|spec| Patch::Merge(json!({"spec": spec})));
    assert_eq!(given, expected);
}

#[test]
fn custom_resources_change_by_what_was_wanted_before() {
    let states = [
        json!({"a": 1, "b": 2, "l": [1]}),
        json!({"a": 1, "c": 3, "l": [2]}),
        json!({"a": 9}),
    ];
    check_custom(states, false, Some(json!({"b": null, "c": 3, "l": [2]})));
    let states = [json!({"a": 1}), json!({"a": 1}), json!({"a": 9})];
    check_custom(states, false, None);
}

#[test]
fn custom_resources_that_are_adopted_change_by_what_is_there() {
    let states = [
        json!({"a": 1, "b": 2}),
        json!({"a": 1, "o": {}}),
        json!({"a": 9, "b": 2, "x": 1}),
    ];
    check_custom(states, true, Some(json!({"a": 1, "b": null, "o": {}})));
}
