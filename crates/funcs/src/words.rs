//! Strings by words: titles, initials, wrapping, the cases of identifiers.

use bstr::ByteSlice;
use gostd::unicode;
use gotmpl::FuncError;
use gotmpl::Ty::{Int, Str};
use goval::Value;

use crate::args::{Args, text};
use crate::strings::{map_chars, runes, within};
use crate::table::{Entry, Outcome, pure};

pub(crate) const FUNCS: &[Entry] = &[
    pure("title", &[Str], Str, title),
    pure("untitle", &[Str], Str, untitle),
    pure("swapcase", &[Str], Str, swap_case),
    pure("initials", &[Str], Str, initials),
    pure("nospace", &[Str], Str, no_space),
    pure("wrap", &[Int, Str], Str, |a| {
        Ok(text(wrapped(a.bytes(1), a.int(0), b"\n", false)?))
    }),
    pure("wrapWith", &[Int, Str, Str], Str, |a| {
        let end = a.bytes(1);
        let end: &[u8] = if end.is_empty() { b"\n" } else { end };
        Ok(text(wrapped(a.bytes(2), a.int(0), end, true)?))
    }),
    pure("camelcase", &[Str], Str, |a| {
        Ok(text(pascal_case(a.bytes(0))))
    }),
    pure("snakecase", &[Str], Str, |a| {
        Ok(text(crate::cases::lower_case(a.bytes(0), '_')))
    }),
    pure("kebabcase", &[Str], Str, |a| {
        Ok(text(crate::cases::lower_case(a.bytes(0), '-')))
    }),
];

/// Go's `strings.Title`: a letter is the first of a word if what stands before is a separator.
fn title(a: &[Value]) -> Outcome {
    let mut before = ' ';
    Ok(map_chars(a.bytes(0), |c| {
        let first = is_separator(before);
        before = c;
        if first { unicode::to_title(c) } else { c }
    }))
}

fn is_separator(c: char) -> bool {
    if c.is_ascii() {
        return !(c.is_ascii_alphanumeric() || c == '_');
    }
    !unicode::is_letter(c) && !unicode::is_digit(c) && c.is_whitespace()
}

fn untitle(a: &[Value]) -> Outcome {
    let mut first = true;
    Ok(map_chars(a.bytes(0), |c| {
        if c.is_whitespace() {
            first = true;
        } else if first {
            first = false;
            return unicode::to_lower(c);
        }
        c
    }))
}

/// Small letters at the start of words become title case, others upper case.
fn swap_case(a: &[Value]) -> Outcome {
    let mut at_start = true;
    Ok(map_chars(a.bytes(0), |c| {
        if unicode::is_upper(c) || unicode::is_title(c) {
            at_start = false;
            unicode::to_lower(c)
        } else if unicode::is_lower(c) {
            let first = std::mem::take(&mut at_start);
            if first {
                unicode::to_title(c)
            } else {
                unicode::to_upper(c)
            }
        } else {
            at_start = c.is_whitespace();
            c
        }
    }))
}

/// goutils takes each byte for a character here, so letters beyond ASCII come out as Latin-1.
fn initials(a: &[Value]) -> Outcome {
    let mut after_gap = true;
    let mut out = String::new();
    for c in a.bytes(0).iter().map(|&b| char::from(b)) {
        if c.is_whitespace() {
            after_gap = true;
        } else if after_gap {
            out.push(c);
            after_gap = false;
        }
    }
    Ok(out.into())
}

/// As [`initials`], unless there is no space at all.
fn no_space(a: &[Value]) -> Outcome {
    let is_space = |b: &u8| char::from(*b).is_whitespace();
    if !a.bytes(0).iter().any(is_space) {
        return Ok(a.arg(0).clone());
    }
    let kept = a.bytes(0).iter().filter(|b| !is_space(b));
    Ok(kept.map(|&b| char::from(b)).collect::<String>().into())
}

/// goutils' `WrapCustom`: lines of at most `width` bytes, broken at spaces; longer words are broken
/// too if asked to.
fn wrapped(
    bytes: &[u8],
    width: i64,
    line_end: &[u8],
    break_words: bool,
) -> Result<Vec<u8>, FuncError> {
    let width = usize::try_from(width).unwrap_or(0).max(1);
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while rest.len() > width {
        if rest[0] == b' ' {
            rest = &rest[1..];
            continue;
        }
        let (line, next) = match rest[..=width].rfind_byte(b' ') {
            Some(space) => (space, space + 1),
            None if break_words => (width, width),
            None => match rest[width..].find_byte(b' ') {
                Some(space) => (width + space, width + space + 1),
                None => break,
            },
        };
        out.extend_from_slice(&rest[..line]);
        out.extend_from_slice(line_end);
        within(out.len())?;
        rest = &rest[next..];
    }
    out.extend_from_slice(rest);
    Ok(out)
}

/// Whether a character joins words: `-`, `_`, white space.
pub(crate) fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// xstrings' `ToPascalCase`: each word starts with a capital; runs of capitals at the start of a
/// word are lowered; leading and doubled connectors stay.
fn pascal_case(bytes: &[u8]) -> String {
    let chars: Vec<char> = runes(bytes).collect();
    let lead = chars.iter().take_while(|&&c| is_connector(c)).count();
    let mut out: String = chars[..lead].iter().collect();
    let Some(&first) = chars.get(lead) else {
        // Of connectors alone, the last one is written twice by the original.
        out.extend(chars.last());
        return out;
    };
    let mut lowering = unicode::is_upper(first);
    let mut last = unicode::to_upper(first);
    for &c in &chars[lead + 1..] {
        let before = last;
        last = c;
        if is_connector(before) {
            if is_connector(c) {
                out.push(before);
                continue;
            }
            lowering = unicode::is_upper(c);
            last = unicode::to_upper(c);
            continue;
        }
        if lowering {
            lowering = unicode::is_upper(c);
            last = if lowering { unicode::to_lower(c) } else { c };
        }
        out.push(before);
    }
    out.push(last);
    out
}
