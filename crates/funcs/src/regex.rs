//! Regular expressions.

use gostd::regexp::{Regexp, must_compile_panic, quote_meta};
use gotmpl::FuncError;
use gotmpl::Ty::{Bool, Int, Str, StrList};
use goval::{Elem, List, Value};
use std::sync::Arc;

use crate::args::{Args, text};
use crate::lists::MAX_COUNT;
use crate::strings::{countable, within};
use crate::table::{Entry, Outcome, panic, pure};

/// How an expression is compiled: `must…` functions return the error, the others panic with it.
type Compile = fn(&[u8]) -> Result<Arc<Regexp>, FuncError>;

pub(crate) const FUNCS: &[Entry] = &[
    pure("regexMatch", &[Str, Str], Bool, |a| {
        // Sprig drops the error of this one.
        Ok(Regexp::new(a.bytes(0))
            .is_ok_and(|re| re.is_match(a.bytes(1)))
            .into())
    }),
    pure("mustRegexMatch", &[Str, Str], Bool, |a| {
        Ok(returning(a.bytes(0))?.is_match(a.bytes(1)).into())
    }),
    pure("regexFind", &[Str, Str], Str, |a| find(a, panicking)),
    pure("mustRegexFind", &[Str, Str], Str, |a| find(a, returning)),
    pure("regexFindAll", &[Str, Str, Int], StrList, |a| {
        find_all(a, panicking)
    }),
    pure("mustRegexFindAll", &[Str, Str, Int], StrList, |a| {
        find_all(a, returning)
    }),
    pure("regexReplaceAll", &[Str, Str, Str], Str, |a| {
        replace(a, panicking)
    }),
    pure("mustRegexReplaceAll", &[Str, Str, Str], Str, |a| {
        replace(a, returning)
    }),
    pure("regexReplaceAllLiteral", &[Str, Str, Str], Str, |a| {
        replace_literal(a, panicking)
    }),
    pure("mustRegexReplaceAllLiteral", &[Str, Str, Str], Str, |a| {
        replace_literal(a, returning)
    }),
    pure("regexSplit", &[Str, Str, Int], StrList, |a| {
        split(a, panicking)
    }),
    pure("mustRegexSplit", &[Str, Str, Int], StrList, |a| {
        split(a, returning)
    }),
    pure("regexQuoteMeta", &[Str], Str, |a| {
        Ok(text(quote_meta(a.bytes(0))))
    }),
];

fn panicking(expression: &[u8]) -> Result<Arc<Regexp>, FuncError> {
    Regexp::new(expression).map_err(|error| panic(must_compile_panic(expression, &error)))
}

fn returning(expression: &[u8]) -> Result<Arc<Regexp>, FuncError> {
    Regexp::new(expression).map_err(|error| error.to_string().into())
}

fn find(a: &[Value], compile: Compile) -> Outcome {
    let found = compile(a.bytes(0))?.find(a.bytes(1));
    Ok(text(found.map_or(&[][..], |range| &a.bytes(1)[range])))
}

fn find_all(a: &[Value], compile: Compile) -> Outcome {
    let found = compile(a.bytes(0))?.find_all(a.bytes(1), most(a.int(2)));
    let found = countable(found)?
        .into_iter()
        .map(|range| &a.bytes(1)[range]);
    Ok(strings(found))
}

fn replace(a: &[Value], compile: Compile) -> Outcome {
    let out = compile(a.bytes(0))?.replace_all(a.bytes(1), a.bytes(2));
    within(out.len())?;
    Ok(text(out))
}

fn replace_literal(a: &[Value], compile: Compile) -> Outcome {
    let out = compile(a.bytes(0))?.replace_all_literal(a.bytes(1), a.bytes(2));
    within(out.len())?;
    Ok(text(out))
}

fn split(a: &[Value], compile: Compile) -> Outcome {
    let expression = compile(a.bytes(0))?;
    let count = a.int(2);
    let parts = countable(expression.split(a.bytes(1), most(count)))?;
    Ok(match count {
        0 => List::nil(Elem::Str).into(),
        _ => List::of_strs(parts).into(),
    })
}

/// How many are looked for where so many are wanted, all of them if the number is negative: enough to see that they
/// are too many.
fn most(wanted: i64) -> i64 {
    let too_many = MAX_COUNT as i64 + 1;
    match wanted {
        ..0 => too_many,
        _ => wanted.min(too_many),
    }
}

/// A `[]string`; without elements, a nil one.
fn strings<'t>(found: impl ExactSizeIterator<Item = &'t [u8]>) -> Value {
    if found.len() == 0 {
        return List::nil(Elem::Str).into();
    }
    List::of_strs(found).into()
}
