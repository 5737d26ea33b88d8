//! `--set-literal`: everything after the first `=` is the value, as it stands.

use goval::{List, Map, Value};

use super::{
    MAX_ITEMS, Room, SetError, Stop, assign, checked_index, existing_list, finish_list, finish_map,
    index_number, inner_map, nested_list, nested_map, set_index, unexpected,
};
use goval::strconv::quote;

/// `--set-literal`: the path ends at the first `=`; the rest is text, with no character special.
///
/// # Errors
/// What Helm refuses.
pub fn set_literal(text: &str, into: &Map) -> Result<(), SetError> {
    let mut literal = Literal {
        rest: text,
        room: Room(MAX_ITEMS),
    };
    match literal.key(into, 0) {
        Ok(()) | Err(Stop::End) => Ok(()),
        Err(Stop::Error(message)) => Err(SetError(message)),
    }
}

struct Literal<'a> {
    rest: &'a str,
    room: Room,
}

impl<'a> Literal<'a> {
    fn key(&mut self, into: &Map, depth: usize) -> Result<(), Stop> {
        let (key, last) = self.until(&['=', '[', '.']);
        match last {
            None if key.is_empty() => Err(Stop::End),
            None => Err(format!("key {} has no value", quote(key.as_bytes())).into()),
            Some('=') => {
                assign(into, key, Value::str(self.rest));
                Ok(())
            }
            Some('[') => {
                let index = self.index()?;
                let mut list = existing_list(into, key)?;
                let result = self.item(&mut list, index, depth, 0);
                assign(into, key, Value::from(List::new(list)));
                result
            }
            Some(_) => {
                let inner = inner_map(into, key, depth)?;
                let result = self.key(&inner, depth + 1);
                finish_map(into, key, inner, result)
            }
        }
    }

    fn item(
        &mut self,
        list: &mut Vec<Value>,
        index: i64,
        depth: usize,
        nesting: usize,
    ) -> Result<(), Stop> {
        let at = checked_index(index, nesting)?;
        let (stray, last) = self.until(&['[', '.', '=']);
        if !stray.is_empty() {
            return Err(unexpected(stray));
        }
        match last {
            None => Err(Stop::End),
            Some('=') => set_index(list, index, Value::str(self.rest), &mut self.room),
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

    fn index(&mut self) -> Result<i64, Stop> {
        match self.until(&[']']) {
            (_, None) => Err(Stop::End),
            (digits, Some(_)) => index_number(digits),
        }
    }

    fn until(&mut self, stops: &[char]) -> (&'a str, Option<char>) {
        let end = self.rest.find(stops).unwrap_or(self.rest.len());
        let (text, tail) = self.rest.split_at(end);
        let mut chars = tail.chars();
        let last = chars.next();
        self.rest = chars.as_str();
        (text, last)
    }
}
