//! The scanner's rules for plain, quoted and block scalars.

use std::borrow::Cow;

use super::YamlError;
use super::cursor::{break_length, line_end};
use super::scanner::Scanner;
use super::token::{ScalarStyle, TokenKind};

/// The line breaks between two pieces of a scalar.
#[derive(Default)]
struct Breaks<'a> {
    first: &'a [u8],
    more: Vec<u8>,
}

impl<'a> Breaks<'a> {
    fn push(&mut self, text: &'a [u8]) {
        if self.first.is_empty() {
            self.first = text;
        } else {
            self.more.extend_from_slice(text);
        }
    }

    fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Appends what the breaks mean: one alone is a space, of several the first is lost.
    fn fold_into(&mut self, out: &mut Vec<u8>) {
        if self.first != b"\n" {
            out.extend_from_slice(self.first);
        } else if self.more.is_empty() {
            out.push(b' ');
        }
        out.append(&mut self.more);
        self.first = b"";
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn scan_plain(&mut self) -> Result<TokenKind<'a>, YamlError> {
        let (start, mut end) = (self.at, self.at);
        let indent = self.indent + 1;
        // Only a scalar of several lines has to be copied together.
        let mut folded: Option<Vec<u8>> = None;
        let mut breaks = Breaks::default();
        loop {
            self.need(4)?;
            if self.at_document_indicator() || self.byte(0) == b'#' {
                break;
            }
            let run = self.plain_run();
            if run > self.at {
                if !breaks.is_empty() {
                    let out = folded.get_or_insert_with(|| self.text[start..end].to_vec());
                    breaks.fold_into(out);
                    out.extend_from_slice(&self.text[self.at..run]);
                } else if let Some(out) = &mut folded {
                    out.extend_from_slice(&self.text[end..run]);
                }
                self.skip_to(run);
                end = run;
                self.need(2)?;
            }
            if !self.is_blank(0) && !self.is_break(0) {
                break;
            }
            self.plain_space(indent, &mut breaks)?;
            if self.flow_level == 0 && (self.mark.column as i32) < indent {
                break;
            }
        }
        if !breaks.is_empty() {
            self.simple_key_allowed = true;
        }
        let value = folded.map_or(Cow::Borrowed(&self.text[start..end]), Cow::Owned);
        Ok(TokenKind::Scalar {
            value,
            style: ScalarStyle::Plain,
        })
    }

    /// Where the characters end that belong to a plain scalar and are no space.
    fn plain_run(&self) -> usize {
        let in_flow = self.flow_level > 0;
        let mut at = self.at;
        while let Some(&c) = self.text.get(at) {
            match c {
                b' ' | b'\t' | b'\n' | b'\r' => break,
                b':' => match self.text.get(at + 1) {
                    None | Some(b' ' | b'\t') => break,
                    Some(_) if break_length(self.text, at + 1) > 0 => break,
                    _ => {}
                },
                b',' | b'?' | b'[' | b']' | b'{' | b'}' if in_flow => break,
                0xc2 | 0xe2 if break_length(self.text, at) > 0 => break,
                _ => {}
            }
            at += 1;
        }
        at
    }

    fn plain_space(&mut self, indent: i32, breaks: &mut Breaks<'a>) -> Result<(), YamlError> {
        loop {
            if self.byte(0) == b' ' {
                self.skip_spaces();
            } else if self.byte(0) == b'\t' {
                if !breaks.is_empty() && (self.mark.column as i32) < indent {
                    return Err(self.error("found a tab character that violates indentation"));
                }
                self.skip();
            } else if self.is_break(0) {
                self.need(2)?;
                let text = self.skip_break();
                breaks.push(text);
            } else {
                return Ok(());
            }
            self.need(1)?;
        }
    }

    pub(super) fn scan_quoted(&mut self) -> Result<TokenKind<'a>, YamlError> {
        let (start, quote) = (self.at, self.byte(0));
        self.skip();
        let style = match quote {
            b'\'' => ScalarStyle::SingleQuoted,
            _ => ScalarStyle::DoubleQuoted,
        };
        if let Some(end) = self.simple_quoted_end(start) {
            let value = Cow::Borrowed(&self.text[self.at..end]);
            self.skip_to(end + 1);
            return Ok(TokenKind::Scalar { value, style });
        }
        let mut out = Vec::new();
        loop {
            self.need(4)?;
            if self.at_document_indicator() {
                return Err(self.error("found unexpected document indicator"));
            }
            if self.byte(0) == 0 {
                return Err(self.error("found unexpected end of stream"));
            }
            let joined = self.quoted_run(quote, &mut out)?;
            self.need(1)?;
            if self.byte(0) == quote {
                break;
            }
            self.quoted_space(joined, &mut out)?;
        }
        self.skip();
        let value = Cow::Owned(out);
        Ok(TokenKind::Scalar { value, style })
    }

    /// The quote that closes the one at that place, if it is on the same line and nothing before it has to be
    /// rewritten.
    pub(super) fn simple_quoted_end(&self, open: usize) -> Option<usize> {
        if self.in_pieces {
            return None;
        }
        let (quote, rest) = (self.text[open], &self.text[open + 1..]);
        let length = rest.iter().position(|&c| {
            c == quote || matches!(c, b'\n' | b'\r' | 0xc2 | 0xe2) || c == b'\\' && quote == b'"'
        })?;
        let doubled = quote == b'\'' && rest.get(length + 1) == Some(&quote);
        (rest[length] == quote && !doubled).then_some(open + 1 + length)
    }

    /// Copies what is no space; true if it ended with an escaped line break.
    fn quoted_run(&mut self, quote: u8, out: &mut Vec<u8>) -> Result<bool, YamlError> {
        while !self.is_blank_or_end(0) {
            let c = self.byte(0);
            if c == b'\'' && quote == c && self.byte(1) == c {
                out.push(c);
                self.skip();
                self.skip();
            } else if c == quote {
                break;
            } else if c == b'\\' && quote == b'"' {
                if self.is_break(1) {
                    self.need(3)?;
                    self.skip();
                    self.skip_break();
                    return Ok(true);
                }
                self.escape(out)?;
            } else {
                let start = self.at;
                self.skip();
                out.extend_from_slice(&self.text[start..self.at]);
            }
            self.need(2)?;
        }
        Ok(false)
    }

    fn quoted_space(&mut self, mut joined: bool, out: &mut Vec<u8>) -> Result<(), YamlError> {
        let start = self.at;
        let mut breaks = Breaks::default();
        // After an escaped break the first break in the text is not the one that is folded.
        let mut only_more = joined;
        loop {
            if self.is_blank(0) {
                self.skip();
            } else if self.is_break(0) {
                self.need(2)?;
                let text = self.skip_break();
                if only_more {
                    breaks.more.extend_from_slice(text);
                } else {
                    breaks.push(text);
                }
                joined = true;
            } else {
                break;
            }
            self.need(1)?;
        }
        if !joined {
            out.extend_from_slice(&self.text[start..self.at]);
        } else if std::mem::take(&mut only_more) {
            out.append(&mut breaks.more);
        } else {
            breaks.fold_into(out);
        }
        Ok(())
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), YamlError> {
        let (text, digits): (&[u8], usize) = match self.byte(1) {
            b'0' => (b"\0", 0),
            b'a' => (b"\x07", 0),
            b'b' => (b"\x08", 0),
            b't' | b'\t' => (b"\t", 0),
            b'n' => (b"\n", 0),
            b'v' => (b"\x0b", 0),
            b'f' => (b"\x0c", 0),
            b'r' => (b"\r", 0),
            b'e' => (b"\x1b", 0),
            b' ' => (b" ", 0),
            b'"' => (b"\"", 0),
            b'\'' => (b"'", 0),
            b'\\' => (b"\\", 0),
            b'N' => ("\u{85}".as_bytes(), 0),
            b'_' => ("\u{a0}".as_bytes(), 0),
            b'L' => ("\u{2028}".as_bytes(), 0),
            b'P' => ("\u{2029}".as_bytes(), 0),
            b'x' => (b"", 2),
            b'u' => (b"", 4),
            b'U' => (b"", 8),
            _ => return Err(self.error("found unknown escape character")),
        };
        out.extend_from_slice(text);
        self.skip();
        self.skip();
        if digits > 0 {
            self.need(digits)?;
            let mut rune: u32 = 0;
            for ahead in 0..digits {
                match char::from(self.byte(ahead)).to_digit(16) {
                    // What is shifted out was too large already.
                    Some(digit) if rune >> 28 == 0 => rune = rune << 4 | digit,
                    Some(_) => rune = u32::MAX,
                    None => return Err(self.error("did not find expected hexdecimal number")),
                }
            }
            let Some(c) = char::from_u32(rune) else {
                return Err(self.error("found invalid Unicode character escape code"));
            };
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            self.skip_to(self.at + digits);
        }
        Ok(())
    }

    pub(super) fn scan_block_scalar(&mut self) -> Result<TokenKind<'a>, YamlError> {
        let literal = self.byte(0) == b'|';
        self.skip();
        let (chomp, increment) = self.block_header()?;
        let indent = match increment {
            0 => None,
            n => Some(self.indent.max(0) + n),
        };
        let mut out = Vec::new();
        // The break after the last line, and the empty lines after that.
        let (mut last, mut empty): (&[u8], Vec<u8>) = (b"", Vec::new());
        let mut last_is_blank = false;
        let mut indent = self.block_breaks(indent, &mut empty)?;
        self.need(1)?;
        while self.mark.column as i32 == indent && self.byte(0) != 0 {
            let blank = self.is_blank(0);
            if literal || last != b"\n" || last_is_blank || blank {
                out.extend_from_slice(last);
            } else if empty.is_empty() {
                out.push(b' ');
            }
            out.append(&mut empty);
            last_is_blank = blank;
            let end = line_end(self.text, self.at);
            out.extend_from_slice(&self.text[self.at..end]);
            self.skip_to(end);
            self.need(2)?;
            last = self.skip_break();
            indent = self.block_breaks(Some(indent), &mut empty)?;
        }
        if chomp != Chomp::Strip {
            out.extend_from_slice(last);
        }
        if chomp == Chomp::Keep {
            out.append(&mut empty);
        }
        Ok(TokenKind::Scalar {
            value: Cow::Owned(out),
            style: match literal {
                true => ScalarStyle::Literal,
                false => ScalarStyle::Folded,
            },
        })
    }

    /// The indicators after `|` or `>` to the end of the line; an indentation of 0 means none given.
    fn block_header(&mut self) -> Result<(Chomp, i32), YamlError> {
        let (mut chomp, mut increment) = (Chomp::Clip, 0);
        self.need(1)?;
        let chomp_first = matches!(self.byte(0), b'+' | b'-');
        for chomp_now in [chomp_first, !chomp_first] {
            match self.byte(0) {
                b'+' if chomp_now => chomp = Chomp::Keep,
                b'-' if chomp_now => chomp = Chomp::Strip,
                b'0' if !chomp_now => {
                    return Err(self.error("found an indentation indicator equal to 0"));
                }
                c @ b'1'..=b'9' if !chomp_now => increment = i32::from(c - b'0'),
                _ => break,
            }
            self.skip();
            self.need(1)?;
        }
        if self.comments.is_some() {
            self.skip_blanks()?;
            if self.byte(0) == b'#' {
                self.scan_line_comment(self.context)?;
            }
        }
        self.end_of_line()?;
        Ok((chomp, increment))
    }

    /// Passes blanks, a comment and the line break; nothing else may stand there.
    pub(super) fn end_of_line(&mut self) -> Result<(), YamlError> {
        while self.is_blank(0) {
            self.skip();
            self.need(1)?;
        }
        if self.byte(0) == b'#' {
            self.skip_to(line_end(self.text, self.at));
            self.need(1)?;
        }
        if !self.is_break_or_end(0) {
            return Err(self.error("did not find expected comment or line break"));
        }
        self.need(2)?;
        self.skip_break();
        Ok(())
    }

    /// Passes indentation and empty lines; finds the indentation out if it is not known.
    fn block_breaks(
        &mut self,
        indent: Option<i32>,
        breaks: &mut Vec<u8>,
    ) -> Result<i32, YamlError> {
        let limit = indent.map_or(u32::MAX, |indent| indent as u32);
        let mut deepest = 0;
        loop {
            self.need(1)?;
            while self.mark.column < limit && self.byte(0) == b' ' {
                self.skip();
                self.need(1)?;
            }
            deepest = deepest.max(self.mark.column as i32);
            if self.mark.column < limit && self.byte(0) == b'\t' {
                return Err(
                    self.error("found a tab character where an indentation space is expected")
                );
            }
            if !self.is_break(0) {
                break;
            }
            self.need(2)?;
            breaks.extend_from_slice(self.skip_break());
        }
        Ok(indent.unwrap_or_else(|| deepest.max(self.indent + 1).max(1)))
    }
}

/// What becomes of the line breaks at the end of a block scalar.
#[derive(Clone, Copy, PartialEq)]
enum Chomp {
    /// All go.
    Strip,
    /// One stays.
    Clip,
    /// All stay.
    Keep,
}
