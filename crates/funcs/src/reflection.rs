//! Types, kinds, equality and copies.

use gotmpl::Ty::{Any, Bool, Str};
use goval::{Elem, Value};

use crate::args::Args;
use crate::table::{Entry, pure};

pub(crate) const FUNCS: &[Entry] = &[
    pure("typeOf", &[Any], Str, |a| Ok(a.arg(0).type_name().into())),
    pure("typeIs", &[Str, Any], Bool, |a| {
        Ok((a.bytes(0) == a.arg(1).type_name().as_bytes()).into())
    }),
    pure("typeIsLike", &[Str, Any], Bool, |a| {
        let name = a.arg(1).type_name().as_bytes();
        Ok((a.bytes(0) == name || name.strip_prefix(b"*") == Some(a.bytes(0))).into())
    }),
    pure("kindOf", &[Any], Str, |a| Ok(a.arg(0).kind().into())),
    pure("kindIs", &[Str, Any], Bool, |a| {
        Ok((a.bytes(0) == a.arg(1).kind().as_bytes()).into())
    }),
    pure("deepEqual", &[Any, Any], Bool, |a| {
        Ok(deep_equal(a.arg(0), a.arg(1)).into())
    }),
    pure("deepCopy", &[Any], Any, |a| Ok(a.arg(0).deep_copy())),
    pure("mustDeepCopy", &[Any], Any, |a| Ok(a.arg(0).deep_copy())),
];

/// Go's `reflect.DeepEqual`: equal types and equal values, all the way down.
pub(crate) fn deep_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(k, a), Value::Int(l, b)) => k == l && a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Complex(a, b), Value::Complex(c, d)) => a == c && b == d,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            same_elem(a.elem(), b.elem())
                && a.len() == b.len()
                && a.iter().zip(b.iter()).all(|(a, b)| deep_equal(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.same(b) {
                return true;
            }
            let (ours, theirs) = (a.entries(), b.entries());
            let equal = |((k, a), (l, b)): (&(_, Value), &(_, Value))| k == l && deep_equal(a, b);
            same_elem(a.elem(), b.elem())
                && ours.len() == theirs.len()
                && ours.iter().zip(&theirs).all(equal)
        }
        (Value::Object(a), Value::Object(b)) => a.equals(b.as_ref()),
        _ => false,
    }
}

fn same_elem(a: Elem, b: Elem) -> bool {
    a == b
}
