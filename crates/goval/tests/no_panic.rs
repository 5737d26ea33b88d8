//! Whatever is read, reading ends with a value or an error, and what was read can be written.

use goval::{json, toml, yaml};
use proptest::prelude::*;

/// Text made of what the formats are made of, and some of anything else.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[-?:,{}\\[\\]&*!|>'\"%@`#<=.~]{1,3}",
        "[ \t\r\n]{1,4}",
        "[a-z0-9_+]{1,6}",
        "\\\\[xuUnNLP0-9a-f]{1,9}",
        "\\PC{1,3}",
    ];
    let pieces = prop::collection::vec(piece.prop_map(String::into_bytes), 0..20);
    prop_oneof![
        9 => pieces.prop_map(|pieces| pieces.concat()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #[test]
    fn reading_ends(text in text()) {
        if let Ok(value) = yaml::decode(&text) {
            let written = yaml::encode(&value).expect("what came through JSON can go back");
            prop_assert!(yaml::decode(written.as_bytes()).is_ok(), "{written:?}");
            yaml::encode_pretty(&value).expect("the same");
        }
        let _ = yaml::decode_strict(&text);
        if let Ok(Some(document)) = yaml::node::read(&text) {
            let mut writer = yaml::node::Writer::default();
            writer.write(&document, false);
            writer.finish();
        }
        let _ = json::decode(&text);
        if let Ok(map) = toml::decode(&text) {
            let _ = toml::encode(&map.into());
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
        let deep = open.repeat(100_000) + &close.repeat(100_000);
        assert!(yaml::decode(deep.as_bytes()).is_err());
        assert!(yaml::node::read(deep.as_bytes()).is_err());
    }
    assert!(json::decode("[".repeat(100_000).as_bytes()).is_err());
    assert!(toml::decode(format!("a = {}", "[".repeat(100_000)).as_bytes()).is_err());
}

#[test]
fn what_is_just_not_too_deep_is_written() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
        let deep = open.repeat(yaml::node::MAX_DEPTH) + &close.repeat(yaml::node::MAX_DEPTH);
        let document = yaml::node::read(deep.as_bytes()).expect("it is not too deep");
        let mut writer = yaml::node::Writer::default();
        writer.write(&document.expect("there is one"), false);
        assert!(writer.finish().len() > yaml::node::MAX_DEPTH);
    }
}

#[test]
fn aliases_do_not_expand_without_end() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let aliases = vec![format!("*a{}", i - 1); 9].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{aliases}]\n"));
    }
    let error = yaml::decode(bomb.as_bytes())
        .map(drop)
        .map_err(|error| error.to_string());
    let expected = "error converting YAML to JSON: yaml: document contains excessive aliasing";
    assert_eq!(error, Err(expected.to_owned()));
}
