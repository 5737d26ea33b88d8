//! Emptiness and choices by it.

use gotmpl::Ty::{Any, Bool};
use goval::Value;

use crate::args::Args;
use crate::table::{Entry, pure, variadic};

pub(crate) const FUNCS: &[Entry] = &[
    variadic("default", &[Any, Any], Any, |a| {
        let given = a.arg(1);
        Ok(a.arg(usize::from(!is_empty(given))).clone())
    }),
    pure("empty", &[Any], Bool, |a| Ok(is_empty(a.arg(0)).into())),
    variadic("coalesce", &[Any], Any, |a| {
        Ok(a.iter().find(|v| !is_empty(v)).cloned().unwrap_or_default())
    }),
    variadic(
        "all",
        &[Any],
        Bool,
        |a| Ok((!a.iter().any(is_empty)).into()),
    ),
    variadic(
        "any",
        &[Any],
        Bool,
        |a| Ok((!a.iter().all(is_empty)).into()),
    ),
    pure("ternary", &[Any, Any, Bool], Any, |a| {
        Ok(a.arg(usize::from(!a.bool(2))).clone())
    }),
];

/// Whether a value is the zero value of its type; structs never are. Sprig's `empty`.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Bool(b) => !b,
        Value::Int(_, i) => *i == 0,
        Value::Float(x) => *x == 0.0,
        Value::Complex(re, im) => *re == 0.0 && *im == 0.0,
        Value::Str(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Object(object) => !object.truth(),
    }
}
