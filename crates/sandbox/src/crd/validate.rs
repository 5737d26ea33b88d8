//! What the schema of a custom kind refuses.

use crate::schema::Schema;
use crate::status::Cause;
use serde_json::Value;

/// Checks an object against the schema of its definition. CEL rules (`x-kubernetes-validations`) are not
/// evaluated, as the documentation says.
pub(crate) fn validate(schema: &Schema, value: &Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    validate_at(schema, value, "", &mut causes);
    causes
}

fn shown_path(path: &str) -> &str {
    if path.is_empty() { "<nil>" } else { path }
}

fn validate_at(schema: &Schema, value: &Value, path: &str, causes: &mut Vec<Cause>) {
    if schema.reference.is_some() || (value.is_null() && schema.nullable) {
        return;
    }
    if !has_type(schema, value) {
        let wanted = schema.kind.as_deref().unwrap_or("integer,string");
        let found = type_name(value);
        let field = shown_path(path);
        let detail = format!(
            "{field} in body must be of type {wanted}: {}",
            quoted(found)
        );
        causes.push(Cause::type_invalid(field, &found.into(), &detail));
        return;
    }
    check_rules(schema, value, path, causes);
    match value {
        Value::Object(fields) => {
            for required in schema
                .required
                .iter()
                .filter(|required| !fields.contains_key(*required))
            {
                causes.push(Cause::required(join(path, required), ""));
            }
            for (key, value) in fields {
                if let Some(field) = schema.field(key) {
                    validate_at(field, value, &join(path, key), causes);
                }
            }
        }
        Value::Array(list) => {
            if let Some(item) = schema.items.as_deref() {
                for (index, value) in list.iter().enumerate() {
                    validate_at(item, value, &format!("{path}[{index}]"), causes);
                }
            }
        }
        _ => {}
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn has_type(schema: &Schema, value: &Value) -> bool {
    if schema.int_or_string {
        return value.is_string() || value.is_i64() || value.is_u64();
    }
    let is_whole = |value: &Value| value.as_f64().is_some_and(|number| number.fract() == 0.0);
    match schema.kind.as_deref() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_number() && is_whole(value),
        Some("number") => value.is_number(),
        _ => true,
    }
}

fn check_rules(schema: &Schema, value: &Value, path: &str, causes: &mut Vec<Cause>) {
    let field = shown_path(path);
    let rules = &schema.rules;
    if let Some(Value::Array(allowed)) = rules.get("enum")
        && !allowed.iter().any(|a| crate::object::same(a, value))
    {
        let texts: Vec<String> = allowed
            .iter()
            .map(|a| a.as_str().map_or_else(|| a.to_string(), str::to_owned))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        causes.push(Cause::not_supported(field, value, &texts));
    }
    let limit = |rule: &str| rules.get(rule).and_then(Value::as_f64);
    let is_exclusive = |rule: &str| rules.get(rule) == Some(&Value::Bool(true));
    let mut refuse = |detail: String| {
        causes.push(Cause::invalid(
            field,
            value,
            &format!("{field} in body {detail}"),
        ))
    };
    if let Some(number) = value.as_f64() {
        match limit("minimum") {
            Some(least) if number < least => refuse(format!(
                "should be greater than or equal to {}",
                whole(least)
            )),
            Some(least) if number <= least && is_exclusive("exclusiveMinimum") => {
                refuse(format!("should be greater than {}", whole(least)))
            }
            _ => {}
        }
        match limit("maximum") {
            Some(most) if number > most => {
                refuse(format!("should be less than or equal to {}", whole(most)))
            }
            Some(most) if number >= most && is_exclusive("exclusiveMaximum") => {
                refuse(format!("should be less than {}", whole(most)))
            }
            _ => {}
        }
    }
    let count = |list: usize| u32::try_from(list).map_or(f64::MAX, f64::from);
    if let Some(text) = value.as_str() {
        let length = count(text.chars().count());
        if let Some(least) = limit("minLength").filter(|least| length < *least) {
            refuse(format!("should be at least {} chars long", whole(least)));
        }
        if let Some(most) = limit("maxLength").filter(|most| length > *most) {
            refuse(format!("should be at most {} chars long", whole(most)));
        }
        if let Some(pattern) = schema
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.matches(text))
        {
            refuse(format!("should match '{}'", pattern.text));
        }
    }
    if let Some(list) = value.as_array() {
        if let Some(least) = limit("minItems").filter(|least| count(list.len()) < *least) {
            refuse(format!("should have at least {} items", whole(least)));
        }
        if let Some(most) = limit("maxItems").filter(|most| count(list.len()) > *most) {
            refuse(format!("should have at most {} items", whole(most)));
        }
    }
}

pub(super) fn whole(number: f64) -> String {
    format!("{number}")
}
