//! TOML in and out; the expectations are what `github.com/BurntSushi/toml` 1.6.0 does.

use goval::{Value, json, toml};

#[track_caller]
fn reads(text: &str, expected: &str) {
    let got = match toml::decode(text.as_bytes()) {
        Ok(map) => json::encode_raw(&Value::Map(map)).unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected, "{text:?}");
}

#[track_caller]
fn writes(value: &str, expected: &str) {
    let value = json::decode(value.as_bytes()).unwrap_or_default();
    let got = match toml::encode(&value) {
        Ok(text) => text.to_str_lossy().into_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected);
}

#[test]
fn reads_tables_and_values() {
    reads(
        "a = 1\nb.c = 'x'\n[t]\nd = 1979-05-27\n[[l]]\ne = [1, {f = 2.5}]\n[[l]]\n",
        r#"{"a":1,"b":{"c":"x"},"l":[{"e":[1,{"f":2.5}]},{}],"t":{"d":"1979-05-27T00:00:00Z"}}"#,
    );
}

#[test]
fn errors_name_the_line_and_the_last_key() {
    reads(
        "a = 1\na = 2\n",
        "toml: line 2 (last key \"a\"): Key 'a' has already been defined.",
    );
    reads(
        "[t]\nx = \n",
        "toml: line 2 (last key \"t.x\"): expected value but found '\\n' instead",
    );
    reads(
        "a",
        "toml: line 1: unexpected EOF; expected key separator '='",
    );
}

#[test]
fn writes_simple_keys_before_tables() {
    writes(
        r#"{"b":{"c":1,"a":{"x":"y"}},"a":1.5,"l":[{"k":1}],"n":null}"#,
        "a = 1.5\n\n[b]\n  c = 1.0\n  [b.a]\n    x = \"y\"\n\n[[l]]\n  k = 1.0\n",
    );
}
