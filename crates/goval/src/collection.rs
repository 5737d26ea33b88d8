//! Go's slices and maps.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::bury::bury;
use crate::{MAX_DEPTH, Str, Value};

/// What a slice or map declares its elements to be, as far as templates can tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Elem {
    /// `any`: the usual case.
    #[default]
    Any,
    /// `string`: what `splitList`, `keys` or labels give.
    Str,
    /// `int`: what `until` gives.
    Int,
    /// A type of its own; Go's full name of the slice or map type.
    Named(&'static str),
}

/// A Go slice. Immutable; clones share the elements.
#[derive(Clone, Default)]
pub struct List(Arc<Slice>);

#[derive(Clone, Default)]
struct Slice {
    items: Vec<Value>,
    elem: Elem,
    nil: bool,
}

impl Drop for Slice {
    fn drop(&mut self) {
        bury(self.items.drain(..));
    }
}

impl List {
    /// A `[]any`.
    pub fn new(items: Vec<Value>) -> List {
        List::typed(Elem::Any, items)
    }

    /// A slice of a declared element type; the items must have it.
    pub fn typed(elem: Elem, items: Vec<Value>) -> List {
        let nil = false;
        List(Arc::new(Slice { items, elem, nil }))
    }

    /// A nil slice: empty, but null in JSON and YAML, and not deeply equal to one that is not nil.
    pub fn nil(elem: Elem) -> List {
        List(Arc::new(Slice {
            items: Vec::new(),
            elem,
            nil: true,
        }))
    }

    /// Whether it is a nil slice.
    pub fn is_nil(&self) -> bool {
        self.0.nil
    }

    /// A `[]string`.
    pub fn of_strs<S: Into<Str>>(items: impl IntoIterator<Item = S>) -> List {
        List::typed(Elem::Str, items.into_iter().map(Value::str).collect())
    }

    /// The declared element type.
    pub fn elem(&self) -> Elem {
        self.0.elem
    }

    /// Go's name of the type.
    pub fn type_name(&self) -> &'static str {
        match self.0.elem {
            Elem::Any => "[]interface {}",
            Elem::Str => "[]string",
            Elem::Int => "[]int",
            Elem::Named(name) => name,
        }
    }

    /// The elements.
    pub fn items(&self) -> &[Value] {
        &self.0.items
    }

    /// The elements, copied only if somebody else holds them too.
    pub fn into_items(self) -> Vec<Value> {
        std::mem::take(&mut Arc::unwrap_or_clone(self.0).items)
    }

    /// What tells this list from all others that are alive.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// As [`Value::deep_copy`], for a list at this depth.
    pub(crate) fn copy_below(&self, depth: usize, parts: &mut usize) -> Option<List> {
        let items = self.iter();
        let copies: Option<Vec<Value>> = items.map(|item| item.copy_below(depth, parts)).collect();
        Some(List(Arc::new(Slice {
            items: copies?,
            elem: self.0.elem,
            nil: self.0.nil,
        })))
    }
}

impl std::ops::Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        &self.0.items
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A Go map with string keys: a reference, shared by its clones, iterated in the order of its keys.
///
/// No lock is held while other code runs: every method finishes before it returns, and iteration
/// works on a snapshot.
#[derive(Clone, Default)]
pub struct Map {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    elem: Elem,
    nil: bool,
    storage: Storage,
}

type Entries = BTreeMap<Str, Value>;

enum Storage {
    Own(RwLock<Entries>),
    /// Another map, which has another type.
    Of(Map),
}

impl Default for Storage {
    fn default() -> Self {
        Storage::Own(RwLock::default())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Storage::Own(entries) = &mut self.storage {
            bury(std::mem::take(entries.get_mut()).into_values());
        }
    }
}

impl Map {
    /// An empty `map[string]any`.
    pub fn new() -> Map {
        Map::default()
    }

    fn build(elem: Elem, nil: bool, entries: Entries) -> Map {
        let storage = Storage::Own(RwLock::new(entries));
        Map {
            inner: Arc::new(Inner { elem, nil, storage }),
        }
    }

    /// An empty map of a declared element type.
    pub fn typed(elem: Elem) -> Map {
        Map::build(elem, false, Entries::new())
    }

    /// A nil map: empty, but null in JSON and YAML. Go panics when something is put into it; who
    /// puts something in must ask first.
    pub fn nil(elem: Elem) -> Map {
        Map::build(elem, true, Entries::new())
    }

    /// A `map[string]any` of these entries.
    pub fn from_entries(entries: BTreeMap<Str, Value>) -> Map {
        Map::build(Elem::Any, false, entries)
    }

    /// The same map seen as another type, as a conversion in Go gives it: what is put into one is in
    /// the other.
    pub fn retyped(&self, elem: Elem) -> Map {
        let own = match &self.inner.storage {
            Storage::Own(_) => self,
            Storage::Of(map) => map,
        };
        Map {
            inner: Arc::new(Inner {
                elem,
                nil: self.inner.nil,
                storage: Storage::Of(own.clone()),
            }),
        }
    }

    fn lock(&self) -> &RwLock<Entries> {
        match &self.inner.storage {
            Storage::Own(entries) => entries,
            Storage::Of(map) => map.lock(),
        }
    }

    /// Whether it is a nil map.
    pub fn is_nil(&self) -> bool {
        self.inner.nil && self.is_empty()
    }

    /// The declared element type.
    pub fn elem(&self) -> Elem {
        self.inner.elem
    }

    /// Go's name of the type.
    pub fn type_name(&self) -> &'static str {
        match self.inner.elem {
            Elem::Any => "map[string]interface {}",
            Elem::Str => "map[string]string",
            Elem::Int => "map[string]int",
            Elem::Named(name) => name,
        }
    }

    /// The value of a key; `None` if the key is absent.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.lock().read().get(key.as_ref()).cloned()
    }

    /// Whether the key is present.
    pub fn contains_key(&self, key: impl AsRef<[u8]>) -> bool {
        self.lock().read().contains_key(key.as_ref())
    }

    /// Sets a key, for every holder of the map, and gives the former value.
    pub fn insert(&self, key: impl Into<Str>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        self.lock().write().insert(key, value)
    }

    /// Removes a key, for every holder of the map, and gives its value.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.lock().write().remove(key.as_ref())
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.lock().read().len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys, sorted by their bytes.
    pub fn keys(&self) -> Vec<Str> {
        self.lock().read().keys().cloned().collect()
    }

    /// A snapshot of the entries, sorted by the bytes of the keys.
    pub fn entries(&self) -> Vec<(Str, Value)> {
        let entries = self.lock().read();
        entries
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    }

    /// The keys of nulls, sorted by their bytes.
    pub fn keys_of_nulls(&self) -> Vec<Str> {
        let entries = self.lock().read();
        let nulls = entries.iter().filter(|(_, value)| value.is_nil());
        nulls.map(|(key, _)| key.clone()).collect()
    }

    /// Removes nulls at every depth of maps within maps.
    pub fn remove_nulls(&self) {
        let mut inner = Vec::new();
        self.lock().write().retain(|_, value| {
            inner.extend(value.as_map().cloned());
            !value.is_nil()
        });
        for map in inner {
            map.remove_nulls();
        }
    }

    /// A copy of this level: a new map whose values are shared with the original.
    pub fn shallow_copy(&self) -> Map {
        let entries = self.lock().read().clone();
        Map::build(self.inner.elem, self.inner.nil, entries)
    }

    /// A copy that shares no map with the original, down to [`MAX_DEPTH`] levels; no YAML or JSON
    /// is deeper.
    pub fn deep_copy(&self) -> Map {
        let copied = self.copy_below(0, &mut usize::MAX.clone());
        copied.unwrap_or_else(|| self.shallow_copy())
    }

    /// As [`Value::deep_copy`], for a map at this depth.
    pub(crate) fn copy_below(&self, depth: usize, parts: &mut usize) -> Option<Map> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut entries = self.lock().read().clone();
        for value in entries.values_mut() {
            match value {
                Value::Map(_) | Value::List(_) => *value = value.copy_below(depth, parts)?,
                _ => *parts = parts.checked_sub(1)?,
            }
        }
        Some(Map::build(self.inner.elem, self.inner.nil, entries))
    }

    /// What tells this map from all others that are alive.
    pub fn address(&self) -> usize {
        std::ptr::from_ref(self.lock()).addr()
    }

    /// Whether both are the same map, not merely equal.
    pub fn same(&self, other: &Map) -> bool {
        std::ptr::eq(self.lock(), other.lock())
    }
}

impl<K: Into<Str>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Map::from_entries(
            entries
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        )
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries()).finish()
    }
}
