//! Whatever the text, nothing panics and nothing overflows.

use std::sync::Arc;

use gotmpl::{FuncMap, Options, State, TemplateSet, fmt};
use goval::{IntKind, List, Map, Value};
use proptest::prelude::*;

fn data() -> Value {
    let list = List::new(vec![
        Value::Nil,
        Value::Float(1.5),
        "a".into(),
        Value::Bytes([255, 0].as_slice().into()),
    ]);
    let map: Map = [
        ("a", Value::Int(IntKind::Uint64, -1)),
        ("b", list.into()),
        ("s", "é".into()),
    ]
    .into_iter()
    .collect();
    map.insert("self", Map::from_iter([("x", Value::Bool(true))]));
    map.into()
}

/// Parses and runs a text; what comes out does not matter.
fn run(text: &[u8]) {
    let mut set = TemplateSet::new("set");
    if set.parse("t", text, &FuncMap::new()).is_ok() {
        let mut state = State::new(Options {
            max_depth: 50,
            max_bytes: 1 << 20,
            ..Options::default()
        });
        let result = Arc::new(set).execute("t", &data(), &mut state, &mut Vec::new());
        if let Err(error) = result {
            assert!(!error.to_string().is_empty());
        }
    }
}

fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "{{",
        "}}",
        "{{-",
        "-}}",
        " ",
        "\n",
        "(",
        ")",
        "|",
        ".",
        ".a",
        ".b",
        ".s.x",
        "$",
        "$x",
        ":=",
        "=",
        ",",
        "if ",
        "else ",
        "end",
        "range ",
        "with ",
        "define ",
        "block ",
        "template ",
        "\"t\"",
        "\"x\"",
        "`r`",
        "'c'",
        "nil",
        "true",
        "1",
        "-2.5",
        "1i",
        "0x",
        "{{end}}",
        "{{else}}",
        "{{.b}}",
        "{{range .b}}",
        "{{if .a}}",
        "{{with .s}}",
        "{{break}}",
        "{{continue}}",
        "{{template \"t\"}}",
        "print ",
        "printf \"%v %d\" ",
        "index ",
        "slice ",
        "len ",
        "eq ",
        "lt ",
        "and ",
        "or ",
        "html ",
        "js ",
        "call ",
        "/*",
        "*/",
        "\\",
        "é",
        "\u{fffd}",
    ])
}

proptest! {
    #[test]
    fn any_bytes(text in prop::collection::vec(any::<u8>(), 0..200)) {
        run(&text);
    }

    #[test]
    fn any_fragments(text in prop::collection::vec(fragment(), 0..40)) {
        run(text.concat().as_bytes());
    }

    #[test]
    fn any_action(text in prop::collection::vec(fragment(), 0..12)) {
        run(format!("{{{{{}}}}}", text.concat()).as_bytes());
    }

    #[test]
    fn any_format(format in "(%[-+# 0]{0,3}(\\[[0-9]{0,2}\\])?[0-9*]{0,2}(\\.[0-9*]{0,2})?[a-zA-Z%é]?|.){0,6}") {
        let args = [data(), Value::int(-3), "x\u{7f}".into(), Value::Float(f64::NAN), Value::Complex(-0.0, f64::INFINITY)];
        fmt::sprintf(format, &args);
    }
}

#[test]
fn deep_nesting_is_an_error_or_works() {
    for (open, close) in [
        ("{{if 1}}", "{{end}}"),
        ("{{range 1}}", "{{end}}"),
        ("{{if 0}}{{else if 1}}", "{{end}}"),
    ] {
        for levels in [9_000, 20_000] {
            run(format!("{}x{}", open.repeat(levels), close.repeat(levels)).as_bytes());
        }
    }
    for levels in [9_000, 20_000] {
        run(format!("{{{{{}.a.b{}}}}}", "(".repeat(levels), ")".repeat(levels)).as_bytes());
        run(format!(
            "{{{{{}1{}}}}}",
            "print (".repeat(levels),
            ")".repeat(levels)
        )
        .as_bytes());
    }
    run("{{else if 1}}".repeat(20_000).as_bytes());
    run(format!("{{{{if 0}}}}{}{{{{end}}}}", "{{else if 1}}".repeat(20_000)).as_bytes());
}

#[test]
fn a_map_in_itself_can_be_printed() {
    let map = Map::new();
    map.insert("self", map.clone());
    let text = fmt::display(&map.clone().into());
    assert!(text.starts_with(b"map[self:map[self:map["));
    map.remove("self");
}
