//! The parser of RE2's syntax in the dialect of Go's `regexp.Compile`.
//!
//! Works through the expression once, with the open groups on a stack of its own, so that nesting
//! costs no recursion.

use regex_syntax::hir::{Capture, Class, ClassUnicode, Dot, Hir, Look, Repetition};

use super::class;

/// The deepest nesting of the parts of an expression.
const MAX_HEIGHT: u32 = 1000;
/// The most instructions an expression may need, counted as Go counts them.
const MAX_SIZE: u64 = (128 << 20) / 40;
/// The largest repeat count, also of nested ones multiplied.
const MAX_REPEAT: u32 = 1000;

/// What is wrong with an expression, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {code}: `{expression}`")]
pub struct Error {
    code: &'static str,
    expression: String,
}

impl Error {
    fn new(code: &'static str, expression: &str) -> Error {
        let expression = expression.to_owned();
        Error { code, expression }
    }

    pub(super) fn too_large(expression: &[u8]) -> Error {
        Error::new("expression too large", &String::from_utf8_lossy(expression))
    }
}

const BAD_ESCAPE: &str = "invalid escape sequence";
const BAD_RANGE: &str = "invalid character class range";
const BAD_REPEAT: &str = "invalid repeat count";

/// A parsed expression.
pub(super) struct Parsed {
    pub(super) hir: Hir,
    /// The names of the groups from the whole match on; empty where a group has none.
    pub(super) names: Vec<String>,
    /// How deep the expression nests.
    pub(super) height: u32,
}

pub(super) fn parse(expression: &[u8]) -> Result<Parsed, Error> {
    let text = std::str::from_utf8(expression).map_err(|e| {
        let rest = String::from_utf8_lossy(&expression[e.valid_up_to()..]);
        Error::new("invalid UTF-8", &rest)
    })?;
    let mut parser = Parser {
        whole: text,
        rest: text,
        flags: Flags::default(),
        frames: vec![Frame::default()],
        names: vec![String::new()],
    };
    parser.run()?;
    let node = match (parser.frames.pop(), parser.frames.is_empty()) {
        (Some(frame), true) => frame.close()?,
        _ => return Err(Error::new("missing closing )", text)),
    };
    let node = parser.checked(node)?;
    Ok(Parsed {
        hir: node.hir,
        names: parser.names,
        height: node.height,
    })
}

#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`: letters match in either case.
    fold: bool,
    /// `m`: `^` and `$` match at lines.
    multi_line: bool,
    /// `s`: the dot matches the end of a line.
    dot_newline: bool,
    /// `U`: repetitions take as little as they can, those with `?` as much.
    lazy: bool,
}

/// A part of an expression, with what the limits are measured by.
struct Node {
    hir: Hir,
    size: u64,
    height: u32,
    /// The largest product of repeat counts along a path.
    repeat: u32,
}

impl Node {
    fn leaf(hir: Hir) -> Node {
        Node {
            hir,
            size: 1,
            height: 1,
            repeat: 1,
        }
    }
}

/// An open group, or the whole expression.
#[derive(Default)]
struct Frame {
    /// The number of the group, if it captures.
    capture: Option<u32>,
    /// The flags to restore when it closes.
    flags: Flags,
    alternatives: Vec<Node>,
    sequence: Vec<Node>,
}

impl Frame {
    fn end_alternative(&mut self) {
        let sequence = std::mem::take(&mut self.sequence);
        self.alternatives.push(joined(sequence, 0, Hir::concat));
    }

    fn close(mut self) -> Result<Node, Error> {
        self.end_alternative();
        let bars = self.alternatives.len() as u64 - 1;
        Ok(joined(self.alternatives, bars, Hir::alternation))
    }
}

fn joined(mut nodes: Vec<Node>, extra: u64, join: fn(Vec<Hir>) -> Hir) -> Node {
    match nodes.len() {
        0 => Node::leaf(Hir::empty()),
        1 => nodes.remove(0),
        _ => Node {
            size: nodes.iter().map(|n| n.size).sum::<u64>() + extra,
            height: 1 + nodes.iter().map(|n| n.height).max().unwrap_or(0),
            repeat: nodes.iter().map(|n| n.repeat).max().unwrap_or(1),
            hir: join(nodes.into_iter().map(|n| n.hir).collect()),
        },
    }
}

struct Parser<'a> {
    whole: &'a str,
    rest: &'a str,
    flags: Flags,
    frames: Vec<Frame>,
    names: Vec<String>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) -> Result<(), Error> {
        // The text from the repetition on that was read last, to refuse another one on top of it.
        let mut last_repeat = None;
        while let Some(c) = self.rest.chars().next() {
            let before = self.rest;
            let repeat = match c {
                '*' => Some((0, None)),
                '+' => Some((1, None)),
                '?' => Some((0, Some(1))),
                '{' => self.counts()?,
                _ => None,
            };
            if let Some((min, max)) = repeat {
                if c != '{' {
                    self.rest = &self.rest[1..];
                }
                self.repetition(min, max, c == '{', before, last_repeat)?;
                last_repeat = Some(before);
                continue;
            }
            last_repeat = None;
            match c {
                '(' if self.rest.starts_with("(?") => self.special_group()?,
                '\\' => self.escape()?,
                '[' => self.bracketed()?,
                c => {
                    self.rest = &self.rest[c.len_utf8()..];
                    self.symbol(c)?;
                }
            }
        }
        Ok(())
    }

    /// What a single character means that begins nothing longer.
    fn symbol(&mut self, c: char) -> Result<(), Error> {
        let flags = self.flags;
        match c {
            '(' => {
                self.open_capture("");
                Ok(())
            }
            ')' => self.close_group(),
            '|' => {
                self.frame().end_alternative();
                Ok(())
            }
            '^' if flags.multi_line => self.push(Hir::look(Look::StartLF)),
            '^' => self.push(Hir::look(Look::Start)),
            '$' if flags.multi_line => self.push(Hir::look(Look::EndLF)),
            '$' => self.push(Hir::look(Look::End)),
            '.' if flags.dot_newline => self.push(Hir::dot(Dot::AnyChar)),
            '.' => self.push(Hir::dot(Dot::AnyCharExceptLF)),
            c => self.literal(u32::from(c)),
        }
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, hir: Hir) -> Result<(), Error> {
        self.push_node(Node::leaf(hir))
    }

    fn push_node(&mut self, node: Node) -> Result<(), Error> {
        let node = self.checked(node)?;
        self.frame().sequence.push(node);
        Ok(())
    }

    fn checked(&self, node: Node) -> Result<Node, Error> {
        if node.height > MAX_HEIGHT {
            return Err(Error::new("expression nests too deeply", self.whole));
        }
        if node.size > MAX_SIZE {
            return Err(Error::new("expression too large", self.whole));
        }
        Ok(node)
    }

    fn push_class(&mut self, class: ClassUnicode) -> Result<(), Error> {
        self.push(Hir::class(Class::Unicode(class)))
    }

    /// Surrogates may be written, but match nothing.
    fn literal(&mut self, code_point: u32) -> Result<(), Error> {
        let class = class::of_code_points(code_point, code_point);
        self.push_class(class::folded(class, self.flags.fold))
    }

    fn open_capture(&mut self, name: &str) {
        self.names.push(name.to_owned());
        self.frames.push(Frame {
            capture: u32::try_from(self.names.len() - 1).ok(),
            flags: self.flags,
            ..Frame::default()
        });
    }

    fn close_group(&mut self) -> Result<(), Error> {
        if self.frames.len() < 2 {
            return Err(Error::new("unexpected )", self.whole));
        }
        let frame = self.frames.pop().unwrap_or_default();
        self.flags = frame.flags;
        let capture = frame.capture;
        let mut node = self.checked(frame.close()?)?;
        if let Some(index) = capture {
            // The names stay here: Go allows a name twice, the engine does not.
            let sub = Box::new(node.hir);
            node.hir = Hir::capture(Capture {
                index,
                name: None,
                sub,
            });
            node.size += 2;
            node.height += 1;
        }
        self.push_node(node)
    }

    /// Repeats what was read last. `before` is the text from the operator on.
    fn repetition(
        &mut self,
        min: u32,
        max: Option<u32>,
        counted: bool,
        before: &str,
        last_repeat: Option<&str>,
    ) -> Result<(), Error> {
        let mut greedy = !self.flags.lazy;
        if let Some(rest) = self.rest.strip_prefix('?') {
            self.rest = rest;
            greedy = !greedy;
        }
        let rest = self.rest.len();
        if let Some(last) = last_repeat {
            let operators = &last[..last.len() - rest];
            return Err(Error::new("invalid nested repetition operator", operators));
        }
        let operator = &before[..before.len() - rest];
        let Some(mut node) = self.frame().sequence.pop() else {
            return Err(Error::new(
                "missing argument to repetition operator",
                operator,
            ));
        };
        if counted {
            let times = max.unwrap_or(min);
            let product = node.repeat.saturating_mul(times.max(1));
            node.repeat = if max == Some(0) { 1 } else { product };
            if (min >= 2 || times >= 2) && node.repeat > MAX_REPEAT {
                return Err(Error::new(BAD_REPEAT, operator));
            }
        }
        node.size = repeated_size(node.size, min, max, counted);
        node.height += 1;
        let sub = Box::new(node.hir);
        node.hir = Hir::repetition(Repetition {
            min,
            max,
            greedy,
            sub,
        });
        self.push_node(node)
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`; anything else is no repetition.
    fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let Some((min, max, rest)) = read_counts(self.rest) else {
            return Ok(None);
        };
        let operator = &self.rest[..self.rest.len() - rest.len()];
        let too_big = |n: u32| n > MAX_REPEAT;
        if too_big(min) || max.is_some_and(|max| too_big(max) || min > max) {
            return Err(Error::new(BAD_REPEAT, operator));
        }
        self.rest = rest;
        Ok(Some((min, max)))
    }

    /// Reads what begins with `(?`: a named group, flags, or a group with flags.
    fn special_group(&mut self) -> Result<(), Error> {
        let text = self.rest;
        let name = text.strip_prefix("(?P<").or(text.strip_prefix("(?<"));
        // Like Go, `(?P<` and `(?<` with nothing behind them are no beginning of a name.
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            return self.named_group(name);
        }
        self.rest = &text[2..];
        let (mut flags, mut on, mut seen) = (self.flags, true, false);
        while let Some(c) = self.rest.chars().next() {
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                'i' => flags.fold = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_newline = on,
                'U' => flags.lazy = on,
                '-' if on => on = false,
                ':' | ')' if on || seen => {
                    if c == ':' {
                        let flags = self.flags;
                        self.frames.push(Frame {
                            flags,
                            ..Frame::default()
                        });
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            }
            seen = c != '-';
        }
        let read = &text[..text.len() - self.rest.len()];
        Err(Error::new("invalid or unsupported Perl syntax", read))
    }

    fn named_group(&mut self, name: &'a str) -> Result<(), Error> {
        let invalid = |what| Error::new("invalid named capture", what);
        let (name, rest) = name.split_once('>').ok_or_else(|| invalid(self.rest))?;
        let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if name.is_empty() || !name.chars().all(is_word) {
            return Err(invalid(&self.rest[..self.rest.len() - rest.len()]));
        }
        self.rest = rest;
        self.open_capture(name);
        Ok(())
    }

    /// Reads an escape outside of brackets.
    fn escape(&mut self) -> Result<(), Error> {
        let text = self.rest;
        let look = match text.as_bytes().get(1) {
            Some(b'A') => Look::Start,
            Some(b'z') => Look::End,
            Some(b'b') => Look::WordAscii,
            Some(b'B') => Look::WordAsciiNegate,
            Some(b'C') => return Err(Error::new(BAD_ESCAPE, &text[..2])),
            Some(b'Q') => return self.quoted(),
            _ => {
                if let Some(class) = self.class_escape()? {
                    return self.push_class(class);
                }
                let c = self.char_escape()?;
                return self.literal(c);
            }
        };
        self.rest = &text[2..];
        self.push(Hir::look(look))
    }

    /// Reads `\Q…\E`, or to the end.
    fn quoted(&mut self) -> Result<(), Error> {
        let text = &self.rest[2..];
        let (literal, rest) = text.split_once(r"\E").unwrap_or((text, ""));
        self.rest = rest;
        literal.chars().try_for_each(|c| self.literal(u32::from(c)))
    }

    /// Reads `\d`, `\pL`, `\p{Greek}` and the like, inside or outside of brackets.
    fn class_escape(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let Some(body) = self.rest.strip_prefix('\\') else {
            return Ok(None);
        };
        let Some(letter) = body.chars().next() else {
            return Ok(None);
        };
        if letter.eq_ignore_ascii_case(&'p') {
            return self.property_escape().map(Some);
        }
        let Some((found, negate)) = class::perl(letter) else {
            return Ok(None);
        };
        self.rest = &body[1..];
        let found = class::folded(found, self.flags.fold);
        Ok(Some(class::negated(found, negate)))
    }

    fn property_escape(&mut self) -> Result<ClassUnicode, Error> {
        let text = self.rest;
        let unknown = |what| Error::new(BAD_RANGE, what);
        let body = &text[2..];
        let (name, rest) = match body.strip_prefix('{') {
            Some(inner) => inner.split_once('}').ok_or_else(|| unknown(text))?,
            None => body.split_at(body.chars().next().map_or(0, char::len_utf8)),
        };
        let (plain, inverted) = match name.strip_prefix('^') {
            Some(plain) => (plain, true),
            None => (name, false),
        };
        let negate = text.starts_with(r"\P") != inverted;
        let read = &text[..text.len() - rest.len()];
        let found = class::unicode(plain).ok_or_else(|| unknown(read))?;
        self.rest = rest;
        let found = class::folded(found, self.flags.fold);
        Ok(class::negated(found, negate))
    }

    /// Reads the escape of a single character.
    fn char_escape(&mut self) -> Result<u32, Error> {
        let text = self.rest;
        let mut chars = text[1..].chars();
        let Some(c) = chars.next() else {
            return Err(Error::new("trailing backslash at end of expression", ""));
        };
        let code = match c {
            '1'..='7' if !chars.as_str().starts_with(|c| matches!(c, '0'..='7')) => None,
            '0'..='7' => {
                let digits: String = text[1..]
                    .chars()
                    .take(3)
                    .take_while(|c| matches!(c, '0'..='7'))
                    .collect();
                chars = text[1 + digits.len()..].chars();
                u32::from_str_radix(&digits, 8).ok()
            }
            'x' => hexadecimal(&mut chars),
            'a' => Some(0x07),
            'f' => Some(0x0c),
            'n' => Some(0x0a),
            'r' => Some(0x0d),
            't' => Some(0x09),
            'v' => Some(0x0b),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
            _ => None,
        };
        let rest = chars.as_str();
        self.rest = rest;
        code.ok_or_else(|| Error::new(BAD_ESCAPE, &text[..text.len() - rest.len()]))
    }

    /// Reads a class in brackets.
    fn bracketed(&mut self) -> Result<(), Error> {
        let whole = self.rest;
        self.rest = &whole[1..];
        let negate = self.rest.starts_with('^');
        if negate {
            self.rest = &self.rest[1..];
        }
        let mut found = ClassUnicode::empty();
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            let item = match self.named_class()? {
                Some(item) => item,
                None => match self.class_escape()? {
                    Some(item) => item,
                    None => self.range(whole)?,
                },
            };
            found.union(&item);
        }
        self.rest = &self.rest[1..];
        self.push_class(class::negated(found, negate))
    }

    /// Reads `[:alpha:]` or `[:^alpha:]`.
    fn named_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let text = self.rest;
        let Some((name, rest)) = text.strip_prefix("[:").and_then(|t| t.split_once(":]")) else {
            return Ok(None);
        };
        let plain = name.strip_prefix('^');
        let Some(found) = class::posix(plain.unwrap_or(name)) else {
            let read = &text[..text.len() - rest.len()];
            return Err(Error::new(BAD_RANGE, read));
        };
        self.rest = rest;
        let found = class::folded(found, self.flags.fold);
        Ok(Some(class::negated(found, plain.is_some())))
    }

    /// Reads a character or a range of them.
    fn range(&mut self, whole: &str) -> Result<ClassUnicode, Error> {
        let text = self.rest;
        let low = self.class_char(whole)?;
        let mut high = low;
        if let Some(end) = self.rest.strip_prefix('-')
            && !end.is_empty()
            && !end.starts_with(']')
        {
            self.rest = end;
            high = self.class_char(whole)?;
            if high < low {
                let read = &text[..text.len() - self.rest.len()];
                return Err(Error::new(BAD_RANGE, read));
            }
        }
        Ok(class::folded(
            class::of_code_points(low, high),
            self.flags.fold,
        ))
    }

    fn class_char(&mut self, whole: &str) -> Result<u32, Error> {
        let Some(c) = self.rest.chars().next() else {
            return Err(Error::new("missing closing ]", whole));
        };
        if c == '\\' {
            return self.char_escape();
        }
        self.rest = &self.rest[c.len_utf8()..];
        Ok(u32::from(c))
    }
}

/// Reads `xHH` or `x{H…}` after its `x`. On failure the position is where Go stops reading.
fn hexadecimal(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let first = chars.next()?;
    if first != '{' {
        let second = chars.next();
        return Some(first.to_digit(16)? * 16 + second?.to_digit(16)?);
    }
    let mut code = None;
    loop {
        let c = chars.next()?;
        if c == '}' {
            return code;
        }
        let next = code.unwrap_or(0) * 16 + c.to_digit(16)?;
        if next > u32::from(char::MAX) {
            return None;
        }
        code = Some(next);
    }
}

/// Reads `{n}`, `{n,}` or `{n,m}`, and gives the counts and what follows.
fn read_counts(text: &str) -> Option<(u32, Option<u32>, &str)> {
    let (min, rest) = read_count(text.strip_prefix('{')?)?;
    let Some(rest) = rest.strip_prefix(',') else {
        return Some((min, Some(min), rest.strip_prefix('}')?));
    };
    if let Some(rest) = rest.strip_prefix('}') {
        return Some((min, None, rest));
    }
    let (max, rest) = read_count(rest)?;
    Some((min, Some(max), rest.strip_prefix('}')?))
}

/// Reads a number without leading zeros; one that is too big is just beyond all limits.
fn read_count(text: &str) -> Option<(u32, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(len);
    if digits.is_empty() || len > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().unwrap_or(u32::MAX), rest))
}

/// How many instructions a repetition needs.
fn repeated_size(size: u64, min: u32, max: Option<u32>, counted: bool) -> u64 {
    let (least, most) = (u64::from(min), max.map(u64::from));
    match (counted, most) {
        (_, None) if min == 0 => 2 + size,
        (false, _) => 1 + size,
        (true, None) => 1 + least * size,
        (true, Some(most)) => (most * size + (most - least)).max(1),
    }
}
