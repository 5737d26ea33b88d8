//! From the text of a template to its parts.

use std::str::Chars;

use goval::Value;
use goval::strconv::{parse_float, parse_int, quote_rune};

use super::{Bound, Node};

/// Filters in filters end here.
const DEEPEST: usize = 50;

/// Reads a template.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, String> {
    template(text, DEEPEST)
}

fn template(text: &str, depth: usize) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('{') {
        if !before.is_empty() {
            nodes.push(Node::Text(before.to_owned()));
        }
        let mut action = Action {
            rest: inside,
            nodes: Vec::new(),
            depth,
        };
        action.read()?;
        nodes.push(Node::List(action.nodes));
        rest = action.rest;
    }
    if !rest.is_empty() {
        nodes.push(Node::Text(rest.to_owned()));
    }
    Ok(nodes)
}

/// What stands between braces.
struct Action<'a> {
    /// What has not been read, up to the end of the template.
    rest: &'a str,
    nodes: Vec<Node>,
    depth: usize,
}

impl<'a> Action<'a> {
    /// Reads up to the closing brace, and past it.
    fn read(&mut self) -> Result<(), String> {
        loop {
            if let Some(behind) = self.rest.strip_prefix('}') {
                self.rest = behind;
                return Ok(());
            }
            if self.rest.starts_with("[?(") {
                self.filter()?;
                continue;
            }
            if let Some(behind) = self.rest.strip_prefix("..") {
                self.rest = behind;
                self.recursive()?;
                continue;
            }
            let Some(next) = self.rest.chars().next() else {
                return Err("unclosed action".to_owned());
            };
            match next {
                '\r' | '\n' => return Err("unclosed action".to_owned()),
                ' ' | '@' | '$' => self.skip(1),
                '[' => self.array()?,
                '"' | '\'' => self.quoted(next)?,
                '.' => {
                    self.skip(1);
                    self.field();
                }
                '+' | '-' | '0'..='9' => self.number()?,
                word if is_word(word) => self.word(),
                other => {
                    let code = u32::from(other);
                    let shown = quote_rune(code);
                    return Err(format!(
                        "unrecognized character in action: U+{code:04X} {shown}"
                    ));
                }
            }
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Takes as many bytes, which end between two characters.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn recursive(&mut self) -> Result<(), String> {
        if matches!(self.nodes.last(), Some(Node::Recursive)) {
            return Err("invalid multiple recursive descent".to_owned());
        }
        self.nodes.push(Node::Recursive);
        if self.rest.chars().next().is_some_and(is_word) {
            self.field();
        }
        Ok(())
    }

    /// A name up to where it must end; a backslash takes its meaning from what follows.
    fn field(&mut self) {
        let mut end = self.rest.len();
        let mut letters = self.rest.char_indices();
        while let Some((at, letter)) = letters.next() {
            if letter == '\\' {
                letters.next();
            } else if ends_word(letter) {
                end = at;
                break;
            }
        }
        let name = self.take(end);
        self.nodes.push(match name {
            "*" => Node::Wildcard,
            name => Node::Field(name.replace('\\', "")),
        });
    }

    fn word(&mut self) {
        let end = self.rest.find(ends_word).unwrap_or(self.rest.len());
        let word = self.take(end);
        self.nodes.push(match word {
            "true" => Node::Literal(Value::Bool(true)),
            "false" => Node::Literal(Value::Bool(false)),
            word => Node::Word(word.to_owned()),
        });
    }

    fn number(&mut self) -> Result<(), String> {
        let sign = usize::from(self.rest.starts_with(['+', '-']));
        let digits = &self.rest[sign..];
        let end = digits.find(|c: char| c != '.' && !c.is_ascii_digit());
        let text = self.take(sign + end.unwrap_or(digits.len()));
        let value = match (parse_int(text, 10, 64), parse_float(text, 64)) {
            (Ok(number), _) => Value::int(number),
            (_, Ok(number)) => Value::Float(number),
            _ => return Err(format!("cannot parse number {text}")),
        };
        self.nodes.push(Node::Literal(value));
        Ok(())
    }

    fn quoted(&mut self, quote: char) -> Result<(), String> {
        let unterminated = || "unterminated quoted string".to_owned();
        let bytes = self.rest.as_bytes();
        let mut at = 1;
        loop {
            match bytes.get(at) {
                None | Some(b'\n') => return Err(unterminated()),
                Some(&byte) if char::from(byte) == quote && bytes[at - 1] != b'\\' => break,
                Some(_) => at += 1,
            }
        }
        let whole = self.take(at + 1);
        let text = unquote(&whole[1..at], quote)
            .ok_or_else(|| format!("unquote string {whole} error invalid syntax"))?;
        self.nodes.push(Node::Text(text));
        Ok(())
    }

    fn array(&mut self) -> Result<(), String> {
        let end = self.rest.find([']', '\n']);
        let Some(end) = end.filter(|&end| self.rest[end..].starts_with(']')) else {
            return Err("unterminated array".to_owned());
        };
        let text = &self.take(end + 1)[1..end];
        let text = if text == "*" { ":" } else { text };
        if text.contains(',') {
            let parts = text.split(',').map(|part| {
                let part = part.trim_matches(' ');
                self.inner(&format!("[{part}]"))
            });
            let union = parts.collect::<Result<_, _>>()?;
            self.nodes.push(Node::Union(union));
            return Ok(());
        }
        let key = text
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''));
        if let Some(key) = key.filter(|key| !key.contains('\'')) {
            let nodes = self.inner(&format!(".{key}"))?;
            self.nodes.extend(nodes);
            return Ok(());
        }
        self.nodes.push(Node::Array(bounds(text)?));
        Ok(())
    }

    fn filter(&mut self) -> Result<(), String> {
        self.skip("[?(".len());
        let end = filter_end(self.rest)?;
        let text = self.take(end);
        self.skip(1);
        if !self.rest.starts_with(']') {
            return Err("unclosed array expect ]".to_owned());
        }
        self.skip(1);
        let is_operator = |c: char| "!<>=".contains(c);
        let split = text.find(is_operator).filter(|&at| at > 0).and_then(|at| {
            let (left, rest) = text.split_at(at);
            let length = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
            // Something must be on the right, if need be a part of the operator.
            let length = match length == rest.len() {
                true => length.checked_sub(1)?,
                false => length,
            };
            (length > 0).then(|| (left, &rest[..length], &rest[length..]))
        });
        let node = match split {
            None => Node::Filter(self.inner(text)?, String::new(), Vec::new()),
            Some((left, operator, right)) => {
                let (left, right) = (self.inner(left)?, self.inner(right)?);
                Node::Filter(left, operator.to_owned(), right)
            }
        };
        self.nodes.push(node);
        Ok(())
    }

    /// A text as if it stood between braces of its own.
    fn inner(&self, text: &str) -> Result<Vec<Node>, String> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err("filters are nested too deep".to_owned());
        };
        match template(&format!("{{{text}}}"), depth)?.into_iter().next() {
            Some(Node::List(nodes)) => Ok(nodes),
            _ => Ok(Vec::new()),
        }
    }
}

/// Where a filter ends: at a parenthesis that is not between quotes.
fn filter_end(text: &str) -> Result<usize, String> {
    let (mut pair, mut is_closed) = (None, false);
    let bytes = text.as_bytes();
    for (at, letter) in text.char_indices() {
        match letter {
            '\n' => break,
            '"' | '\'' => match pair {
                None => pair = Some(letter),
                Some(open) if open == letter && at > 0 && bytes[at - 1] != b'\\' => {
                    is_closed = true;
                }
                Some(_) => {}
            },
            ')' if pair.is_some() == is_closed => return Ok(at),
            _ => {}
        }
    }
    Err("unterminated filter".to_owned())
}

fn bounds(text: &str) -> Result<[Bound; 3], String> {
    let invalid = || format!("invalid array index {text}");
    let parts: Vec<&str> = text.split(':').collect();
    let is_number = |part: &&str| {
        let digits = part.strip_prefix('-').unwrap_or(part);
        digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.len() > 3 || !parts.iter().all(is_number) {
        return Err(invalid());
    }
    let mut bounds = [Bound::default(); 3];
    for (bound, part) in bounds.iter_mut().zip(&parts) {
        if !part.is_empty() {
            let number = parse_int(part, 10, 64);
            bound.known = Some(number.map_err(|_| format!("array index {part} is not a number"))?);
        }
    }
    if parts.len() == 1 {
        bounds[1] = Bound {
            known: Some(bounds[0].known.unwrap_or(0).saturating_add(1)),
            is_derived: true,
        };
    }
    Ok(bounds)
}

/// What a quoted text means; `None` if an escape is none.
fn unquote(text: &str, quote: char) -> Option<String> {
    let mut out = Vec::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => escape(&mut letters, quote, &mut out)?,
            letter if letter == quote => return None,
            letter => out.extend(letter.to_string().bytes()),
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// Reads what follows a backslash.
fn escape(letters: &mut Chars<'_>, quote: char, out: &mut Vec<u8>) -> Option<()> {
    let first = letters.next()?;
    let mut number = |digits: usize, base: u32, start: u32| {
        (0..digits).try_fold(start, |number, _| {
            Some(number * base + letters.next()?.to_digit(base)?)
        })
    };
    match first {
        'a' => out.push(7),
        'b' => out.push(8),
        'f' => out.push(12),
        'n' => out.push(b'\n'),
        'r' => out.push(b'\r'),
        't' => out.push(b'\t'),
        'v' => out.push(11),
        '\\' => out.push(b'\\'),
        'x' => out.push(u8::try_from(number(2, 16, 0)?).ok()?),
        'u' => out.extend(char::from_u32(number(4, 16, 0)?)?.to_string().bytes()),
        'U' => out.extend(char::from_u32(number(8, 16, 0)?)?.to_string().bytes()),
        '0'..='7' => out.push(u8::try_from(number(2, 8, first.to_digit(8)?)?).ok()?),
        other if other == quote => out.extend(other.to_string().bytes()),
        _ => return None,
    }
    Some(())
}

fn is_word(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

fn ends_word(letter: char) -> bool {
    " \t\r\n.,[]$@{}".contains(letter)
}
