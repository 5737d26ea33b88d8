//! Conversions between types, as spf13/cast v1.7.0 and Sprig's `strval` make them.

use std::borrow::Cow;

use gotmpl::Ty;
use goval::strconv::{NumErrorKind, parse_float, parse_int};
use goval::{Str, Value};

use crate::args::Args;
use crate::date;
use crate::table::{Entry, pure};

pub(crate) const FUNCS: &[Entry] = &[
    pure("int", &[Ty::Any], Ty::Int, |a| {
        Ok(Value::int(int64(a.arg(0))))
    }),
    pure("int64", &[Ty::Any], Ty::Int64, |a| {
        Ok(Value::int64(int64(a.arg(0))))
    }),
    pure("float64", &[Ty::Any], Ty::Float64, |a| {
        Ok(Value::Float(float64(a.arg(0))))
    }),
    pure("atoi", &[Ty::Str], Ty::Int, |a| {
        Ok(Value::int(atoi(&a.text(0))))
    }),
    pure("toDecimal", &[Ty::Any], Ty::Int64, |a| {
        let text = display(a.arg(0));
        let octal = parse_int(&String::from_utf8_lossy(&text), 8, 64);
        Ok(Value::int64(octal.unwrap_or(0)))
    }),
];

/// What `%v` prints.
pub(crate) fn display(value: &Value) -> Str {
    gotmpl::fmt::display(value)
}

/// Sprig's `strval`: strings and bytes as they are, errors and Stringers by their text.
pub(crate) fn string(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        Value::Bytes(bytes) => bytes.as_ref().into(),
        Value::Object(object) => object.stringer().unwrap_or_else(|| object.display()),
        other => display(other),
    }
}

/// Sprig's `strslice`: the elements of a list but nils, or the value alone.
pub(crate) fn strings(value: &Value) -> Vec<Str> {
    match (elements(value), value) {
        (Some(items), _) => items.iter().filter(|v| !v.is_nil()).map(string).collect(),
        (None, Value::Nil) => Vec::new(),
        (None, other) => vec![string(other)],
    }
}

/// The elements of whatever Go's reflection calls a slice.
pub(crate) fn elements(value: &Value) -> Option<Cow<'_, [Value]>> {
    match value {
        Value::List(list) => Some(Cow::Borrowed(list.items())),
        Value::Bytes(bytes) => {
            let items = bytes
                .iter()
                .map(|&b| Value::Int(goval::IntKind::Uint8, i64::from(b)));
            Some(Cow::Owned(items.collect()))
        }
        Value::Object(object) if matches!(object.kind(), "slice" | "array") => {
            match object.as_plain()? {
                Value::List(list) => Some(Cow::Owned(list.into_items())),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `cast.ToInt64`, and `ToInt` where an int has 64 bits: what cannot be converted is 0.
pub(crate) fn int64(value: &Value) -> i64 {
    match value {
        Value::Int(_, i) => *i,
        Value::Float(x) => truncate(*x),
        Value::Bool(b) => i64::from(*b),
        Value::Str(text) => {
            let text = text.to_str_lossy();
            parse_int(without_zero_decimals(&text), 0, 64).unwrap_or(0)
        }
        Value::Object(object) => date::named_int(object.as_ref()).unwrap_or(0),
        _ => 0,
    }
}

/// `cast.ToFloat64`: what cannot be converted is 0.
pub(crate) fn float64(value: &Value) -> f64 {
    match value {
        Value::Int(kind, i) if kind.is_unsigned() => *i as u64 as f64,
        Value::Int(_, i) => *i as f64,
        Value::Float(x) => *x,
        Value::Bool(b) => f64::from(*b),
        Value::Str(text) => parse_float(&text.to_str_lossy(), 64).unwrap_or(0.0),
        Value::Object(object) => date::named_int(object.as_ref()).unwrap_or(0) as f64,
        _ => 0.0,
    }
}

/// Go's conversion of a float to an int64 on amd64: what does not fit is the smallest number.
pub(crate) fn truncate(x: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&x) {
        x as i64
    } else {
        i64::MIN
    }
}

/// `strconv.Atoi` with its error ignored: 0 for what is no number, the limit for what is too large.
pub(crate) fn atoi(text: &str) -> i64 {
    parse_int(text, 10, 64).unwrap_or_else(|error| match error.kind {
        NumErrorKind::Syntax => 0,
        NumErrorKind::Range if text.starts_with('-') => i64::MIN,
        NumErrorKind::Range => i64::MAX,
    })
}

/// Cuts zeros at the end with the point before them; `10` stays, and so does `1.`.
fn without_zero_decimals(text: &str) -> &str {
    let kept = text.trim_end_matches('0');
    match kept.strip_suffix('.') {
        Some(whole) if kept.len() < text.len() => whole,
        _ => text,
    }
}
