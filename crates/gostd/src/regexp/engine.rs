//! Matching by `regex-automata`, and Go's order of matches over it.

use std::borrow::Cow;
use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::{Config, Regex};
use regex_automata::util::primitives::NonMaxUsize;
use regex_syntax::hir::Hir;

/// The most memory that one compiled expression may take, in bytes.
const MAX_SIZE: usize = 64 << 20;
/// From which nesting on an expression is compiled on a stack of its own.
const DEEP: u32 = 100;
/// The size of that stack in bytes: enough for the deepest nesting that the parser lets pass.
const DEEP_STACK: usize = 64 << 20;

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Matcher {
    regex: Regex,
    groups: usize,
}

impl Matcher {
    /// Compiles an expression of so many groups, the whole match included, and so deep a nesting;
    /// `None` if it is too large.
    pub(super) fn new(hir: &Hir, groups: usize, height: u32) -> Option<Matcher> {
        let regex = if height < DEEP {
            compile(hir)
        } else {
            compile_deep(hir)
        };
        Some(Matcher {
            regex: regex?,
            groups,
        })
    }

    /// Calls back for the first `limit` matches (all if negative) with the first `groups` groups.
    ///
    /// As in Go, an empty match right after another match does not count.
    pub(super) fn each(
        &self,
        text: &Text<'_>,
        limit: i64,
        groups: usize,
        mut found: impl FnMut(&[Option<Range<usize>>]),
    ) {
        let mut slots = vec![None; 2 * self.groups.min(groups)];
        let mut result = vec![None; groups];
        let (mut at, mut last_end, mut count) = (0, None, 0);
        while at <= text.bytes.len() && (limit < 0 || count < limit) {
            let input = Input::new(&*text.bytes).range(at..);
            if self.regex.search_slots(&input, &mut slots).is_none() {
                break;
            }
            let Some(Range { start, end }) = range(&slots[..2]) else {
                break;
            };
            let accepted = end > start || last_end != Some(start);
            at = if end > at {
                end
            } else {
                at + text.char_len(at)
            };
            last_end = Some(end);
            if accepted {
                for (group, slots) in result.iter_mut().zip(slots.chunks(2)) {
                    *group = range(slots).map(|r| text.original(r));
                }
                found(&result);
                count += 1;
            }
        }
    }
}

fn compile(hir: &Hir) -> Option<Regex> {
    let config = Config::new().nfa_size_limit(Some(MAX_SIZE));
    let regex = Regex::builder().configure(config).build_from_hir(hir);
    regex.ok()
}

/// The compiler recurses, and callers may have little stack left.
fn compile_deep(hir: &Hir) -> Option<Regex> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(DEEP_STACK);
        let thread = thread.spawn_scoped(scope, || compile(hir)).ok()?;
        thread.join().ok()?
    })
}

fn range(slots: &[Option<NonMaxUsize>]) -> Option<Range<usize>> {
    match slots {
        [Some(start), Some(end)] => Some(start.get()..end.get()),
        _ => None,
    }
}

/// A text to search: valid UTF-8, with a way back to the original offsets if it was not.
pub(super) struct Text<'t> {
    bytes: Cow<'t, [u8]>,
    /// For each offset of `bytes`, and its end, that of the original text.
    offsets: Option<Vec<usize>>,
}

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t [u8]) -> Text<'t> {
        if std::str::from_utf8(text).is_ok() {
            return Text {
                bytes: Cow::Borrowed(text),
                offsets: None,
            };
        }
        let mut bytes = Vec::with_capacity(text.len() * 2);
        let mut offsets = Vec::with_capacity(text.len() * 2);
        let mut at = 0;
        for chunk in text.utf8_chunks() {
            for byte in chunk.valid().bytes() {
                bytes.push(byte);
                offsets.push(at);
                at += 1;
            }
            for _ in chunk.invalid() {
                bytes.extend("\u{fffd}".bytes());
                offsets.extend([at, at, at]);
                at += 1;
            }
        }
        offsets.push(at);
        Text {
            bytes: Cow::Owned(bytes),
            offsets: Some(offsets),
        }
    }

    /// The length of the character at an offset; 1 at the end, to step beyond it.
    fn char_len(&self, at: usize) -> usize {
        match self.bytes.get(at) {
            None | Some(..0x80) => 1,
            Some(..0xe0) => 2,
            Some(..0xf0) => 3,
            Some(_) => 4,
        }
    }

    fn original(&self, range: Range<usize>) -> Range<usize> {
        match &self.offsets {
            Some(offsets) => offsets[range.start]..offsets[range.end],
            None => range,
        }
    }
}
