//! Strings: case, trimming, quoting, cutting, joining.

use bstr::ByteSlice;
use gostd::unicode;
use gotmpl::FuncError;
use gotmpl::Ty::{Any, Int, Str, StrList, StrMap};
use goval::{Elem, List, Map, Value, strconv};

use crate::args::{Args, text};
use crate::convert::{display, string, strings};
use crate::lists::MAX_COUNT;
use crate::table::{Entry, Outcome, panic, pure, variadic};

/// The longest string that a function makes, in bytes.
pub(crate) const MAX_LEN: usize = 32 << 20;

pub(crate) const FUNCS: &[Entry] = &[
    pure("hello", &[], Str, |_| Ok("Hello!".into())),
    pure("trim", &[Str], Str, |a| {
        Ok(text(a.bytes(0).trim_with(char::is_whitespace)))
    }),
    pure("trimAll", &[Str, Str], Str, trim_all),
    pure("trimall", &[Str, Str], Str, trim_all),
    pure("trimPrefix", &[Str, Str], Str, |a| {
        Ok(text(
            a.bytes(1).strip_prefix(a.bytes(0)).unwrap_or(a.bytes(1)),
        ))
    }),
    pure("trimSuffix", &[Str, Str], Str, |a| {
        Ok(text(
            a.bytes(1).strip_suffix(a.bytes(0)).unwrap_or(a.bytes(1)),
        ))
    }),
    pure("upper", &[Str], Str, |a| {
        Ok(map_chars(a.bytes(0), unicode::to_upper))
    }),
    pure("lower", &[Str], Str, |a| {
        Ok(map_chars(a.bytes(0), unicode::to_lower))
    }),
    pure("contains", &[Str, Str], gotmpl::Ty::Bool, |a| {
        Ok(a.bytes(1).contains_str(a.bytes(0)).into())
    }),
    pure("hasPrefix", &[Str, Str], gotmpl::Ty::Bool, |a| {
        Ok(a.bytes(1).starts_with(a.bytes(0)).into())
    }),
    pure("hasSuffix", &[Str, Str], gotmpl::Ty::Bool, |a| {
        Ok(a.bytes(1).ends_with(a.bytes(0)).into())
    }),
    pure("repeat", &[Int, Str], Str, |a| {
        Ok(text(repeated(a.bytes(1), a.int(0))?))
    }),
    pure("replace", &[Str, Str, Str], Str, |a| {
        Ok(text(replaced(a.bytes(2), a.bytes(0), a.bytes(1))?))
    }),
    pure("indent", &[Int, Str], Str, |a| Ok(text(indented(a, b"")?))),
    pure("nindent", &[Int, Str], Str, |a| {
        Ok(text(indented(a, b"\n")?))
    }),
    pure("plural", &[Str, Str, Int], Str, |a| {
        Ok(a.arg(usize::from(a.int(2) != 1)).clone())
    }),
    pure("trunc", &[Int, Str], Str, truncated),
    pure("substr", &[Int, Int, Str], Str, substring),
    pure("abbrev", &[Int, Str], Str, |a| {
        let width = a.int(0);
        Ok(if width < 4 {
            a.arg(1).clone()
        } else {
            text(abbreviated(a.bytes(1), 0, width))
        })
    }),
    pure("abbrevboth", &[Int, Int, Str], Str, |a| {
        let (left, width) = (a.int(0), a.int(1));
        if width < 4 || left > 0 && width < 7 {
            return Ok(a.arg(2).clone());
        }
        Ok(text(abbreviated(a.bytes(2), left, width)))
    }),
    variadic("quote", &[Any], Str, |a| {
        Ok(spaced(a, |v, out| {
            out.extend(strconv::quote(string(v)).into_bytes())
        }))
    }),
    variadic("squote", &[Any], Str, |a| {
        Ok(spaced(a, |v, out| {
            out.extend([b"'", &*display(v), b"'"].concat())
        }))
    }),
    variadic("cat", &[Any], Str, |a| {
        Ok(spaced(a, |v, out| out.extend_from_slice(&display(v))))
    }),
    pure("toString", &[Any], Str, |a| Ok(string(a.arg(0)).into())),
    pure("toStrings", &[Any], StrList, |a| {
        Ok(List::of_strs(strings(a.arg(0))).into())
    }),
    pure("join", &[Str, Any], Str, |a| {
        let parts = strings(a.arg(1));
        let separators = parts.len().saturating_mul(a.bytes(0).len());
        within(
            parts
                .iter()
                .map(|part| part.len())
                .sum::<usize>()
                .saturating_add(separators),
        )?;
        Ok(text(bstr::join(a.bytes(0), parts)))
    }),
    pure("sortAlpha", &[Any], StrList, |a| {
        let mut texts = match a.arg(0) {
            // Not a list, so it stands alone.
            Value::Nil => vec![display(&Value::Nil)],
            value => strings(value),
        };
        texts.sort();
        Ok(List::of_strs(texts).into())
    }),
    pure("split", &[Str, Str], StrMap, |a| {
        Ok(numbered(split(a.bytes(1), a.bytes(0), -1)?))
    }),
    pure("splitn", &[Str, Int, Str], StrMap, |a| {
        Ok(numbered(split(a.bytes(2), a.bytes(0), a.int(1))?))
    }),
    pure("splitList", &[Str, Str], StrList, |a| {
        Ok(List::of_strs(split(a.bytes(1), a.bytes(0), -1)?).into())
    }),
];

/// Go's `strings.Map`: what is not UTF-8 becomes U+FFFD, a byte each.
pub(crate) fn map_chars(bytes: &[u8], mut change: impl FnMut(char) -> char) -> Value {
    let mut out = Vec::with_capacity(bytes.len());
    for c in runes(bytes) {
        out.extend_from_slice(change(c).encode_utf8(&mut [0; 4]).as_bytes());
    }
    text(out)
}

/// The characters as Go decodes them: each byte that is not UTF-8 is a U+FFFD.
pub(crate) fn runes(bytes: &[u8]) -> impl Iterator<Item = char> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let bad = chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(bad)
    })
}

fn trim_all(a: &[Value]) -> Outcome {
    let cut: Vec<char> = runes(a.bytes(0)).collect();
    Ok(text(a.bytes(1).trim_with(|c| cut.contains(&c))))
}

/// Go's `strings.Repeat`, with a limit.
pub(crate) fn repeated(bytes: &[u8], count: i64) -> Result<Vec<u8>, FuncError> {
    let count = usize::try_from(count).map_err(|_| panic("strings: negative Repeat count"))?;
    match bytes.len().checked_mul(count) {
        None => Err(panic("strings: Repeat output length overflow")),
        Some(len) => within(len).map(|()| bytes.repeat(count)),
    }
}

/// Fails for a string that would be too long.
pub(crate) fn within(len: usize) -> Result<(), FuncError> {
    match len {
        0..=MAX_LEN => Ok(()),
        _ => Err(panic(format!(
            "string of {len} bytes is too long (max {MAX_LEN} bytes)"
        ))),
    }
}

/// Go's `strings.ReplaceAll`: an empty text is found before each character and at the end.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Result<Vec<u8>, FuncError> {
    // What is taken out does not matter to a limit.
    if new.len() > old.len() {
        let found = match old {
            [] => bytes.len() + 1,
            old => bytes.find_iter(old).count(),
        };
        within(new.len().saturating_mul(found))?;
    }
    if !old.is_empty() {
        return Ok(bytes.replace(old, new));
    }
    let mut out = new.to_vec();
    for (start, end, _) in bytes.char_indices() {
        out.extend_from_slice(&bytes[start..end]);
        out.extend_from_slice(new);
    }
    Ok(out)
}

fn indented(a: &[Value], lead: &[u8]) -> Result<Vec<u8>, FuncError> {
    let pad = repeated(b" ", a.int(0))?;
    let body = a.bytes(1);
    let lines = body.find_iter(b"\n").count() + 1;
    let len = pad.len().saturating_mul(lines).saturating_add(body.len());
    within(len)?;
    let mut out = Vec::with_capacity(len + lead.len());
    out.extend_from_slice(lead);
    for (i, line) in body.split_str(b"\n").enumerate() {
        if i > 0 {
            out.push(b'\n');
        }
        out.extend_from_slice(&pad);
        out.extend_from_slice(line);
    }
    Ok(out)
}

fn truncated(a: &[Value]) -> Outcome {
    let (count, bytes) = (a.int(0), a.bytes(1));
    let len = bytes.len() as i64;
    if count < 0 && len + count > 0 {
        return Ok(text(&bytes[(len + count) as usize..]));
    }
    if (0..len).contains(&count) {
        return Ok(text(&bytes[..count as usize]));
    }
    Ok(a.arg(1).clone())
}

fn substring(a: &[Value]) -> Outcome {
    let (start, end, bytes) = (a.int(0), a.int(1), a.bytes(2));
    let len = bytes.len() as i64;
    let out_of_range = |range: String| {
        Err(panic(format!(
            "runtime error: slice bounds out of range {range}"
        )))
    };
    let (low, high) = match (start, end) {
        (..0, ..0) => return out_of_range(format!("[:{end}]")),
        (..0, end) if end > len => return out_of_range(format!("[:{end}] with length {len}")),
        (..0, end) => (0, end),
        (start, end) if end < 0 || end > len => (start, len),
        range => range,
    };
    if low > high {
        return out_of_range(format!("[{low}:{high}]"));
    }
    Ok(text(&bytes[low as usize..high as usize]))
}

/// goutils' `AbbreviateFull`, for widths from 4 on: `...` for what does not fit, at the end, and
/// at the start too if the left edge lies behind it.
fn abbreviated(bytes: &[u8], left: i64, width: i64) -> Vec<u8> {
    let (len, kept) = (bytes.len() as i64, width - 3);
    if len <= width {
        return bytes.to_vec();
    }
    let left = left.min(len).min((len - kept).max(0)).max(0);
    if left <= 4 {
        return [&bytes[..kept as usize], b"..."].concat();
    }
    let rest = &bytes[left as usize..];
    if left + kept < len {
        return [b"...", &*abbreviated(rest, 0, kept)].concat();
    }
    [b"...", &bytes[(len - kept) as usize..]].concat()
}

/// The arguments that are not nil, with spaces between.
fn spaced(a: &[Value], append: fn(&Value, &mut Vec<u8>)) -> Value {
    let mut out = Vec::new();
    for (i, value) in a.iter().filter(|v| !v.is_nil()).enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        append(value, &mut out);
    }
    text(out)
}

/// Go's `strings.SplitN`: at most `limit` parts; any number if it is negative. An empty separator
/// cuts between characters.
fn split<'t>(bytes: &'t [u8], separator: &[u8], limit: i64) -> Result<Vec<&'t [u8]>, FuncError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let most = limit.min(MAX_COUNT + 1);
    if most == 0 {
        return Ok(Vec::new());
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    if separator.is_empty() {
        for (start, end, _) in bytes.char_indices() {
            if parts.len() + 1 == most {
                parts.push(&bytes[start..]);
                break;
            }
            parts.push(&bytes[start..end]);
        }
    } else {
        parts.extend(bytes.splitn_str(most, separator));
    }
    countable(parts)
}

/// The parts of a text, if they are not too many.
pub(crate) fn countable<T>(parts: Vec<T>) -> Result<Vec<T>, FuncError> {
    match parts.len() {
        0..=MAX_COUNT => Ok(parts),
        _ => Err(panic(format!("a text of more than {MAX_COUNT} parts"))),
    }
}

/// A `map[string]string` with the keys `_0`, `_1`, ….
fn numbered(parts: Vec<&[u8]>) -> Value {
    let map = Map::typed(Elem::Str);
    for (i, part) in parts.into_iter().enumerate() {
        map.insert(format!("_{i}"), Value::str(part));
    }
    map.into()
}
