//! TOML to values: headers, keys, arrays and inline tables.

use std::collections::{HashMap, HashSet};

use super::TomlError;
use super::define::{Node, Table, key_text, plain_table};
use super::text::{Problem, Text, quoted};
use crate::{List, MAX_DEPTH, Map, Value, strconv};

/// `toml.Unmarshal` into a `map[string]any`: integers are `int64`, times are
/// [`Time`](super::Time), an array of tables is a `[]map[string]any`.
///
/// # Errors
/// The text is not TOML; the message names the line and the last key.
pub fn decode(text: &[u8]) -> std::result::Result<Map, TomlError> {
    let text = match text {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        all => all,
    };
    if text.iter().take(6).any(|&c| c == 0) {
        return Err(TomlError::new(
            "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; \
             TOML files must be UTF-8",
        ));
    }
    let mut parser = Parser {
        text: Text::new(text),
        root: Table::new(),
        context: Vec::new(),
        key: String::new(),
        key_line: 0,
        implicit: HashSet::new(),
        arrays: HashMap::new(),
        depth: 0,
    };
    match parser.document() {
        Ok(()) => Ok(plain_table(parser.root)),
        Err(problem) => Err(parser.error(problem)),
    }
}

type Result<T> = std::result::Result<T, Problem>;

pub(super) struct Parser<'a> {
    pub(super) text: Text<'a>,
    pub(super) root: Table,
    /// The table in which keys are defined now.
    pub(super) context: Vec<String>,
    /// The key whose value is being read.
    pub(super) key: String,
    /// The line of the last key.
    key_line: usize,
    /// Tables that exist only because of what they contain.
    pub(super) implicit: HashSet<String>,
    /// For each key whether it is an array that is no array of tables.
    pub(super) arrays: HashMap<String, bool>,
    depth: usize,
}

impl Parser<'_> {
    fn error(&self, problem: Problem) -> TomlError {
        let Problem { line, message } = problem;
        let context = key_text(&self.context);
        let last = match (self.key.as_str(), context.as_str()) {
            ("", _) => context,
            (key, "") if self.context.is_empty() => key.to_owned(),
            (key, context) => format!("{context}.{key}"),
        };
        match last.as_str() {
            "" => TomlError::new(format_args!("toml: line {line}: {message}")),
            last => {
                let last = strconv::quote(last.as_bytes());
                TomlError::new(format_args!(
                    "toml: line {line} (last key {last}): {message}"
                ))
            }
        }
    }

    pub(super) fn problem_with_key(&self, message: String) -> Problem {
        Problem {
            line: self.key_line,
            message,
        }
    }

    fn document(&mut self) -> Result<()> {
        loop {
            match self.text.peek()? {
                Some(' ' | '\t' | '\n' | '\r') => {
                    self.text.next()?;
                }
                Some('#') => self.text.skip_comment()?,
                Some('[') => self.header()?,
                None => return Ok(()),
                Some(_) => self.top_pair()?,
            }
        }
    }

    /// The end of a line on which something was defined.
    fn end_of_line(&mut self) -> Result<()> {
        self.text.skip_blanks()?;
        match self.text.next()? {
            Some('#') => self.text.skip_comment(),
            Some('\n' | '\r') | None => Ok(()),
            other => Err(self.text.problem(format!(
                "expected a top-level item to end with a newline, comment, or EOF, \
                 but got {} instead",
                quoted(other)
            ))),
        }
    }

    fn header(&mut self) -> Result<()> {
        self.text.next()?;
        let array = self.text.accept('[')?;
        let mut key = Vec::new();
        loop {
            self.text.skip_blanks()?;
            let message = match self.text.peek()? {
                Some(']') | None => "unexpected end of table name (table names cannot be empty)",
                Some('.') => "unexpected table separator (table names cannot be empty)",
                Some(_) => {
                    let part = self.key_part(key.is_empty())?;
                    key.push(part);
                    self.text.skip_blanks()?;
                    match self.text.next()? {
                        Some('.') => continue,
                        Some(']') => break,
                        other => {
                            let message = format!(
                                "expected '.' or ']' to end table name, but got {} instead",
                                quoted(other)
                            );
                            return Err(self.text.problem_with(other, message));
                        }
                    }
                }
            };
            return Err(self.text.problem(message));
        }
        if array {
            let end = self.text.next()?;
            if end != Some(']') {
                let message = format!(
                    "expected end of table array name delimiter ']', but got {} instead",
                    quoted(end)
                );
                return Err(self.text.problem_with(end, message));
            }
        }
        self.open(key, array)?;
        self.arrays.insert(key_text(&self.context), false);
        self.end_of_line()
    }

    fn top_pair(&mut self) -> Result<()> {
        let outer = self.context.clone();
        self.pair(None)?;
        self.context = outer;
        self.key.clear();
        self.end_of_line()
    }

    /// `key = value`, defined in the context, and in the map too if there is one.
    fn pair(&mut self, into: Option<&Map>) -> Result<()> {
        let mut path = self.dotted_key()?;
        self.key = path.pop().unwrap_or_default();
        for part in &path {
            let mut key = self.context.clone();
            key.push(part.clone());
            self.implicit.insert(key_text(&key));
            self.open(key, false)?;
        }
        let (value, array) = self.value(false)?;
        let key = self.key.clone();
        self.define(&key, Node::Value(value.clone()))?;
        self.note_array(array);
        if let Some(map) = into {
            let mut map = map.clone();
            for part in path {
                let inner = match map.get(&part) {
                    Some(Value::Map(inner)) => inner,
                    Some(_) => {
                        let context: Vec<String> = self
                            .context
                            .iter()
                            .map(|k| strconv::quote(k.as_bytes()))
                            .collect();
                        let message = format!("[{}] is not a table", context.join(" "));
                        return Err(self.problem_with_key(message));
                    }
                    None => {
                        let inner = Map::new();
                        map.insert(part, inner.clone());
                        inner
                    }
                };
                map = inner;
            }
            map.insert(key, value);
        }
        Ok(())
    }

    fn dotted_key(&mut self) -> Result<Vec<String>> {
        self.text.skip_blanks()?;
        match self.text.peek()? {
            Some('=') | None => {
                return Err(self.text.problem("unexpected '=': key name appears blank"));
            }
            Some('.') => {
                return Err(self
                    .text
                    .problem("unexpected '.': keys cannot start with a '.'"));
            }
            Some(_) => {}
        }
        let mut path = Vec::new();
        loop {
            self.text.skip_blanks()?;
            match self.text.peek()? {
                Some('=') | None => return Err(self.text.problem("unexpected '='")),
                Some('.') => return Err(self.text.problem("unexpected '.'")),
                Some(_) => {}
            }
            let part = self.key_part(path.is_empty())?;
            path.push(part);
            self.text.skip_blanks()?;
            let next = self.text.next()?;
            let message = match next {
                Some('.') => continue,
                Some('=') => return Ok(path),
                None => "unexpected EOF; expected key separator '='".to_owned(),
                other => format!("expected '.' or '=', but got {} instead", quoted(other)),
            };
            return Err(match next {
                Some('\n') => self.text.problem_before(message),
                other => self.text.problem_with(other, message),
            });
        }
    }

    fn key_part(&mut self, first: bool) -> Result<String> {
        let part = match self.text.peek()? {
            Some('"') => {
                self.text.next()?;
                self.text.basic_string()?
            }
            Some('\'') => {
                self.text.next()?;
                self.text.literal_string()?
            }
            _ => {
                let start = self.text.at;
                let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                self.text.skip_while(bare)?;
                self.text.since(start).to_owned()
            }
        };
        if first {
            self.key_line = self.text.line;
        }
        Ok(part)
    }

    /// A value, and whether it is an array.
    fn value(&mut self, in_array: bool) -> Result<(Value, bool)> {
        self.text.skip_blanks()?;
        match self.text.peek()? {
            Some('[') => Ok((self.nested(Self::array)?, true)),
            Some('{') => {
                let value = self.nested(|parser| parser.inline_table(in_array))?;
                Ok((value, false))
            }
            _ => Ok((self.text.scalar()?, false)),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Value>) -> Result<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.text.problem("value is nested too deep"));
        }
        self.text.next()?;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Value> {
        self.note_array(true);
        let mut items = Vec::new();
        loop {
            self.skip_between()?;
            match self.text.peek()? {
                Some(',') => {
                    self.text.next()?;
                    return Err(self.text.problem("unexpected comma"));
                }
                Some(']') => break,
                _ => {}
            }
            items.push(self.value(true)?.0);
            self.skip_between()?;
            match self.text.next()? {
                Some(',') => {}
                Some(']') => return Ok(Value::List(List::new(items))),
                other => {
                    let message = format!(
                        "expected a comma (',') or array terminator (']'), but got {}",
                        char_or_end(other)
                    );
                    return Err(self.text.problem_with(other, message));
                }
            }
        }
        self.text.next()?;
        Ok(Value::List(List::new(items)))
    }

    fn inline_table(&mut self, in_array: bool) -> Result<Value> {
        let (outer_context, outer_key) = (self.context.clone(), std::mem::take(&mut self.key));
        let mut own = outer_context.clone();
        own.push(outer_key.clone());
        self.context.clone_from(&own);
        self.implicit.insert(key_text(&own));
        self.open(own.clone(), in_array)?;
        let map = Map::new();
        loop {
            self.skip_between()?;
            match self.text.peek()? {
                Some(',') => {
                    self.text.next()?;
                    return Err(self.text.problem("unexpected comma"));
                }
                Some('}') => break,
                _ => {}
            }
            self.pair(Some(&map))?;
            self.context.clone_from(&own);
            if self.end_of_pair()? {
                break;
            }
        }
        self.text.next()?;
        self.context = outer_context;
        self.key = outer_key;
        Ok(Value::Map(map))
    }

    /// Passes what stands between two pairs of an inline table; true if the table ends here.
    fn end_of_pair(&mut self) -> Result<bool> {
        loop {
            self.skip_between()?;
            match self.text.peek()? {
                Some('}') => return Ok(true),
                Some(',') => {
                    self.text.next()?;
                    self.text.skip_blanks()?;
                    if self.text.peek()? != Some('}') {
                        return Ok(false);
                    }
                }
                other => {
                    self.text.next()?;
                    let message = format!(
                        "expected a comma or an inline table terminator '}}', but got {} instead",
                        char_or_end(other)
                    );
                    return Err(self.text.problem_with(other, message));
                }
            }
        }
    }

    /// Passes blanks, line breaks and comments.
    fn skip_between(&mut self) -> Result<()> {
        loop {
            match self.text.peek()? {
                Some(' ' | '\t' | '\n' | '\r') => {
                    self.text.next()?;
                }
                Some('#') => self.text.skip_comment()?,
                _ => return Ok(()),
            }
        }
    }
}

fn char_or_end(c: Option<char>) -> String {
    c.map_or("end of file".to_owned(), |c| format!("'{c}'"))
}
