//! `index`, `slice` and `len`.

use goval::{Elem, IntKind, List, Map, Value};

use crate::exec::Val;
use crate::func::FuncError;

type Result<T> = std::result::Result<T, FuncError>;

/// `index x 1 2 3` is `x[1][2][3]`.
pub(super) fn index(args: &[Value]) -> Result<Value> {
    let Some((item, indexes)) = args.split_first().filter(|(item, _)| !item.is_nil()) else {
        return Err("index of untyped nil".into());
    };
    indexes
        .iter()
        .try_fold(item.clone(), |item, index| index_one(&item, index))
}

fn index_one(item: &Value, index: &Value) -> Result<Value> {
    match item {
        Value::Nil => Err("index of nil pointer".into()),
        Value::Str(text) => {
            let byte = text
                .get(position(index, text.len())?)
                .ok_or_else(|| past_end("string"))?;
            Ok(Value::Int(IntKind::Uint8, (*byte).into()))
        }
        Value::Bytes(bytes) => {
            let byte = bytes
                .get(position(index, bytes.len())?)
                .ok_or_else(|| past_end("slice"))?;
            Ok(Value::Int(IntKind::Uint8, (*byte).into()))
        }
        Value::List(list) => {
            let item = list.get(position(index, list.len())?);
            item.cloned().ok_or_else(|| past_end("slice"))
        }
        Value::Map(map) => index_map(map, index),
        Value::Object(object) => match object.as_plain() {
            Some(plain) => index_one(&plain, index),
            None => Err(format!("can't index item of type {}", item.type_name()).into()),
        },
        _ => Err(format!("can't index item of type {}", item.type_name()).into()),
    }
}

/// What is not in a map is the zero value of its element type.
fn index_map(map: &Map, index: &Value) -> Result<Value> {
    match index {
        Value::Str(key) => Ok(map.get(key).unwrap_or_else(|| match map.elem() {
            Elem::Str => Value::str(""),
            Elem::Int => Value::int(0),
            Elem::Named("map[string][]uint8") => Value::Bytes([].into()),
            Elem::Any | Elem::Named(_) => Value::Nil,
        })),
        Value::Nil => Err("value is nil; should be of type string".into()),
        other => Err(format!("value has type {}; should be string", other.type_name()).into()),
    }
}

/// Go lets the length itself pass here, and panics a little later.
fn past_end(what: &str) -> FuncError {
    FuncError::Panic(format!("reflect: {what} index out of range"))
}

fn position(index: &Value, max: usize) -> Result<usize> {
    match index {
        Value::Int(_, bits) => match usize::try_from(*bits) {
            Ok(index) if index <= max => Ok(index),
            _ => Err(format!("index out of range: {bits}").into()),
        },
        Value::Nil => Err("cannot index slice/array with nil".into()),
        other => Err(bad_index(other.type_name())),
    }
}

fn bad_index(ty: &str) -> FuncError {
    format!("cannot index slice/array with type {ty}").into()
}

/// `slice x 1 2` is `x[1:2]`; a third index, a capacity, changes nothing that a template can see.
pub(super) fn slice(args: &[Val]) -> Result<Value> {
    let Some((item, indexes)) = args.split_first().filter(|(item, _)| !item.value.is_nil()) else {
        return Err("slice of untyped nil".into());
    };
    let item = &item.value;
    if indexes.len() > 3 {
        return Err(format!("too many slice indexes: {}", indexes.len()).into());
    }
    let len = match item {
        Value::Str(_) if indexes.len() == 3 => return Err("cannot 3-index slice a string".into()),
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        _ => return Err(format!("can't slice item of type {}", item.type_name()).into()),
    };
    let mut bounds = [0, len, len];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        // Unlike `index`, it does not look into an `any`.
        if index.iface {
            return Err(bad_index(index.type_name()));
        }
        *bound = position(&index.value, len)?;
    }
    let [start, end, cap] = bounds;
    if start > end {
        return Err(format!("invalid slice index: {start} > {end}").into());
    }
    if end > cap {
        return Err(format!("invalid slice index: {end} > {cap}").into());
    }
    Ok(match item {
        Value::Str(text) => Value::str(&text[start..end]),
        Value::Bytes(bytes) => Value::Bytes(bytes[start..end].into()),
        Value::List(list) => List::typed(list.elem(), list[start..end].to_vec()).into(),
        _ => Value::Nil,
    })
}

/// The number of elements.
pub(super) fn len(args: &[Val]) -> Result<Value> {
    match args {
        [
            Val {
                value: Value::Nil,
                iface: true,
            },
        ] => Err("len of nil pointer".into()),
        [Val { value, .. }] => len_of(value),
        _ => Err("len of nothing".into()),
    }
}

fn len_of(item: &Value) -> Result<Value> {
    let len = match item {
        Value::Nil => {
            let panic = "reflect: call of reflect.Value.Type on zero Value";
            return Err(FuncError::Panic(panic.to_owned()));
        }
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::Object(object) => match object.as_plain() {
            Some(plain) => return len_of(&plain),
            None => return Err(format!("len of type {}", item.type_name()).into()),
        },
        _ => return Err(format!("len of type {}", item.type_name()).into()),
    };
    Ok(Value::int(len as i64))
}
