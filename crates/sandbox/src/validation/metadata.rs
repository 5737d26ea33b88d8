//! Names, labels and annotations.

use crate::kinds::Kind;
use crate::object::fields;
use crate::status::Cause;
use serde_json::{Map, Value, json};

pub(super) const LABEL_FORM: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

/// How many bytes all annotations of an object may have together.
const MAX_ANNOTATIONS: usize = 256 * 1024;

pub(super) fn check_name(kind: &Kind, name: &str, causes: &mut Vec<Cause>) {
    let mut refuse =
        |detail: String| causes.push(Cause::invalid("metadata.name", &json!(name), &detail));
    if kind.custom.is_none() && kind.group == "rbac.authorization.k8s.io" {
        if matches!(name, "." | "..") {
            refuse(format!("may not be '{name}'"));
        }
        for part in ["/", "%"].into_iter().filter(|part| name.contains(part)) {
            refuse(format!("may not contain '{part}'"));
        }
        return;
    }
    let is_label = kind.is("", "namespaces") || kind.is("", "services");
    if is_label {
        if name.len() > 63 {
            refuse("must be no more than 63 characters".to_owned());
        }
        if !is_dns_label(name) {
            refuse(format!(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LABEL_FORM}')"
            ));
        }
    } else {
        if name.len() > 253 {
            refuse("must be no more than 253 characters".to_owned());
        }
        if !is_dns_subdomain(name) {
            refuse(subdomain_rule());
        }
    }
}

fn subdomain_rule() -> String {
    format!(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{LABEL_FORM}(\\.{LABEL_FORM})*')"
    )
}

pub(super) fn is_dns_label(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(inside) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_dns_subdomain(text: &str) -> bool {
    text.split('.').all(is_dns_label)
}

/// The name part of a label key, and a label value that is not empty.
fn is_label_word(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.chars().all(inside) && edge(text.chars().next()) && edge(text.chars().next_back())
}

const WORD_FORM: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const WORD_RULE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/// What is wrong with a label key or an annotation key.
fn key_faults(key: &str) -> Vec<String> {
    let word_rule = format!(
        "{WORD_RULE} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{WORD_FORM}')"
    );
    let mut faults = Vec::new();
    let parts: Vec<&str> = key.split('/').collect();
    let word = match *parts {
        [word] => word,
        [prefix, word] => {
            if prefix.is_empty() {
                faults.push("prefix part must be non-empty".to_owned());
            } else if !is_dns_subdomain(prefix) {
                faults.push(format!("prefix part {}", subdomain_rule()));
            }
            word
        }
        _ => {
            let form = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![format!("a valid label key {word_rule} {form}")];
        }
    };
    if word.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    } else if word.len() > 63 {
        faults.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_label_word(word) {
        faults.push(format!("name part {word_rule}"));
    }
    faults
}

pub(super) fn check_labels(
    labels: Option<&Map<String, Value>>,
    path: &str,
    causes: &mut Vec<Cause>,
) {
    for (key, value) in labels.into_iter().flatten() {
        causes.extend(
            key_faults(key)
                .iter()
                .map(|fault| Cause::invalid(path, &json!(key), fault)),
        );
        let text = value.as_str().unwrap_or_default();
        if text.len() > 63 {
            causes.push(Cause::invalid(path, value, "must be no more than 63 bytes"));
        }
        if !text.is_empty() && !is_label_word(text) {
            let detail = format!(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '({WORD_FORM})?')"
            );
            causes.push(Cause::invalid(path, value, &detail));
        }
    }
}

pub(super) fn check_metadata(object: &Value, causes: &mut Vec<Cause>) {
    check_labels(
        fields(object, &["metadata", "labels"]),
        "metadata.labels",
        causes,
    );
    let annotations = fields(object, &["metadata", "annotations"]);
    let mut size = 0;
    for (key, value) in annotations.into_iter().flatten() {
        let faults = key_faults(&key.to_lowercase());
        causes.extend(
            faults
                .iter()
                .map(|fault| Cause::invalid("metadata.annotations", &json!(key), fault)),
        );
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > MAX_ANNOTATIONS {
        causes.push(Cause {
            reason: "FieldValueTooLong",
            message: format!("Too long: may not be more than {MAX_ANNOTATIONS} bytes"),
            field: "metadata.annotations".to_owned(),
        });
    }
}
