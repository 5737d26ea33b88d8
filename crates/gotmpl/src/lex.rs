//! Splits a template text into tokens, as Go's `text/template/parse` does.

use std::ops::Range;

use crate::ast::Pos;
use crate::fmt;
use crate::unicode::{self, is_alphanumeric};

/// A piece of the text. It knows its place; the line is counted only when an error asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Whether there are spaces before it in its action. They are no tokens of their own: no rule ends
    /// at one, and half of all tokens would be spaces.
    pub(crate) spaced: bool,
    pub(crate) start: Pos,
    pub(crate) end: Pos,
}

impl Token {
    /// The bytes of the text that it is.
    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The text cannot be split further; [`Lexer::error`] says why.
    Error,
    #[default]
    Eof,
    Text,
    LeftDelim,
    RightDelim,
    Pipe,
    LeftParen,
    RightParen,
    Assign,
    Declare,
    /// Any other printable ASCII character, such as a comma.
    Char,
    Bool,
    CharConstant,
    Complex,
    Number,
    String,
    RawString,
    Field,
    Identifier,
    Variable,
    Keyword(Keyword),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Dot,
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

const LEFT: &[u8; 2] = b"{{";
const RIGHT: &[u8] = b"}}";
const COMMENT_START: &[u8] = b"/*";
const COMMENT_END: &[u8; 2] = b"*/";
/// The dash and the space beside it.
const TRIM_MARKER: usize = 2;

/// The ASCII characters of names, by their codes.
const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut code = 0;
    while code < 128 {
        table[code] = (code as u8).is_ascii_alphanumeric() || code as u8 == b'_';
        code += 1;
    }
    table
};

pub(crate) struct Lexer<'s> {
    text: &'s [u8],
    /// Where the token that is being read starts.
    start: usize,
    pos: usize,
    in_action: bool,
    /// Whether spaces were skipped before the token that is being read.
    spaced: bool,
    parens: u32,
    /// Functions named `break` or `continue` take the keyword's place.
    reserved: Reserved,
    error: String,
}

/// Which of the two late keywords are keywords.
#[derive(Clone, Copy)]
pub(crate) struct Reserved {
    pub(crate) r#break: bool,
    pub(crate) r#continue: bool,
}

impl<'s> Lexer<'s> {
    /// A lexer of a text that is not longer than [`Pos`] can count.
    pub(crate) fn new(text: &'s [u8], reserved: Reserved) -> Lexer<'s> {
        Lexer {
            text,
            start: 0,
            pos: 0,
            in_action: false,
            spaced: false,
            parens: 0,
            reserved,
            error: String::new(),
        }
    }

    /// What is wrong, once a token of kind [`Kind::Error`] was given.
    pub(crate) fn error(&self) -> &str {
        &self.error
    }

    /// The next token; at the end of the text, [`Kind::Eof`] for ever.
    pub(crate) fn next_token(&mut self) -> Token {
        if !self.error.is_empty() {
            return self.token(Kind::Error);
        }
        if self.in_action {
            self.inside_action()
        } else {
            self.text_or_delim()
        }
    }

    /// Plain text up to the next action; comments are skipped.
    fn text_or_delim(&mut self) -> Token {
        loop {
            let Some(len) = find(self.rest(), LEFT) else {
                self.pos = self.text.len();
                let kind = if self.pos > self.start {
                    Kind::Text
                } else {
                    Kind::Eof
                };
                return self.token(kind);
            };
            let delim = self.pos + len;
            let trim = starts_with_left_marker(&self.text[delim + LEFT.len()..]);
            self.pos = if trim {
                self.start + trimmed_end(&self.text[self.start..delim])
            } else {
                delim
            };
            let text = self.token(Kind::Text);
            self.skip_to(delim);
            if text.end > text.start {
                return text;
            }
            let after = delim + LEFT.len() + if trim { TRIM_MARKER } else { 0 };
            if !self.text[after..].starts_with(COMMENT_START) {
                self.pos = delim + LEFT.len();
                let token = self.token(Kind::LeftDelim);
                self.skip_to(after);
                self.in_action = true;
                self.parens = 0;
                return token;
            }
            self.skip_to(after);
            if let Err(message) = self.skip_comment() {
                return self.fail(message);
            }
        }
    }

    fn skip_comment(&mut self) -> Result<(), &'static str> {
        self.pos += COMMENT_START.len();
        let end = find(self.rest(), COMMENT_END).ok_or("unclosed comment")?;
        self.pos += end + COMMENT_END.len();
        let trim = self
            .right_delim()
            .ok_or("comment ends before closing delimiter")?;
        self.skip_right_delim(trim);
        Ok(())
    }

    /// Whether a right delimiter is next, and if so, whether with a trim marker.
    fn right_delim(&self) -> Option<bool> {
        let rest = self.rest();
        if starts_with_right_marker(rest) && rest[TRIM_MARKER..].starts_with(RIGHT) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    fn skip_right_delim(&mut self, trim: bool) {
        self.pos += RIGHT.len() + if trim { TRIM_MARKER } else { 0 };
        let spaces = if trim {
            self.rest().iter().take_while(|&&b| is_space(b)).count()
        } else {
            0
        };
        self.skip_to(self.pos + spaces);
    }

    fn inside_action(&mut self) -> Token {
        self.spaced = false;
        let Some(&first) = self.rest().first() else {
            return self.fail("unclosed action");
        };
        let first = match is_space(first) {
            false => first,
            true => match self.skip_spaces() {
                Some(first) => first,
                None => return self.end_of_action(),
            },
        };
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(Kind::Identifier),
            b'}' if self.rest().starts_with(RIGHT) => self.end_of_action(),
            _ => self.other(first),
        }
    }

    /// Skips the spaces that are next; the byte behind them, or `None` where a trim marker or the end
    /// of the text is.
    fn skip_spaces(&mut self) -> Option<u8> {
        let spaces = self.rest().iter().take_while(|&&b| is_space(b)).count();
        // The last one may belong to a trim marker.
        let last = self.pos + spaces - 1;
        self.skip_to(last);
        self.spaced = true;
        if self.right_delim() == Some(true) {
            return None;
        }
        self.skip_to(last + 1);
        self.rest().first().copied()
    }

    /// The right delimiter that is next, or the end of the text.
    fn end_of_action(&mut self) -> Token {
        match self.right_delim() {
            None => self.fail("unclosed action"),
            Some(_) if self.parens > 0 => self.fail("unclosed left paren"),
            Some(trim) => self.close_action(trim),
        }
    }

    /// What is neither a name nor the end of the action, by its first byte.
    fn other(&mut self, first: u8) -> Token {
        let (c, len) = match first.is_ascii() {
            true => (char::from(first), 1),
            false => unicode::decode(self.rest()),
        };
        self.pos += len;
        match c {
            '=' => self.token(Kind::Assign),
            ':' if self.accept(b"=") => self.token(Kind::Declare),
            ':' => self.fail("expected :="),
            '|' => self.token(Kind::Pipe),
            '"' => self.quoted(b'"', Kind::String, "unterminated quoted string"),
            '\'' => self.quoted(b'\'', Kind::CharConstant, "unterminated character constant"),
            '`' => self.raw_string(),
            '$' if self.at_terminator() => self.token(Kind::Variable),
            '$' => self.name(Kind::Variable),
            '.' if self.rest().first().is_some_and(|b| !b.is_ascii_digit()) => {
                if self.at_terminator() {
                    self.token(Kind::Keyword(Keyword::Dot))
                } else {
                    self.name(Kind::Field)
                }
            }
            '.' | '+' | '-' | '0'..='9' => self.number(),
            '(' => {
                self.parens += 1;
                self.token(Kind::LeftParen)
            }
            ')' if self.parens == 0 => self.fail("unexpected right paren"),
            ')' => {
                self.parens -= 1;
                self.token(Kind::RightParen)
            }
            _ if is_alphanumeric(c) => self.name(Kind::Identifier),
            ' '..='~' => self.token(Kind::Char),
            _ => self.fail(format!(
                "unrecognized character in action: {}",
                fmt::code_point(c)
            )),
        }
    }

    fn close_action(&mut self, trim: bool) -> Token {
        if trim {
            self.skip_to(self.pos + TRIM_MARKER);
        }
        self.pos += RIGHT.len();
        let token = self.token(Kind::RightDelim);
        if trim {
            let spaces = self.rest().iter().take_while(|&&b| is_space(b)).count();
            self.skip_to(self.pos + spaces);
        }
        self.in_action = false;
        token
    }

    /// An identifier, field or variable, of which the first character may have been read.
    fn name(&mut self, kind: Kind) -> Token {
        let plain = |b: &&u8| NAME[usize::from(**b)];
        self.pos += self.rest().iter().take_while(plain).count();
        if self.rest().first().is_some_and(|byte| !byte.is_ascii()) {
            let (mut c, mut len) = unicode::decode(self.rest());
            while len > 0 && is_alphanumeric(c) {
                self.pos += len;
                (c, len) = unicode::decode(self.rest());
            }
        }
        if !self.at_terminator() {
            let (c, _) = unicode::decode(self.rest());
            return self.fail(format!("bad character {}", fmt::code_point(c)));
        }
        match kind {
            Kind::Identifier => self.token(self.classify(&self.text[self.start..self.pos])),
            _ => self.token(kind),
        }
    }

    fn classify(&self, word: &[u8]) -> Kind {
        Kind::Keyword(match word {
            b"true" | b"false" => return Kind::Bool,
            b"block" => Keyword::Block,
            b"break" if self.reserved.r#break => Keyword::Break,
            b"continue" if self.reserved.r#continue => Keyword::Continue,
            b"define" => Keyword::Define,
            b"else" => Keyword::Else,
            b"end" => Keyword::End,
            b"if" => Keyword::If,
            b"nil" => Keyword::Nil,
            b"range" => Keyword::Range,
            b"template" => Keyword::Template,
            b"with" => Keyword::With,
            _ => return Kind::Identifier,
        })
    }

    /// Whether a name may end here.
    fn at_terminator(&self) -> bool {
        let rest = self.rest();
        match rest.first() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(') => {
                true
            }
            Some(_) => rest.starts_with(RIGHT),
        }
    }

    /// A string or character constant up to its closing quote; escapes are checked later.
    fn quoted(&mut self, quote: u8, kind: Kind, unterminated: &'static str) -> Token {
        loop {
            match self.rest() {
                [] | [b'\n', ..] | [b'\\'] | [b'\\', b'\n', ..] => return self.fail(unterminated),
                [b'\\', ..] => self.pos += 2,
                [byte, ..] => {
                    self.pos += 1;
                    if *byte == quote {
                        return self.token(kind);
                    }
                }
            }
        }
    }

    fn raw_string(&mut self) -> Token {
        match memchr::memchr(b'`', self.rest()) {
            Some(len) => {
                self.pos += len + 1;
                self.token(Kind::RawString)
            }
            None => self.fail("unterminated raw quoted string"),
        }
    }

    /// A number, of which the first character was read. It is a coarse check, the parser's is exact.
    fn number(&mut self) -> Token {
        self.pos = self.start;
        let mut ok = self.scan_number();
        let mut kind = Kind::Number;
        if ok && matches!(self.rest().first(), Some(b'+' | b'-')) {
            kind = Kind::Complex;
            ok = self.scan_number() && self.text[self.pos - 1] == b'i';
        }
        if ok {
            return self.token(kind);
        }
        let text = goval::strconv::quote(&self.text[self.start..self.pos]);
        self.fail(format!("bad number syntax: {text}"))
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let (mut digits, mut exponent): (&[u8], &[u8]) = (b"0123456789_", b"eE");
        if self.accept(b"0") {
            if self.accept(b"xX") {
                (digits, exponent) = (b"0123456789abcdefABCDEF_", b"pP");
            } else if self.accept(b"oO") {
                (digits, exponent) = (b"01234567_", b"");
            } else if self.accept(b"bB") {
                (digits, exponent) = (b"01_", b"");
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        let (c, len) = unicode::decode(self.rest());
        if len > 0 && is_alphanumeric(c) {
            self.pos += len;
            return false;
        }
        true
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|b| set.contains(b));
        self.pos += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &[u8]) {
        while self.accept(set) {}
    }

    fn rest(&self) -> &'s [u8] {
        &self.text[self.pos..]
    }

    fn skip_to(&mut self, pos: usize) {
        self.pos = pos;
        self.start = pos;
    }

    /// The token from its start to here.
    fn token(&mut self, kind: Kind) -> Token {
        let token = Token {
            kind,
            spaced: self.spaced,
            start: self.start as Pos,
            end: self.pos as Pos,
        };
        self.start = self.pos;
        token
    }

    fn fail(&mut self, message: impl Into<String>) -> Token {
        self.error = message.into();
        Token {
            kind: Kind::Error,
            spaced: self.spaced,
            start: self.start as Pos,
            end: self.start as Pos,
        }
    }
}

/// The place of a delimiter of two bytes. They are rare enough that to look for the first one, and then
/// at the byte behind it, is the fastest.
fn find(text: &[u8], delimiter: &[u8; 2]) -> Option<usize> {
    memchr::memchr_iter(delimiter[0], text).find(|&at| text.get(at + 1) == Some(&delimiter[1]))
}

fn trimmed_end(text: &[u8]) -> usize {
    text.len() - text.iter().rev().take_while(|&&b| is_space(b)).count()
}

fn starts_with_left_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space(*space))
}

fn starts_with_right_marker(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space(*space))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
