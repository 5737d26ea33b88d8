//! Types, kinds, equality and copies.

use std::collections::HashSet;

use gotmpl::Ty::{Any, Bool, Str};
use goval::{MAX_DEPTH, MAX_PARTS, Map, Value};

use crate::args::Args;
use crate::table::{Entry, Outcome, panic, pure};

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
    pure("deepCopy", &[Any], Any, deep_copy),
    pure("mustDeepCopy", &[Any], Any, deep_copy),
];

fn deep_copy(args: &[Value]) -> Outcome {
    if args.arg(0).is_nil() {
        return Err(panic("reflect: call of reflect.Value.Type on zero Value"));
    }
    let copied = args.arg(0).deep_copy();
    copied.ok_or_else(|| {
        format!(
            "a value nested deeper than {MAX_DEPTH} levels or of more than {MAX_PARTS} parts \
             cannot be copied"
        )
        .into()
    })
}

/// Go's `reflect.DeepEqual`: equal types and equal values, all the way down. As in Go, a pair of maps
/// that is met again below itself counts as equal.
pub(crate) fn deep_equal(a: &Value, b: &Value) -> bool {
    let mut open = vec![(a.clone(), b.clone())];
    let mut met = HashSet::new();
    while let Some((a, b)) = open.pop() {
        let equal = match (&a, &b) {
            (Value::List(a), Value::List(b)) if a.address() == b.address() => true,
            (Value::List(a), Value::List(b)) if met.insert((a.address(), b.address())) => {
                open.extend(a.iter().cloned().zip(b.iter().cloned()));
                a.elem() == b.elem() && a.is_nil() == b.is_nil() && a.len() == b.len()
            }
            (Value::Map(a), Value::Map(b)) if met.insert((a.address(), b.address())) => {
                compare_maps(a, b, &mut open)
            }
            (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_)) => true,
            (a, b) => equal_scalars(a, b),
        };
        if !equal {
            return false;
        }
    }
    true
}

/// Whether two maps have the same type and keys; their values are left to be compared.
fn compare_maps(a: &Map, b: &Map, open: &mut Vec<(Value, Value)>) -> bool {
    if a.same(b) {
        return true;
    }
    let (ours, theirs) = (a.entries(), b.entries());
    if a.elem() != b.elem() || a.is_nil() != b.is_nil() || ours.len() != theirs.len() {
        return false;
    }
    ours.into_iter()
        .zip(theirs)
        .all(|((ours, a), (theirs, b))| {
            open.push((a, b));
            ours == theirs
        })
}

fn equal_scalars(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(k, a), Value::Int(l, b)) => k == l && a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Complex(a, b), Value::Complex(c, d)) => a == c && b == d,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Object(a), Value::Object(b)) => a.equals(b.as_ref()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_itself() -> Value {
        let map = Map::new();
        map.insert("a", map.clone());
        Value::Map(map)
    }

    #[test]
    fn what_contains_itself_is_compared_and_not_copied() {
        assert!(deep_equal(&in_itself(), &in_itself()));
        assert!(deep_copy(&[in_itself()]).is_err());
    }
}
