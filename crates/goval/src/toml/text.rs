//! Reading TOML character by character, with Go's words where that fails.

use crate::strconv;

/// What is wrong, and on which line.
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) message: String,
}

/// A text, and a place in it.
pub(super) struct Text<'a> {
    text: &'a [u8],
    pub(super) at: usize,
    /// Counted from 1.
    pub(super) line: usize,
}

type Result<T> = std::result::Result<T, Problem>;

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a [u8]) -> Text<'a> {
        Text {
            text,
            at: 0,
            line: 1,
        }
    }

    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem {
            line: self.line,
            message: message.into(),
        }
    }

    /// A problem with what was just passed; at the end of the text it counts for the last line.
    pub(super) fn problem_with(&self, found: Option<char>, message: String) -> Problem {
        let at_break = self.at >= 1 && self.text.get(self.at - 1) == Some(&b'\n');
        let back = usize::from(found.is_none() && at_break);
        Problem {
            line: self.line - back,
            message,
        }
    }

    /// A problem with the line before this one, whose end was just passed.
    pub(super) fn problem_before(&self, message: impl Into<String>) -> Problem {
        Problem {
            line: self.line.saturating_sub(1),
            message: message.into(),
        }
    }

    /// What lies between that place and here.
    pub(super) fn since(&self, start: usize) -> &'a str {
        // Every character has been checked when it was passed.
        std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default()
    }

    /// The next character, which stays the next; `None` at the end.
    pub(super) fn peek(&self) -> Result<Option<char>> {
        let rest = &self.text[self.at..];
        let Some(&first) = rest.first() else {
            return Ok(None);
        };
        let c = match first {
            0..0x80 => char::from(first),
            _ => match decode(rest) {
                Some(c) => c,
                None => {
                    return Err(self.problem(format!("invalid UTF-8 byte: 0x{first:02x}")));
                }
            },
        };
        let lone_return = c == '\r' && rest.get(1) != Some(&b'\n');
        if lone_return || c.is_ascii_control() && !matches!(c, '\t' | '\r' | '\n') {
            let code = u32::from(c);
            return Err(self.problem(format!(
                "TOML files cannot contain control characters: '0x{code:02x}'"
            )));
        }
        Ok(Some(c))
    }

    /// Passes the next character.
    pub(super) fn next(&mut self) -> Result<Option<char>> {
        let next = self.peek()?;
        if let Some(c) = next {
            self.at += c.len_utf8();
            self.line += usize::from(c == '\n');
        }
        Ok(next)
    }

    /// Passes the next character if it is that one.
    pub(super) fn accept(&mut self, c: char) -> Result<bool> {
        let found = self.peek()? == Some(c);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    /// Passes spaces and tabs.
    pub(super) fn skip_blanks(&mut self) -> Result<()> {
        while let Some(' ' | '\t') = self.peek()? {
            self.next()?;
        }
        Ok(())
    }

    /// Passes characters while they fit.
    pub(super) fn skip_while(&mut self, fits: impl Fn(char) -> bool) -> Result<()> {
        while self.peek()?.is_some_and(&fits) {
            self.next()?;
        }
        Ok(())
    }

    /// Passes a comment up to the end of its line; the `#` is behind us.
    pub(super) fn skip_comment(&mut self) -> Result<()> {
        self.skip_while(|c| c != '\n' && c != '\r')
    }
}

/// A character as `%q` shows it; the end of the text is a NUL there.
pub(super) fn quoted(c: Option<char>) -> String {
    strconv::quote_rune(c.map_or(0, u32::from))
}

fn decode(text: &[u8]) -> Option<char> {
    let head = &text[..text.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
    };
    valid.chars().next()
}
