//! Comments on their way to the tokens they belong to, by the rules of go-yaml v3.
//!
//! A comment is a *head* if it stands above what it belongs to, a *line* comment if beside it, a
//! *foot* if below. Which of them it is depends on empty lines, on its column and on what surrounds
//! it; the scanner decides that when it meets the comment, and for that looks two tokens ahead.

use std::collections::VecDeque;

use super::YamlError;
use super::cursor::break_length;
use super::scanner::{Mark, Scanner};
use super::token::{Token, TokenKind};

/// How far go-yaml looks ahead for a comment, in bytes from the end of the last one.
const MAX_LOOK: usize = 512;

/// Comments that no token has taken yet, in the order of the text.
#[derive(Default)]
pub(super) struct Comments {
    waiting: VecDeque<Comment>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Head,
    Line,
    Foot,
}

struct Comment {
    place: Place,
    text: Vec<u8>,
    /// The index from which on a token takes it.
    token: u32,
    /// The index where the search began that found it.
    since: u32,
    /// Where it begins; columns are counted from 1, but for line comments.
    start: Mark,
    /// The index of what follows; 0 for line comments.
    end: u32,
}

/// The comments of a node, collected until it is complete.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) head: Vec<u8>,
    pub(super) line: Vec<u8>,
    pub(super) foot: Vec<u8>,
}

impl Comments {
    /// Where a block at that column ends: before comments that are no deeper than it, if these
    /// reach without a gap up to `mark`.
    pub(super) fn end_of_block(&self, indent: i32, mut mark: Mark) -> Mark {
        let mut reach = mark.index;
        for comment in self.waiting.iter().rev() {
            if comment.end < reach {
                break;
            }
            if i64::from(comment.start.column) == i64::from(indent) + 1 {
                mark = comment.start;
            }
            reach = comment.since;
        }
        mark
    }

    /// Hands over what belongs to a token.
    pub(super) fn take_for(&mut self, token: &Token<'_>, pending: &mut Pending) {
        while let Some(comment) = self.waiting.front() {
            let is_end = matches!(token.kind, TokenKind::BlockEnd);
            if token.mark.index < comment.token || comment.place == Place::Head && is_end {
                return;
            }
            let Some(comment) = self.waiting.pop_front() else {
                return;
            };
            let text = match comment.place {
                Place::Head => &mut pending.head,
                Place::Line => &mut pending.line,
                Place::Foot => &mut pending.foot,
            };
            if !text.is_empty() {
                text.push(b'\n');
            }
            text.extend_from_slice(&comment.text);
        }
    }
}

/// A comment above or below something while it is being read.
struct Draft {
    text: Vec<u8>,
    since: Mark,
    token: Mark,
    start: Mark,
}

impl Draft {
    /// What has been read so far as a foot; what follows is another comment.
    fn cut(&mut self, here: Mark) -> Comment {
        let foot = Comment {
            place: Place::Foot,
            text: std::mem::take(&mut self.text),
            token: self.token.index,
            since: self.since.index,
            start: self.start,
            end: here.index,
        };
        (self.since, self.token) = (here, here);
        foot
    }
}

impl<'a> Scanner<'a> {
    /// The next token, which stays the next; the comments that belong to it become pending.
    pub(super) fn peek_with(&mut self, pending: &mut Pending) -> Result<&Token<'a>, YamlError> {
        self.peek()?;
        if let (Some(comments), Some(token)) = (&mut self.comments, self.tokens.front()) {
            comments.take_for(token, pending);
        }
        self.peek()
    }

    /// Which token takes a comment beside the one that begins here with `c`; none for those that
    /// have no comments.
    pub(super) fn line_comment_mark(&self, c: u8) -> Option<Mark> {
        let has_none = c == 0
            || c == b'%' && self.mark.column == 0
            || matches!(c, b'-' | b'.') && self.at_document_indicator();
        if has_none {
            return None;
        }
        let belongs_to_last = c == if self.flow_level == 0 { b':' } else { b',' };
        let last = self.tokens.back().filter(|_| belongs_to_last);
        Some(last.map_or(self.mark, |token| token.mark))
    }

    /// A comment behind the token that was read last. One behind a `-` is a head of what follows.
    pub(super) fn scan_comment_beside(&mut self, mark: Mark) -> Result<(), YamlError> {
        match self.tokens.back() {
            Some(token) if matches!(token.kind, TokenKind::BlockEntry) => Ok(()),
            _ => self.scan_line_comment(mark),
        }
    }

    /// Takes a comment on this line as one of the token at `token`.
    pub(super) fn scan_line_comment(&mut self, token: Mark) -> Result<(), YamlError> {
        if self.newlines() > 0 {
            return Ok(());
        }
        let mut ahead = 0;
        while ahead < MAX_LOOK && self.is_blank(ahead) {
            ahead += 1;
            self.need(ahead + 1)?;
        }
        if ahead == MAX_LOOK || self.byte(ahead) != b'#' {
            return Ok(());
        }
        while self.is_blank(0) {
            self.skip();
        }
        let start = self.mark;
        let text = self.rest_of_line()?;
        self.wait(Comment {
            place: Place::Line,
            text,
            token: token.index,
            since: 0,
            start,
            end: 0,
        });
        Ok(())
    }

    /// Makes the comment beside a key a head if what follows is a sequence:
    ///
    /// ```yaml
    /// key: # comment
    ///   - item
    /// ```
    pub(super) fn reconsider_line_comment(&mut self) {
        let mut last = self.tokens.iter().rev();
        let at_first_item = matches!(
            (last.next(), last.next()),
            (
                Some(Token {
                    kind: TokenKind::BlockEntry,
                    ..
                }),
                Some(Token {
                    kind: TokenKind::BlockSequenceStart,
                    ..
                }),
            )
        );
        if !at_first_item || self.is_break(0) {
            return;
        }
        let here = self.mark;
        let comments = self.comments.as_mut();
        let Some(comment) = comments.and_then(|comments| comments.waiting.back_mut()) else {
            return;
        };
        if comment.place == Place::Line {
            comment.place = Place::Head;
            if comment.start.line + 1 == here.line {
                comment.token = here.index;
            }
        }
    }

    /// Reads the comments that begin here, to the end of the last one. `since` is where the space
    /// before them began.
    pub(super) fn scan_comments(&mut self, since: Mark) -> Result<(), YamlError> {
        let before = self.token_before_comments();
        let newlines = i64::from(self.newlines());
        // The line on which a comment is still below what stands before it.
        let foot_line = match since.line {
            0 => -1,
            _ if newlines == 0 && self.mark.column > 1 => i64::from(self.mark.line) + 2,
            _ => i64::from(self.mark.line) - newlines + 1,
        };
        let mut draft = Draft {
            text: Vec::new(),
            since,
            token: before.mark,
            start: Mark::default(),
        };
        let indent = i64::from(self.indent.max(0));
        let dedented = |mark: Mark| i64::from(mark.column) - 1 < indent;
        let mut no_gap_yet = newlines <= 1;
        let mut after_empty_line = false;
        let mut ahead = 0;
        let (mut line, mut column) = (self.mark.line, self.mark.column);
        while ahead < MAX_LOOK {
            self.need(ahead + 1)?;
            column += 1;
            if self.is_blank(ahead) {
                ahead += 1;
                continue;
            }
            let c = self.byte(ahead);
            let closes = self.flow_level > 0 && matches!(c, b']' | b'}');
            let index = self.mark.index + ahead as u32;
            let here = Mark {
                line,
                column,
                index,
            };
            if closes || self.is_break_or_end(ahead) {
                let below = i64::from(draft.start.line) == foot_line && !before.is_value;
                if closes || !after_empty_line && no_gap_yet && (below || dedented(draft.start)) {
                    if !draft.text.is_empty() {
                        if dedented(draft.start) {
                            draft.token = draft.start;
                        }
                        let foot = draft.cut(here);
                        self.wait(foot);
                    }
                } else if !after_empty_line && !draft.text.is_empty() && c != 0 {
                    draft.text.push(b'\n');
                }
                if !self.is_break(ahead) {
                    break;
                }
                (no_gap_yet, after_empty_line) = (false, true);
                (line, column) = (line + 1, 0);
                ahead += 1;
                continue;
            }
            // A comment at another column, farther out, says nothing about what comes next.
            if !draft.text.is_empty() && dedented(here) && column != draft.start.column {
                let foot = draft.cut(here);
                self.wait(foot);
            }
            if c != b'#' {
                break;
            }
            if draft.text.is_empty() {
                draft.start = here;
            } else {
                draft.text.push(b'\n');
            }
            after_empty_line = false;
            self.skip_until(index)?;
            draft.text.append(&mut self.rest_of_line()?);
            // The line break that ends the comment is no empty line.
            (ahead, column, line) = (1, 0, self.mark.line);
        }
        if !draft.text.is_empty() {
            self.wait(Comment {
                place: Place::Head,
                text: draft.text,
                token: draft.start.index,
                since: draft.since.index,
                start: draft.start,
                end: self.mark.index + ahead.saturating_sub(1) as u32,
            });
        }
        Ok(())
    }

    fn token_before_comments(&self) -> Before {
        let mut last = self.tokens.iter().rev();
        let token = match last.next() {
            Some(comma) if matches!(comma.kind, TokenKind::FlowEntry) => {
                last.next().or(Some(comma))
            }
            token => token,
        };
        Before {
            mark: token.map_or(Mark::default(), |token| token.mark),
            is_value: token.is_some_and(|token| matches!(token.kind, TokenKind::Value)),
        }
    }

    fn wait(&mut self, comment: Comment) {
        if let Some(comments) = &mut self.comments {
            comments.waiting.push_back(comment);
        }
    }

    /// Passes blanks and line breaks up to that index.
    fn skip_until(&mut self, index: u32) -> Result<(), YamlError> {
        while self.mark.index < index {
            self.need(2)?;
            if self.is_break(0) {
                self.skip_break();
            } else {
                self.skip();
            }
        }
        Ok(())
    }

    /// Passes the text up to the line break and gives it.
    fn rest_of_line(&mut self) -> Result<Vec<u8>, YamlError> {
        let start = self.at;
        self.need(1)?;
        while !self.is_break_or_end(0) {
            self.skip();
            self.need(1)?;
        }
        Ok(self.text[start..self.at].to_vec())
    }

    /// How many line breaks stand between here and the last character that is no blank.
    fn newlines(&self) -> u32 {
        let passed = &self.text[..self.at];
        let (mut at, mut count) = (self.at, 0);
        while at > 0 {
            let length = match passed[at - 1] {
                b' ' | b'\t' => 1,
                b'\n' if passed[..at].ends_with(b"\r\n") => 2,
                b'\n' | b'\r' => 1,
                0x85 if at > 1 => 2,
                0xa8 | 0xa9 if at > 2 => 3,
                _ => return count,
            };
            if !matches!(passed[at - 1], b' ' | b'\t') {
                if break_length(passed, at - length) != length {
                    return count;
                }
                count += 1;
            }
            at -= length;
        }
        count
    }
}

/// The token that stands before a comment.
struct Before {
    mark: Mark,
    is_value: bool,
}
