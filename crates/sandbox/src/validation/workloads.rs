//! Workloads and the pods in them.

use super::metadata::{LABEL_FORM, check_labels, is_dns_label};
use crate::object::{at, fields, items, text};
use crate::selector::Selector;
use crate::status::Cause;
use serde_json::{Map, Value, json};

pub(super) fn check_workload(object: &Value, causes: &mut Vec<Cause>) {
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

pub(super) fn check_pod_spec(object: &Value, path: &str, causes: &mut Vec<Cause>) {
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

pub(super) fn check_cron_job(object: &Value, causes: &mut Vec<Cause>) {
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
