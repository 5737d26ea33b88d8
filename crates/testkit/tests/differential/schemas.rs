//! JSON Schema: each keyword in each draft.

use std::sync::Arc;

use values::SchemaLoader;

use crate::oracle::{Answer, Question};
use crate::random::Random;
use crate::{Asks, Lines};

pub(crate) const DRAFTS: &[&str] = &[
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
    ("contentSchema", &["{\"type\":\"integer\"}"]),
    ("title", &["\"t\"", "1"]),
    ("description", &["\"t\"", "[]"]),
    ("default", &["1", "{}"]),
    ("examples", &["[1]", "1"]),
    ("$comment", &["\"c\"", "1"]),
    ("readOnly", &["true", "1"]),
    ("writeOnly", &["true", "\"x\""]),
    ("deprecated", &["true", "1"]),
    (
        "id",
        &["\"#i\"", "\"http://x.example/i\"", "\"rel.json\"", "1"],
    ),
    (
        "$id",
        &[
            "\"#i\"",
            "\"http://x.example/i\"",
            "\"rel.json\"",
            "1",
            "\"urn:x:y\"",
        ],
    ),
    ("$anchor", &["\"a\"", "\"#a\"", "\"9\""]),
    ("$dynamicAnchor", &["\"a\"", "1"]),
    ("$dynamicRef", &["\"#a\"", "\"#/definitions/d\"", "\"#no\""]),
    ("$recursiveAnchor", &["true", "1"]),
    ("$recursiveRef", &["\"#\"", "\"#/definitions/d\""]),
    ("$defs", &["{\"e\":{\"type\":\"string\"}}", "{\"e\":1}"]),
    (
        "definitions",
        &["{\"e\":{\"type\":\"string\"}}", "{\"e\":[]}"],
    ),
    (
        "$vocabulary",
        &["{\"https://json-schema.org/draft/2020-12/vocab/core\":true}"],
    ),
    (
        "$schema",
        &[
            "\"http://json-schema.org/draft-04/schema#\"",
            "\"http://json-schema.org/draft-07/schema\"",
            "\"https://json-schema.org/draft/2020-12/schema\"",
            "\"file:///nosuch/schema\"",
            "1",
        ],
    ),
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

/// How often each keyword is asked in each draft.
const TIMES: usize = 6;

/// A schema for the value `v`: each keyword in each draft in turn, with up to two others.
fn question(random: &mut Random, case: usize) -> Question {
    let draft = DRAFTS[case % DRAFTS.len()];
    let mut own = keyword(random, case / DRAFTS.len() % KEYWORDS.len());
    for _ in 0..random.below(3) {
        let at = random.below(KEYWORDS.len());
        own = format!("{own},{}", keyword(random, at));
    }
    let value = random.pick(VALUES);
    about(draft, &own, value)
}

/// A schema of a draft that says something of the value `v`, and that value.
pub(crate) fn about(draft: &str, own: &str, value: &str) -> Question {
    let draft = match draft {
        "" => String::new(),
        draft => format!("\"$schema\":\"{draft}\","),
    };
    let schema = format!(
        "{{{draft}\"definitions\":{{\"d\":{{\"type\":\"integer\"}}}},\"properties\":{{\"v\":{{{own}}}}}}}"
    );
    Question {
        f: "schema",
        a: vec![schema, format!("v: {value}\nw: 1\n")],
    }
}

fn keyword(random: &mut Random, at: usize) -> String {
    let (name, arguments) = KEYWORDS[at];
    format!("\"{name}\":{}", random.pick(arguments))
}

#[test]
fn values_fail_their_schema_as_with_helm() {
    let asks = Asks {
        name: "keywords of schemas",
        lines: Lines::InAnyOrder,
        cases: TIMES * DRAFTS.len() * KEYWORDS.len(),
        least_refused: 34,
    };
    asks.compare(question, answer);
}

pub(crate) fn answer(question: &Question) -> Answer {
    let loader: SchemaLoader = Arc::new(|url: &str| {
        let path = url.strip_prefix("file://").unwrap_or(url);
        Err(format!("open {path}: no such file or directory"))
    });
    let values = goval::yaml::decode_map(question.a[1].as_bytes());
    let values = values.map_err(|error| error.to_string())?;
    let mut events = Vec::new();
    values::validate_one(question.a[0].as_bytes(), &values, &loader, &mut events)
        .map(|()| String::new())
        .map_err(|error| error.text)
}
