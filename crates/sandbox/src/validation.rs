//! What the API server refuses, in its words, for the mistakes that people make: names, labels, missing
//! parts of workloads and services, and changes of what cannot change.
//!
//! The rules follow `k8s.io/apimachinery/pkg/api/validation` and `k8s.io/kubernetes/pkg/apis/*/validation`.

use crate::crd;
use crate::kinds::Kind;
use crate::object::{at, fields, items, name, same, text};
use crate::selector::Selector;
use crate::status::{ApiError, ApiResult, Cause};
use serde_json::{Map, Value, json};

const LABEL_FORM: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
/// How many bytes all annotations of an object may have together.
const MAX_ANNOTATIONS: usize = 256 * 1024;
/// How large the data of a Secret or a ConfigMap may be.
const MAX_DATA: usize = 1024 * 1024;

/// Refuses an object that cannot be created.
pub(crate) fn on_create(kind: &Kind, object: &Value) -> ApiResult<()> {
    let mut causes = Vec::new();
    check_name(kind, name(object), &mut causes);
    check_metadata(object, &mut causes);
    check_kind(kind, object, &mut causes);
    refuse(kind, object, &causes)
}

/// Refuses an update to something that could not be created, or of what cannot change.
pub(crate) fn on_update(
    kind: &Kind,
    live: &Value,
    new: &Value,
    subresource: &str,
) -> ApiResult<()> {
    let mut causes = Vec::new();
    check_metadata(new, &mut causes);
    if subresource != "status" || kind.custom.is_some() {
        check_kind(kind, new, &mut causes);
    }
    if subresource != "status" {
        check_immutable(kind, live, new, &mut causes);
    }
    refuse(kind, new, &causes)
}

fn refuse(kind: &Kind, object: &Value, causes: &[Cause]) -> ApiResult<()> {
    if causes.is_empty() {
        return Ok(());
    }
    Err(ApiError::invalid(
        &kind.group,
        &kind.kind,
        name(object),
        causes,
    ))
}

fn check_name(kind: &Kind, name: &str, causes: &mut Vec<Cause>) {
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

fn is_dns_label(text: &str) -> bool {
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

fn check_labels(labels: Option<&Map<String, Value>>, path: &str, causes: &mut Vec<Cause>) {
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

fn check_metadata(object: &Value, causes: &mut Vec<Cause>) {
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

fn check_kind(kind: &Kind, object: &Value, causes: &mut Vec<Cause>) {
    if let Some(custom) = &kind.custom {
        causes.extend(crd::validate(custom.schema(), object));
        return;
    }
    match (&*kind.group, &*kind.plural) {
        ("", "pods") => check_pod_spec(object, "spec", causes),
        ("", "services") => check_service(object, causes),
        ("", "secrets" | "configmaps") => check_data(object, causes),
        ("apps", "deployments" | "replicasets" | "statefulsets" | "daemonsets") => {
            check_workload(object, causes)
        }
        ("batch", "jobs") => check_pod_spec(object, "spec.template.spec", causes),
        ("batch", "cronjobs") => check_cron_job(object, causes),
        ("networking.k8s.io", "ingresses") => check_ingress(object, causes),
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => {
            check_binding(object, causes)
        }
        ("apiextensions.k8s.io", _) => causes.extend(crd::check_definition(object)),
        _ => {}
    }
}

fn check_workload(object: &Value, causes: &mut Vec<Cause>) {
    let selector = at(object, &["spec", "selector"]);
    let labels = at(object, &["spec", "template", "metadata", "labels"]);
    match selector {
        None => causes.push(Cause::required("spec.selector", "")),
        Some(selector)
            if fields(selector, &["matchLabels"]).is_none_or(Map::is_empty)
                && items(selector, &["matchExpressions"]).is_empty() =>
        {
            causes.push(Cause::invalid(
                "spec.selector",
                selector,
                "empty selector is invalid for deployment",
            ));
        }
        Some(_) => {}
    }
    let is_selected =
        selector.is_some_and(|selector| Selector::of_object(selector).matches_labels(labels));
    if !is_selected {
        let shown = labels.cloned().unwrap_or(Value::Null);
        causes.push(Cause::invalid(
            "spec.template.metadata.labels",
            &shown,
            "`selector` does not match template `labels`",
        ));
    }
    if let Some(replicas) = at(object, &["spec", "replicas"])
        .and_then(Value::as_i64)
        .filter(|replicas| *replicas < 0)
    {
        causes.push(Cause::invalid(
            "spec.replicas",
            &json!(replicas),
            "must be greater than or equal to 0",
        ));
    }
    check_labels(
        labels.and_then(Value::as_object),
        "spec.template.labels",
        causes,
    );
    check_pod_spec(object, "spec.template.spec", causes);
    let policy = text(object, &["spec", "template", "spec", "restartPolicy"]);
    if !matches!(policy, "Always" | "") {
        causes.push(Cause::not_supported(
            "spec.template.spec.restartPolicy",
            &json!(policy),
            &["Always"],
        ));
    }
}

fn check_pod_spec(object: &Value, path: &str, causes: &mut Vec<Cause>) {
    let steps: Vec<&str> = path.split('.').collect();
    let empty = Value::Null;
    let spec = at(object, &steps).unwrap_or(&empty);
    if items(spec, &["containers"]).is_empty() {
        causes.push(Cause::required(format!("{path}.containers"), ""));
    }
    let mut seen: Vec<&str> = Vec::new();
    for list in ["containers", "initContainers"] {
        for (index, container) in items(spec, &[list]).iter().enumerate() {
            let place = format!("{path}.{list}[{index}]");
            // A stateful set's claims become volumes of its pods, so its template may name them.
            check_container(
                spec,
                container,
                &place,
                text(object, &["kind"]) == "StatefulSet",
                causes,
            );
            let own = text(container, &["name"]);
            if !own.is_empty() && seen.contains(&own) {
                causes.push(Cause::duplicate(format!("{place}.name"), &json!(own)));
            }
            seen.push(own);
        }
    }
    let policy = text(spec, &["restartPolicy"]);
    if !matches!(policy, "" | "Always" | "OnFailure" | "Never") {
        causes.push(Cause::not_supported(
            format!("{path}.restartPolicy"),
            &json!(policy),
            &["Always", "Never", "OnFailure"],
        ));
    }
    if matches!(text(object, &["kind"]), "Job" | "CronJob") && matches!(policy, "" | "Always") {
        let detail = "valid values: \"OnFailure\", \"Never\"";
        causes.push(Cause::required(format!("{path}.restartPolicy"), detail));
    }
}

fn check_container(
    spec: &Value,
    container: &Value,
    place: &str,
    claims_become_volumes: bool,
    causes: &mut Vec<Cause>,
) {
    let own = text(container, &["name"]);
    if own.is_empty() {
        causes.push(Cause::required(format!("{place}.name"), ""));
    } else if !is_dns_label(own) || own.len() > 63 {
        let detail = format!(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LABEL_FORM}')"
        );
        causes.push(Cause::invalid(
            format!("{place}.name"),
            &json!(own),
            &detail,
        ));
    }
    if text(container, &["image"]).is_empty() {
        causes.push(Cause::required(format!("{place}.image"), ""));
    }
    for (index, port) in items(container, &["ports"]).iter().enumerate() {
        check_port(
            port.get("containerPort"),
            &format!("{place}.ports[{index}].containerPort"),
            causes,
        );
    }
    let volumes = items(spec, &["volumes"]);
    for (index, mount) in items(container, &["volumeMounts"]).iter().enumerate() {
        let wanted = text(mount, &["name"]);
        if !claims_become_volumes
            && !volumes
                .iter()
                .any(|volume| text(volume, &["name"]) == wanted)
        {
            let field = format!("{place}.volumeMounts[{index}].name");
            causes.push(Cause {
                reason: "FieldValueNotFound",
                message: format!("Not found: {wanted:?}"),
                field,
            });
        }
    }
}

fn check_port(port: Option<&Value>, path: &str, causes: &mut Vec<Cause>) {
    match port.and_then(Value::as_i64) {
        None | Some(0) => causes.push(Cause::required(path, "")),
        Some(number) if !(1..=65_535).contains(&number) => {
            causes.push(Cause::invalid(
                path,
                &json!(number),
                "must be between 1 and 65535, inclusive",
            ));
        }
        Some(_) => {}
    }
}

fn check_service(object: &Value, causes: &mut Vec<Cause>) {
    let kind = text(object, &["spec", "type"]);
    if !matches!(
        kind,
        "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName"
    ) {
        let allowed = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
        causes.push(Cause::not_supported("spec.type", &json!(kind), &allowed));
    }
    let ports = items(object, &["spec", "ports"]);
    let is_headless = text(object, &["spec", "clusterIP"]) == "None";
    if ports.is_empty() && !is_headless && kind != "ExternalName" {
        causes.push(Cause::required("spec.ports", ""));
    }
    let mut seen: Vec<&str> = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        let place = format!("spec.ports[{index}]");
        let own = text(port, &["name"]);
        if own.is_empty() && ports.len() > 1 {
            causes.push(Cause::required(format!("{place}.name"), ""));
        } else if !own.is_empty() && seen.contains(&own) {
            causes.push(Cause::duplicate(format!("{place}.name"), &json!(own)));
        }
        seen.push(own);
        match port.get("port").and_then(Value::as_i64) {
            Some(number) if (1..=65_535).contains(&number) => {}
            number => {
                let shown = json!(number.unwrap_or(0));
                causes.push(Cause::invalid(
                    format!("{place}.port"),
                    &shown,
                    "must be between 1 and 65535, inclusive",
                ));
            }
        }
    }
    if kind == "ExternalName" && text(object, &["spec", "externalName"]).is_empty() {
        causes.push(Cause::required("spec.externalName", ""));
    }
}

fn check_data(object: &Value, causes: &mut Vec<Cause>) {
    let mut size = 0;
    for part in ["data", "binaryData"] {
        for (key, value) in fields(object, &[part]).into_iter().flatten() {
            let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if key.is_empty() || !key.chars().all(inside) {
                let detail = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
                causes.push(Cause::invalid(
                    format!("{part}[{key}]"),
                    &json!(key),
                    detail,
                ));
            }
            let length = value.as_str().map_or(0, str::len);
            // A Secret is measured by the bytes that its base64 stands for.
            size += if text(object, &["kind"]) == "Secret" {
                length / 4 * 3
            } else {
                length
            };
        }
    }
    if size > MAX_DATA {
        let field = if text(object, &["kind"]) == "Secret" {
            "data"
        } else {
            ""
        };
        let message = format!("Too long: may not be more than {MAX_DATA} bytes");
        causes.push(Cause {
            reason: "FieldValueTooLong",
            message,
            field: field.to_owned(),
        });
    }
}

fn check_cron_job(object: &Value, causes: &mut Vec<Cause>) {
    let schedule = text(object, &["spec", "schedule"]);
    if schedule.is_empty() {
        causes.push(Cause::required("spec.schedule", ""));
    } else if !schedule.starts_with('@') && schedule.split_whitespace().count() != 5 {
        let count = schedule.split_whitespace().count();
        let detail = format!("expected exactly 5 fields, found {count}: [{schedule}]");
        causes.push(Cause::invalid("spec.schedule", &json!(schedule), &detail));
    }
    check_pod_spec(object, "spec.jobTemplate.spec.template.spec", causes);
}

fn check_ingress(object: &Value, causes: &mut Vec<Cause>) {
    if items(object, &["spec", "rules"]).is_empty()
        && at(object, &["spec", "defaultBackend"]).is_none()
    {
        let detail = "either `defaultBackend` or `rules` must be specified";
        causes.push(Cause::invalid("spec", &json!(null), detail));
    }
    for (rule_index, rule) in items(object, &["spec", "rules"]).iter().enumerate() {
        for (index, path) in items(rule, &["http", "paths"]).iter().enumerate() {
            if text(path, &["pathType"]).is_empty() {
                let place = format!("spec.rules[{rule_index}].http.paths[{index}].pathType");
                causes.push(Cause::required(place, "pathType must be specified"));
            }
        }
    }
}

fn check_binding(object: &Value, causes: &mut Vec<Cause>) {
    let kind = text(object, &["roleRef", "kind"]);
    if !matches!(kind, "Role" | "ClusterRole") {
        causes.push(Cause::not_supported(
            "roleRef.kind",
            &json!(kind),
            &["ClusterRole", "Role"],
        ));
    }
    if text(object, &["roleRef", "name"]).is_empty() {
        causes.push(Cause::required("roleRef.name", ""));
    }
}

fn check_immutable(kind: &Kind, live: &Value, new: &Value, causes: &mut Vec<Cause>) {
    if kind.custom.is_some() {
        return;
    }
    let mut same_field = |path: &str| {
        let steps: Vec<&str> = path.split('.').collect();
        let (old, now) = (at(live, &steps), at(new, &steps));
        let is_same = match (old, now) {
            (Some(old), Some(now)) => same(old, now),
            (old, now) => old.is_none() == now.is_none(),
        };
        if !is_same {
            causes.push(Cause::invalid(
                path,
                now.unwrap_or(&Value::Null),
                "field is immutable",
            ));
        }
    };
    match (&*kind.group, &*kind.plural) {
        ("apps", "deployments" | "replicasets" | "daemonsets") => same_field("spec.selector"),
        ("batch", "jobs") => {
            same_field("spec.selector");
            same_field("spec.completions");
            same_field("spec.template");
        }
        ("", "secrets") => same_field("type"),
        ("storage.k8s.io", "storageclasses") => [
            "provisioner",
            "parameters",
            "reclaimPolicy",
            "volumeBindingMode",
        ]
        .into_iter()
        .for_each(same_field),
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings")
            if !same(&live["roleRef"], &new["roleRef"]) =>
        {
            causes.push(Cause::invalid(
                "roleRef",
                &new["roleRef"],
                "cannot change roleRef",
            ));
        }
        ("apps", "statefulsets") => check_stateful_set_update(live, new, causes),
        ("", "services") => {
            let (old, now) = (
                text(live, &["spec", "clusterIP"]),
                text(new, &["spec", "clusterIP"]),
            );
            let is_kept = text(new, &["spec", "type"]) == "ExternalName"
                || text(live, &["spec", "type"]) == "ExternalName";
            if !is_kept && !old.is_empty() && old != now {
                causes.push(Cause::invalid(
                    "spec.clusterIPs[0]",
                    &json!([now]),
                    "may not change once set",
                ));
            }
        }
        ("", "persistentvolumeclaims") => check_claim_update(live, new, causes),
        _ => {}
    }
    if matches!(&*kind.plural, "secrets" | "configmaps")
        && at(live, &["immutable"]) == Some(&Value::Bool(true))
        && kind.group.is_empty()
    {
        for part in ["data", "binaryData"] {
            if !same(
                live.get(part).unwrap_or(&Value::Null),
                new.get(part).unwrap_or(&Value::Null),
            ) {
                causes.push(Cause::forbidden(
                    part,
                    "field is immutable when `immutable` is set",
                ));
            }
        }
    }
}

fn check_stateful_set_update(live: &Value, new: &Value, causes: &mut Vec<Cause>) {
    const MUTABLE: &[&str] = &[
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    let fixed = |object: &Value| {
        let mut spec = fields(object, &["spec"]).cloned().unwrap_or_default();
        MUTABLE.iter().for_each(|field| {
            spec.shift_remove(*field);
        });
        Value::Object(spec)
    };
    if !same(&fixed(live), &fixed(new)) {
        let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        causes.push(Cause::forbidden("spec", detail));
    }
}

fn check_claim_update(live: &Value, new: &Value, causes: &mut Vec<Cause>) {
    let fixed = |object: &Value| {
        let mut spec = fields(object, &["spec"]).cloned().unwrap_or_default();
        for field in ["resources", "volumeName", "volumeAttributesClassName"] {
            spec.shift_remove(field);
        }
        Value::Object(spec)
    };
    if !same(&fixed(live), &fixed(new)) {
        let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        causes.push(Cause::forbidden("spec", detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;

    fn check(api_version: &str, kind: &str, object: Value, expected: &str) {
        let kinds = Kinds::default();
        let kind = kinds.of_kind(api_version, kind).unwrap();
        let message = on_create(kind, &object)
            .err()
            .map(|e| e.message().to_owned())
            .unwrap_or_default();
        assert_eq!(message, expected);
    }

    #[test]
    fn a_deployment_must_select_its_own_pods() {
        let object = json!({"metadata": {"name": "d"}, "spec": {
            "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "c"}},
            "spec": {"containers": [{"name": "c", "image": "i"}]}}}});
        let expected = "Deployment.apps \"d\" is invalid: spec.template.metadata.labels: Invalid value: {\"a\":\"c\"}: `selector` does not match template `labels`";
        check("apps/v1", "Deployment", object, expected);
    }

    #[test]
    fn a_name_must_be_a_subdomain() {
        let object = json!({"metadata": {"name": "A_b"}});
        let expected = "ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
        check("v1", "ConfigMap", object, expected);
        check(
            "v1",
            "ConfigMap",
            json!({"metadata": {"name": "a.b-c"}}),
            "",
        );
        check(
            "rbac.authorization.k8s.io/v1",
            "ClusterRole",
            json!({"metadata": {"name": "system:x"}}),
            "",
        );
    }
}
