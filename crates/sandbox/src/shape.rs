//! The parts of an object that Go writes whether they were set or not.
//!
//! A struct that is no pointer is always there, as `{}` at least; a list or number without `omitempty` is
//! written as null or zero. Clients see that in every answer, and ownership is counted against it: a
//! field manager does not own an empty `spec` that every object of the kind has.

use crate::kinds::Kind;
use crate::protobuf::{Field, fields_of};
use crate::schema;
use serde_json::{Map, Value};

/// How deep types may nest; some contain themselves.
const MAX_DEPTH: usize = 40;

/// Writes into `object` what Go would write for its kind.
pub(crate) fn complete(kind: &Kind, object: &mut Value) {
    if kind.custom.is_some() {
        return;
    }
    let name = schema::name_of(&kind.group, &kind.version, &kind.kind).unwrap_or_default();
    if let Value::Object(fields) = object {
        complete_message(name, fields, MAX_DEPTH);
    }
}

/// An object of a kind in which nothing is set.
pub(crate) fn empty(kind: &Kind) -> Value {
    let mut object = Value::Object(Map::new());
    complete(kind, &mut object);
    object
}

fn complete_message(name: &str, object: &mut Map<String, Value>, depth: usize) {
    let (Some(depth), Some(fields)) = (depth.checked_sub(1), fields_of(name)) else {
        return;
    };
    for field in fields {
        if field.inline {
            complete_message(field.kind, object, depth);
        } else if let Some(value) = object.get_mut(field.name).filter(|value| !value.is_null()) {
            complete_value(field, value, depth);
        } else if let Some(mut value) = zero(field) {
            complete_value(field, &mut value, depth);
            object.insert(field.name.to_owned(), value);
        }
    }
}

fn complete_value(field: &Field, value: &mut Value, depth: usize) {
    match value {
        Value::Array(list) if field.list => {
            list.iter_mut()
                .filter_map(Value::as_object_mut)
                .for_each(|item| complete_message(field.kind, item, depth));
        }
        Value::Object(map) if field.map => {
            map.values_mut()
                .filter_map(Value::as_object_mut)
                .for_each(|item| complete_message(field.kind, item, depth));
        }
        Value::Object(inner) => complete_message(field.kind, inner, depth),
        _ => {}
    }
}

/// What Go writes for a field that is not set; nothing where it leaves the field out.
fn zero(field: &Field) -> Option<Value> {
    if field.pointer || field.list || field.map {
        return (!field.omit_empty).then_some(Value::Null);
    }
    match field.kind {
        "string" => (!field.omit_empty).then(|| Value::from("")),
        "int" => (!field.omit_empty).then(|| Value::from(0)),
        "bool" => (!field.omit_empty).then(|| Value::from(false)),
        kind if is_struct(kind) => Some(Value::Object(Map::new())),
        _ => None,
    }
}

/// Whether a type is a plain struct: times, quantities and the like have forms of their own.
fn is_struct(kind: &str) -> bool {
    const OWN_FORM: &[&str] = &[
        "Time",
        "MicroTime",
        "Quantity",
        "IntOrString",
        "RawExtension",
        "FieldsV1",
        "JSON",
    ];
    fields_of(kind).is_some()
        && !OWN_FORM
            .iter()
            .any(|own| kind.ends_with(&format!(".{own}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;
    use serde_json::json;

    /// As a control plane of 1.37.1 answers `kubectl create --dry-run=server`.
    #[test]
    fn an_empty_deployment_has_the_parts_that_go_writes() {
        let kinds = Kinds::default();
        let expected = json!({"metadata": {}, "status": {}, "spec": {"selector": null, "strategy": {},
            "template": {"metadata": {}, "spec": {"containers": null}}}});
        assert_eq!(
            empty(kinds.find("apps", "v1", "deployments").unwrap()),
            expected
        );
    }
}
