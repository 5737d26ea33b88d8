//! Label and field selectors.

use crate::object::{at, items, text};
use crate::status::{ApiError, ApiResult};
use serde_json::Value;

/// The objects that a list or a watch wants.
#[derive(Debug, Default, Clone)]
pub(crate) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    Absent,
    Greater,
    Less,
}

impl Selector {
    /// Reads the two selectors of a query for the resource whose keys begin with `storage`.
    pub(crate) fn parse(
        storage: &str,
        labels: Option<&str>,
        fields: Option<&str>,
    ) -> ApiResult<Self> {
        let labels = labels
            .map_or(Ok(Vec::new()), parse_labels)
            .map_err(ApiError::bad_request)?;
        let fields = fields.map_or(Ok(Vec::new()), |text| parse_fields(storage, text))?;
        Ok(Self { labels, fields })
    }

    /// A selector as `spec.selector` of workloads has it: `matchLabels` and `matchExpressions`.
    pub(crate) fn of_object(selector: &Value) -> Self {
        let requirement = |key: &str, operator, values| Requirement {
            key: key.to_owned(),
            operator,
            values,
        };
        let pairs = at(selector, &["matchLabels"])
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let texts = |value: &Value| -> Vec<String> {
            value.as_str().map(str::to_owned).into_iter().collect()
        };
        let mut labels: Vec<Requirement> = pairs
            .map(|(key, value)| requirement(key, Operator::In, texts(value)))
            .collect();
        for expression in items(selector, &["matchExpressions"]) {
            let operator = match text(expression, &["operator"]) {
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::Absent,
                _ => Operator::In,
            };
            let values = items(expression, &["values"])
                .iter()
                .flat_map(texts)
                .collect();
            labels.push(requirement(text(expression, &["key"]), operator, values));
        }
        Self {
            labels,
            fields: Vec::new(),
        }
    }

    /// Whether it selects everything.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether it selects `object`.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.matches_labels(object.get("metadata").and_then(|m| m.get("labels")))
            && self
                .fields
                .iter()
                .all(|(field, equal, wanted)| (field_text(object, field) == *wanted) == *equal)
    }

    /// Whether its label part selects a set of labels.
    pub(crate) fn matches_labels(&self, labels: Option<&Value>) -> bool {
        self.labels
            .iter()
            .all(|r| r.matches(labels.and_then(|l| l.get(&r.key)).and_then(Value::as_str)))
    }
}

impl Requirement {
    fn matches(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|v| v == value);
        let compared = |value: &str| {
            let wanted = self.values.first()?.parse::<i64>().ok()?;
            Some(value.parse::<i64>().ok()?.cmp(&wanted))
        };
        match self.operator {
            Operator::In => value.is_some_and(listed),
            Operator::NotIn => !value.is_some_and(listed),
            Operator::Exists => value.is_some(),
            Operator::Absent => value.is_none(),
            Operator::Greater => value.and_then(compared) == Some(std::cmp::Ordering::Greater),
            Operator::Less => value.and_then(compared) == Some(std::cmp::Ordering::Less),
        }
    }
}

/// The grammar of `k8s.io/apimachinery/pkg/labels`: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`.
fn parse_labels(text: &str) -> Result<Vec<Requirement>, String> {
    let mut rest = text.trim();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (requirement, after) = parse_requirement(rest)?;
        found.push(requirement);
        rest = match after.trim_start().strip_prefix(',') {
            Some(more) if !more.trim().is_empty() => more.trim_start(),
            Some(_) => {
                return Err(
                    "unable to parse requirement: found '', expected: identifier after ','".into(),
                );
            }
            None if after.trim().is_empty() => "",
            None => {
                return Err(format!(
                    "unable to parse requirement: found '{}', expected: ',' or 'end of string'",
                    after.trim()
                ));
            }
        };
    }
    Ok(found)
}

fn parse_requirement(text: &str) -> Result<(Requirement, &str), String> {
    let negated = text.strip_prefix('!');
    let (key, rest) = word(negated.unwrap_or(text).trim_start());
    if key.is_empty() {
        let found: String = text.chars().take(1).collect();
        return Err(format!(
            "unable to parse requirement: found '{found}', expected: !, identifier, or 'end of string'"
        ));
    }
    let requirement = |operator, values| Requirement {
        key: key.to_owned(),
        operator,
        values,
    };
    if negated.is_some() {
        return Ok((requirement(Operator::Absent, Vec::new()), rest));
    }
    let rest = rest.trim_start();
    for (sign, operator) in [
        ("==", Operator::In),
        ("!=", Operator::NotIn),
        ("=", Operator::In),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ] {
        if let Some(after) = rest.strip_prefix(sign) {
            let (value, after) = word(after.trim_start());
            return Ok((requirement(operator, vec![value.to_owned()]), after));
        }
    }
    for (name, operator) in [("notin", Operator::NotIn), ("in", Operator::In)] {
        let Some(after) = rest.strip_prefix(name) else {
            continue;
        };
        let Some(list) = after.trim_start().strip_prefix('(') else {
            continue;
        };
        let (list, after) = list.split_once(')').ok_or_else(|| {
            "unable to parse requirement: found '', expected: ',' or ')'".to_owned()
        })?;
        let values = list
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect();
        return Ok((requirement(operator, values), after));
    }
    Ok((requirement(Operator::Exists, Vec::new()), rest))
}

/// The longest start without a sign of the grammar.
fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || ",()!=<>".contains(c))
        .unwrap_or(text.len());
    text.split_at(end)
}

fn parse_fields(storage: &str, text: &str) -> ApiResult<Vec<(String, bool, String)>> {
    let mut found = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let split = part.split_once("!=").map(|(k, v)| (k, false, v));
        let split = split.or_else(|| part.split_once("==").map(|(k, v)| (k, true, v)));
        let split = split.or_else(|| part.split_once('=').map(|(k, v)| (k, true, v)));
        let (key, equal, value) = split.ok_or_else(|| {
            ApiError::bad_request(format!(
                "invalid selector: '{part}'; can't understand '{part}'"
            ))
        })?;
        if !is_selectable(storage, key) {
            return Err(ApiError::bad_request(not_selectable(storage, key)));
        }
        found.push((key.to_owned(), equal, value.to_owned()));
    }
    Ok(found)
}

/// Kinds with fields of their own have other words than those without.
fn not_selectable(storage: &str, field: &str) -> String {
    if OWN_FIELDS.contains(&storage) {
        format!("field label not supported: {field}")
    } else {
        format!(
            "{field:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        )
    }
}

const OWN_FIELDS: &[&str] = &[
    "pods",
    "events",
    "secrets",
    "namespaces",
    "nodes",
    "services",
    "replicationcontrollers",
    "apps/replicasets",
    "batch/jobs",
];

/// The fields that the API server can select by, of the kinds that have more than name and namespace.
fn is_selectable(storage: &str, field: &str) -> bool {
    let own: &[&str] = match storage {
        "pods" => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
        "events" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        "secrets" => &["type"],
        "namespaces" => &["status.phase"],
        "nodes" => &["spec.unschedulable"],
        "services" => &["spec.clusterIP", "spec.type"],
        "replicationcontrollers" | "apps/replicasets" => &["status.replicas"],
        "batch/jobs" => &["status.successful"],
        "certificates.k8s.io/certificatesigningrequests" => &["spec.signerName"],
        _ => &[],
    };
    matches!(field, "metadata.name" | "metadata.namespace") || own.contains(&field)
}

fn field_text(object: &Value, field: &str) -> String {
    let found = match field {
        "status.successful" => object.pointer("/status/succeeded"),
        "source" => object.pointer("/source/component"),
        _ => field
            .split('.')
            .try_fold(object, |value, key| value.get(key)),
    };
    match found {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) if field == "spec.unschedulable" => "false".to_owned(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn label_selectors_select() {
        let object = json!({"metadata": {"labels": {"app": "web", "tier": "5", "x/y": ""}}});
        let check = |selector: &str, expected: bool| {
            let parsed = Selector::parse("pods", Some(selector), None).unwrap();
            assert_eq!(parsed.matches(&object), expected, "{selector}");
        };
        for yes in [
            "",
            "app=web",
            "app==web,tier",
            "app in (db, web)",
            "app notin (db)",
            "!nope",
            "tier>4",
            "x/y=",
            "nope!=1",
        ] {
            check(yes, true);
        }
        for no in ["app=db", "app!=web", "!app", "app in ()", "tier<5", "nope"] {
            check(no, false);
        }
        assert!(Selector::parse("pods", Some("app=web,"), None).is_err());
        assert!(Selector::parse("pods", Some("=web"), None).is_err());
    }

    #[test]
    fn field_selectors_are_those_of_the_kind() {
        let object = json!({"metadata": {"name": "a"}, "status": {"phase": "Running"}});
        let check =
            |selector| Selector::parse("pods", None, Some(selector)).map(|s| s.matches(&object));
        assert!(check("metadata.name=a,status.phase!=Failed").unwrap());
        assert!(!check("metadata.name=b").unwrap());
        assert!(Selector::parse("configmaps", None, Some("status.phase=x")).is_err());
    }
}
