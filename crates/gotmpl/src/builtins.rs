//! The functions that every template has: Go's `text/template` built-ins.

mod compare;
mod escape;
mod items;

use goval::Value;

use crate::exec::Val;
use crate::fmt;
use crate::func::{FuncError, Sig, Ty};
use crate::truth::is_true;

/// A built-in function.
pub(crate) struct Builtin {
    name: &'static str,
    pub(crate) sig: Sig,
    pub(crate) body: Body,
}

/// How a built-in runs.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    Pure(fn(&[Value]) -> Result<Value, FuncError>),
    /// `and` and `or`: stops at the first argument of that truth.
    ShortCircuit(bool),
    /// As `Pure`, for those that ask for static types: they can tell `any` from what is in it.
    Typed(fn(&[Val]) -> Result<Value, FuncError>),
    Call,
}

/// The built-in function of that name.
pub(crate) fn find(name: &[u8]) -> Option<&'static Builtin> {
    BUILTINS
        .iter()
        .find(|builtin| builtin.name.as_bytes() == name)
}

const fn builtin(name: &'static str, params: &'static [Ty], variadic: bool, body: Body) -> Builtin {
    // All results that are not `reflect.Value` have a type of their own, which no check sees.
    let result = Ty::Reflect;
    let sig = Sig {
        params,
        variadic,
        result,
    };
    Builtin { name, sig, body }
}

const ONE: &[Ty] = &[Ty::Reflect];
const TWO: &[Ty] = &[Ty::Reflect, Ty::Reflect];
const ANY: &[Ty] = &[Ty::Any];

static BUILTINS: &[Builtin] = &[
    builtin("and", TWO, true, Body::ShortCircuit(false)),
    builtin("or", TWO, true, Body::ShortCircuit(true)),
    builtin(
        "not",
        ONE,
        false,
        Body::Pure(|args| Ok(Value::Bool(!is_true(&args[0])))),
    ),
    builtin("eq", TWO, true, Body::Pure(compare::eq)),
    builtin("ne", TWO, false, Body::Pure(compare::ne)),
    builtin("lt", TWO, false, Body::Pure(compare::lt)),
    builtin("le", TWO, false, Body::Pure(compare::le)),
    builtin("gt", TWO, false, Body::Pure(compare::gt)),
    builtin("ge", TWO, false, Body::Pure(compare::ge)),
    builtin("index", TWO, true, Body::Pure(items::index)),
    builtin("slice", TWO, true, Body::Typed(items::slice)),
    builtin("len", ONE, false, Body::Typed(items::len)),
    builtin("call", TWO, true, Body::Call),
    builtin(
        "print",
        ANY,
        true,
        Body::Pure(|args| Ok(fmt::sprint(args).into())),
    ),
    builtin(
        "println",
        ANY,
        true,
        Body::Pure(|args| Ok(fmt::sprintln(args).into())),
    ),
    builtin("printf", &[Ty::Str, Ty::Any], true, Body::Pure(printf)),
    builtin(
        "html",
        ANY,
        true,
        Body::Pure(|args| Ok(Value::str(escape::html(&text(args))))),
    ),
    builtin(
        "js",
        ANY,
        true,
        Body::Pure(|args| Ok(Value::str(escape::js(&text(args))))),
    ),
    builtin(
        "urlquery",
        ANY,
        true,
        Body::Pure(|args| Ok(Value::str(escape::url_query(&text(args))))),
    ),
];

fn printf(args: &[Value]) -> Result<Value, FuncError> {
    match args {
        [Value::Str(format), args @ ..] => Ok(fmt::sprintf(format, args).into()),
        _ => Err("printf without a format".into()),
    }
}

/// The text of the arguments as an action would print them.
fn text(args: &[Value]) -> Vec<u8> {
    if let [Value::Str(text)] = args {
        return text.to_vec();
    }
    let printable = |arg: &Value| match arg {
        Value::Nil => Value::from("<no value>"),
        other => other.clone(),
    };
    fmt::sprint(&args.iter().map(printable).collect::<Vec<_>>()).to_vec()
}

/// Why `call` fails: nothing that a template can have is a function. `text` is how the template
/// names it; without one it was piped, and Go shows the value.
pub(crate) fn call_error(text: Option<String>, callee: &Value) -> FuncError {
    if callee.is_nil() {
        return "call of nil".into();
    }
    let ty = callee.type_name();
    let text = text.unwrap_or_else(|| match callee {
        Value::Str(text) => text.to_string(),
        _ => format!("<{ty} Value>"),
    });
    format!("non-function {text} of type {ty}").into()
}
