//! The functions of a name's template: those of Sprig, where charts have Helm's.

use std::collections::BTreeMap;
use std::sync::Arc;

use gotmpl::{Body, Func, FuncError, FuncMap, Sig, Ty};
use goval::{Str, Value};

/// What Helm adds to Sprig for charts.
const HELMS: &[&str] = &[
    "fromJsonArray",
    "fromToml",
    "fromYaml",
    "fromYamlArray",
    "lookup",
    "mustToToml",
    "mustToYaml",
    "toToml",
    "toYaml",
    "toYamlPretty",
];

/// Sprig's `TxtFuncMap`. Unlike charts, who runs the command may look at the environment.
pub(super) fn all(env: &BTreeMap<String, String>) -> FuncMap {
    let mut functions = funcs::functions();
    for name in HELMS {
        functions.remove(name);
    }
    let mut add = |name, result, body| {
        let sig = Sig {
            params: &[Ty::Str],
            variadic: false,
            result,
        };
        functions.insert(name, Func { sig, body });
    };
    let variables = Arc::new(env.clone());
    let known = Arc::clone(&variables);
    let env = move |name: &str| known.get(name).cloned().unwrap_or_default();
    let expand = move |text: &str| plugin::expand(text, &variables);
    add("env", Ty::Str, of_text(env));
    add("expandenv", Ty::Str, of_text(expand));
    add("fail", Ty::Str, Body::Pure(fail));
    add("fromJson", Ty::Any, Body::Pure(from_json));
    functions
}

fn of_text(make: impl Fn(&str) -> String + Send + Sync + 'static) -> Body {
    Body::Host(Arc::new(move |_, args| {
        Ok(Value::str(make(&text(args).to_str_lossy())))
    }))
}

fn fail(args: &[Value]) -> Result<Value, FuncError> {
    Err(FuncError::Error(text(args).to_string()))
}

fn from_json(args: &[Value]) -> Result<Value, FuncError> {
    Ok(goval::json::decode(text(args).as_bytes()).unwrap_or_default())
}

/// The one argument, which the signature says is text.
fn text(args: &[Value]) -> Str {
    match args.first() {
        Some(Value::Str(text)) => text.clone(),
        _ => Str::default(),
    }
}
