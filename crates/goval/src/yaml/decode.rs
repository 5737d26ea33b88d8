//! Trees to values.

use std::collections::{BTreeMap, HashSet};

use base64::Engine as _;

use super::YamlError;
use super::go_syntax;
use super::resolve::{Scalar, resolve, resolve_with};
use super::tree::{NodeKind, Tree};
use crate::json::push_valid;
use crate::{IntKind, List, MAX_DEPTH, Map, Shape, Str, Value, strconv};

/// Which of Go's ways to read YAML is meant.
#[derive(Clone, Copy, Default)]
pub(super) struct Mode {
    /// Equal keys of one map are errors.
    pub(super) strict: bool,
    /// Integers stay integers; otherwise every number becomes a `float64`, as it does on the way
    /// through JSON.
    pub(super) keep_integers: bool,
}

/// What of a document is wanted; the rest is only checked.
type Want<'s> = Option<&'s Shape>;

/// Reads a document; a stream without one gives nil.
pub(super) fn decode(tree: Option<&Tree<'_>>, mode: Mode) -> Result<Value, YamlError> {
    let (value, infinite) = decode_wanted(tree, mode, Some(&Shape::Any))?;
    if infinite && !mode.keep_integers {
        // Writing it as JSON finds the first infinite number in the order that Go does.
        crate::json::encode(&value)?;
    }
    Ok(value)
}

/// Reads what a Go type takes of a document; `None` if there is an infinite number somewhere, which
/// JSON could not hold.
pub(super) fn decode_fields(
    tree: Option<&Tree<'_>>,
    mode: Mode,
    shape: &Shape,
) -> Result<Option<Value>, YamlError> {
    let (value, infinite) = decode_wanted(tree, mode, Some(shape))?;
    Ok((!infinite).then_some(value))
}

/// The value, and whether there is an infinite number anywhere.
fn decode_wanted(
    tree: Option<&Tree<'_>>,
    mode: Mode,
    want: Want<'_>,
) -> Result<(Value, bool), YamlError> {
    let Some(tree) = tree else {
        return Ok((Value::Nil, false));
    };
    let mut decoder = Decoder {
        tree,
        mode,
        budget: Budget {
            steps: 1,
            ..Budget::default()
        },
        open_aliases: Vec::new(),
        duplicates: Vec::new(),
        bad_key: None,
        infinite: false,
        depth: 0,
    };
    let value = decoder.value(0, want)?;
    if !decoder.duplicates.is_empty() {
        let lines = decoder.duplicates.join("\n  ");
        return Err(YamlError::yaml(format_args!(
            "unmarshal errors:\n  {lines}"
        )));
    }
    if let Some(error) = decoder.bad_key {
        return Err(error);
    }
    Ok((value, decoder.infinite))
}

/// go-yaml's guard against documents whose aliases expand beyond measure.
#[derive(Default)]
struct Budget {
    steps: u64,
    alias_steps: u64,
    alias_depth: u32,
}

impl Budget {
    fn spend(&mut self) -> Result<(), YamlError> {
        self.steps += 1;
        if self.alias_depth > 0 {
            self.alias_steps += 1;
            if self.alias_steps > 100 && self.steps > 1000 && self.is_excessive() {
                return Err(YamlError::yaml("document contains excessive aliasing"));
            }
        }
        Ok(())
    }

    /// 99 % of the steps may come from aliases in small documents, 10 % in very large ones.
    fn is_excessive(&self) -> bool {
        const LOW: f64 = 400_000.0;
        const HIGH: f64 = 4_000_000.0;
        let steps = self.steps as f64;
        let allowed = 0.99 - 0.89 * ((steps.clamp(LOW, HIGH) - LOW) / (HIGH - LOW));
        self.alias_steps as f64 / steps > allowed
    }
}

struct Decoder<'t> {
    tree: &'t Tree<'t>,
    mode: Mode,
    budget: Budget,
    /// The aliases whose targets are being read.
    open_aliases: Vec<usize>,
    /// What strict reading complains about.
    duplicates: Vec<String>,
    /// The first key that JSON cannot hold.
    bad_key: Option<YamlError>,
    infinite: bool,
    depth: usize,
}

/// The entries of a map in the order in which they are set.
#[derive(Default)]
struct Entries {
    list: Vec<(Str, Value)>,
    /// For strict reading: the keys with their Go types.
    seen: HashSet<String>,
}

enum Key {
    Text(Str, Scalar),
    /// A type that no key of JSON can have.
    Unsupported(Scalar),
}

impl Decoder<'_> {
    /// The value of a node, as far as it is wanted.
    fn value(&mut self, number: usize, want: Want<'_>) -> Result<Value, YamlError> {
        self.budget.spend()?;
        let node = self.tree.node(number);
        match node.kind {
            NodeKind::Scalar => self.scalar(number, want),
            NodeKind::Alias(target) => self.through_alias(number, |d| d.value(target, want)),
            NodeKind::Sequence => self.nested(|d| d.sequence(number, want)),
            NodeKind::Mapping => self.nested(|d| {
                let mut entries = Entries::default();
                d.mapping(number, want, &mut entries)?;
                Ok(match want {
                    Some(_) => Value::Map(Map::from_entries(last_of_equal(entries.list))),
                    None => Value::Nil,
                })
            }),
        }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Value, YamlError>,
    ) -> Result<Value, YamlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(YamlError::yaml(format_args!(
                "exceeded max depth of {MAX_DEPTH}"
            )));
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn through_alias<T>(
        &mut self,
        number: usize,
        read: impl FnOnce(&mut Self) -> Result<T, YamlError>,
    ) -> Result<T, YamlError> {
        if self.open_aliases.contains(&number) {
            let name = String::from_utf8_lossy(&self.tree.node(number).value);
            return Err(YamlError::yaml(format_args!(
                "anchor '{name}' value contains itself"
            )));
        }
        self.open_aliases.push(number);
        self.budget.alias_depth += 1;
        let value = read(self)?;
        self.budget.alias_depth -= 1;
        self.open_aliases.pop();
        Ok(value)
    }

    fn sequence(&mut self, number: usize, want: Want<'_>) -> Result<Value, YamlError> {
        let tree = self.tree;
        let Some(shape) = want else {
            for child in tree.children(number) {
                self.value(child, None)?;
            }
            return Ok(Value::Nil);
        };
        let mut items = Vec::with_capacity(tree.size_hint(number));
        for child in tree.children(number) {
            items.push(self.value(child, Some(shape.of_element()))?);
        }
        Ok(Value::List(List::new(items)))
    }

    fn mapping(
        &mut self,
        number: usize,
        want: Want<'_>,
        entries: &mut Entries,
    ) -> Result<(), YamlError> {
        let tree = self.tree;
        let mut children = tree.children(number);
        let mut bad_key = None;
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            if tree.node(key).is_merge() {
                self.merge(value, want, entries)?;
                continue;
            }
            match self.key(key)? {
                Key::Text(text, scalar) => {
                    let wanted = want.and_then(|shape| shape.of_key(&text));
                    let item = self.value(value, wanted)?;
                    if wanted.is_none() {
                        continue;
                    }
                    if self.mode.strict && !self.is_new(&text, scalar, value, entries) {
                        continue;
                    }
                    entries.list.push((text, item));
                }
                Key::Unsupported(scalar) => {
                    self.value(value, want.map(|_| &Shape::Any))?;
                    if self.mode.strict && !self.is_new(&Str::default(), scalar, value, entries) {
                        continue;
                    }
                    // Of a key that is there twice, the last value counts.
                    if self.bad_key.is_none() || bad_key == Some(scalar) {
                        bad_key = Some(scalar);
                        self.bad_key = Some(go_syntax::unsupported_key(tree, scalar, value));
                    }
                }
            }
        }
        Ok(())
    }

    /// Notes an error if a map has the key already.
    fn is_new(&mut self, text: &Str, scalar: Scalar, value: usize, entries: &mut Entries) -> bool {
        let key = match scalar {
            Scalar::Str | Scalar::Timestamp => strconv::quote(text),
            other => go_syntax::scalar(other),
        };
        let line = self.tree.node(value).line + 1;
        let message = format!("line {line}: key {key} already set in map");
        let new = entries.seen.insert(format!("{} {key}", scalar.tag()));
        if !new {
            self.duplicates.push(message);
        }
        new
    }

    fn merge(
        &mut self,
        number: usize,
        want: Want<'_>,
        entries: &mut Entries,
    ) -> Result<(), YamlError> {
        match self.tree.node(number).kind {
            NodeKind::Sequence => {
                // What comes first in the list wins, so it is set last.
                let children: Vec<_> = self.tree.children(number).collect();
                for child in children.into_iter().rev() {
                    self.merge_one(child, want, entries)?;
                }
                Ok(())
            }
            _ => self.merge_one(number, want, entries),
        }
    }

    fn merge_one(
        &mut self,
        number: usize,
        want: Want<'_>,
        entries: &mut Entries,
    ) -> Result<(), YamlError> {
        let is_mapping = |number| self.tree.node(number).kind == NodeKind::Mapping;
        match self.tree.node(number).kind {
            NodeKind::Mapping => {
                self.budget.spend()?;
                self.merge_mapping(number, want, entries)
            }
            NodeKind::Alias(target) if is_mapping(target) => {
                self.budget.spend()?;
                self.through_alias(number, |d| {
                    d.budget.spend()?;
                    d.merge_mapping(target, want, entries)
                })
            }
            _ => Err(YamlError::yaml(
                "map merge requires map or sequence of maps as the value",
            )),
        }
    }

    fn merge_mapping(
        &mut self,
        number: usize,
        want: Want<'_>,
        entries: &mut Entries,
    ) -> Result<(), YamlError> {
        self.nested(|d| {
            d.mapping(number, want, entries)?;
            Ok(Value::Nil)
        })?;
        Ok(())
    }

    fn key(&mut self, number: usize) -> Result<Key, YamlError> {
        self.budget.spend()?;
        let node = self.tree.node(number);
        match node.kind {
            NodeKind::Scalar => {
                let scalar = self.meaning(number)?;
                Ok(match scalar {
                    Scalar::Null | Scalar::Uint(_) => Key::Unsupported(scalar),
                    Scalar::Str if is_binary(&node.tag) => {
                        Key::Text(json_text(&decode_binary(&node.value)?), scalar)
                    }
                    Scalar::Str | Scalar::Timestamp => Key::Text((&*node.value).into(), scalar),
                    Scalar::Bool(b) => Key::Text(if b { "true" } else { "false" }.into(), scalar),
                    Scalar::Int(n) => Key::Text(itoa::Buffer::new().format(n).into(), scalar),
                    Scalar::Float(x) => Key::Text(short_float(x).into(), scalar),
                })
            }
            NodeKind::Alias(target) => self.through_alias(number, |d| d.key(target)),
            NodeKind::Sequence | NodeKind::Mapping => {
                self.budget.steps -= 1;
                self.value(number, None)?;
                let key = go_syntax::node(self.tree, number);
                Err(YamlError::yaml(format_args!("invalid map key: {key}")))
            }
        }
    }

    fn scalar(&mut self, number: usize, want: Want<'_>) -> Result<Value, YamlError> {
        let node = self.tree.node(number);
        Ok(match self.meaning(number)? {
            Scalar::Str if want.is_none() && node.tag.is_empty() => Value::Nil,
            Scalar::Null => Value::Nil,
            Scalar::Bool(b) => Value::Bool(b),
            Scalar::Int(n) if self.mode.keep_integers => Value::int64(n),
            Scalar::Int(n) => Value::Float(n as f64),
            Scalar::Uint(n) if self.mode.keep_integers => Value::Int(IntKind::Uint64, n as i64),
            Scalar::Uint(n) => Value::Float(n as f64),
            Scalar::Float(x) => {
                self.infinite |= !x.is_finite();
                Value::Float(x)
            }
            Scalar::Str if is_binary(&node.tag) => {
                Value::Str(json_text(&decode_binary(&node.value)?))
            }
            Scalar::Str | Scalar::Timestamp => Value::Str((&*node.value).into()),
        })
    }

    /// What a scalar means, by its tag and text.
    fn meaning(&self, number: usize) -> Result<Scalar, YamlError> {
        let node = self.tree.node(number);
        meaning(&node.tag, &node.value, node.implicit)
    }
}

/// What a scalar means, by its tag and text; strings of bytes are left to the caller.
pub(super) fn meaning(tag: &[u8], text: &[u8], implicit: bool) -> Result<Scalar, YamlError> {
    let short = match tag {
        b"" if implicit => return Ok(resolve(text)),
        b"" => return Ok(Scalar::Str),
        tag => tag.strip_prefix(b"tag:yaml.org,2002:"),
    };
    let wanted = match short {
        Some(b"str") => return Ok(Scalar::Str),
        Some(b"bool") => "!!bool",
        Some(b"int") => "!!int",
        Some(b"float") => "!!float",
        Some(b"null") => "!!null",
        Some(b"timestamp") => "!!timestamp",
        _ => return Ok(Scalar::Str),
    };
    let found = resolve_with(text, wanted == "!!timestamp");
    match found {
        found if found.tag() == wanted => Ok(found),
        Scalar::Int(n) if wanted == "!!float" => Ok(Scalar::Float(n as f64)),
        found => {
            let (text, found) = (String::from_utf8_lossy(text), found.tag());
            Err(YamlError::yaml(format_args!(
                "cannot decode {found} `{text}` as a {wanted}"
            )))
        }
    }
}

pub(super) fn is_binary(tag: &[u8]) -> bool {
    tag == b"tag:yaml.org,2002:binary"
}

pub(super) fn decode_binary(text: &[u8]) -> Result<Vec<u8>, YamlError> {
    // Go's decoder passes over line breaks.
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|c| !matches!(c, b'\n' | b'\r'))
        .collect();
    STANDARD_LENIENT
        .decode(text)
        .map_err(|_| YamlError::yaml("!!binary value contains invalid base64 data"))
}

/// Go's decoder does not mind bits after the last byte.
const STANDARD_LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// JSON holds UTF-8 only, so that other bytes are lost on the way through it.
fn json_text(bytes: &[u8]) -> Str {
    let mut out = Vec::with_capacity(bytes.len());
    push_valid(&mut out, bytes);
    out.into()
}

/// A float as the key of a map; Go takes the digits of a `float32` here.
fn short_float(x: f64) -> String {
    match x {
        x if x.is_nan() => ".nan".into(),
        x if (x as f32).is_infinite() => if x > 0.0 { ".inf" } else { "-.inf" }.into(),
        x => strconv::format_float(x, b'g', -1, 32),
    }
}

/// A map of the entries; of equal keys the last one counts.
fn last_of_equal(mut entries: Vec<(Str, Value)>) -> BTreeMap<Str, Value> {
    if !entries.is_sorted_by(|a, b| a.0 < b.0) {
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.reverse();
        entries.dedup_by(|later, kept| later.0 == kept.0);
        entries.reverse();
    }
    entries.into_iter().collect()
}
