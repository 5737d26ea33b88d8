//! The grammar of `--set` and its kin: Helm's package `strvals`.
//!
//! `a.b[0].c=v,d={x,y}` sets values by their paths. Errors have Helm's words, also where those are
//! Go's for a failed type assertion.

mod literal;

use goval::strconv::{quote, quote_rune};
use goval::{List, Map, Value};

pub use literal::set_literal;

/// The highest index of a list that may be set.
const MAX_INDEX: i64 = 65536;
/// How deep dots may nest maps.
const MAX_MAP_DEPTH: usize = 30;
/// How deep brackets may nest lists. Helm has no limit; its own stack has.
const MAX_LIST_DEPTH: usize = 1000;
/// How many items an argument may add to lists, most of them nothing. Helm has no limit; the memory has.
const MAX_ITEMS: usize = 1 << 20;

/// What is wrong with an argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SetError(String);

/// Turns the text of a value into the value.
type Reader<'a> = &'a mut dyn FnMut(&str) -> Result<Value, String>;

/// `--set`: words like `true`, `null` and whole numbers become what they look like.
///
/// # Errors
/// What Helm refuses. What was set before the error stays set.
pub fn set(text: &str, into: &Map) -> Result<(), SetError> {
    Parser::new(text, Format::Words(&mut |word| Ok(typed(word)))).parse(into)
}

/// `--set-string`: every value is text.
///
/// # Errors
/// What Helm refuses. What was set before the error stays set.
pub fn set_string(text: &str, into: &Map) -> Result<(), SetError> {
    Parser::new(text, Format::Words(&mut |word| Ok(Value::str(word)))).parse(into)
}

/// `--set-file`: every value is the path of a file, which `read` turns into its content.
///
/// # Errors
/// What Helm refuses, or what `read` fails with. What was set before the error stays set.
pub fn set_file(
    text: &str,
    into: &Map,
    read: &mut dyn FnMut(&str) -> Result<Value, String>,
) -> Result<(), SetError> {
    Parser::new(text, Format::Words(read)).parse(into)
}

/// `--set-json`: every value is JSON.
///
/// # Errors
/// What Helm refuses. What was set before the error stays set.
pub fn set_json(text: &str, into: &Map) -> Result<(), SetError> {
    Parser::new(text, Format::Json).parse(into)
}

fn typed(word: &str) -> Value {
    if word.eq_ignore_ascii_case("true") {
        return Value::Bool(true);
    }
    if word.eq_ignore_ascii_case("false") {
        return Value::Bool(false);
    }
    if word.eq_ignore_ascii_case("null") {
        return Value::Nil;
    }
    if word == "0" {
        return Value::int64(0);
    }
    match word.parse() {
        Ok(number) if !word.starts_with('0') => Value::int64(number),
        _ => Value::str(word),
    }
}

enum Format<'a> {
    Words(Reader<'a>),
    Json,
}

struct Parser<'a> {
    rest: &'a str,
    format: Format<'a>,
    room: Room,
}

/// How many items may still be added to lists.
struct Room(usize);

/// Why parsing stopped.
#[derive(Debug)]
enum Stop {
    /// The end of the text, where that is as good as any place to stop.
    End,
    Error(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop::Error(message)
    }
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, format: Format<'a>) -> Parser<'a> {
        Parser {
            rest: text,
            format,
            room: Room(MAX_ITEMS),
        }
    }

    fn parse(mut self, into: &Map) -> Result<(), SetError> {
        loop {
            match self.key(into, 0) {
                Ok(()) => {}
                Err(Stop::End) => return Ok(()),
                Err(Stop::Error(message)) => return Err(SetError(message)),
            }
        }
    }

    /// Reads one path and its value into a map.
    fn key(&mut self, into: &Map, depth: usize) -> Result<(), Stop> {
        let (key, last) = self.until("=[,.");
        match last {
            None if key.is_empty() => Err(Stop::End),
            None => Err(format!("key {} has no value", quote(key.as_bytes())).into()),
            Some('=') => self.value(into, &key),
            Some(',') => {
                assign(into, &key, Value::str(""));
                let key = quote(key.as_bytes());
                Err(format!("key {key} has no value (cannot end with ,)").into())
            }
            Some('[') => {
                let index = self.index()?;
                let mut list = existing_list(into, &key)?;
                let result = self.item(&mut list, index, depth, 0);
                assign(into, &key, Value::from(List::new(list)));
                result
            }
            Some(_) => {
                let inner = inner_map(into, &key, depth)?;
                let result = self.key(&inner, depth + 1);
                finish_map(into, &key, inner, result)
            }
        }
    }

    /// Reads what follows the `=` of a key.
    fn value(&mut self, into: &Map, key: &str) -> Result<(), Stop> {
        if let Format::Json = self.format {
            let value = self.json()?;
            assign(into, key, value);
            return Ok(());
        }
        if self.rest.is_empty() {
            assign(into, key, Value::str(""));
            return Err(Stop::End);
        }
        if self.rest.starts_with('{') {
            let list = self.braces()?;
            assign(into, key, list);
            return Ok(());
        }
        let word = self.until(",").0;
        let value = self.read(&word);
        assign(into, key, value.as_ref().map_or(Value::Nil, Value::clone));
        value.map(|_| ()).map_err(Stop::Error)
    }

    /// Reads what follows the `]` of an index, and sets that item of the list.
    fn item(
        &mut self,
        list: &mut Vec<Value>,
        index: i64,
        depth: usize,
        nesting: usize,
    ) -> Result<(), Stop> {
        let at = checked_index(index, nesting)?;
        let (stray, last) = self.until("[.=");
        if !stray.is_empty() {
            return Err(unexpected(&stray));
        }
        match last {
            None => Err(Stop::End),
            Some('=') => {
                let value = self.item_value()?;
                set_index(list, index, value, &mut self.room)
            }
            Some('[') => {
                let next = self.index()?;
                let mut inner = nested_list(list, at)?;
                let result = self.item(&mut inner, next, depth, nesting + 1);
                finish_list(list, index, inner, result, &mut self.room)
            }
            Some(_) => {
                let inner = nested_map(list, at);
                self.key(&inner, depth)?;
                set_index(list, index, Value::Map(inner), &mut self.room)
            }
        }
    }

    fn item_value(&mut self) -> Result<Value, Stop> {
        if let Format::Json = self.format {
            return self.json();
        }
        if self.rest.is_empty() {
            return Ok(Value::str(""));
        }
        if self.rest.starts_with('{') {
            return self.braces();
        }
        let word = self.until(",").0;
        Ok(self.read(&word)?)
    }

    /// Reads `{a,b}` and a comma after it.
    fn braces(&mut self) -> Result<Value, Stop> {
        self.rest = &self.rest[1..];
        let mut items = Vec::new();
        loop {
            let (word, last) = self.until(",}");
            if last.is_none() {
                return Err("list must terminate with '}'".to_owned().into());
            }
            items.push(self.read(&word)?);
            if last == Some('}') {
                self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
                return Ok(Value::from(List::new(items)));
            }
        }
    }

    /// Reads a JSON value and a comma after it; nothing at all is a null.
    fn json(&mut self) -> Result<Value, Stop> {
        if self.blank() {
            return Ok(Value::Nil);
        }
        let (value, length) =
            goval::json::decode_first(self.rest.as_bytes()).map_err(|error| error.to_string())?;
        self.rest = self.rest.get(length..).unwrap_or_default();
        self.blank();
        Ok(value)
    }

    /// Skips white space and one comma; whether nothing else came before the comma or the end.
    fn blank(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return true;
        }
        self.rest.is_empty()
    }

    /// The number before the `]`.
    fn index(&mut self) -> Result<i64, Stop> {
        match self.until("]") {
            (_, None) => Err(Stop::End),
            (digits, Some(_)) => index_number(&digits),
        }
    }

    fn read(&mut self, word: &str) -> Result<Value, String> {
        match &mut self.format {
            Format::Words(read) => read(word),
            Format::Json => Ok(Value::str(word)),
        }
    }

    /// The text up to one of these characters, which is consumed and given too; `None` at the end.
    /// A backslash takes the next character as it is.
    fn until(&mut self, stops: &str) -> (String, Option<char>) {
        let mut text = String::new();
        let mut chars = self.rest.chars();
        let last = loop {
            match chars.next() {
                None => break None,
                Some(c) if stops.contains(c) => break Some(c),
                Some('\\') => match chars.next() {
                    None => break None,
                    Some(c) => text.push(c),
                },
                Some(c) => text.push(c),
            }
        };
        self.rest = chars.as_str();
        (text, last)
    }
}

/// Sets a key of a map, unless the key is empty.
fn assign(into: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        into.insert(key, value);
    }
}

/// The list under a key, which is to be put back there. Taken out, it need not be copied.
fn existing_list(map: &Map, key: &str) -> Result<Vec<Value>, Stop> {
    match map.get(key) {
        None => Ok(Vec::new()),
        Some(Value::List(list)) => {
            assign(map, key, Value::Nil);
            Ok(list.into_items())
        }
        Some(other) => Err(not_a(&other, "[]interface {}")),
    }
}

/// The map under a key, or a new one that is not in the map yet.
fn inner_map(map: &Map, key: &str, depth: usize) -> Result<Map, Stop> {
    if depth == MAX_MAP_DEPTH {
        return Err(format!(
            "value name nested level is greater than maximum supported nested level of {MAX_MAP_DEPTH}"
        )
        .into());
    }
    match map.get(key) {
        None => Ok(Map::new()),
        Some(Value::Map(inner)) => Ok(inner),
        Some(other) => Err(not_a(&other, "map[string]interface {}")),
    }
}

fn finish_map(into: &Map, key: &str, inner: Map, result: Result<(), Stop>) -> Result<(), Stop> {
    if inner.is_empty() {
        result?;
        return Err(format!("key map {} has no value", quote(key.as_bytes())).into());
    }
    assign(into, key, Value::Map(inner));
    result
}

fn checked_index(index: i64, nesting: usize) -> Result<usize, Stop> {
    if nesting > MAX_LIST_DEPTH {
        return Err(format!("lists are nested deeper than {MAX_LIST_DEPTH} levels").into());
    }
    usize::try_from(index).map_err(|_| format!("negative {index} index not allowed").into())
}

/// The list at an index, which is to be put back there. Taken out, it need not be copied.
fn nested_list(list: &mut [Value], at: usize) -> Result<Vec<Value>, Stop> {
    match list.get_mut(at) {
        None | Some(Value::Nil) => Ok(Vec::new()),
        Some(Value::List(inner)) if inner.is_empty() => Ok(Vec::new()),
        Some(place @ Value::List(_)) => match std::mem::take(place) {
            Value::List(inner) => Ok(inner.into_items()),
            _ => Ok(Vec::new()),
        },
        Some(other) => Err(not_a(other, "[]interface {}")),
    }
}

/// Puts a list at an index, unless it is new and something was wrong with it.
fn finish_list(
    list: &mut Vec<Value>,
    index: i64,
    inner: Vec<Value>,
    result: Result<(), Stop>,
    room: &mut Room,
) -> Result<(), Stop> {
    let was_there = !inner.is_empty();
    if result.is_ok() || was_there {
        set_index(list, index, Value::from(List::new(inner)), room)?;
    }
    result
}

/// The map at an index, or a new one in the place of whatever is there.
fn nested_map(list: &mut [Value], at: usize) -> Map {
    match list.get_mut(at) {
        None => Map::new(),
        Some(Value::Map(inner)) => inner.clone(),
        Some(place) => {
            let inner = Map::new();
            *place = Value::Map(inner.clone());
            inner
        }
    }
}

fn set_index(list: &mut Vec<Value>, index: i64, value: Value, room: &mut Room) -> Result<(), Stop> {
    if index > MAX_INDEX {
        return Err(format!(
            "index of {index} is greater than maximum supported index of {MAX_INDEX}"
        )
        .into());
    }
    let at = checked_index(index, 0)?;
    if list.len() <= at {
        let added = at + 1 - list.len();
        let left = room.0.checked_sub(added);
        let left = left.ok_or_else(|| format!("lists would grow by more than {MAX_ITEMS} items"));
        *room = Room(left?);
        list.resize(at + 1, Value::Nil);
    }
    list[at] = value;
    Ok(())
}

fn index_number(digits: &str) -> Result<i64, Stop> {
    digits.parse().map_err(|error: std::num::ParseIntError| {
        let why = match error.kind() {
            std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => {
                "value out of range"
            }
            _ => "invalid syntax",
        };
        let digits = quote(digits.as_bytes());
        Stop::Error(format!(
            "error parsing index: strconv.Atoi: parsing {digits}: {why}"
        ))
    })
}

fn unexpected(stray: &str) -> Stop {
    let runes: Vec<String> = stray.chars().map(|c| quote_rune(u32::from(c))).collect();
    format!(
        "unexpected data at end of array index: [{}]",
        runes.join(" ")
    )
    .into()
}

/// What Go says when a value does not have the type that is needed there.
fn not_a(value: &Value, wanted: &str) -> Stop {
    let found = match value {
        Value::Nil => "nil",
        other => other.type_name(),
    };
    format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")
        .into()
}
