//! Text to tokens, with libyaml's rules for indentation and simple keys.
//!
//! Tokens wait in a queue while the first of them may still turn out to be a key: a `:` further on
//! puts a [`TokenKind::Key`] before it.

use std::collections::VecDeque;

use super::YamlError;
use super::comments::Comments;
use super::cursor::line_end;
use super::input::{Fault, Input};
use super::token::{Token, TokenKind};

/// How far a `:` may be from the beginning of its key, in characters.
const MAX_SIMPLE_KEY: u32 = 1024;

/// A place in the text; all counted from 0, column and index in characters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) index: u32,
}

pub(super) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) mark: Mark,
    /// Up to where the text has been read from its source; no limit if nothing depends on it.
    pub(super) read_to: usize,
    /// Where the last reading began.
    pub(super) window: usize,
    /// Whether reading in pieces has to be imitated.
    pub(super) in_pieces: bool,
    pub(super) fault: Option<Fault>,
    pub(super) ascii: bool,

    pub(super) tokens: VecDeque<Token<'a>>,
    taken: usize,
    head_is_final: bool,
    started: bool,

    /// The column of the innermost block collection, -1 outside of any.
    pub(super) indent: i32,
    indents: Vec<i32>,
    pub(super) flow_level: usize,
    pub(super) simple_key_allowed: bool,
    /// Where the token begins, or the simple key, that is being read.
    pub(super) context: Mark,
    /// Comments that wait for their token; none if they are to be passed over.
    pub(super) comments: Option<Box<Comments>>,
    /// For each flow level the place where a simple key may have begun.
    simple_keys: Vec<SimpleKey>,
    /// The first tokens of keys that wait in the queue until it is known whether they are keys, in
    /// order, and the flow levels of these keys. libyaml's Go version keeps some of them too long.
    awaited: VecDeque<(usize, usize)>,
}

#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    /// Only a key can stand here: it begins at the column of the block mapping.
    required: bool,
    /// The number of its first token, counted from the beginning of the stream.
    token: usize,
    mark: Mark,
}

impl Mark {
    /// The place right before, as far as the index tells.
    fn before(self) -> Mark {
        let index = self.index.saturating_sub(1);
        Mark { index, ..self }
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(input: &'a Input<'_>) -> Scanner<'a> {
        // Reading in pieces shows only where something unreadable follows, or a byte order mark.
        let in_pieces = input.fault.is_some()
            || !input.ascii && memchr::memmem::find(&input.text, b"\xef\xbb\xbf").is_some();
        Scanner {
            text: &input.text,
            at: 0,
            mark: Mark::default(),
            read_to: if in_pieces { 0 } else { usize::MAX },
            window: 0,
            in_pieces,
            fault: input.fault,
            ascii: input.ascii,
            tokens: VecDeque::new(),
            taken: 0,
            head_is_final: false,
            started: false,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            context: Mark::default(),
            comments: None,
            simple_keys: vec![SimpleKey::default()],
            awaited: VecDeque::new(),
        }
    }

    /// A scanner that keeps comments, as go-yaml v3 does.
    pub(super) fn with_comments(input: &'a Input<'_>) -> Scanner<'a> {
        Scanner {
            comments: Some(Box::default()),
            ..Scanner::new(input)
        }
    }

    /// The next token, which stays the next.
    pub(super) fn peek(&mut self) -> Result<&Token<'a>, YamlError> {
        while !self.head_is_final {
            // Comments below a token belong to it, or to the next one but one.
            let ahead = if self.comments.is_some() { 2 } else { 0 };
            self.head_is_final = self.tokens.len() > ahead && !self.head_may_be_key()?;
            if !self.head_is_final {
                self.fetch()?;
            }
        }
        // The loop above ends only when there is a token.
        self.tokens
            .front()
            .ok_or_else(|| YamlError::yaml("unknown problem parsing YAML content"))
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Token<'a>, YamlError> {
        self.peek()?;
        self.head_is_final = false;
        self.taken += 1;
        self.tokens
            .pop_front()
            .ok_or_else(|| YamlError::yaml("unknown problem parsing YAML content"))
    }

    // Simple keys.

    fn head_may_be_key(&mut self) -> Result<bool, YamlError> {
        while let Some(&(token, level)) = self.awaited.front() {
            if token >= self.taken {
                let is_head = token == self.taken && level < self.simple_keys.len();
                return Ok(is_head && self.is_valid_key(level)?);
            }
            self.awaited.pop_front();
        }
        Ok(false)
    }

    /// Lets a token pass that was held because a key may begin with it.
    fn release(&mut self, token: usize) {
        let later = self.awaited.iter().rev();
        let later = later.take_while(|&&(other, _)| other > token).count();
        let place = self.awaited.len() - later;
        if place > 0 && self.awaited[place - 1].0 == token {
            self.awaited.remove(place - 1);
        }
    }

    /// Whether a `:` here could still belong to the key of that level.
    fn is_valid_key(&mut self, level: usize) -> Result<bool, YamlError> {
        let key = self.simple_keys[level];
        if !key.possible {
            return Ok(false);
        }
        let here = self.mark;
        if key.mark.line < here.line || key.mark.index + MAX_SIMPLE_KEY < here.index {
            if key.required {
                self.context = key.mark;
                return Err(self.error("could not find expected ':'"));
            }
            self.simple_keys[level].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_simple_key(&mut self) -> Result<(), YamlError> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let key = SimpleKey {
            possible: true,
            required: self.flow_level == 0 && self.indent == self.mark.column as i32,
            token: self.taken + self.tokens.len(),
            mark: self.mark,
        };
        self.remove_simple_key()?;
        self.awaited
            .push_back((key.token, self.simple_keys.len() - 1));
        if let Some(last) = self.simple_keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Result<(), YamlError> {
        let Some(key) = self.simple_keys.last_mut() else {
            return Ok(());
        };
        if !std::mem::take(&mut key.possible) {
            return Ok(());
        }
        let key = *key;
        if key.required {
            self.context = key.mark;
            return Err(self.error("could not find expected ':'"));
        }
        self.release(key.token);
        Ok(())
    }

    // Indentation.

    /// Begins a block collection at a deeper column; `before` is the number of the token that it
    /// has to precede.
    fn roll_indent(&mut self, column: u32, before: Option<usize>, kind: TokenKind<'a>, mark: Mark) {
        let column = column as i32;
        if self.flow_level > 0 || self.indent >= column {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column;
        let token = Token { kind, mark };
        self.insert(before, token);
    }

    /// Puts a token before the one of that number, or last if that is gone already.
    fn insert(&mut self, before: Option<usize>, token: Token<'a>) {
        match before.and_then(|number| number.checked_sub(self.taken)) {
            Some(place) => self.tokens.insert(place, token),
            None => self.tokens.push_back(token),
        }
    }

    /// Ends the block collections that are deeper than the column.
    ///
    /// Comments at the columns of what ends, read since `since`, stay behind the ends.
    fn unroll_indent(&mut self, column: i32, since: Mark) {
        if self.flow_level > 0 {
            return;
        }
        let mut mark = match &self.comments {
            Some(_) => since.before(),
            None => self.mark,
        };
        while self.indent > column {
            if let Some(comments) = &self.comments {
                mark = comments.end_of_block(self.indent, mark);
            }
            let kind = TokenKind::BlockEnd;
            self.tokens.push_back(Token { kind, mark });
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    // Tokens.

    fn push(&mut self, kind: TokenKind<'a>) {
        let mark = self.mark;
        self.tokens.push_back(Token { kind, mark });
    }

    fn fetch(&mut self) -> Result<(), YamlError> {
        self.need(1)?;
        if !self.started {
            self.started = true;
            self.push(TokenKind::StreamStart);
            return Ok(());
        }
        let since = self.mark;
        self.skip_to_token()?;
        self.context = self.mark;
        self.unroll_indent(self.mark.column as i32, since);
        self.need(4)?;
        let c = self.byte(0);
        if self.comments.is_none() {
            return self.fetch_token(c);
        }
        let beside = self.line_comment_mark(c);
        self.fetch_token(c)?;
        match beside {
            Some(mark) => self.scan_comment_beside(mark),
            None => Ok(()),
        }
    }

    fn fetch_token(&mut self, c: u8) -> Result<(), YamlError> {
        match c {
            0 => return self.fetch_stream_end(),
            b'%' if self.mark.column == 0 => return self.fetch_directive(),
            b'-' | b'.' if self.at_document_indicator() => {
                return self.fetch_document_indicator(c);
            }
            b'[' | b'{' => return self.fetch_flow_start(c),
            b']' | b'}' => return self.fetch_flow_end(c),
            b',' => return self.fetch_flow_entry(),
            b'*' | b'&' => return self.fetch_with_key(Self::scan_anchor),
            b'!' => return self.fetch_with_key(Self::scan_tag),
            b'|' | b'>' if self.flow_level == 0 => return self.fetch_block_scalar(),
            b'\'' | b'"' => return self.fetch_with_key(Self::scan_quoted),
            b'-' | b'?' | b':' => {
                let alone = self.is_blank_or_end(1);
                match c {
                    b'-' if alone => return self.fetch_block_entry(),
                    b'?' if alone || self.flow_level > 0 => return self.fetch_key(),
                    b':' if alone || self.flow_level > 0 => return self.fetch_value(),
                    _ => {}
                }
            }
            b'\t' | b'#' | b'%' | b'|' | b'>' | b'@' | b'`' => {
                return Err(self.error("found character that cannot start any token"));
            }
            _ => {}
        }
        self.fetch_with_key(Self::scan_plain)
    }

    /// Passes blanks, comments and line breaks.
    fn skip_to_token(&mut self) -> Result<(), YamlError> {
        let since = self.mark;
        loop {
            self.need(1)?;
            if self.mark.column == 0 && self.window_starts_with_mark() {
                self.skip();
                self.need(1)?;
            }
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            self.skip_spaces();
            while tabs && self.is_blank(0) {
                self.skip();
            }
            self.need(1)?;
            if self.comments.is_some() {
                self.reconsider_line_comment();
                if self.byte(0) == b'#' {
                    self.scan_comments(since)?;
                }
            }
            if self.byte(0) == b'#' {
                self.skip_to(line_end(self.text, self.at));
                self.need(1)?;
            }
            if !self.is_break(0) {
                return Ok(());
            }
            self.need(2)?;
            self.skip_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), YamlError> {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.unroll_indent(-1, self.mark);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push(TokenKind::StreamEnd);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), YamlError> {
        self.unroll_indent(-1, self.mark);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let mark = self.mark;
        let kind = self.scan_directive()?;
        self.tokens.push_back(Token { kind, mark });
        Ok(())
    }

    fn fetch_document_indicator(&mut self, c: u8) -> Result<(), YamlError> {
        self.unroll_indent(-1, self.mark);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push(match c {
            b'-' => TokenKind::DocumentStart,
            _ => TokenKind::DocumentEnd,
        });
        self.skip_to(self.at + 3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, c: u8) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.simple_keys.push(SimpleKey {
            token: self.taken + self.tokens.len(),
            mark: self.mark,
            ..SimpleKey::default()
        });
        self.flow_level += 1;
        self.simple_key_allowed = true;
        self.push(match c {
            b'[' => TokenKind::FlowSequenceStart,
            _ => TokenKind::FlowMappingStart,
        });
        self.skip();
        Ok(())
    }

    fn fetch_flow_end(&mut self, c: u8) -> Result<(), YamlError> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            // What is released is the key that the whole collection may be, if nothing in it was a key
            // of its own, as in `[]`; a `:` after it then comes too late.
            if let Some(key) = self.simple_keys.pop() {
                self.release(key.token);
            }
        }
        self.simple_key_allowed = false;
        self.push(match c {
            b']' => TokenKind::FlowSequenceEnd,
            _ => TokenKind::FlowMappingEnd,
        });
        self.skip();
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), YamlError> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push(TokenKind::FlowEntry);
        self.skip();
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), YamlError> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error("block sequence entries are not allowed in this context"));
            }
            let mark = self.mark;
            self.roll_indent(mark.column, None, TokenKind::BlockSequenceStart, mark);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push(TokenKind::BlockEntry);
        self.skip();
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), YamlError> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error("mapping keys are not allowed in this context"));
            }
            let mark = self.mark;
            self.roll_indent(mark.column, None, TokenKind::BlockMappingStart, mark);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push(TokenKind::Key);
        self.skip();
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), YamlError> {
        let level = self.simple_keys.len() - 1;
        if self.is_valid_key(level)? {
            let key = self.simple_keys[level];
            let (kind, mark) = (TokenKind::Key, key.mark);
            self.insert(Some(key.token), Token { kind, mark });
            let start = TokenKind::BlockMappingStart;
            self.roll_indent(mark.column, Some(key.token), start, mark);
            self.simple_keys[level].possible = false;
            self.release(key.token);
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self.error("mapping values are not allowed in this context"));
                }
                let mark = self.mark;
                self.roll_indent(mark.column, None, TokenKind::BlockMappingStart, mark);
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push(TokenKind::Value);
        self.skip();
        Ok(())
    }

    fn fetch_block_scalar(&mut self) -> Result<(), YamlError> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let mark = self.mark;
        let kind = self.scan_block_scalar()?;
        self.tokens.push_back(Token { kind, mark });
        Ok(())
    }

    /// A token that may be, or begin, a simple key.
    fn fetch_with_key(
        &mut self,
        scan: fn(&mut Self) -> Result<TokenKind<'a>, YamlError>,
    ) -> Result<(), YamlError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let mark = self.mark;
        let kind = scan(self)?;
        self.tokens.push_back(Token { kind, mark });
        Ok(())
    }
}
