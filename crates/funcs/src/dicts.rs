//! Maps: reading, changing, picking, digging.

use gotmpl::Ty::{self, Any, Bool, StrList};
use goval::{List, Map, Str, Value};

use crate::args::Args;
use crate::convert::string;
use crate::merge::merge;
use crate::table::{Entry, Outcome, panic, pure, variadic};

pub(crate) const FUNCS: &[Entry] = &[
    variadic("dict", &[Any], Ty::Map, dict),
    pure("get", &[Ty::Map, Ty::Str], Any, |a| {
        Ok(a.map(0)
            .and_then(|map| map.get(a.bytes(1)))
            .unwrap_or_else(|| "".into()))
    }),
    pure("set", &[Ty::Map, Ty::Str, Any], Ty::Map, |a| {
        let map = a.map(0).filter(|map| !map.is_nil());
        let map = map.ok_or_else(|| panic("assignment to entry in nil map"))?;
        map.insert(a.bytes(1), a.arg(2).clone());
        Ok(map.clone().into())
    }),
    pure("unset", &[Ty::Map, Ty::Str], Ty::Map, |a| {
        a.map(0).map(|map| map.remove(a.bytes(1)));
        Ok(a.arg(0).clone())
    }),
    pure("hasKey", &[Ty::Map, Ty::Str], Bool, |a| {
        Ok(a.map(0)
            .is_some_and(|map| map.contains_key(a.bytes(1)))
            .into())
    }),
    variadic("pluck", &[Ty::Str, Ty::Map], Ty::List, |a| {
        let maps = a.from(1).iter().filter_map(Value::as_map);
        Ok(List::new(maps.filter_map(|map| map.get(a.bytes(0))).collect()).into())
    }),
    variadic("keys", &[Ty::Map], StrList, |a| {
        let maps = a.iter().filter_map(Value::as_map);
        Ok(List::of_strs(maps.flat_map(Map::keys)).into())
    }),
    pure("values", &[Ty::Map], Ty::List, |a| {
        let entries = a.map(0).map(Map::entries).unwrap_or_default();
        Ok(List::new(entries.into_iter().map(|(_, value)| value).collect()).into())
    }),
    variadic("pick", &[Ty::Map, Ty::Str], Ty::Map, |a| {
        Ok(picked(a, true))
    }),
    variadic("omit", &[Ty::Map, Ty::Str], Ty::Map, |a| {
        Ok(picked(a, false))
    }),
    variadic("merge", &[Ty::Map, Ty::Map], Any, |a| Ok(merged(a, false))),
    variadic("mustMerge", &[Ty::Map, Ty::Map], Any, |a| {
        Ok(merged(a, false))
    }),
    variadic("mergeOverwrite", &[Ty::Map, Ty::Map], Any, |a| {
        Ok(merged(a, true))
    }),
    variadic("mustMergeOverwrite", &[Ty::Map, Ty::Map], Any, |a| {
        Ok(merged(a, true))
    }),
    variadic("dig", &[Any], Any, dig),
];

/// Keys and values in turn; a key without a value gets an empty string.
fn dict(a: &[Value]) -> Outcome {
    let map = Map::new();
    for pair in a.chunks(2) {
        let value = pair.get(1).cloned().unwrap_or_else(|| "".into());
        map.insert(string(pair.arg(0)), value);
    }
    Ok(map.into())
}

/// The entries whose keys are among the arguments, or those whose keys are not.
fn picked(a: &[Value], wanted: bool) -> Value {
    let keys: Vec<&Str> = a.from(1).iter().filter_map(Value::as_str).collect();
    let entries = a.map(0).map(Map::entries).unwrap_or_default();
    let entries = entries
        .into_iter()
        .filter(|(k, _)| keys.contains(&k) == wanted);
    Map::from_iter(entries).into()
}

fn merged(a: &[Value], overwrite: bool) -> Value {
    let sources = || a.from(1).iter().filter_map(Value::as_map);
    let target = match a.map(0) {
        Some(map) if map.is_nil() && !sources().all(Map::is_nil) => Map::new(),
        target => target.cloned().unwrap_or_default(),
    };
    for source in sources() {
        merge(&target, source, overwrite);
    }
    target.into()
}

/// `dig "a" "b" default map`: the value under the keys, or the default.
fn dig(a: &[Value]) -> Outcome {
    let [keys @ .., default, map] = a else {
        return Err(panic("dig needs at least three arguments"));
    };
    if keys.is_empty() {
        return Err(panic("dig needs at least three arguments"));
    }
    let mut at = as_plain_map(map)?.clone();
    let mut names = Vec::with_capacity(keys.len());
    for key in keys {
        names.push(key.as_str().ok_or_else(|| not_a(key, "string"))?);
    }
    let (last, path) = match names.split_last() {
        Some(split) => split,
        None => return Ok(default.clone()),
    };
    for name in path {
        match at.get(name) {
            Some(step) => at = as_plain_map(&step)?.clone(),
            None => return Ok(default.clone()),
        }
    }
    Ok(at.get(last).unwrap_or_else(|| default.clone()))
}

/// Go's type assertion to `map[string]any`, which named map types fail.
fn as_plain_map(value: &Value) -> Result<&Map, gotmpl::FuncError> {
    let plain = value.as_map().filter(|map| map.elem() == goval::Elem::Any);
    plain.ok_or_else(|| not_a(value, "map[string]interface {}"))
}

fn not_a(value: &Value, wanted: &str) -> gotmpl::FuncError {
    let found = if value.is_nil() {
        "nil"
    } else {
        value.type_name()
    };
    panic(format!(
        "interface conversion: interface {{}} is {found}, not {wanted}"
    ))
}
