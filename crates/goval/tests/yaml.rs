//! YAML in and out; the expectations are what `sigs.k8s.io/yaml` 1.6 and `go.yaml.in/yaml/v3` do.

use goval::{json, yaml};

#[track_caller]
fn reads(text: &str, expected: &str) {
    let got = match yaml::decode(text.as_bytes()) {
        Ok(value) => json::encode_raw(&value).unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected, "{text:?}");
}

#[track_caller]
fn writes(value: &str, expected: &str) {
    let value = json::decode(value.as_bytes()).unwrap_or_default();
    let got = yaml::encode(&value).unwrap_or_else(|error| error.to_string());
    assert_eq!(got, expected);
}

#[test]
fn scalars_follow_yaml_1_1() {
    reads(
        "[yes, On, n, 014, 0o14, 0b101, 1_000, 190:20:30, ~, 1e3]",
        r#"[true,true,false,12,12,5,1000,"190:20:30",null,1000]"#,
    );
    reads("2001-01-01", r#""2001-01-01""#);
    reads("yes: 1\n2: b\n1.50: c\n", r#"{"1.5":"c","2":"b","true":1}"#);
}

#[test]
fn errors_have_gos_words() {
    reads(
        "a: b: c\n",
        "error converting YAML to JSON: yaml: mapping values are not allowed in this context",
    );
    reads(
        "\na: b\n c: d\n",
        "error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context",
    );
    reads(
        "a: {{ .Values.x }}\n",
        r#"error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{".Values.x":interface {}(nil)}"#,
    );
    reads(
        "? {~: 0, a: 1, 2: 3, 18446744073709551615: 4, 2.5: 5, true: 6}\n: x\n",
        "error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}\
        {interface {}(nil):0, \"a\":1, 0xffffffffffffffff:4, 2:3, 2.5:5, true:6}",
    );
    reads(
        "a: *b\n",
        "error converting YAML to JSON: yaml: unknown anchor 'b' referenced",
    );
    reads(
        "a: \x01\n",
        "error converting YAML to JSON: yaml: control characters are not allowed",
    );
}

#[test]
fn writes_as_sigs_yaml() {
    writes(
        r#"{"b":[1,{"c":"x y"}],"a10":1.5,"a2":"yes","e":[],"m":{},"n":null,"t":"l1\nl2\n"}"#,
        "a2: \"yes\"\na10: 1.5\nb:\n- 1\n- c: x y\ne: []\nm: {}\n\"n\": null\nt: |\n  l1\n  l2\n",
    );
}
