//! Decoding into Go structs; the messages are those of `sigs.k8s.io/yaml` 1.6 with Go 1.26.

use goval::{ListShape, MapShape, Shape, StructShape, json, yaml};

static MAINTAINER: StructShape = StructShape {
    go_type: "v2.Maintainer",
    fields: &[("name", Shape::Str), ("url", Shape::Str)],
};

static METADATA: StructShape = StructShape {
    go_type: "v2.Metadata",
    fields: &[
        ("name", Shape::Str),
        ("version", Shape::Str),
        ("deprecated", Shape::Bool),
        (
            "keywords",
            Shape::List(&ListShape {
                go_type: "[]string",
                elem: Shape::Str,
            }),
        ),
        (
            "annotations",
            Shape::Map(&MapShape {
                go_type: "map[string]string",
                elem: Shape::Str,
            }),
        ),
        (
            "maintainers",
            Shape::List(&ListShape {
                go_type: "[]*v2.Maintainer",
                elem: Shape::Struct(&MAINTAINER),
            }),
        ),
        ("weight", Shape::Int),
    ],
};

#[track_caller]
fn check(strict: bool, text: &str, expected: &str) {
    let got = match yaml::decode_shaped(text.as_bytes(), &Shape::Struct(&METADATA), strict) {
        Ok(value) => json::encode(&value).unwrap_or_default(),
        Err(error) => error
            .to_string()
            .replace("error unmarshaling JSON: while decoding JSON: ", ""),
    };
    assert_eq!(got, expected);
}

#[test]
fn scalars_become_strings_where_strings_are_wanted() {
    check(
        false,
        "Name: x\nversion: 1.10\nkeywords: [1, yes, a]\nextra: 1\n",
        r#"{"keywords":["1","true","a"],"name":"x","version":"1.1"}"#,
    );
    check(
        false,
        "annotations: {a: 0x10, b: null}\nweight: 3\nversion: ~\n",
        r#"{"annotations":{"a":"16","b":""},"weight":3}"#,
    );
}

#[test]
fn misfits_are_named_as_go_names_them() {
    check(
        false,
        "version: [1]",
        "json: cannot unmarshal array into Go struct field Metadata.version of type string",
    );
    check(
        false,
        "deprecated: x",
        "json: cannot unmarshal string into Go struct field Metadata.deprecated of type bool",
    );
    check(
        false,
        "keywords: x",
        "json: cannot unmarshal string into Go struct field Metadata.keywords of type []string",
    );
    check(
        false,
        "maintainers: [{url: {}}]",
        "json: cannot unmarshal object into Go struct field Maintainer.maintainers.url of type string",
    );
    check(
        false,
        "maintainers: [x]",
        "json: cannot unmarshal string into Go struct field Metadata.maintainers of type v2.Maintainer",
    );
    check(
        false,
        "weight: 1.5",
        "json: cannot unmarshal number 1.5 into Go struct field Metadata.weight of type int",
    );
    check(
        false,
        "[]",
        "json: cannot unmarshal array into Go value of type v2.Metadata",
    );
    check(true, "nom: x", r#"json: unknown field "nom""#);
}
