//! Documents in which our reading or writing once differed from Go's.

use goval::{json, yaml};

#[track_caller]
fn reads(text: &str, expected: &str) {
    let got = match yaml::decode(text.as_bytes()) {
        Ok(value) => json::encode_raw(&value).unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected, "{text:?}");
}

#[test]
fn a_flow_collection_without_simple_keys_is_no_key() {
    reads("[? a : b]<<: *x\n.inf", r#"[{"a":"b"}]"#);
    reads("[]: x\n", "[]");
}

#[test]
fn merges_are_done_in_the_key_that_an_error_shows() {
    reads(
        "? <<: {a: 1}\ncomplex : value\n",
        "error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{\"a\":1}",
    );
}

#[test]
fn of_a_key_that_is_there_twice_an_error_shows_the_last_value() {
    reads(
        "null: first\na: {}\n~: last\n",
        "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: \"last\"",
    );
}
