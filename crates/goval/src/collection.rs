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
pub struct List {
    items: Arc<Items>,
    elem: Elem,
    nil: bool,
}

#[derive(Clone, Default)]
struct Items(Vec<Value>);

impl Drop for Items {
    fn drop(&mut self) {
        bury(self.0.drain(..));
    }
}

impl List {
    /// A `[]any`.
    pub fn new(items: Vec<Value>) -> List {
        List {
            items: Arc::new(Items(items)),
            elem: Elem::Any,
            nil: false,
        }
    }

    /// A slice of a declared element type; the items must have it.
    pub fn typed(elem: Elem, items: Vec<Value>) -> List {
        List {
            items: Arc::new(Items(items)),
            elem,
            nil: false,
        }
    }

    /// A nil slice: empty, but null in JSON and YAML, and not deeply equal to one that is not nil.
    pub fn nil(elem: Elem) -> List {
        List {
            items: Arc::default(),
            elem,
            nil: true,
        }
    }

    /// Whether it is a nil slice.
    pub fn is_nil(&self) -> bool {
        self.nil
    }

    /// A `[]string`.
    pub fn of_strs<S: Into<Str>>(items: impl IntoIterator<Item = S>) -> List {
        List::typed(Elem::Str, items.into_iter().map(Value::str).collect())
    }

    /// The declared element type.
    pub fn elem(&self) -> Elem {
        self.elem
    }

    /// Go's name of the type.
    pub fn type_name(&self) -> &'static str {
        match self.elem {
            Elem::Any => "[]interface {}",
            Elem::Str => "[]string",
            Elem::Int => "[]int",
            Elem::Named(name) => name,
        }
    }

    /// The elements.
    pub fn items(&self) -> &[Value] {
        &self.items.0
    }

    /// The elements, copied only if somebody else holds them too.
    pub fn into_items(self) -> Vec<Value> {
        std::mem::take(&mut Arc::unwrap_or_clone(self.items).0)
    }

    /// As [`Value::deep_copy`], for a list at this depth.
    pub(crate) fn copy_below(&self, depth: usize) -> Option<List> {
        let copies: Option<Vec<Value>> = self.iter().map(|item| item.copy_below(depth)).collect();
        Some(List {
            items: Arc::new(Items(copies?)),
            elem: self.elem,
            nil: self.nil,
        })
    }
}

impl std::ops::Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        &self.items.0
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
    entries: RwLock<BTreeMap<Str, Value>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        bury(std::mem::take(self.entries.get_mut()).into_values());
    }
}

impl Map {
    /// An empty `map[string]any`.
    pub fn new() -> Map {
        Map::default()
    }

    /// An empty map of a declared element type.
    pub fn typed(elem: Elem) -> Map {
        Map {
            inner: Arc::new(Inner {
                elem,
                nil: false,
                entries: RwLock::default(),
            }),
        }
    }

    /// A nil map: empty, but null in JSON and YAML. Go panics when something is put into it; who
    /// puts something in must ask first.
    pub fn nil(elem: Elem) -> Map {
        Map {
            inner: Arc::new(Inner {
                elem,
                nil: true,
                entries: RwLock::default(),
            }),
        }
    }

    /// Whether it is a nil map.
    pub fn is_nil(&self) -> bool {
        self.inner.nil && self.is_empty()
    }

    /// A `map[string]any` of these entries.
    pub fn from_entries(entries: BTreeMap<Str, Value>) -> Map {
        Map {
            inner: Arc::new(Inner {
                elem: Elem::Any,
                nil: false,
                entries: RwLock::new(entries),
            }),
        }
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
        self.inner.entries.read().get(key.as_ref()).cloned()
    }

    /// Whether the key is present.
    pub fn contains_key(&self, key: impl AsRef<[u8]>) -> bool {
        self.inner.entries.read().contains_key(key.as_ref())
    }

    /// Sets a key, for every holder of the map, and gives the former value.
    pub fn insert(&self, key: impl Into<Str>, value: impl Into<Value>) -> Option<Value> {
        self.inner.entries.write().insert(key.into(), value.into())
    }

    /// Removes a key, for every holder of the map, and gives its value.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.inner.entries.write().remove(key.as_ref())
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.inner.entries.read().len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys, sorted by their bytes.
    pub fn keys(&self) -> Vec<Str> {
        self.inner.entries.read().keys().cloned().collect()
    }

    /// A snapshot of the entries, sorted by the bytes of the keys.
    pub fn entries(&self) -> Vec<(Str, Value)> {
        self.inner
            .entries
            .read()
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    }

    /// A copy of this level: a new map whose values are shared with the original.
    pub fn shallow_copy(&self) -> Map {
        let entries = self.inner.entries.read().clone();
        Map {
            inner: Arc::new(Inner {
                elem: self.inner.elem,
                nil: self.inner.nil,
                entries: RwLock::new(entries),
            }),
        }
    }

    /// A copy that shares no map with the original, down to [`MAX_DEPTH`] levels; no YAML or JSON
    /// is deeper.
    pub fn deep_copy(&self) -> Map {
        self.copy_below(0).unwrap_or_else(|| self.shallow_copy())
    }

    /// As [`Value::deep_copy`], for a map at this depth.
    pub(crate) fn copy_below(&self, depth: usize) -> Option<Map> {
        if depth > MAX_DEPTH {
            return None;
        }
        let entries = self.entries().into_iter();
        let copies: Option<BTreeMap<Str, Value>> = entries
            .map(|(key, value)| Some((key, value.copy_below(depth)?)))
            .collect();
        Some(Map {
            inner: Arc::new(Inner {
                elem: self.inner.elem,
                nil: self.inner.nil,
                entries: RwLock::new(copies?),
            }),
        })
    }

    /// What tells this map from all others that are alive.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.inner).addr()
    }

    /// Whether both are the same map, not merely equal.
    pub fn same(&self, other: &Map) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
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
