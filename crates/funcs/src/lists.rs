//! Lists: elements, slices, additions, sets, ranges of numbers.

use std::collections::HashSet;

use gotmpl::FuncError;
use gotmpl::Ty::{self, Any, Bool, Int, IntList, Str};
use goval::{Elem, List, Value};

use crate::args::{Args, text};
use crate::convert::{elements, int64};
use crate::defaults::is_empty;
use crate::reflection::deep_equal;
use crate::table::{Entry, Outcome, nil_panic, panic, pure, variadic};

/// The most numbers that a function makes out of a range.
pub(crate) const MAX_COUNT: usize = 1_000_000;
/// The most values that are compared each with each.
const MAX_COMPARED: usize = 20_000;

const CHUNKS: Ty = Ty::Named("[][]interface {}");

pub(crate) const FUNCS: &[Entry] = &[
    variadic("list", &[Any], Ty::List, |a| Ok(list(a))),
    variadic("tuple", &[Any], Ty::List, |a| Ok(list(a))),
    pure("first", &[Any], Any, |a| must(first(a))),
    pure("mustFirst", &[Any], Any, first),
    pure("last", &[Any], Any, |a| must(last(a))),
    pure("mustLast", &[Any], Any, last),
    pure("rest", &[Any], Ty::List, |a| must(rest(a))),
    pure("mustRest", &[Any], Ty::List, rest),
    pure("initial", &[Any], Ty::List, |a| must(initial(a))),
    pure("mustInitial", &[Any], Ty::List, initial),
    pure("reverse", &[Any], Ty::List, |a| must(reverse(a))),
    pure("mustReverse", &[Any], Ty::List, reverse),
    pure("append", &[Any, Any], Ty::List, |a| must(push(a))),
    pure("mustAppend", &[Any, Any], Ty::List, push),
    pure("push", &[Any, Any], Ty::List, |a| must(push(a))),
    pure("mustPush", &[Any, Any], Ty::List, push),
    pure("prepend", &[Any, Any], Ty::List, |a| must(prepend(a))),
    pure("mustPrepend", &[Any, Any], Ty::List, prepend),
    variadic("concat", &[Any], Any, |a| must(concat(a))),
    pure("compact", &[Any], Ty::List, |a| must(compact(a))),
    pure("mustCompact", &[Any], Ty::List, compact),
    pure("uniq", &[Any], Ty::List, |a| must(uniq(a))),
    pure("mustUniq", &[Any], Ty::List, uniq),
    variadic("without", &[Any, Any], Ty::List, |a| must(without(a))),
    variadic("mustWithout", &[Any, Any], Ty::List, without),
    pure("has", &[Any, Any], Bool, |a| must(has(a))),
    pure("mustHas", &[Any, Any], Bool, has),
    variadic("slice", &[Any, Any], Any, |a| must(slice(a))),
    variadic("mustSlice", &[Any, Any], Any, slice),
    pure("chunk", &[Int, Any], CHUNKS, |a| must(chunk(a))),
    pure("mustChunk", &[Int, Any], CHUNKS, chunk),
    pure("until", &[Int], IntList, |a| {
        let step = if a.int(0) < 0 { -1 } else { 1 };
        Ok(ints(range(0, a.int(0), step)?))
    }),
    pure("untilStep", &[Int, Int, Int], IntList, |a| {
        Ok(ints(range(a.int(0), a.int(1), a.int(2))?))
    }),
    variadic("seq", &[Int], Str, seq),
];

fn list(items: &[Value]) -> Value {
    List::new(items.to_vec()).into()
}

/// The variants without `must` panic with the error's words.
fn must(outcome: Outcome) -> Outcome {
    outcome.map_err(|error| match error {
        FuncError::Error(text) => FuncError::Panic(text),
        other => other,
    })
}

/// The elements of a list; `refusal` and the kind for anything else.
fn items<'v>(value: &'v Value, refusal: &str) -> Result<std::borrow::Cow<'v, [Value]>, FuncError> {
    if value.is_nil() {
        return Err(nil_panic());
    }
    elements(value).ok_or_else(|| format!("{refusal} {}", value.kind()).into())
}

fn first(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot find first on type")?;
    Ok(items.first().cloned().unwrap_or_default())
}

fn last(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot find last on type")?;
    Ok(items.last().cloned().unwrap_or_default())
}

fn rest(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot find rest on type")?;
    Ok(items
        .split_first()
        .map_or_else(nil_list, |(_, rest)| list(rest)))
}

fn initial(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot find initial on type")?;
    Ok(items
        .split_last()
        .map_or_else(nil_list, |(_, initial)| list(initial)))
}

fn nil_list() -> Value {
    List::nil(Elem::Any).into()
}

fn reverse(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot find reverse on type")?;
    Ok(List::new(items.iter().rev().cloned().collect()).into())
}

fn push(a: &[Value]) -> Outcome {
    let mut items = items(a.arg(0), "Cannot push on type")?.into_owned();
    items.push(a.arg(1).clone());
    Ok(List::new(items).into())
}

fn prepend(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot prepend on type")?;
    let head = std::iter::once(a.arg(1));
    Ok(List::new(head.chain(items.iter()).cloned().collect()).into())
}

fn concat(a: &[Value]) -> Outcome {
    let mut all = Vec::new();
    for value in a {
        if value.is_nil() {
            return Err(nil_panic());
        }
        let items = elements(value);
        let refusal = || format!("Cannot concat type {} as list", value.kind());
        all.extend_from_slice(&items.ok_or_else(refusal)?);
    }
    if all.is_empty() {
        return Ok(nil_list());
    }
    Ok(List::new(all).into())
}

fn compact(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot compact on type")?;
    let kept = items.iter().filter(|v| !is_empty(v));
    Ok(List::new(kept.cloned().collect()).into())
}

fn uniq(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot find uniq on type")?;
    let (mut texts, mut numbers) = (HashSet::new(), HashSet::new());
    let (mut others, mut kept) = (Vec::new(), Vec::new());
    for item in items.iter() {
        let is_new = match item {
            Value::Str(text) => texts.insert(text.as_bytes()),
            Value::Int(kind, number) => numbers.insert((*kind, *number)),
            other if contains(&others, other) => false,
            other => {
                others.push(other.clone());
                true
            }
        };
        if others.len() > MAX_COMPARED {
            let message = format!("uniq of more than {MAX_COMPARED} values that are no texts");
            return Err(panic(message));
        }
        if is_new {
            kept.push(item.clone());
        }
    }
    Ok(List::new(kept).into())
}

fn without(a: &[Value]) -> Outcome {
    let items = items(a.arg(0), "Cannot find without on type")?;
    let kept = items.iter().filter(|v| !contains(a.from(1), v));
    Ok(List::new(kept.cloned().collect()).into())
}

fn has(a: &[Value]) -> Outcome {
    if a.arg(1).is_nil() {
        return Ok(false.into());
    }
    let items = items(a.arg(1), "Cannot find has on type")?;
    Ok(contains(&items, a.arg(0)).into())
}

fn contains(items: &[Value], needle: &Value) -> bool {
    items.iter().any(|item| deep_equal(needle, item))
}

fn slice(a: &[Value]) -> Outcome {
    let value = a.arg(0);
    let items = items(value, "list should be type of slice or array but")?;
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let len = items.len() as i64;
    let start = a.get(1).map_or(0, int64);
    let end = a.get(2).map_or(len, int64);
    if start < 0 || end < start || end > len {
        return Err(panic("reflect.Value.Slice: slice index out of bounds"));
    }
    let range = start as usize..end as usize;
    Ok(match value {
        Value::Bytes(bytes) => Value::Bytes(bytes[range].into()),
        Value::List(list) => List::typed(list.elem(), items[range].to_vec()).into(),
        _ => list(&items[range]),
    })
}

fn chunk(a: &[Value]) -> Outcome {
    let items = items(a.arg(1), "Cannot chunk type")?;
    let size = a.int(0);
    let chunks: Vec<Value> = match usize::try_from(size) {
        Ok(size) if size > 0 => items.chunks(size).map(list).collect(),
        // Sprig computes with floats here, and Go refuses what comes out.
        _ => return Err(panic("runtime error: makeslice: len out of range")),
    };
    Ok(List::typed(Elem::Named("[][]interface {}"), chunks).into())
}

fn ints(numbers: Vec<i64>) -> Value {
    List::typed(Elem::Int, numbers.into_iter().map(Value::int).collect()).into()
}

/// The numbers from `start` on up or down to before `stop`; none if the step leads away from it.
fn range(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, FuncError> {
    let towards = |i: i64| {
        if stop < start {
            i > stop && step < 0
        } else {
            i < stop && step > 0
        }
    };
    let mut numbers = Vec::new();
    let mut next = Some(start);
    while let Some(i) = next.filter(|&i| towards(i)) {
        if numbers.len() == MAX_COUNT {
            return Err(panic(format!("range of more than {MAX_COUNT} numbers")));
        }
        numbers.push(i);
        next = i.checked_add(step);
    }
    Ok(numbers)
}

/// The numbers of `seq` in a shell: with one argument from 1, the end included.
fn seq(a: &[Value]) -> Outcome {
    let sign = |start: i64, end: i64| if end < start { -1 } else { 1 };
    let (start, step, end) = match a.len() {
        1 => (1, sign(1, a.int(0)), a.int(0)),
        2 => (a.int(0), sign(a.int(0), a.int(1)), a.int(1)),
        3 => (a.int(0), a.int(1), a.int(2)),
        _ => return Ok("".into()),
    };
    if end < start && step > 0 {
        return Ok("".into());
    }
    let numbers = range(start, end.wrapping_add(sign(start, end)), step)?;
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(text(numbers.join(" ")))
}
