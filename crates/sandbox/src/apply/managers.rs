//! `metadata.managedFields`: kept on every write, asked on every apply.

use super::set::{Set, shown};
use super::typed;
use crate::object::{at, items, remove, same, set, text};
use crate::schema::Schema;
use crate::status::{ApiError, ApiResult, Cause};
use serde_json::{Map, Value, json};

/// How many managers by update are kept apart before the oldest are put together.
const MAX_UPDATE_MANAGERS: usize = 10;
/// The annotation of client-side apply.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Who writes, through which version and subresource, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) manager: &'a str,
    pub(crate) api_version: &'a str,
    /// `status`, `scale`, or empty.
    pub(crate) subresource: &'a str,
    /// RFC 3339.
    pub(crate) time: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    manager: String,
    apply: bool,
    api_version: String,
    subresource: String,
    time: String,
    set: Set,
}

impl Entry {
    fn new(writer: &Writer<'_>, apply: bool, set: Set) -> Self {
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
    fn is_same(&self, other: &Self) -> bool {
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
    fn shown(&self) -> String {
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
fn is_of_server() -> Set {
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
fn ignored(has_status: bool, subresource: &str) -> Set {
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

fn read(object: &Value) -> Vec<Entry> {
    items(object, &["metadata", "managedFields"])
        .iter()
        .filter_map(Entry::read)
        .collect()
}

fn write(object: &mut Value, mut entries: Vec<Entry>) {
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
fn is_stored(object: &Value) -> bool {
    at(object, &["metadata", "uid"]).is_some()
}

/// Notes in `new` what a create (`old` is then an empty object of the kind), update or patch changed.
pub(crate) fn note_update(
    schema: Option<&Schema>,
    has_status: bool,
    old: &Value,
    new: &mut Value,
    writer: &Writer<'_>,
) {
    let given = at(new, &["metadata", "managedFields"]).cloned();
    // An empty list is how a client asks to forget all managers.
    let is_reset = given.as_ref().is_some_and(|g| {
        g.as_array()
            .is_some_and(|g| g.is_empty() || *g == [json!({})])
    });
    let from_request = if writer.subresource.is_empty() {
        read(new)
    } else {
        Vec::new()
    };
    let entries = match (is_reset, from_request.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => read(old),
        (false, false) => from_request,
    };
    remove(new, &["metadata", "managedFields"]);
    if entries.is_empty() && is_stored(old) {
        return;
    }
    let mut bare = old.clone();
    remove(&mut bare, &["metadata", "managedFields"]);
    let entries = updated(schema, has_status, &bare, new, entries, writer);
    write(new, entries);
}

fn updated(
    schema: Option<&Schema>,
    has_status: bool,
    old: &Value,
    new: &Value,
    mut entries: Vec<Entry>,
    writer: &Writer<'_>,
) -> Vec<Entry> {
    let comparison =
        typed::compare(schema, old, new).without(&ignored(has_status, writer.subresource));
    let changed = comparison.changed();
    let mut own = Entry::new(writer, false, Set::default());
    let before = match entries.iter().position(|entry| entry.is_same(&own)) {
        Some(at) => entries.remove(at),
        None => own.clone(),
    };
    for entry in &mut entries {
        entry.set = entry
            .set
            .difference(&changed)
            .difference(&comparison.removed);
    }
    own.set = before
        .set
        .difference(&comparison.removed)
        .union(&changed)
        .difference(&is_of_server());
    if own.set == before.set {
        own.time = before.time;
    }
    entries.push(own);
    entries.retain(|entry| !entry.set.is_empty());
    cap(entries)
}

/// Puts the oldest managers by update together under one name once there are too many.
fn cap(mut entries: Vec<Entry>) -> Vec<Entry> {
    const ANCIENT: &str = "ancient-changes";
    while entries.iter().filter(|entry| !entry.apply).count() > MAX_UPDATE_MANAGERS {
        let mut updaters: Vec<usize> = (0..entries.len()).filter(|i| !entries[*i].apply).collect();
        updaters.sort_by(|a, b| entries[*a].time.cmp(&entries[*b].time));
        let (first, second) = (updaters[0], updaters[1]);
        let mut merged = entries[second].clone();
        merged.set.extend(&entries[first].set);
        merged.manager = ANCIENT.to_owned();
        merged.subresource = String::new();
        entries[second] = merged;
        entries.remove(first);
    }
    entries
}

/// What an apply asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Apply<'a> {
    pub(crate) schema: Option<&'a Schema>,
    pub(crate) has_status: bool,
    /// An object of the kind in which nothing is set.
    pub(crate) empty: &'a Value,
    pub(crate) writer: Writer<'a>,
    pub(crate) force: bool,
}

/// Applies `config` to `live` (an empty object where there is none yet): the merged object with its
/// managers, before defaults. `None` where nothing changes.
pub(crate) fn apply(live: &Value, config: &Value, how: &Apply<'_>) -> ApiResult<Option<Value>> {
    let mut bare = live.clone();
    remove(&mut bare, &["metadata", "managedFields"]);
    let mut entries = read(live);
    if entries.is_empty() && is_stored(live) {
        let before = Writer {
            manager: "before-first-apply",
            ..how.writer
        };
        entries = updated(
            how.schema,
            how.has_status,
            how.empty,
            &bare,
            entries,
            &before,
        );
    }
    let former = entries.clone();
    let own_set = typed::paths_of(how.schema, config)
        .without(&ignored(how.has_status, how.writer.subresource));
    let mut own = Entry::new(&how.writer, true, own_set);
    let last = entries
        .iter()
        .position(|entry| entry.is_same(&own))
        .map(|at| entries.remove(at));

    let merged = typed::merge(how.schema, &bare, config);
    let merged = match &last {
        Some(last) => prune(how.schema, merged, &last.set, &own.set, &entries),
        None => merged,
    };
    let comparison = typed::compare(how.schema, &bare, &merged)
        .without(&ignored(how.has_status, how.writer.subresource));
    let changed = comparison.changed();
    if !how.force {
        refuse_conflicts(&entries, &changed, live, how)?;
    }
    for entry in &mut entries {
        entry.set = entry
            .set
            .difference(&changed)
            .difference(&comparison.removed);
    }
    own.set = own.set.difference(&is_of_server());
    let is_unchanged = same(&bare, &merged);
    if let Some(last) = last
        .filter(|last| is_unchanged && last.set == own.set && last.api_version == own.api_version)
    {
        own.time = last.time;
    }
    entries.push(own);
    entries.retain(|entry| !entry.set.is_empty());
    if is_unchanged
        && entries.len() == former.len()
        && entries.iter().all(|entry| former.contains(entry))
    {
        return Ok(None);
    }
    let mut merged = merged;
    write(&mut merged, entries);
    Ok(Some(merged))
}

/// Takes out what the manager applied last time and does not now, unless another manager has it too.
fn prune(schema: Option<&Schema>, merged: Value, last: &Set, own: &Set, others: &[Entry]) -> Value {
    let named = |set: &Set| typed::with_named_fields(schema, set);
    let without =
        |unwanted: &Set| typed::remove(schema, &merged, unwanted).unwrap_or_else(|| json!({}));
    let pruned = without(&named(last));
    let mut owned = own.clone();
    others.iter().for_each(|entry| owned.extend(&entry.set));
    let all = named(&typed::paths_of(schema, &merged));
    let kept = named(&typed::paths_of(schema, &pruned)).union(&named(&owned));
    let pruned = without(&all.difference(&kept));
    // What nobody owns was put there by the server (a default, a controller) and stays.
    let left = named(&typed::paths_of(schema, &pruned));
    without(&all.difference(&left).intersection(&named(last)))
}

fn refuse_conflicts(
    entries: &[Entry],
    changed: &Set,
    live: &Value,
    how: &Apply<'_>,
) -> ApiResult<()> {
    let allowed = allowed_by_last_applied(live, how);
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for entry in entries {
        let paths = entry.set.intersection(changed).paths();
        let paths: Vec<String> = paths
            .iter()
            .filter(|path| !allowed.has(path))
            .map(|path| shown(path))
            .collect();
        if !paths.is_empty() {
            found.push((entry.shown(), paths));
        }
    }
    found.sort();
    let cause = |manager: &String, path: &String| Cause {
        reason: "FieldManagerConflict",
        message: format!("conflict with {manager}"),
        field: path.clone(),
    };
    let causes: Vec<Cause> = found
        .iter()
        .flat_map(|(manager, paths)| paths.iter().map(move |path| cause(manager, path)))
        .collect();
    let message = match &*causes {
        [] => return Ok(()),
        [only] => format!(
            "Apply failed with 1 conflict: {}: {}",
            only.message, only.field
        ),
        _ => {
            let lines = |(manager, paths): &(String, Vec<String>)| {
                let paths: String = paths.iter().map(|path| format!("\n- {path}")).collect();
                format!("conflicts with {manager}:{paths}")
            };
            let lines: Vec<String> = found.iter().map(lines).collect();
            format!(
                "Apply failed with {} conflicts: {}",
                causes.len(),
                lines.join("\n")
            )
        }
    };
    Err(ApiError::apply_conflict(message, &causes))
}

/// Who used client-side apply before may take over what that applied: `kubectl` alone does so.
fn allowed_by_last_applied(live: &Value, how: &Apply<'_>) -> Set {
    let annotation = text(live, &["metadata", "annotations", LAST_APPLIED]);
    if how.writer.manager != "kubectl" || annotation.is_empty() {
        return Set::default();
    }
    let Ok(last) = serde_json::from_str::<Value>(annotation) else {
        return Set::default();
    };
    if text(&last, &["apiVersion"]) != how.writer.api_version {
        return Set::default();
    }
    let comparison = typed::compare(how.schema, &last, live);
    typed::paths_of(how.schema, &last)
        .difference(&comparison.changed())
        .difference(&comparison.removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{name_of, named};
    use proptest::prelude::*;

    fn schema(api_version: &str, kind: &str) -> Option<&'static Schema> {
        let (group, version) = crate::kinds::split(api_version);
        name_of(group, version, kind).and_then(named)
    }

    fn apply_as(
        manager: &str,
        live: &Value,
        config: &Value,
        force: bool,
    ) -> ApiResult<Option<Value>> {
        let api_version = text(config, &["apiVersion"]);
        let writer = Writer {
            manager,
            api_version,
            subresource: "",
            time: "2026-01-01T00:00:00Z",
        };
        let schema = schema(api_version, text(config, &["kind"]));
        apply(
            live,
            config,
            &Apply {
                schema,
                has_status: true,
                empty: &json!({}),
                writer,
                force,
            },
        )
    }

    fn service(ports: Value) -> Value {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": ports}})
    }

    #[test]
    fn a_list_item_is_found_by_its_defaulted_key() {
        let first = apply_as(
            "a",
            &json!({}),
            &service(json!([{"port": 80, "protocol": "TCP"}])),
            false,
        )
        .unwrap()
        .unwrap();
        let second = apply_as(
            "a",
            &first,
            &service(json!([{"port": 80, "name": "http"}])),
            false,
        )
        .unwrap()
        .unwrap();
        assert_eq!(
            second["spec"]["ports"],
            json!([{"port": 80, "name": "http"}])
        );
    }

    #[test]
    fn a_conflict_names_manager_and_field() {
        let config = |n: u32| json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": n}});
        let live = apply_as("a", &json!({}), &config(1), false)
            .unwrap()
            .unwrap();
        let error = apply_as("b", &live, &config(2), false).unwrap_err();
        assert_eq!(
            error.message(),
            "Apply failed with 1 conflict: conflict with \"a\": .spec.replicas"
        );
        let forced = apply_as("b", &live, &config(2), true).unwrap().unwrap();
        assert_eq!(items(&forced, &["metadata", "managedFields"]).len(), 1);
        assert_eq!(
            text(&forced["metadata"]["managedFields"][0], &["manager"]),
            "b"
        );
    }

    #[test]
    fn what_is_no_longer_applied_goes_and_what_others_own_stays() {
        let config = |labels: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "labels": labels}});
        let live = apply_as("a", &json!({}), &config(json!({"x": "1", "y": "1"})), false)
            .unwrap()
            .unwrap();
        let live = apply_as("b", &live, &config(json!({"y": "1"})), false)
            .unwrap()
            .unwrap();
        let live = apply_as("a", &live, &config(json!({})), false)
            .unwrap()
            .unwrap();
        assert_eq!(live["metadata"]["labels"], json!({"y": "1"}));
    }

    type Labels = std::collections::BTreeMap<String, String>;
    type Parts = (
        Labels,
        std::collections::BTreeMap<String, (Option<String>, Labels)>,
        Option<i64>,
    );

    fn container((name, (image, env)): (String, (Option<String>, Labels))) -> Value {
        let env: Vec<Value> = env
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        let mut container = json!({"name": name, "env": env});
        if let Some(image) = image {
            container["image"] = image.into();
        }
        container
    }

    fn any_config() -> impl Strategy<Value = Value> {
        let labels = || proptest::collection::btree_map("[a-c]", "[01]", 0..3);
        let containers = proptest::collection::btree_map(
            "[a-c]",
            (proptest::option::of("[xy]"), labels()),
            0..3,
        );
        (labels(), containers, proptest::option::of(0..3_i64)).prop_map(|(labels, containers, replicas): Parts| {
            let containers: Vec<Value> = containers.into_iter().map(container).collect();
            let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "labels": labels},
                "spec": {"template": {"spec": {"containers": containers}}}});
            if let Some(replicas) = replicas {
                object["spec"]["replicas"] = replicas.into();
            }
            without_empty(&object).unwrap_or_default()
        })
    }

    /// An empty map or list is owned as itself, which is right and would only blur what is tested.
    fn without_empty(value: &Value) -> Option<Value> {
        match value {
            Value::Object(fields) => {
                let kept: Map<String, Value> = fields
                    .iter()
                    .filter_map(|(k, v)| Some((k.clone(), without_empty(v)?)))
                    .collect();
                (!kept.is_empty()).then_some(Value::Object(kept))
            }
            Value::Array(items) => {
                let kept: Vec<Value> = items.iter().filter_map(without_empty).collect();
                (!kept.is_empty()).then_some(Value::Array(kept))
            }
            other => Some(other.clone()),
        }
    }

    proptest! {
        #[test]
        fn to_apply_twice_changes_nothing(a in any_config(), b in any_config()) {
            let live = apply_as("a", &json!({}), &a, false).unwrap().unwrap();
            let live = apply_as("b", &live, &b, true).unwrap().unwrap_or(live);
            prop_assert!(apply_as("b", &live, &b, false).unwrap().is_none());
        }

        #[test]
        fn nobody_loses_a_field_that_he_still_owns(a in any_config(), b in any_config(), c in any_config()) {
            let live = apply_as("a", &json!({}), &a, false).unwrap().unwrap();
            let live = apply_as("b", &live, &b, true).unwrap().unwrap_or(live);
            let live = apply_as("b", &live, &c, true).unwrap().unwrap_or(live);
            let schema = schema("apps/v1", "Deployment");
            let held = typed::paths_of(schema, &live);
            for entry in read(&live) {
                prop_assert_eq!(entry.set.difference(&held), Set::default());
            }
            let wanted = typed::compare(schema, &typed::merge(schema, &live, &c), &live);
            prop_assert!(wanted.changed().is_empty() && wanted.removed.is_empty());
        }
    }
}
