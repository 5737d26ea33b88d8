//! Go's `regexp`: RE2 syntax, leftmost-first matches, Go's iteration over matches.
//!
//! The syntax is parsed here, because no crate accepts what Go accepts, refuses what Go refuses
//! and says so in Go's words; the matching is done by `regex-automata`.

mod class;
mod engine;
mod parse;
mod template;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use parking_lot::RwLock;

pub(crate) use class::category;
pub use parse::Error;

use engine::{Matcher, Text};

/// How many compiled expressions the process keeps.
const CACHE_SIZE: usize = 1024;

/// What replacements make is cut off soon after so many bytes; a caller that cares refuses what is longer.
pub const MAX_REPLACED: usize = 40 << 20;

type Cache = HashMap<Box<[u8]>, Arc<Regexp>>;

static CACHE: LazyLock<RwLock<Cache>> = LazyLock::new(RwLock::default);

/// A compiled regular expression. Texts are bytes; as in Go, each byte that is not UTF-8 counts as
/// one U+FFFD.
#[derive(Debug)]
pub struct Regexp {
    matcher: Matcher,
    /// The names of the groups from the whole match on; empty where a group has none.
    names: Vec<String>,
    is_empty: bool,
}

impl Regexp {
    /// Compiles an expression, or finds it compiled. Go's `regexp.Compile`.
    ///
    /// # Errors
    /// When the expression is malformed or too large, in Go's words.
    pub fn new(expression: impl AsRef<[u8]>) -> Result<Arc<Regexp>, Error> {
        let expression = expression.as_ref();
        if let Some(found) = CACHE.read().get(expression) {
            return Ok(found.clone());
        }
        let parsed = parse::parse(expression)?;
        let compiled = Arc::new(Regexp {
            matcher: Matcher::new(&parsed.hir, parsed.names.len(), parsed.height)
                .ok_or_else(|| Error::too_large(expression))?,
            names: parsed.names,
            is_empty: expression.is_empty(),
        });
        let mut cache = CACHE.write();
        // A flood of expressions is unusual; starting anew is simpler than ageing, and enough.
        if cache.len() >= CACHE_SIZE {
            cache.clear();
        }
        cache.insert(expression.into(), compiled.clone());
        Ok(compiled)
    }

    /// The names of the groups, the whole match included; empty where a group has none.
    pub fn group_names(&self) -> &[String] {
        &self.names
    }

    /// Whether the text contains a match.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// The first match.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        self.find_all(text, 1).pop()
    }

    /// The first `limit` matches that do not overlap; all if it is negative.
    pub fn find_all(&self, text: &[u8], limit: i64) -> Vec<Range<usize>> {
        let text = Text::new(text);
        let mut found = Vec::new();
        self.matcher.each(&text, limit, 1, |groups| {
            found.extend(groups[0].clone());
        });
        found
    }

    /// The groups of the first `limit` matches, the whole match first; all if it is negative.
    pub fn captures_all(&self, text: &[u8], limit: i64) -> Vec<Vec<Option<Range<usize>>>> {
        let text = Text::new(text);
        let mut found = Vec::new();
        self.matcher.each(&text, limit, self.names.len(), |groups| {
            found.push(groups.to_vec());
        });
        found
    }

    /// Replaces each match by the template, in which `$1`, `${1}`, `$name` stand for groups.
    /// See [`MAX_REPLACED`].
    pub fn replace_all(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        if !replacement.contains(&b'$') {
            return self.replace_all_literal(text, replacement);
        }
        let pieces = template::parse(replacement, &self.names);
        self.replace_with(text, self.names.len(), |out, groups| {
            for piece in &pieces {
                if out.len() <= MAX_REPLACED {
                    piece.expand(text, groups, out);
                }
            }
        })
    }

    /// Replaces each match by the replacement as it is. See [`MAX_REPLACED`].
    pub fn replace_all_literal(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        self.replace_with(text, 1, |out, _| out.extend_from_slice(replacement))
    }

    /// Cuts the text at the matches into at most `limit` pieces; any number if it is negative,
    /// none if it is 0.
    pub fn split<'t>(&self, text: &'t [u8], limit: i64) -> Vec<&'t [u8]> {
        if limit == 0 {
            return Vec::new();
        }
        if text.is_empty() && !self.is_empty {
            return vec![text];
        }
        let mut pieces = Vec::new();
        let (mut start, mut end) = (0, 0);
        for found in self.find_all(text, limit) {
            if limit > 0 && pieces.len() as i64 == limit - 1 {
                break;
            }
            end = found.start;
            if found.end != 0 {
                pieces.push(&text[start..end]);
            }
            start = found.end;
        }
        if end != text.len() {
            pieces.push(&text[start..]);
        }
        pieces
    }

    fn replace_with(
        &self,
        text: &[u8],
        groups: usize,
        mut append: impl FnMut(&mut Vec<u8>, &[Option<Range<usize>>]),
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        let mut copied = 0;
        self.matcher.each(&Text::new(text), -1, groups, |groups| {
            if let Some(Range { start, end }) = groups[0].clone() {
                if out.len() <= MAX_REPLACED {
                    out.extend_from_slice(&text[copied..start]);
                    append(&mut out, groups);
                }
                copied = end;
            }
        });
        out.extend_from_slice(&text[copied..]);
        out
    }
}

/// The text of the panic of Go's `regexp.MustCompile`.
pub fn must_compile_panic(expression: &[u8], error: &Error) -> String {
    let text = String::from_utf8_lossy(expression);
    let plain = |c: char| c != '`' && c != '\u{feff}' && (c == '\t' || !(c < ' ' || c == '\x7f'));
    if std::str::from_utf8(expression).is_ok() && text.chars().all(plain) {
        format!("regexp: Compile(`{text}`): {error}")
    } else {
        format!(
            "regexp: Compile({}): {error}",
            goval::strconv::quote(expression)
        )
    }
}

/// Escapes what has a meaning in expressions. Go's `regexp.QuoteMeta`.
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if br"\.+*?()|[]{}^$".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}
