//! Strings of TOML.

use super::text::{Problem, Text};
use crate::strconv;

type Result<T> = std::result::Result<T, Problem>;

const LINE_BREAK: &str = "strings cannot contain newlines";

impl<'a> Text<'a> {
    /// The rest of a `"` string.
    pub(super) fn basic_string(&mut self) -> Result<String> {
        let start = self.at;
        loop {
            match self.next()? {
                Some('"') => break,
                Some('\\') => self.check_escape(start)?,
                Some('\n' | '\r') => return Err(self.problem_before(LINE_BREAK)),
                None => {
                    return Err(self.problem_with(None, "unexpected EOF; expected '\"'".into()));
                }
                Some(_) => {}
            }
        }
        let text = self.since(start);
        self.unescape(&text[..text.len() - 1])
    }

    /// The rest of a `'` string.
    pub(super) fn literal_string(&mut self) -> Result<String> {
        let start = self.at;
        loop {
            match self.next()? {
                Some('\'') => break,
                Some('\n' | '\r') => return Err(self.problem_before(LINE_BREAK)),
                None => {
                    return Err(self.problem_with(None, "unexpected EOF; expected \"'\"".into()));
                }
                Some(_) => {}
            }
        }
        let text = self.since(start);
        Ok(text[..text.len() - 1].to_owned())
    }

    /// The rest of a `"""` string.
    pub(super) fn multiline_basic(&mut self) -> Result<String> {
        let start = self.at;
        loop {
            match self.next()? {
                None => {
                    let message = "unexpected EOF; expected '\"\"\"'";
                    return Err(self.problem_with(None, message.into()));
                }
                Some('\\') => match self.peek()? {
                    Some('\n' | '\r') => {
                        self.next()?;
                    }
                    _ => self.check_escape(start)?,
                },
                Some('"') => {
                    if let Some(text) = self.closed_by('"', start)? {
                        let text = without_first_break(text);
                        return self.unescape(&without_escaped_breaks(text));
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// The rest of a `'''` string.
    pub(super) fn multiline_literal(&mut self) -> Result<String> {
        let start = self.at;
        loop {
            match self.next()? {
                None => {
                    let message = "unexpected EOF; expected \"'''\"";
                    return Err(self.problem_with(None, message.into()));
                }
                Some('\'') => {
                    if let Some(text) = self.closed_by('\'', start)? {
                        return Ok(without_first_break(text).to_owned());
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// After one quote: the text, if three quotes close it here. Up to two more may belong to it.
    fn closed_by(&mut self, quote: char, start: usize) -> Result<Option<&'a str>> {
        let after_first = self.at;
        if !(self.accept(quote)? && self.accept(quote)?) {
            self.at = after_first;
            return Ok(None);
        }
        if self.peek()? != Some(quote) {
            let text = self.since(start);
            return Ok(Some(&text[..text.len() - 3]));
        }
        let text = self.since(start);
        let five = quote.to_string().repeat(5);
        let escaped = quote == '"' && text.ends_with(&format!("\\{five}"));
        if text.ends_with(&five) && !escaped {
            let message = match quote {
                '"' => "unexpected '\"\"\"\"\"\"'",
                _ => "unexpected \"''''''\"",
            };
            return Err(self.problem(message));
        }
        self.at = after_first;
        Ok(None)
    }

    /// Passes an escape, whose `\` is behind us.
    fn check_escape(&mut self, start: usize) -> Result<()> {
        let (digits, name) = match self.next()? {
            Some('e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\') => return Ok(()),
            Some('x') => (2, "two hexadecimal digits after '\\x'"),
            Some('u') => (4, "four hexadecimal digits after '\\u'"),
            Some('U') => (8, "eight hexadecimal digits after '\\U'"),
            found => {
                let c = found.unwrap_or('\0');
                let message = format!("invalid escape in string '\\{c}'");
                return Err(match found {
                    None => self.problem_before(message),
                    Some(_) => self.problem(message),
                });
            }
        };
        for _ in 0..digits {
            let next = self.next()?;
            if !next.is_some_and(|c| c.is_ascii_hexdigit()) {
                let text = strconv::quote(self.since(start).as_bytes());
                let message = format!("expected {name}, but got {text} instead");
                return Err(self.problem_with(next, message));
            }
        }
        Ok(())
    }

    /// Replaces escapes, which have been checked.
    fn unescape(&self, text: &str) -> Result<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('\\') {
            out.push_str(before);
            let mut chars = after.chars();
            let digits = match chars.next().unwrap_or('\\') {
                c @ (' ' | '\t') => {
                    return Err(self.problem(format!("invalid escape: '\\{c}'")));
                }
                'x' => 2,
                'u' => 4,
                'U' => 8,
                c => {
                    out.push(match c {
                        'b' => '\x08',
                        't' => '\t',
                        'n' => '\n',
                        'f' => '\x0c',
                        'r' => '\r',
                        'e' => '\x1b',
                        other => other,
                    });
                    0
                }
            };
            rest = chars.as_str();
            if digits > 0 {
                let (hex, next) = rest.split_at_checked(digits).unwrap_or((rest, ""));
                let c = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
                out.push(c.ok_or_else(|| {
                    self.problem(format!("Escaped character '\\u{hex}' is not valid UTF-8."))
                })?);
                rest = next;
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

fn without_first_break(text: &str) -> &str {
    text.strip_prefix('\n')
        .or_else(|| text.strip_prefix("\r\n"))
        .unwrap_or(text)
}

/// Removes each `\` at the end of a line, with the white space and the line breaks after it.
fn without_escaped_breaks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let space = after.trim_start_matches([' ', '\t', '\r', '\n']);
        let passed = &after[..after.len() - space.len()];
        if passed.contains('\n') {
            rest = space;
        } else if let Some(next) = after.strip_prefix('\\') {
            out.push_str("\\\\");
            rest = next;
        } else {
            out.push('\\');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}
