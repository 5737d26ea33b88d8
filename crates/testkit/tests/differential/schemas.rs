//! JSON Schema: each keyword in each draft.

use std::sync::Arc;

use values::SchemaLoader;

use crate::oracle::{Answer, Question};
use crate::random::Random;
use crate::{Lines, compare};

const DRAFTS: &[&str] = &[
    "",
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

/// Keywords with arguments that they take, and some that they do not.
const KEYWORDS: &[(&str, &[&str])] = &[
    (
        "type",
        &[
            "\"string\"",
            "\"integer\"",
            "[\"number\",\"null\"]",
            "\"object\"",
            "\"array\"",
            "\"nope\"",
            "1",
        ],
    ),
    ("enum", &["[1,\"a\",null]", "[{\"a\":1}]", "[]", "[70000]"]),
    ("const", &["1", "\"a\"", "{\"a\":[1]}"]),
    ("multipleOf", &["2", "0.1", "0"]),
    ("maximum", &["3", "65535", "1.5"]),
    ("exclusiveMaximum", &["3", "true"]),
    ("minimum", &["3", "-1"]),
    ("exclusiveMinimum", &["3", "false"]),
    ("maxLength", &["1", "3", "-1"]),
    ("minLength", &["2", "1000"]),
    (
        "pattern",
        &["\"^a\"", "\"[0-9]+$\"", "\"(?=x)\"", "\"a{1001}\""],
    ),
    (
        "items",
        &[
            "{\"type\":\"string\"}",
            "[{\"type\":\"string\"},{\"minimum\":2}]",
            "true",
            "false",
        ],
    ),
    ("additionalItems", &["false", "{\"type\":\"null\"}"]),
    ("prefixItems", &["[{\"type\":\"string\"}]"]),
    ("maxItems", &["1", "0"]),
    ("minItems", &["2"]),
    ("uniqueItems", &["true"]),
    ("contains", &["{\"type\":\"string\"}", "{\"const\":1}"]),
    ("minContains", &["2", "0"]),
    ("maxContains", &["1"]),
    ("maxProperties", &["1"]),
    ("minProperties", &["3"]),
    ("required", &["[\"a\",\"zz\"]", "[]", "\"a\""]),
    (
        "properties",
        &[
            "{\"a\":{\"type\":\"string\"},\"b\":{\"minimum\":2}}",
            "{\"a\":false}",
        ],
    ),
    ("patternProperties", &["{\"^b\":{\"type\":\"boolean\"}}"]),
    ("additionalProperties", &["false", "{\"type\":\"integer\"}"]),
    ("unevaluatedProperties", &["false"]),
    ("unevaluatedItems", &["false"]),
    (
        "dependencies",
        &["{\"a\":[\"zz\"]}", "{\"a\":{\"required\":[\"y\"]}}"],
    ),
    ("dependentRequired", &["{\"a\":[\"zz\"]}"]),
    ("dependentSchemas", &["{\"a\":{\"maxProperties\":1}}"]),
    ("propertyNames", &["{\"maxLength\":1}"]),
    (
        "format",
        &[
            "\"ipv4\"",
            "\"date-time\"",
            "\"email\"",
            "\"regex\"",
            "\"nope\"",
        ],
    ),
    ("allOf", &["[{\"type\":\"string\"},{\"minLength\":5}]"]),
    ("anyOf", &["[{\"type\":\"string\"},{\"type\":\"null\"}]"]),
    ("oneOf", &["[{\"type\":\"integer\"},{\"minimum\":1}]"]),
    ("not", &["{\"type\":\"integer\"}", "{}"]),
    ("if", &["{\"type\":\"integer\"}"]),
    ("then", &["{\"minimum\":5}"]),
    ("else", &["{\"type\":\"string\"}"]),
    ("$ref", &["\"#/definitions/d\"", "\"#/nowhere\"", "\"#\""]),
    ("contentEncoding", &["\"base64\""]),
    ("contentMediaType", &["\"application/json\""]),
    ("title", &["\"t\""]),
    ("nosuch", &["1"]),
];

const VALUES: &[&str] = &[
    "1",
    "2.5",
    "-3",
    "70000",
    "a",
    "abc",
    "null",
    "true",
    "[]",
    "[1, 1]",
    "[a, 2, null]",
    "[[1], [1]]",
    "{}",
    "{a: 1}",
    "{a: x, b: 1, bb: c}",
    "1.2.3.4",
    "\"\"",
    "éé",
    "1e3",
    "{b: true, c: {d: 1}}",
];

/// A schema for the value `v`, with up to three keywords; the first one is each in turn.
fn question(random: &mut Random, case: usize) -> Question {
    let mut own = keyword(random, case % KEYWORDS.len());
    for _ in 0..random.below(3) {
        let at = random.below(KEYWORDS.len());
        own = format!("{own},{}", keyword(random, at));
    }
    let draft = match random.pick(DRAFTS) {
        "" => String::new(),
        draft => format!("\"$schema\":\"{draft}\","),
    };
    let schema = format!(
        "{{{draft}\"definitions\":{{\"d\":{{\"type\":\"integer\"}}}},\"properties\":{{\"v\":{{{own}}}}}}}"
    );
    let values = format!("v: {}\nw: 1\n", random.pick(VALUES));
    Question {
        f: "schema",
        a: vec![schema, values],
    }
}

fn keyword(random: &mut Random, at: usize) -> String {
    let (name, arguments) = KEYWORDS[at];
    format!("\"{name}\":{}", random.pick(arguments))
}

#[test]
fn values_fail_their_schema_as_with_helm() {
    let loader: SchemaLoader = Arc::new(|url: &str| {
        let path = url.strip_prefix("file://").unwrap_or(url);
        Err(format!("open {path}: no such file or directory"))
    });
    let count = 25 * KEYWORDS.len();
    compare("schemas", Lines::InAnyOrder, count, question, |question| {
        answer(question, &loader)
    });
}

fn answer(question: &Question, loader: &SchemaLoader) -> Answer {
    let values = goval::yaml::decode_map(question.a[1].as_bytes());
    let values = values.map_err(|error| error.to_string())?;
    let mut events = Vec::new();
    values::validate_one(question.a[0].as_bytes(), &values, loader, &mut events)
        .map(|()| String::new())
        .map_err(|error| error.text)
}
