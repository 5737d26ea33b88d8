//! Slash-separated paths. On Unix, Go's `filepath` is the same.

use gostd::path::clean_bytes as clean;
use gotmpl::Ty::{Bool, Str};

use crate::args::{Args, text};
use crate::table::{Entry, pure};

pub(crate) const FUNCS: &[Entry] = &[
    pure("base", &[Str], Str, |a| Ok(text(base(a.bytes(0))))),
    pure("osBase", &[Str], Str, |a| Ok(text(base(a.bytes(0))))),
    pure("dir", &[Str], Str, |a| Ok(text(dir(a.bytes(0))))),
    pure("osDir", &[Str], Str, |a| Ok(text(dir(a.bytes(0))))),
    pure("clean", &[Str], Str, |a| Ok(text(clean(a.bytes(0))))),
    pure("osClean", &[Str], Str, |a| Ok(text(clean(a.bytes(0))))),
    pure("ext", &[Str], Str, |a| Ok(text(extension(a.bytes(0))))),
    pure("osExt", &[Str], Str, |a| Ok(text(extension(a.bytes(0))))),
    pure("isAbs", &[Str], Bool, |a| {
        Ok(a.bytes(0).starts_with(b"/").into())
    }),
    pure("osIsAbs", &[Str], Bool, |a| {
        Ok(a.bytes(0).starts_with(b"/").into())
    }),
];

/// The last element: `.` of nothing, `/` of slashes alone.
fn base(path: &[u8]) -> &[u8] {
    let Some(end) = path.iter().rposition(|&b| b != b'/') else {
        return if path.is_empty() { b"." } else { b"/" };
    };
    let path = &path[..=end];
    &path[last_slash(path)..]
}

/// All but the last element, cleaned.
fn dir(path: &[u8]) -> Vec<u8> {
    clean(&path[..last_slash(path)])
}

/// Where the last element starts.
fn last_slash(path: &[u8]) -> usize {
    path.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1)
}

fn extension(path: &[u8]) -> &[u8] {
    let name = &path[last_slash(path)..];
    let dot = name.iter().rposition(|&b| b == b'.');
    dot.map_or(b"", |dot| &name[dot..])
}
