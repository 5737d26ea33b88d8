//! One entry of `metadata.managedFields`, and the list of them in an object.

use super::Writer;
use crate::apply::set::Set;
use crate::object::{at, items, remove, set, text};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) manager: String,
    pub(super) apply: bool,
    pub(super) api_version: String,
    pub(super) subresource: String,
    pub(super) time: String,
    pub(super) set: Set,
}

impl Entry {
    pub(super) fn new(writer: &Writer<'_>, apply: bool, set: Set) -> Self {
        let manager = if writer.manager.is_empty() {
            "unknown"
        } else {
            writer.manager
        };
        Self {
            manager: manager.to_owned(),
            apply,
            api_version: writer.api_version.to_owned(),
            subresource: writer.subresource.to_owned(),
            time: writer.time.to_owned(),
            set,
        }
    }

    /// Whether both are entries of one manager: appliers are the same across versions.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.manager == other.manager
            && self.apply == other.apply
            && self.subresource == other.subresource
            && (self.apply || self.api_version == other.api_version)
    }

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            manager: text(value, &["manager"]).to_owned(),
            apply: match text(value, &["operation"]) {
                "Apply" => true,
                "Update" => false,
                _ => return None,
            },
            api_version: text(value, &["apiVersion"]).to_owned(),
            subresource: text(value, &["subresource"]).to_owned(),
            time: text(value, &["time"]).to_owned(),
            set: Set::from_fields_v1(at(value, &["fieldsV1"])?),
        })
    }

    fn write(&self) -> Value {
        let mut entry = Map::new();
        let operation = if self.apply { "Apply" } else { "Update" };
        let texts = [
            ("manager", &*self.manager),
            ("operation", operation),
            ("apiVersion", &self.api_version),
            ("time", &self.time),
        ];
        for (key, value) in texts {
            if !value.is_empty() {
                entry.insert(key.into(), value.into());
            }
        }
        entry.insert("fieldsType".into(), "FieldsV1".into());
        entry.insert("fieldsV1".into(), self.set.to_fields_v1());
        if !self.subresource.is_empty() {
            entry.insert("subresource".into(), self.subresource.as_str().into());
        }
        Value::Object(entry)
    }

    /// The manager as conflicts name it.
    pub(super) fn shown(&self) -> String {
        let mut shown = format!("{:?}", self.manager);
        if !self.subresource.is_empty() {
            shown.push_str(&format!(" with subresource {:?}", self.subresource));
        }
        if !self.apply {
            shown.push_str(&format!(" using {}", self.api_version));
        }
        shown
    }
}

/// Fields that belong to the server and to nobody else.
pub(super) fn is_of_server() -> Set {
    Set::of_fields(&[
        &["apiVersion"],
        &["kind"],
        &["metadata"],
        &["metadata", "name"],
        &["metadata", "namespace"],
        &["metadata", "creationTimestamp"],
        &["metadata", "selfLink"],
        &["metadata", "uid"],
        &["metadata", "clusterName"],
        &["metadata", "generation"],
        &["metadata", "managedFields"],
        &["metadata", "resourceVersion"],
    ])
}

/// Fields that a write through this path cannot change and so does not own.
pub(super) fn ignored(has_status: bool, subresource: &str) -> Set {
    match subresource {
        "status" => Set::of_fields(&[
            &["spec"],
            &["metadata", "labels"],
            &["metadata", "annotations"],
        ]),
        _ if has_status => Set::of_fields(&[&["status"]]),
        _ => Set::default(),
    }
}

pub(super) fn read(object: &Value) -> Vec<Entry> {
    items(object, &["metadata", "managedFields"])
        .iter()
        .filter_map(Entry::read)
        .collect()
}

pub(super) fn write(object: &mut Value, mut entries: Vec<Entry>) {
    entries.retain(|entry| !entry.set.is_empty());
    if entries.is_empty() {
        remove(object, &["metadata", "managedFields"]);
        return;
    }
    entries.sort_by(|a, b| {
        let order = |e: &Entry| {
            (
                !e.apply,
                e.time.clone(),
                e.manager.clone(),
                e.api_version.clone(),
                e.subresource.clone(),
            )
        };
        order(a).cmp(&order(b))
    });
    set(
        object,
        &["metadata", "managedFields"],
        entries.iter().map(Entry::write).collect::<Value>(),
    );
}

/// Only what has been created has a uid.
pub(super) fn is_stored(object: &Value) -> bool {
    at(object, &["metadata", "uid"]).is_some()
}
