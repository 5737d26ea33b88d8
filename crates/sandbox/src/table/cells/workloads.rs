//! Pods, jobs, and what scales workloads.

use super::super::{human, since};
use super::{age, containers, or_none, with_wide};
use crate::clock::parse;
use crate::object::{at, condition, is_terminating, items, name, number, text};
use serde_json::{Value, json};

pub(super) fn pod(object: &Value, now: i64) -> Vec<Value> {
    let statuses = items(object, &["status", "containerStatuses"]);
    let ready = statuses
        .iter()
        .filter(|s| at(s, &["ready"]) == Some(&Value::Bool(true)))
        .count();
    let all = items(object, &["spec", "containers"]).len();
    let restarts: i64 = statuses
        .iter()
        .filter_map(|s| number(s, &["restartCount"]))
        .sum();
    let phase = text(object, &["status", "phase"]);
    let waiting = statuses.iter().find_map(|s| {
        at(s, &["state", "waiting", "reason"]).or_else(|| at(s, &["state", "terminated", "reason"]))
    });
    let status = match (is_terminating(object), waiting.and_then(Value::as_str)) {
        (true, _) => "Terminating",
        (false, Some(reason)) => reason,
        (false, None) => phase,
    };
    vec![
        name(object).into(),
        format!("{ready}/{all}").into(),
        status.into(),
        restarts.to_string().into(),
        age(object, now),
        or_none(text(object, &["status", "podIP"]).to_owned()).into(),
        or_none(text(object, &["spec", "nodeName"]).to_owned()).into(),
        "<none>".into(),
        "<none>".into(),
    ]
}

pub(super) fn job(object: &Value, now: i64) -> Vec<Value> {
    let is = |kind: &str| condition(object, kind).is_some_and(|c| text(c, &["status"]) == "True");
    let status = match () {
        () if is("Complete") => "Complete",
        () if is("Failed") => "Failed",
        () if is_terminating(object) => "Terminating",
        () if is("Suspended") => "Suspended",
        () => "Running",
    };
    let done = number(object, &["status", "succeeded"]).unwrap_or(0);
    let completions = match (
        number(object, &["spec", "completions"]),
        number(object, &["spec", "parallelism"]),
    ) {
        (Some(wanted), _) => format!("{done}/{wanted}"),
        (None, Some(parallel)) if parallel > 1 => format!("{done}/1 of {parallel}"),
        _ => format!("{done}/1"),
    };
    let start = parse(text(object, &["status", "startTime"]));
    let end = parse(text(object, &["status", "completionTime"])).unwrap_or(now);
    let duration = start.map(|start| human(end - start)).unwrap_or_default();
    with_wide(
        vec![
            name(object).into(),
            status.into(),
            completions.into(),
            duration.into(),
            age(object, now),
        ],
        object,
    )
}

pub(super) fn cron_job(object: &Value, now: i64) -> Vec<Value> {
    let zone = text(object, &["spec", "timeZone"]);
    let last = text(object, &["status", "lastScheduleTime"]);
    let last = if last.is_empty() {
        "<none>".to_owned()
    } else {
        since(last, now)
    };
    let suspended = at(object, &["spec", "suspend"]) == Some(&Value::Bool(true));
    let (names, images) = containers(object, &["spec", "jobTemplate", "spec", "template", "spec"]);
    vec![
        name(object).into(),
        text(object, &["spec", "schedule"]).into(),
        or_none(zone.to_owned()).into(),
        if suspended { "True" } else { "False" }.into(),
        items(object, &["status", "active"]).len().into(),
        last.into(),
        age(object, now),
        names.into(),
        images.into(),
        "<none>".into(),
    ]
}

pub(super) fn autoscaler(object: &Value, now: i64) -> Vec<Value> {
    let target = ["spec", "scaleTargetRef"];
    let reference = format!(
        "{}/{}",
        text(object, &[target[0], target[1], "kind"]),
        text(object, &[target[0], target[1], "name"])
    );
    let metric = |metric: &Value| {
        let resource = text(metric, &["resource", "name"]);
        match at(metric, &["resource", "target", "averageUtilization"]) {
            Some(wanted) => format!("{resource}: <unknown>/{wanted}%"),
            None => "<unknown>".to_owned(),
        }
    };
    let metrics: Vec<String> = items(object, &["spec", "metrics"])
        .iter()
        .map(metric)
        .collect();
    let count = |path: &[&str]| number(object, path).unwrap_or(0).to_string();
    vec![
        name(object).into(),
        reference.into(),
        or_none(metrics.join(", ")).into(),
        count(&["spec", "minReplicas"]).into(),
        count(&["spec", "maxReplicas"]).into(),
        json!(number(object, &["status", "currentReplicas"]).unwrap_or(0)),
        age(object, now),
    ]
}
