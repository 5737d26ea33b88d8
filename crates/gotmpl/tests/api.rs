//! The public API: sets, functions, includes.

use std::sync::Arc;

use gotmpl::{Body, Func, FuncError, FuncMap, Options, Parsed, Sig, State, TemplateSet, Ty};
use goval::{Map, Value};

fn include() -> Func {
    Func {
        sig: Sig {
            params: &[Ty::Str, Ty::Any],
            variadic: false,
            result: Ty::Str,
        },
        body: Body::Host(Arc::new(|exec, args| match args {
            [Value::Str(name), data] => Ok(Value::str(exec.run(name, data)?)),
            _ => Err("include takes a name and a value".into()),
        })),
    }
}

fn tpl() -> Func {
    Func {
        sig: Sig {
            params: &[Ty::Str, Ty::Any],
            variadic: false,
            result: Ty::Str,
        },
        body: Body::Host(Arc::new(|exec, args| match args {
            [Value::Str(text), data] => {
                let mut set = TemplateSet::over(exec.set());
                let parsed = set
                    .parse("gotpl", text.clone(), &funcs())
                    .map_err(|error| FuncError::Error(format!("cannot parse template: {error}")))?;
                let main = parsed.main().ok_or("no template")?;
                Ok(Value::str(exec.run_in(&Arc::new(set), main, data)?))
            }
            _ => Err("tpl takes a text and a value".into()),
        })),
    }
}

fn funcs() -> FuncMap {
    FuncMap::from([("include", include()), ("tpl", tpl())])
}

fn check(text: &str, expected: &str) {
    let values: Map = [
        ("name", Value::from("web")),
        ("replicas", Value::Float(3.0)),
    ]
    .into_iter()
    .collect();
    let data: Map = [("Values", values)].into_iter().collect();
    let mut set = TemplateSet::new("gotpl");
    let result = match set.parse("chart/templates/a.yaml", text, &funcs()) {
        Err(error) => error.to_string(),
        Ok(_) => {
            let mut out = Vec::new();
            let mut state = State::new(Options::default());
            match Arc::new(set).execute(
                "chart/templates/a.yaml",
                &data.into(),
                &mut state,
                &mut out,
            ) {
                Ok(()) => String::from_utf8_lossy(&out).into_owned(),
                Err(error) => error.to_string(),
            }
        }
    };
    assert_eq!(result, expected, "{text}");
}

#[test]
fn include_and_tpl_see_the_same_templates() {
    check(
        r#"{{define "x"}}<{{.}}>{{end}}{{include "x" .Values.name}}"#,
        "<web>",
    );
    check(
        r#"{{define "x"}}<{{.}}>{{end}}{{tpl "{{include \"x\" .name}}!" .Values}}"#,
        "<web>!",
    );
    check(
        r#"{{tpl "{{define \"y\"}}{{.name}}{{end}}{{include \"y\" .}}" .Values}}{{include "y" .}}"#,
        "template: chart/templates/a.yaml:1:71: executing \"chart/templates/a.yaml\" at <include \"y\" .>: \
         error calling include: template: no template \"y\" associated with template \"gotpl\"",
    );
}

#[test]
fn errors_keep_their_chain() {
    let text = "{{define \"x\"}}\n  {{.Values.a.b}}{{end}}{{include \"x\" .}}";
    let inner =
        "template: t:2:11: executing \"x\" at <.Values.a.b>: nil pointer evaluating interface {}.b";
    let outer = "template: t:2:26: executing \"t\" at <include \"x\" .>: error calling include: "
        .to_owned()
        + inner;
    let data: Map = [("Values", Map::from_iter([("a", Value::Nil)]))]
        .into_iter()
        .collect();
    let mut set = TemplateSet::new("gotpl");
    set.parse("t", text, &funcs()).expect("it parses");
    let mut state = State::new(Options::default());
    let error = Arc::new(set)
        .execute("t", &data.into(), &mut state, &mut Vec::new())
        .expect_err("a is nil");
    assert_eq!(error.to_string(), outer);
    assert_eq!(error.chain().collect::<Vec<_>>(), [outer.as_str(), inner]);
    assert_eq!(error.frames().len(), 2);
    assert_eq!(error.origin(), None);
}

#[test]
fn recursion_ends_in_an_error() {
    let mut set = TemplateSet::new("gotpl");
    set.parse(
        "t",
        "{{define \"x\"}}{{include \"x\" .}}{{end}}{{include \"x\" .}}",
        &funcs(),
    )
    .expect("it parses");
    set.parse(
        "u",
        "{{define \"y\"}}{{if true}}{{template \"y\"}}{{end}}{{end}}{{template \"y\"}}",
        &funcs(),
    )
    .expect("it parses");
    let set = Arc::new(set);
    for (name, levels) in [("t", 5001), ("u", 1)] {
        let mut state = State::new(Options {
            max_depth: 5000,
            ..Options::default()
        });
        let error = set
            .execute(name, &Value::Nil, &mut state, &mut Vec::new())
            .expect_err("it never ends");
        assert_eq!(
            error.frames().len() + usize::from(error.origin().is_some()),
            levels
        );
        assert!(
            error
                .to_string()
                .ends_with("exceeded maximum template depth (5000)")
        );
    }
}

#[test]
fn parsed_texts_can_be_shared() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    let parsed = Parsed::new("t", "{{.}}", &FuncMap::new()).expect("it parses");
    shared(&parsed);
    let mut set = TemplateSet::new("gotpl");
    set.add(&parsed);
    shared(&set);
}

#[test]
fn later_templates_replace_earlier_ones_unless_empty() {
    let mut set = TemplateSet::new("gotpl");
    for (name, text) in [
        ("a", "{{define \"x\"}}1{{end}}"),
        ("b", "{{define \"x\"}}2{{end}}"),
        ("c", "{{define \"x\"}} {{end}}"),
    ] {
        set.parse(name, text, &FuncMap::new()).expect("it parses");
    }
    let mut out = Vec::new();
    let mut state = State::new(Options::default());
    Arc::new(set)
        .execute("x", &Value::Nil, &mut state, &mut out)
        .expect("it runs");
    assert_eq!(out, b"2");
}
