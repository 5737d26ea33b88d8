//! Documents in their usual form, read straight from the lines.
//!
//! Values files and manifests are block collections of short scalars, with few exceptions. The way by
//! tokens, which wait because they may turn out to be keys, costs them several times what they need.
//! Whatever is written otherwise is left to [`parser`](super::parser), and so is every mistake: there
//! is one place that knows errors. Builds for checking compare both on all that they read.

use std::borrow::Cow;

use super::input::Input;
use super::scanner::Scanner;
use super::token::{ScalarStyle, TokenKind};
use super::tree::{Node, NodeKind, Tree};

/// Deeper documents are not usual.
const MAX_DEPTH: usize = 100;
/// Longer keys are not usual; from 1024 characters on they are mistakes.
const MAX_KEY: usize = 512;

/// Reads a document of the usual form, alone in its text; `None` leaves the text to the parser.
pub(super) fn parse<'a>(input: &'a Input<'_>) -> Option<Tree<'a>> {
    let scanner = Scanner::new(input);
    if scanner.in_pieces || !has_usual_lines(&input.text, input.ascii) {
        return None;
    }
    let mut reader = Reader {
        nodes: Vec::with_capacity(scanner.text.len() / 12 + 1),
        scanner,
        line_start: 0,
        depth: 0,
    };
    reader.document()?;
    let nodes = reader.nodes;
    Some(Tree { nodes })
}

/// Whether all lines end as in Unix, and no tab makes one wonder what stands below what.
fn has_usual_lines(text: &[u8], ascii: bool) -> bool {
    memchr::memchr2(b'\r', b'\t', text).is_none()
        && (ascii
            || text
                .windows(2)
                .all(|pair| pair != [0xc2, 0x85] && pair != [0xe2, 0x80]))
}

struct Reader<'a> {
    /// Knows the place in the text, and reads quoted and block scalars.
    scanner: Scanner<'a>,
    nodes: Vec<Node<'a>>,
    /// Where the current line begins.
    line_start: usize,
    depth: usize,
}

/// The text of a key, whether it is plain, and where its `:` stands.
type FoundKey<'a> = (&'a [u8], bool, usize);

impl<'a> Reader<'a> {
    fn document(&mut self) -> Option<()> {
        if self.scanner.text.starts_with(b"---\n") {
            self.scanner.at = 3;
        }
        self.go_to_content()?;
        match self.byte()? {
            b'{' | b'[' => self.scalar(-1)?,
            _ => self.block_collection()?,
        }
        self.at_end().then_some(())
    }

    // Block collections.

    fn block_collection(&mut self) -> Option<()> {
        let column = self.column();
        if self.at_entry() {
            return self.sequence(column, false);
        }
        self.mapping(column)
    }

    fn mapping(&mut self, column: i32) -> Option<()> {
        let number = self.open(NodeKind::Mapping)?;
        loop {
            let (text, plain, end) = self.find_key()?;
            self.push(NodeKind::Scalar, Cow::Borrowed(text), plain);
            self.scanner.at = end + 1;
            self.value(column)?;
            match self.column() {
                next if next == column => {}
                next if next < column => break,
                _ => return None,
            }
        }
        self.close(number)
    }

    /// What follows the `:` of a key.
    fn value(&mut self, column: i32) -> Option<()> {
        let line = self.scanner.mark.line;
        if self.on_this_line() {
            return self.scalar(column);
        }
        self.go_to_content()?;
        match self.column() {
            next if next > column => self.nested(column),
            next if next == column && self.at_entry() => self.sequence(column, true),
            _ => self.empty(line),
        }
    }

    /// A sequence; `indentless` if it stands at the column of the mapping that it is a value of.
    fn sequence(&mut self, column: i32, indentless: bool) -> Option<()> {
        let number = self.open(NodeKind::Sequence)?;
        loop {
            self.scanner.at += 1;
            self.entry(column)?;
            match self.column() {
                next if next == column && self.at_entry() => {}
                next if next < column || next == column && indentless => break,
                _ => return None,
            }
        }
        self.close(number)
    }

    /// What follows the `-` of an entry.
    fn entry(&mut self, column: i32) -> Option<()> {
        let line = self.scanner.mark.line;
        if !self.on_this_line() {
            self.go_to_content()?;
            return match self.column() > column {
                true => self.nested(column),
                false => self.empty(line),
            };
        }
        self.nested(column)
    }

    /// A block collection, or what else stands to the right of what it is a value of.
    fn nested(&mut self, column: i32) -> Option<()> {
        if self.at_entry() || self.find_key().is_some() {
            return self.block_collection();
        }
        self.scalar(column)
    }

    /// The simple key that begins here.
    fn find_key(&self) -> Option<FoundKey<'a>> {
        let (text, at) = (self.scanner.text, self.scanner.at);
        let (key, plain, end) = match text.get(at)? {
            b'"' | b'\'' => {
                let end = self.scanner.simple_quoted_end(at)?;
                (&text[at + 1..end], false, end + 1)
            }
            c if c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'/' | b'$') => {
                let end = at + self.plain_key_length()?;
                (&text[at..end], true, end)
            }
            _ => return None,
        };
        let is_key = text.get(end) == Some(&b':') && is_blank_or_end(text, end + 1);
        (is_key && key.len() < MAX_KEY).then_some((key, plain, end))
    }

    /// How far it is to the `:` of a plain key without spaces.
    fn plain_key_length(&self) -> Option<usize> {
        let rest = &self.scanner.text[self.scanner.at..];
        let mut length = 0;
        loop {
            length += rest[length..]
                .iter()
                .position(|c| matches!(c, b':' | b' ' | b'\n' | b'#'))?;
            if rest[length] != b':' {
                return None;
            }
            if is_blank_or_end(rest, length + 1) {
                return Some(length);
            }
            length += 1;
        }
    }

    // Scalars and flow collections.

    /// A value on the line of its key or entry, and what follows on that line.
    fn scalar(&mut self, column: i32) -> Option<()> {
        let line = self.scanner.mark.line;
        self.scanner.indent = column;
        self.scanner.mark.column = 0;
        let text = self.scanner.text;
        match text[self.scanner.at] {
            b'"' | b'\'' => {
                let scalar = self.scanner.scan_quoted().ok()?;
                self.scanned(line, scalar)?;
                // It may have gone on over several lines.
                self.end_of_value()
            }
            b'|' | b'>' => {
                let scalar = self.scanner.scan_block_scalar().ok()?;
                self.scanned_lines(line, scalar)
            }
            b'[' | b'{' => {
                self.flow_collection()?;
                self.end_of_value()
            }
            b'-' if is_blank_or_end(text, self.scanner.at + 1) => None,
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b',' | b']' | b'}' | b'?' | b':' => None,
            _ => self.plain(column),
        }
    }

    fn plain(&mut self, column: i32) -> Option<()> {
        let (text, start) = (self.scanner.text, self.scanner.at);
        let mut end = start;
        loop {
            let rest = &text[end..];
            let stop = rest.iter().position(|c| matches!(c, b':' | b'#' | b'\n'));
            end = stop.map_or(text.len(), |length| end + length);
            match text.get(end) {
                Some(b':') if is_blank_or_end(text, end + 1) => return None,
                Some(b'#') if text[end - 1] == b' ' => break,
                Some(b':' | b'#') => end += 1,
                _ => break,
            }
        }
        if self.goes_on_below(end, column) {
            let line = self.scanner.mark.line;
            self.scanner.mark.column = self.column().unsigned_abs();
            let scalar = self.scanner.scan_plain().ok()?;
            return self.scanned_lines(line, scalar);
        }
        let value = &text[start..end];
        let spaces = value.iter().rev().take_while(|&&c| c == b' ').count();
        self.scanner.at = end - spaces;
        let value = Cow::Borrowed(&value[..value.len() - spaces]);
        self.push(NodeKind::Scalar, value, true);
        self.end_of_value()
    }

    /// Whether a plain scalar whose line ends here has more lines: below it something stands farther
    /// to the right than what it is a value of.
    fn goes_on_below(&self, end: usize, column: i32) -> bool {
        let rest = &self.scanner.text[end..];
        let blanks = rest.iter().take_while(|c| matches!(c, b' ' | b'\n'));
        let blanks = &rest[..blanks.count()];
        let indent = memchr::memrchr(b'\n', blanks).map(|newline| blanks.len() - newline - 1);
        blanks.len() < rest.len() && indent.is_some_and(|indent| indent as i32 > column)
    }

    /// A collection in brackets or braces, on one line, of scalars without spaces.
    fn flow_collection(&mut self) -> Option<()> {
        let (kind, close) = match self.scanner.text[self.scanner.at] {
            b'[' => (NodeKind::Sequence, b']'),
            _ => (NodeKind::Mapping, b'}'),
        };
        let number = self.open(kind)?;
        self.scanner.at += 1;
        self.scanner.skip_spaces();
        while !self.passes(close) {
            if kind == NodeKind::Mapping {
                self.flow_scalar()?;
                let quoted = matches!(self.scanner.text[self.scanner.at - 1], b'"' | b'\'');
                if !self.passes(b':') || !quoted && self.byte() != Some(b' ') {
                    return None;
                }
                self.scanner.skip_spaces();
            }
            match self.byte()? {
                b'[' | b'{' => self.flow_collection()?,
                _ => self.flow_scalar()?,
            }
            self.scanner.skip_spaces();
            if !self.passes(b',') && self.byte() != Some(close) {
                return None;
            }
            self.scanner.skip_spaces();
        }
        self.close(number)
    }

    fn flow_scalar(&mut self) -> Option<()> {
        let (text, start) = (self.scanner.text, self.scanner.at);
        let (value, plain, end) = match self.byte()? {
            b'"' | b'\'' => {
                let end = self.scanner.simple_quoted_end(start)?;
                (&text[start + 1..end], false, end + 1)
            }
            c if c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'/') => {
                let usual = |c: &u8| c.is_ascii_alphanumeric() || b"_./-+=@$*%".contains(c);
                let length = text[start..].iter().take_while(|c| usual(c)).count();
                (&text[start..start + length], true, start + length)
            }
            _ => return None,
        };
        self.scanner.at = end;
        self.push(NodeKind::Scalar, Cow::Borrowed(value), plain);
        Some(())
    }

    // The place in the text.

    fn byte(&self) -> Option<u8> {
        self.scanner.text.get(self.scanner.at).copied()
    }

    fn at_end(&self) -> bool {
        self.scanner.at >= self.scanner.text.len()
    }

    /// Passes a byte, if it is there.
    fn passes(&mut self, byte: u8) -> bool {
        let there = self.byte() == Some(byte);
        self.scanner.at += usize::from(there);
        there
    }

    /// The column of this place; -1 at the end.
    fn column(&self) -> i32 {
        match self.at_end() {
            true => -1,
            false => (self.scanner.at - self.line_start) as i32,
        }
    }

    /// Whether a `-` stands here that begins an entry.
    fn at_entry(&self) -> bool {
        self.byte() == Some(b'-') && is_blank_or_end(self.scanner.text, self.scanner.at + 1)
    }

    /// Passes spaces; whether something follows on this line that is no comment.
    fn on_this_line(&mut self) -> bool {
        self.scanner.skip_spaces();
        !matches!(self.byte(), None | Some(b'\n' | b'#'))
    }

    /// Passes the rest of a line on which nothing may stand any more but a comment.
    fn end_of_value(&mut self) -> Option<()> {
        if !is_blank_or_end(self.scanner.text, self.scanner.at) || self.on_this_line() {
            return None;
        }
        self.go_to_content()
    }

    /// Goes on to what is neither space nor comment, or to the end.
    fn go_to_content(&mut self) -> Option<()> {
        let text = self.scanner.text;
        while !self.on_this_line() {
            let rest = &text[self.scanner.at..];
            let Some(length) = memchr::memchr(b'\n', rest) else {
                self.scanner.at = text.len();
                return Some(());
            };
            self.scanner.at += length + 1;
            self.scanner.mark.line += 1;
            self.line_start = self.scanner.at;
        }
        let indicator = self.column() == 0
            && matches!(
                text.get(self.scanner.at..self.scanner.at + 3),
                Some(b"---" | b"...")
            );
        (!indicator).then_some(())
    }

    // Nodes.

    fn open(&mut self, kind: NodeKind) -> Option<usize> {
        self.depth += 1;
        let number = self.nodes.len();
        self.push(kind, Cow::Borrowed(b""), false);
        (self.depth <= MAX_DEPTH).then_some(number)
    }

    fn close(&mut self, number: usize) -> Option<()> {
        self.depth -= 1;
        self.nodes[number].end = self.nodes.len() as u32;
        Some(())
    }

    fn scanned(&mut self, line: u32, scalar: TokenKind<'a>) -> Option<()> {
        let TokenKind::Scalar { value, style } = scalar else {
            return None;
        };
        self.push(NodeKind::Scalar, value, style == ScalarStyle::Plain);
        self.nodes.last_mut()?.line = line;
        Some(())
    }

    /// As [`Reader::scanned`], for a scalar that was read up to the beginning of what follows its lines.
    fn scanned_lines(&mut self, line: u32, scalar: TokenKind<'a>) -> Option<()> {
        self.scanned(line, scalar)?;
        self.line_start = self.scanner.at - self.scanner.mark.column as usize;
        self.go_to_content()
    }

    fn empty(&mut self, line: u32) -> Option<()> {
        self.push(NodeKind::Scalar, Cow::Borrowed(b""), true);
        self.nodes.last_mut()?.line = line;
        Some(())
    }

    fn push(&mut self, kind: NodeKind, value: Cow<'a, [u8]>, implicit: bool) {
        self.nodes.push(Node {
            kind,
            line: self.scanner.mark.line,
            end: self.nodes.len() as u32 + 1,
            value,
            tag: Box::default(),
            implicit,
        });
    }
}

fn is_blank_or_end(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), None | Some(b' ' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::tree_of;
    use proptest::prelude::*;

    fn check(text: &str, usual: bool) {
        let input = Input::new(text.as_bytes());
        assert_eq!(parse(&input).is_some(), usual, "{text:?}");
        let _compared = tree_of(&input);
    }

    #[test]
    fn values_and_manifests_are_usual() {
        check("---\na: 1 # one\nb:\n  c: 'd'\n\n  # e\n  f: \"g\"\n", true);
        check("a:\n- b: 1\n  c:\n    - - d\n      - e\n-\n", true);
        check("a:\n- b: 1\n  c:\n    - - d\n      - e\nf:\n", true);
        check("- a: |-\n    b\n      c\n\n  d: >\n    e\n# f\n- g", true);
        check("a: {}\nb: [ c, \"d e\", [f] ]\ng: {h: i, \"j\":k}\n", true);
        check("a: http://b:80/#c\n\"d\": \"e\\n\n  f\"\n", true);
        check("a: ünïcödé\n", true);
        check(
            "a:\n  {}\nb:\n  - c\n  -\n    d\n    e\nf:\n\n  'g' # h\n",
            true,
        );
        check("{}", true);
        check("# a\n[b]\n", true);
        check("a: b\n  c: d\n", false);
        check("a: b\n  c\n\n   d # e\n# f\ng:\n- h\n  i\n- j\n", true);
        check("a: b\n\n  c\n # d\ne: f\n  # g\nh: i", true);
        check(
            "a:\n    b:\n        c: d e f\n         g h\n    i: j\n",
            true,
        );
    }

    #[test]
    fn the_rest_is_left_to_the_parser() {
        for text in [
            "",
            "# nothing\n",
            "a",
            "a: &b c\n",
            "a: *b\n",
            "a: !!str 1\n",
            "a b: c\n",
            "a: b: c\n",
            "a: [b\n]\n",
            "a: [b: c]\n",
            "a:\n  b: 1\n c: 2\n",
            "a: 1\n---\nb: 2\n",
            "a:\tb\n",
            "a: 1\r\n",
            "? a\n",
            "a: b\u{2028}c: d\n",
            "a: |",
        ] {
            check(text, text == "a: |");
        }
    }

    /// Lines of which some fit together.
    fn line() -> impl Strategy<Value = String> {
        let key = prop::sample::select(vec![
            "a:",
            "b.c/d-e:",
            "'f g':",
            "\"h\":",
            "i j:",
            "k:l:",
            "",
            "",
            "\"m\\n\":",
            "n#:",
            "? o:",
        ]);
        let value = prop::sample::select(vec![
            "",
            "",
            "",
            " 1",
            " two words",
            " # note",
            " 'q'",
            " \"r\\ts\"",
            " 'it''s'",
            " |",
            " >-",
            " |2",
            " |+ # n",
            " {}",
            " []",
            " [x, 'y z', {k: v}]",
            " [ x ]",
            " { k: v }",
            " {a: b,}",
            " [a,,b]",
            " {a}",
            " {\"a\":b}",
            " http://u:1/#f",
            " a: b",
            " -x",
            " - x",
            " *a",
            " &a b",
            " 'open",
            " \"open",
            " ünï",
            " a #b",
            " a#b",
            " --- ",
            " ...",
            " :",
            " :x",
            " ~",
            "x",
            " [a]: b",
            " 'a' b",
            " \"a\"#b",
            " @x",
            " a\tb",
        ]);
        let dashes = prop::sample::select(vec!["", "", "", "", "- ", "- - ", "-", "-  ", "--- "]);
        (0_usize..5, dashes, key, value).prop_map(|(indent, dashes, key, value)| {
            format!("{:indent$}{dashes}{key}{value}\n", "", indent = indent)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        /// The comparison itself is in `tree_of`.
        #[test]
        fn both_readers_understand_the_same(lines in prop::collection::vec(line(), 1..7)) {
            let _compared = tree_of(&Input::new(lines.concat().as_bytes()));
        }
    }
}
