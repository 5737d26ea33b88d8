//! The rules of what may be defined in TOML, and what may be defined twice.

use std::collections::BTreeMap;

use super::decode::Parser;
use super::text::Problem;
use crate::{Elem, List, Map, Value};

type Result<T> = std::result::Result<T, Problem>;

pub(super) type Table = BTreeMap<String, Node>;

/// What a key stands for while reading.
pub(super) enum Node {
    Table(Table),
    /// An array of tables; not empty.
    Tables(Vec<Table>),
    Value(Value),
}

pub(super) fn plain_table(table: Table) -> Map {
    table
        .into_iter()
        .map(|(key, node)| (key, plain(node)))
        .collect()
}

fn plain(node: Node) -> Value {
    match node {
        Node::Table(table) => Value::Map(plain_table(table)),
        Node::Tables(tables) => {
            let tables = tables
                .into_iter()
                .map(|table| Value::Map(plain_table(table)));
            let elem = Elem::Named("[]map[string]interface {}");
            Value::List(List::typed(elem, tables.collect()))
        }
        Node::Value(value) => value,
    }
}

impl Parser<'_> {
    /// Makes a table, or a further one of an array of tables, and enters it.
    pub(super) fn open(&mut self, mut key: Vec<String>, array: bool) -> Result<()> {
        let full = key_text(&key);
        let name = key.pop().unwrap_or_default();
        let mut table = &mut self.root;
        for (i, part) in key.iter().enumerate() {
            if !table.contains_key(part) {
                self.implicit.insert(key_text(&key[..=i]));
            }
            let node = table
                .entry(part.clone())
                .or_insert_with(|| Node::Table(Table::new()));
            table = match inner_table(node) {
                Some(inner) => inner,
                None => {
                    let parent = key_text(&key[..=i]);
                    let message = format!("Key '{parent}' was already created as a hash.");
                    return Err(self.problem_with_key(message));
                }
            };
        }
        if array {
            let node = table
                .entry(name.clone())
                .or_insert_with(|| Node::Tables(Vec::new()));
            let made = match node {
                Node::Tables(tables) => {
                    tables.push(Table::new());
                    true
                }
                _ => false,
            };
            self.context = key;
            if !made {
                return Err(self.problem_with_key(format!(
                    "Key '{full}' was already created and cannot be used as an array."
                )));
            }
        } else {
            self.context = key;
            self.define(&name, Node::Table(Table::new()))?;
        }
        self.context.push(name);
        Ok(())
    }

    /// Defines a key of the context.
    pub(super) fn define(&mut self, name: &str, node: Node) -> Result<()> {
        let mut table = &mut self.root;
        for (i, part) in self.context.iter().enumerate() {
            table = match table.get_mut(part).and_then(inner_table) {
                Some(inner) => inner,
                None => {
                    let parent = key_text(&self.context[..=i]);
                    let message = format!("Key '{parent}' has already been defined.");
                    return Err(self.problem_with_key(message));
                }
            };
        }
        let mut key = self.context.clone();
        key.push(name.to_owned());
        let key = key_text(&key);
        if table.contains_key(name) {
            if !self.implicit.remove(&key) {
                let message = format!("Key '{key}' has already been defined.");
                return Err(self.problem_with_key(message));
            }
            if self.arrays.get(&key) != Some(&true) {
                return Ok(());
            }
        }
        table.insert(name.to_owned(), node);
        Ok(())
    }

    /// Notes whether the key whose value is being read is an array.
    pub(super) fn note_array(&mut self, array: bool) {
        let mut key = self.context.clone();
        if !self.key.is_empty() {
            key.push(self.key.clone());
        }
        self.arrays.insert(key_text(&key), array);
    }
}

/// The table in which keys below that node are defined.
fn inner_table(node: &mut Node) -> Option<&mut Table> {
    match node {
        Node::Table(table) => Some(table),
        Node::Tables(tables) => tables.last_mut(),
        Node::Value(_) => None,
    }
}

/// A key with its parents as messages show it; each such text stands for one key.
pub(super) fn key_text(parts: &[String]) -> String {
    String::from_utf8_lossy(&super::key_text(parts)).into_owned()
}
