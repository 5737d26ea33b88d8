//! Sets of field paths, and their form in `managedFields` (`FieldsV1`).

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How deep a set may nest when it is read.
const MAX_DEPTH: usize = 120;

/// One step of a path. Scalars are held as JSON text, so that steps can be ordered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A field of a map: `f:name`.
    Field(String),
    /// An item of a list, by its key fields in the order of their names: `k:{"name":"a"}`.
    Key(Vec<(String, String)>),
    /// An item of a set: `v:"a"`.
    Value(String),
    /// An item by its place: `i:0`.
    Index(u64),
}

impl Step {
    fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        match kind {
            "f" => Some(Self::Field(rest.to_owned())),
            "k" => {
                let keys: BTreeMap<String, Value> = serde_json::from_str(rest).ok()?;
                Some(Self::Key(
                    keys.into_iter().map(|(k, v)| (k, v.to_string())).collect(),
                ))
            }
            "v" => Some(Self::Value(
                serde_json::from_str::<Value>(rest).ok()?.to_string(),
            )),
            "i" => rest.parse().ok().map(Self::Index),
            _ => None,
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Key(keys) => {
                let pairs: Vec<String> = keys
                    .iter()
                    .map(|(k, v)| format!("{}:{v}", Value::from(k.as_str())))
                    .collect();
                format!("k:{{{}}}", pairs.join(","))
            }
            Self::Value(value) => format!("v:{value}"),
            Self::Index(index) => format!("i:{index}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(keys) => {
                let pairs: Vec<String> = keys.iter().map(|(k, v)| format!("{k}={v}")).collect();
                write!(f, "[{}]", pairs.join(","))
            }
            Self::Value(value) => write!(f, "[={value}]"),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A set of paths: those that end here, and those that go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Set {
    pub(crate) members: BTreeSet<Step>,
    pub(crate) children: BTreeMap<Step, Set>,
}

impl Set {
    /// The set of these paths of field names.
    pub(crate) fn of_fields(paths: &[&[&str]]) -> Self {
        let mut set = Self::default();
        for path in paths {
            set.insert(
                &path
                    .iter()
                    .map(|name| Step::Field((*name).to_owned()))
                    .collect::<Vec<_>>(),
            );
        }
        set
    }

    /// Reads `fieldsV1`; what is not understood is left out, as ownership only ever narrows by that.
    pub(crate) fn from_fields_v1(value: &Value) -> Self {
        Self::read(value, MAX_DEPTH)
    }

    fn read(value: &Value, depth: usize) -> Self {
        let mut set = Self::default();
        let Some(depth) = depth.checked_sub(1) else {
            return set;
        };
        for (text, below) in value.as_object().into_iter().flatten() {
            let Some(step) = Step::parse(text) else {
                continue;
            };
            let is_leaf = below.as_object().is_none_or(Map::is_empty);
            if is_leaf || below.get(".").is_some() {
                set.members.insert(step.clone());
            }
            let below = Self::read(below, depth);
            if !below.is_empty() {
                set.children.insert(step, below);
            }
        }
        set
    }

    /// The form in `fieldsV1`.
    pub(crate) fn to_fields_v1(&self) -> Value {
        let mut fields = Map::new();
        let steps: BTreeSet<&Step> = self.members.iter().chain(self.children.keys()).collect();
        for step in steps {
            let mut below = Map::new();
            if let Some(child) = self.children.get(step) {
                if self.members.contains(step) {
                    below.insert(".".into(), Value::Object(Map::new()));
                }
                if let Value::Object(inner) = child.to_fields_v1() {
                    below.extend(inner);
                }
            }
            fields.insert(step.to_text(), Value::Object(below));
        }
        Value::Object(fields)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.children.values().all(Self::is_empty)
    }

    pub(crate) fn insert(&mut self, path: &[Step]) {
        match path {
            [] => {}
            [last] => {
                self.members.insert(last.clone());
            }
            [first, rest @ ..] => self.children.entry(first.clone()).or_default().insert(rest),
        }
    }

    /// Whether the path itself is in the set.
    pub(crate) fn has(&self, path: &[Step]) -> bool {
        match path {
            [] => false,
            [last] => self.members.contains(last),
            [first, rest @ ..] => self
                .children
                .get(first)
                .is_some_and(|child| child.has(rest)),
        }
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.extend(other);
        all
    }

    /// Adds all paths of `other`.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.members.extend(other.members.iter().cloned());
        for (step, child) in &other.children {
            self.children.entry(step.clone()).or_default().extend(child);
        }
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let both = |(step, child): (&Step, &Self)| {
            let shared = child.intersection(other.children.get(step)?);
            (!shared.is_empty()).then(|| (step.clone(), shared))
        };
        Self {
            members: self.members.intersection(&other.members).cloned().collect(),
            children: self.children.iter().filter_map(both).collect(),
        }
    }

    /// The paths of this set that are not in `other`.
    pub(crate) fn difference(&self, other: &Self) -> Self {
        let left = |(step, child): (&Step, &Self)| {
            let rest = other
                .children
                .get(step)
                .map_or_else(|| child.clone(), |o| child.difference(o));
            (!rest.is_empty()).then(|| (step.clone(), rest))
        };
        Self {
            members: self.members.difference(&other.members).cloned().collect(),
            children: self.children.iter().filter_map(left).collect(),
        }
    }

    /// The paths of this set that neither are in `other` nor lead through a path of it.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let left = |(step, child): (&Step, &Self)| {
            if other.members.contains(step) {
                return None;
            }
            let rest = other
                .children
                .get(step)
                .map_or_else(|| child.clone(), |o| child.without(o));
            (!rest.is_empty()).then(|| (step.clone(), rest))
        };
        Self {
            members: self.members.difference(&other.members).cloned().collect(),
            children: self.children.iter().filter_map(left).collect(),
        }
    }

    /// All paths, those that end sooner first.
    pub(crate) fn paths(&self) -> Vec<Vec<Step>> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    fn collect(&self, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
        for step in &self.members {
            path.push(step.clone());
            found.push(path.clone());
            path.pop();
        }
        for (step, child) in &self.children {
            path.push(step.clone());
            child.collect(path, found);
            path.pop();
        }
    }
}

/// A path as conflicts show it: `.spec.ports[port=80,protocol="TCP"].name`.
pub(crate) fn shown(path: &[Step]) -> String {
    path.iter().map(Step::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_form_in_managed_fields_is_read_and_written_back() {
        let form = json!({"f:metadata": {"f:labels": {".": {}, "f:app": {}}}, "f:spec": {"f:containers": {
            "k:{\"name\":\"web\"}": {".": {}, "f:image": {}, "f:ports": {
                "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}},
            "f:finalizers": {"v:\"x\"": {}}}});
        assert_eq!(Set::from_fields_v1(&form).to_fields_v1(), form);
    }

    #[test]
    fn paths_are_shown_as_conflicts_show_them() {
        let form = json!({"f:spec": {"f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {"f:name": {}}}}});
        let paths = Set::from_fields_v1(&form).paths();
        assert_eq!(
            shown(&paths[0]),
            ".spec.ports[port=80,protocol=\"TCP\"].name"
        );
    }

    fn any_set() -> impl Strategy<Value = Set> {
        let step = prop_oneof![
            "[a-c]".prop_map(Step::Field),
            "[a-b]".prop_map(|v| Step::Key(vec![("name".into(), format!("{v:?}"))])),
        ];
        let path = proptest::collection::vec(step, 1..4);
        proptest::collection::vec(path, 0..8).prop_map(|paths| {
            let mut set = Set::default();
            paths.iter().for_each(|path| set.insert(path));
            set
        })
    }

    proptest! {
        #[test]
        fn sets_behave_as_sets(a in any_set(), b in any_set()) {
            prop_assert_eq!(Set::from_fields_v1(&a.to_fields_v1()), a.clone());
            prop_assert!(a.difference(&b).intersection(&b).is_empty());
            prop_assert_eq!(a.difference(&b).union(&a.intersection(&b)), a.clone());
            prop_assert_eq!(a.union(&b), b.union(&a));
        }
    }
}
