//! A quick yes for the schemas that most charts have.
//!
//! To compile a schema, which is first checked itself, costs more than to render the chart. But most
//! schemas only say of what types the properties are, and most values fit. What is decided here means
//! the same in all drafts since the sixth; any other keyword, whatever is wrong with a schema, and all
//! values that do not fit are left to the engine, which knows the words for it. Builds for checking
//! compare both.

use serde_json::{Map, Value};

/// The addresses of the drafts that this holds for.
const DRAFTS: [&str; 5] = [
    "json-schema.org/schema",
    "json-schema.org/draft/2020-12/schema",
    "json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft-07/schema",
    "json-schema.org/draft-06/schema",
];

/// Keywords of some draft that are not decided here. What is no keyword means nothing.
const OTHERS: [&str; 32] = [
    "additionalItems",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "id",
    "if",
    "maxContains",
    "maxProperties",
    "minContains",
    "minProperties",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Longer lists of allowed values are not compared with each other.
const MAX_ENUM: usize = 64;

/// Whether the schema is one, in every draft, and the values fit it.
pub(super) fn fits(schema: &Value, values: &Value) -> bool {
    let Value::Object(root) = schema else {
        return false;
    };
    let known_draft = match root.get("$schema") {
        None => true,
        Some(draft) => draft.as_str().is_some_and(is_known_draft),
    };
    known_draft && object_fits(root, Some(values), true)
}

fn is_known_draft(url: &str) -> bool {
    let url = url.strip_suffix('#').unwrap_or(url);
    let address = url.strip_prefix("https://");
    address
        .or_else(|| url.strip_prefix("http://"))
        .is_some_and(|address| DRAFTS.contains(&address))
}

/// Checks a schema below the root, and a value, if there is one that it is about.
fn part_fits(schema: &Value, value: Option<&Value>) -> bool {
    schema
        .as_object()
        .is_some_and(|schema| object_fits(schema, value, false))
}

fn object_fits(schema: &Map<String, Value>, value: Option<&Value>, is_root: bool) -> bool {
    schema.iter().all(|(keyword, says)| match keyword.as_str() {
        "type" => type_fits(says, value),
        "properties" => properties_fit(says, value),
        "additionalProperties" => additional_fit(says, schema.get("properties"), value),
        "required" => required_fit(says, value),
        "items" => items_fit(says, value),
        "enum" => enum_fits(says, value),
        "minimum" => bound_fits(says, value, |number, bound| number >= bound),
        "maximum" => bound_fits(says, value, |number, bound| number <= bound),
        "minLength" => length_fits(says, text_length(value), |length, bound| length >= bound),
        "maxLength" => length_fits(says, text_length(value), |length, bound| length <= bound),
        "minItems" => length_fits(says, list_length(value), |length, bound| length >= bound),
        "maxItems" => length_fits(says, list_length(value), |length, bound| length <= bound),
        "uniqueItems" => *says == Value::Bool(false),
        "title" | "description" | "$comment" => says.is_string(),
        "deprecated" | "readOnly" | "writeOnly" => says.is_boolean(),
        "examples" => says.is_array(),
        "default" => true,
        "$schema" => is_root,
        other => !other.starts_with('$') && OTHERS.binary_search(&other).is_err(),
    })
}

fn type_fits(says: &Value, value: Option<&Value>) -> bool {
    let one = |name: &Value| name.as_str().and_then(|name| has_type(name, value));
    match says {
        Value::Array(names) => {
            is_set(names)
                && names.iter().all(|name| one(name).is_some())
                && names.iter().any(|name| one(name) == Some(true))
        }
        name => one(name) == Some(true),
    }
}

/// Whether a value is of a type; `None` if there is no such type.
fn has_type(name: &str, value: Option<&Value>) -> Option<bool> {
    let test: fn(&Value) -> bool = match name {
        "string" => Value::is_string,
        "object" => Value::is_object,
        "array" => Value::is_array,
        "boolean" => Value::is_boolean,
        "number" => Value::is_number,
        "integer" => |value| value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "null" => Value::is_null,
        _ => return None,
    };
    Some(value.is_none_or(test))
}

fn properties_fit(says: &Value, value: Option<&Value>) -> bool {
    let Value::Object(properties) = says else {
        return false;
    };
    let value = value.and_then(Value::as_object);
    properties.iter().all(|(name, schema)| {
        let value = value.and_then(|value| value.get(name));
        part_fits(schema, value)
    })
}

fn additional_fit(says: &Value, properties: Option<&Value>, value: Option<&Value>) -> bool {
    let properties = properties.and_then(Value::as_object);
    let is_declared = |name: &str| properties.is_some_and(|known| known.contains_key(name));
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    let mut additional = entries.filter(|(name, _)| !is_declared(name));
    match says {
        Value::Bool(true) => true,
        Value::Bool(false) => additional.next().is_none(),
        schema => {
            part_fits(schema, None) && additional.all(|(_, value)| part_fits(schema, Some(value)))
        }
    }
}

fn required_fit(says: &Value, value: Option<&Value>) -> bool {
    let Value::Array(names) = says else {
        return false;
    };
    let value = value.and_then(Value::as_object);
    let is_there = |name: &str| value.is_none_or(|value| value.contains_key(name));
    is_set(names) && names.iter().all(|name| name.as_str().is_some_and(is_there))
}

fn items_fit(says: &Value, value: Option<&Value>) -> bool {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    part_fits(says, None) && items.into_iter().all(|item| part_fits(says, Some(item)))
}

/// Only lists of texts, booleans and null are compared.
fn enum_fits(says: &Value, value: Option<&Value>) -> bool {
    let Value::Array(allowed) = says else {
        return false;
    };
    is_set(allowed) && value.is_none_or(|value| allowed.contains(value))
}

/// Whether a list has something in it, nothing twice, and nothing that is hard to compare.
fn is_set(items: &[Value]) -> bool {
    let simple = |item: &Value| item.is_string() || item.is_boolean() || item.is_null();
    let is_new = |(place, item): (usize, &Value)| !items[..place].contains(item);
    (1..=MAX_ENUM).contains(&items.len())
        && items.iter().all(simple)
        && items.iter().enumerate().all(is_new)
}

fn bound_fits(says: &Value, value: Option<&Value>, test: fn(f64, f64) -> bool) -> bool {
    // Beyond this a float64 does not hold every integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = |value: &Value| value.as_f64().filter(|number| number.abs() < EXACT);
    let Some(bound) = number(says) else {
        return false;
    };
    match value {
        Some(value) if value.is_number() => number(value).is_some_and(|n| test(n, bound)),
        _ => true,
    }
}

fn length_fits(says: &Value, length: Option<usize>, test: fn(u64, u64) -> bool) -> bool {
    let bound = says.as_u64();
    bound.is_some_and(|bound| length.is_none_or(|length| test(length as u64, bound)))
}

fn text_length(value: Option<&Value>) -> Option<usize> {
    Some(value?.as_str()?.chars().count())
}

fn list_length(value: Option<&Value>) -> Option<usize> {
    Some(value?.as_array()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(schema: Value, value: Value, expected: bool) {
        assert_eq!(fits(&schema, &value), expected, "{schema} {value}");
    }

    #[test]
    fn keywords_are_in_order() {
        assert!(OTHERS.is_sorted());
    }

    #[test]
    fn types_and_properties() {
        let schema = json!({
            "$schema": "http://json-schema.org/schema#",
            "type": "object",
            "title": "t",
            "form": true,
            "required": ["a"],
            "properties": {
                "a": {"type": ["string", "null"], "enum": ["x", "y", null], "maxLength": 1},
                "b": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}},
                "c": {"additionalProperties": {"type": "boolean"}},
            },
            "additionalProperties": false,
        });
        check(schema.clone(), json!({"a": "x"}), true);
        check(
            schema.clone(),
            json!({"a": null, "b": [1.0, 3], "c": {"d": true}}),
            true,
        );
        for wrong in [
            json!({}),
            json!({"a": "z"}),
            json!({"a": 1}),
            json!({"a": "x", "b": [1.5]}),
            json!({"a": "x", "b": [4]}),
            json!({"a": "x", "b": {}}),
            json!({"a": "x", "c": {"d": 1}}),
            json!({"a": "x", "d": 1}),
            json!([]),
        ] {
            check(schema.clone(), wrong, false);
        }
    }

    #[test]
    fn what_is_not_understood_is_left_to_the_engine() {
        for schema in [
            json!(true),
            json!({"$schema": "http://json-schema.org/draft-04/schema#"}),
            json!({"$ref": "#/definitions/a"}),
            json!({"$id": "a"}),
            json!({"pattern": "a"}),
            json!({"properties": {"a": {"$schema": "http://json-schema.org/schema#"}}}),
            json!({"properties": {"a": true}}),
            json!({"properties": {"absent": {"type": "strin"}}}),
            json!({"properties": []}),
            json!({"items": [{}]}),
            json!({"required": []}),
            json!({"required": ["a", "a"]}),
            json!({"required": [1]}),
            json!({"enum": [{}]}),
            json!({"type": []}),
            json!({"type": ["object", "object"]}),
            json!({"title": 1}),
            json!({"minimum": "1"}),
            json!({"maxLength": -1}),
            json!({"uniqueItems": true}),
            json!({"$vocabulary": {}}),
        ] {
            check(schema, json!({"a": {}}), false);
        }
    }
}
