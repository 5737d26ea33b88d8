//! What a template finds in a value.

use std::cmp::Ordering;

use goval::{IntKind, Value};

use super::{Bound, Node};

/// A value; `None` stands for what is not even null.
type Found = Option<Value>;

/// The text that a template makes of a value; `None` if the value does not have what it asks for.
pub(super) fn show(nodes: &[Node], value: &Value) -> Option<String> {
    let mut finder = Finder {
        nodes,
        begins: 0,
        inside: 0,
        ends: 0,
        last_end: None,
    };
    let mut text = String::new();
    for results in finder.find(0, Some(value.clone()))? {
        for (place, result) in results.iter().enumerate() {
            text += if place > 0 { " " } else { "" };
            text += &shown(result)?;
        }
    }
    Some(text)
}

fn shown(found: &Found) -> Option<String> {
    Some(match found {
        None => "<no value>".to_owned(),
        Some(Value::Nil) => "null".to_owned(),
        Some(value @ (Value::Map(_) | Value::List(_))) => goval::json::encode(value).ok()?,
        Some(value) => gotmpl::fmt::display(value).to_str_lossy().into_owned(),
    })
}

struct Finder<'n> {
    nodes: &'n [Node],
    /// A `range` was met just now.
    begins: usize,
    /// In how many `range`s this is.
    inside: usize,
    /// An `end` was met just now.
    ends: usize,
    /// Where the last `end` stands.
    last_end: Option<usize>,
}

impl Finder<'_> {
    /// What the parts from a place on find, each for itself.
    fn find(&mut self, start: usize, data: Found) -> Option<Vec<Vec<Found>>> {
        let mut all = Vec::new();
        let mut place = start;
        while let Some(node) = self.nodes.get(place) {
            let results = self.walk(vec![data.clone()], node)?;
            if self.ends > 0 && self.ends <= self.inside {
                self.ends -= 1;
                self.last_end = Some(place);
                break;
            }
            if self.begins == 0 {
                all.push(results);
                place += 1;
                continue;
            }
            self.begins -= 1;
            self.inside += 1;
            if results.is_empty() {
                // Once for nothing, to come past the end.
                self.find(place + 1, None)?;
            }
            for result in results {
                let data = result.filter(|value| !value.is_nil());
                all.extend(self.find(place + 1, data)?);
            }
            self.inside -= 1;
            place = self.last_end.filter(|&end| end > place).unwrap_or(place) + 1;
        }
        Some(all)
    }

    fn walk_all(&mut self, input: Vec<Found>, nodes: &[Node]) -> Option<Vec<Found>> {
        nodes
            .iter()
            .try_fold(input, |found, node| self.walk(found, node))
    }

    fn walk(&mut self, input: Vec<Found>, node: &Node) -> Option<Vec<Found>> {
        match node {
            Node::Text(text) => Some(vec![Some(Value::str(text.as_str()))]),
            Node::List(nodes) => self.walk_all(input, nodes),
            Node::Field(name) => field(&input, name),
            Node::Array(bounds) => array(&input, *bounds),
            Node::Filter(left, operator, right) => self.filter(&input, left, operator, right),
            Node::Wildcard => Some(input.iter().flat_map(children).collect()),
            Node::Recursive => Some(below(&input)),
            Node::Union(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.walk_all(input.clone(), part)?);
                }
                Some(all)
            }
            Node::Literal(value) => Some(input.iter().map(|_| Some(value.clone())).collect()),
            Node::Word(word) => match word.as_str() {
                "range" => {
                    self.begins += 1;
                    Some(input)
                }
                "end" if self.inside > 0 => {
                    self.ends += 1;
                    Some(Vec::new())
                }
                _ => None,
            },
        }
    }

    fn filter(
        &mut self,
        input: &[Found],
        left: &[Node],
        operator: &str,
        right: &[Node],
    ) -> Option<Vec<Found>> {
        let mut kept = Vec::new();
        for value in input {
            let Some(Value::List(list)) = value else {
                return None;
            };
            for item in list.items() {
                let item = Some(item.clone());
                let lefts = self.walk_all(vec![item.clone()], left);
                if operator.is_empty() {
                    if lefts.is_some_and(|lefts| !lefts.is_empty()) {
                        kept.push(item);
                    }
                    continue;
                }
                let lefts = lefts?;
                if lefts.is_empty() {
                    continue;
                }
                let left = single(lefts)?;
                let rights = self.walk_all(vec![item.clone()], right)?;
                if !rights.is_empty() && holds(&left, operator, &single(rights)?)? {
                    kept.push(item);
                }
            }
        }
        Some(kept)
    }
}

/// The only one of some values, if it is one.
fn single(mut found: Vec<Found>) -> Option<Value> {
    match found.len() {
        1 => found.pop().flatten(),
        _ => None,
    }
}

fn field(input: &[Found], name: &str) -> Option<Vec<Found>> {
    let found: Vec<Found> = input
        .iter()
        .filter_map(|value| match value {
            Some(Value::Map(map)) => map.get(name).map(Some),
            _ => None,
        })
        .collect();
    (!found.is_empty() || input.is_empty()).then_some(found)
}

fn array(input: &[Found], [start, end, step]: [Bound; 3]) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for value in input {
        let list = match value {
            Some(Value::Nil) => continue,
            Some(Value::List(list)) => list,
            _ => return None,
        };
        let items = list.items();
        let length = items.len() as i64;
        let mut first = start.known.unwrap_or(0);
        if first < 0 {
            first += length;
        }
        let mut last = end.known.unwrap_or(length);
        if last < 0 || (last == 0 && end.is_derived) {
            last += length;
        }
        if first == last {
            return Some(found);
        }
        let fits = (0..length).contains(&first) && (0..=length).contains(&last) && first < last;
        let step = step.known.unwrap_or(1);
        if !fits || step <= 0 {
            return None;
        }
        let range = first as usize..last as usize;
        let stepped = items[range].iter().step_by(usize::try_from(step).ok()?);
        found.extend(stepped.map(|item| Some(item.clone())));
    }
    Some(found)
}

/// What is directly in a value: of a text, its bytes.
fn children(value: &Found) -> Vec<Found> {
    match value {
        Some(Value::Map(map)) => {
            let entries = map.entries().into_iter();
            entries.map(|(_, value)| Some(value)).collect()
        }
        Some(Value::List(list)) => list.items().iter().map(|item| Some(item.clone())).collect(),
        Some(Value::Str(text)) => {
            let byte = |byte: &u8| Some(Value::Int(IntKind::Uint8, i64::from(*byte)));
            text.iter().map(byte).collect()
        }
        _ => Vec::new(),
    }
}

/// All values with something in them, and what is in those.
fn below(input: &[Found]) -> Vec<Found> {
    let mut found = Vec::new();
    for value in input {
        let inner = children(value);
        if !inner.is_empty() {
            found.push(value.clone());
            found.extend(below(&inner));
        }
    }
    found
}

/// Whether a comparison holds; `None` if the two cannot be compared.
fn holds(left: &Value, operator: &str, right: &Value) -> Option<bool> {
    let equal = || equal(left, right);
    let less = || match (left, right) {
        (Value::Bool(_), _) => None,
        _ => Some(order(left, right)? == Some(Ordering::Less)),
    };
    match operator {
        "==" => equal(),
        "!=" => equal().map(|equal| !equal),
        "<" => less(),
        "<=" => Some(less()? || equal()?),
        ">" => Some(!(less()? || equal()?)),
        ">=" => less().map(|less| !less),
        _ => None,
    }
}

fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        _ => Some(order(left, right)? == Some(Ordering::Equal)),
    }
}

/// How two values of one kind stand to each other: numbers with a point are another kind than those
/// without.
fn order(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    match (left, right) {
        (Value::Str(a), Value::Str(b)) => Some(Some(a.cmp(b))),
        (Value::Float(a), Value::Float(b)) => Some(a.partial_cmp(b)),
        (Value::Int(_, a), Value::Int(_, b)) => Some(Some(a.cmp(b))),
        _ => None,
    }
}
