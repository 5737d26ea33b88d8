//! What the API server refuses, in its words, for the mistakes that people make: names, labels, missing
//! parts of workloads and services, and changes of what cannot change.
//!
//! The rules follow `k8s.io/apimachinery/pkg/api/validation` and `k8s.io/kubernetes/pkg/apis/*/validation`.

mod changes;
mod metadata;
mod workloads;

use crate::crd;
use crate::kinds::Kind;
use crate::object::{at, fields, items, name, text};
use crate::status::{ApiError, ApiResult, Cause};
use changes::check_immutable;
use metadata::{check_metadata, check_name};
use serde_json::{Value, json};
use workloads::{check_cron_job, check_pod_spec, check_workload};

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
