//! `eq`, `lt` and the rest: which values can be compared, and what comes out.

use std::cmp::Ordering;

use goval::{Str, Value};

use crate::fmt;
use crate::func::FuncError;

/// A value by the kind that decides what it can be compared with.
enum Basic {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Complex(f64, f64),
    Str(Str),
    /// A map, a slice, an object, or nothing at all.
    Other,
}

const BAD_TYPE: &str = "invalid type for comparison";

fn basic(value: &Value) -> Basic {
    match value {
        Value::Bool(b) => Basic::Bool(*b),
        Value::Int(kind, bits) if kind.is_unsigned() => Basic::Uint(*bits as u64),
        Value::Int(_, i) => Basic::Int(*i),
        Value::Float(x) => Basic::Float(*x),
        Value::Complex(re, im) => Basic::Complex(*re, *im),
        Value::Str(text) => Basic::Str(text.clone()),
        Value::Object(object) => object
            .as_plain()
            .map_or(Basic::Other, |plain| basic(&plain)),
        Value::Nil | Value::Bytes(_) | Value::List(_) | Value::Map(_) => Basic::Other,
    }
}

/// Whether the first argument equals any of the others.
pub(super) fn eq(args: &[Value]) -> Result<Value, FuncError> {
    let [first, others @ ..] = args else {
        return Err("missing argument for comparison".into());
    };
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn ne(args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::Bool(!equal(&args[0], &args[1])?))
}

pub(super) fn lt(args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::Bool(less(&args[0], &args[1])?))
}

pub(super) fn le(args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::Bool(less_or_equal(&args[0], &args[1])?))
}

/// The inverse of `le`, also where a NaN makes both wrong.
pub(super) fn gt(args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::Bool(!less_or_equal(&args[0], &args[1])?))
}

pub(super) fn ge(args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::Bool(!less(&args[0], &args[1])?))
}

fn equal(a: &Value, b: &Value) -> Result<bool, FuncError> {
    Ok(match (basic(a), basic(b)) {
        (Basic::Bool(a), Basic::Bool(b)) => a == b,
        (Basic::Int(a), Basic::Int(b)) => a == b,
        (Basic::Uint(a), Basic::Uint(b)) => a == b,
        (Basic::Int(a), Basic::Uint(b)) | (Basic::Uint(b), Basic::Int(a)) => {
            u64::try_from(a) == Ok(b)
        }
        (Basic::Float(a), Basic::Float(b)) => a == b,
        (Basic::Complex(re, im), Basic::Complex(re2, im2)) => re == re2 && im == im2,
        (Basic::Str(a), Basic::Str(b)) => a == b,
        (Basic::Other, Basic::Other) => return equal_others(a, b),
        _ if a.is_nil() || b.is_nil() => false,
        _ => return Err(incompatible(a, b)),
    })
}

/// Nil itself, or a map or slice that is.
fn is_null(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => list.is_nil(),
        Value::Map(map) => map.is_nil(),
        _ => false,
    }
}

/// Of what is no number, text or truth, only nil and comparable objects can be equal.
fn equal_others(a: &Value, b: &Value) -> Result<bool, FuncError> {
    if !a.is_nil() && !b.is_nil() && a.kind() != b.kind() {
        let (a_text, b_text) = (fmt::sprintf("%s", std::slice::from_ref(a)), fmt::display(b));
        let (a_ty, b_ty) = (a.type_name(), b.type_name());
        return Err(format!("non-comparable types {a_text}: {a_ty}, {b_ty}: {b_text}").into());
    }
    if is_null(a) || is_null(b) {
        return Ok(is_null(a) && is_null(b));
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if !matches!(b.kind(), "map" | "slice" | "func") => {
            Ok(a.equals(b.as_ref()))
        }
        _ => {
            let text = fmt::sprintf("%s", std::slice::from_ref(b));
            Err(format!("non-comparable type {text}: {}", b.type_name()).into())
        }
    }
}

fn less(a: &Value, b: &Value) -> Result<bool, FuncError> {
    let order = match (basic(a), basic(b)) {
        (Basic::Other, _) | (_, Basic::Other) => return Err(BAD_TYPE.into()),
        (Basic::Int(a), Basic::Int(b)) => a.cmp(&b),
        (Basic::Uint(a), Basic::Uint(b)) => a.cmp(&b),
        (Basic::Int(a), Basic::Uint(b)) => i128::from(a).cmp(&i128::from(b)),
        (Basic::Uint(a), Basic::Int(b)) => i128::from(a).cmp(&i128::from(b)),
        (Basic::Float(a), Basic::Float(b)) => return Ok(a < b),
        (Basic::Str(a), Basic::Str(b)) => a.cmp(&b),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => {
            return Err(BAD_TYPE.into());
        }
        _ => return Err(incompatible(a, b)),
    };
    Ok(order == Ordering::Less)
}

fn less_or_equal(a: &Value, b: &Value) -> Result<bool, FuncError> {
    Ok(less(a, b)? || equal(a, b)?)
}

fn incompatible(a: &Value, b: &Value) -> FuncError {
    let (a, b) = (a.type_name(), b.type_name());
    format!("incompatible types for comparison: {a} and {b}").into()
}
