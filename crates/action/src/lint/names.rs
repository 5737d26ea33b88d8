//! Names of objects, by the rules of Kubernetes for their kinds.

use goval::strconv::quote;

use super::heads::Head;

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

/// Whether a file's name ends as YAML's do, in any case.
pub(super) fn is_yaml(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let extension = base.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
}

/// Whether the name of an object is one that its kind may have.
pub(super) fn check_name(head: &Head) -> Result<(), String> {
    let name = &head.name;
    let reasons = match head.kind.to_lowercase().as_str() {
        "service" => dns_1035_label(name),
        "namespace" => dns_label(name),
        "certificatesigningrequest" => Vec::new(),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => path_segment(name),
        _ => dns_subdomain(name),
    };
    let quoted = quote(name);
    let mut errors: Vec<String> = Vec::new();
    for reason in reasons {
        let error = format!("metadata.name: Invalid value: {quoted}: {reason}");
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    let text = match errors.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Err(format!(
        "object name does not conform to Kubernetes naming requirements: {quoted}: {text}"
    ))
}

fn dns_subdomain(name: &str) -> Vec<String> {
    let mut reasons = too_long(name, 253);
    if !is_subdomain(name) {
        reasons.push(format!(
            r"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{LABEL}(\.{LABEL})*')"
        ));
    }
    reasons
}

fn dns_label(name: &str) -> Vec<String> {
    let mut reasons = too_long(name, 63);
    if is_label(name) {
        return reasons;
    }
    reasons.push(if is_subdomain(name) {
        "must not contain dots".to_owned()
    } else {
        format!(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LABEL}')"
        )
    });
    reasons
}

fn dns_1035_label(name: &str) -> Vec<String> {
    let mut reasons = too_long(name, 63);
    if !is_label(name) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        reasons.push(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
                .to_owned(),
        );
    }
    reasons
}

fn path_segment(name: &str) -> Vec<String> {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    let illegal = ["/", "%"].into_iter().filter(|part| name.contains(part));
    illegal
        .map(|part| format!("may not contain '{part}'"))
        .collect()
}

fn too_long(name: &str, most: usize) -> Vec<String> {
    if name.len() <= most {
        return Vec::new();
    }
    vec![format!("must be no more than {most} bytes")]
}

fn is_subdomain(name: &str) -> bool {
    name.split('.').all(is_label)
}

fn is_label(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !name.is_empty() && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}
