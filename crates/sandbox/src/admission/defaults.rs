//! Values that the API server fills in, and those that an update without them keeps.
//!
//! They follow `k8s.io/kubernetes/pkg/apis/*/v1/defaults.go`, for the kinds that charts use.

use crate::kinds::Kind;
use crate::object::{at, items, map_mut, name, remove, set, set_default, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Fills in the defaults of a kind.
pub(crate) fn fill(kind: &Kind, object: &mut Value) {
    if let Some(custom) = &kind.custom {
        crate::crd::fill_defaults(custom.schema(), object);
        return;
    }
    match (&*kind.group, &*kind.plural) {
        ("", "pods") => pod(object),
        ("", "services") => service(object),
        ("", "secrets") => secret(object),
        ("", "namespaces") => {
            let own = name(object).to_owned();
            set(
                object,
                &["metadata", "labels", "kubernetes.io/metadata.name"],
                own,
            );
        }
        ("", "persistentvolumeclaims") => {
            set_default(object, &["spec", "volumeMode"], "Filesystem")
        }
        ("", "persistentvolumes") => {
            set_default(object, &["spec", "persistentVolumeReclaimPolicy"], "Retain");
            set_default(object, &["spec", "volumeMode"], "Filesystem");
        }
        ("", "replicationcontrollers") => replication_controller(object),
        ("", "endpoints") => each(object, &["subsets"], |subset| {
            each(subset, &["ports"], |port| {
                set_default(port, &["protocol"], "TCP")
            });
        }),
        ("discovery.k8s.io", "endpointslices") => each(object, &["ports"], |port| {
            set_default(port, &["name"], "");
            set_default(port, &["protocol"], "TCP");
        }),
        ("apps", plural) => workload(plural, object),
        ("batch", "jobs") => job(object),
        ("batch", "cronjobs") => cron_job(object),
        ("autoscaling", _) => autoscaler(object),
        ("networking.k8s.io", "networkpolicies") => network_policy(object),
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => binding(object),
        ("storage.k8s.io", "storageclasses") => {
            set_default(object, &["reclaimPolicy"], "Delete");
            set_default(object, &["volumeBindingMode"], "Immediate");
        }
        ("scheduling.k8s.io", _) => {
            set_default(object, &["preemptionPolicy"], "PreemptLowerPriority")
        }
        ("admissionregistration.k8s.io", plural) => webhooks(plural, object),
        ("apiregistration.k8s.io", _) if at(object, &["spec", "service"]).is_some() => {
            set_default(object, &["spec", "service", "port"], 443);
        }
        ("apiextensions.k8s.io", _) => definition(object),
        _ => {}
    }
}

/// Runs `f` on every item of the list at `path`.
fn each(object: &mut Value, path: &[&str], f: impl Fn(&mut Value)) {
    let place = path
        .iter()
        .try_fold(object, |value, key| value.get_mut(key));
    place
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .for_each(f);
}

fn pod(object: &mut Value) {
    for list in ["containers", "initContainers"] {
        each(object, &["spec", list], |container| {
            let limits = at(container, &["resources", "limits"]).cloned();
            for (resource, limit) in limits
                .as_ref()
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                set_default(
                    container,
                    &["resources", "requests", resource],
                    limit.clone(),
                );
            }
        });
    }
    set_default(object, &["spec", "enableServiceLinks"], true);
    pod_spec(object, &["spec"]);
}

fn pod_spec(object: &mut Value, path: &[&str]) {
    let Some(spec) = path
        .iter()
        .try_fold(object, |value, key| value.get_mut(key))
    else {
        return;
    };
    if !spec.is_object() {
        return;
    }
    set_default(spec, &["restartPolicy"], "Always");
    set_default(spec, &["terminationGracePeriodSeconds"], 30);
    set_default(spec, &["dnsPolicy"], "ClusterFirst");
    set_default(spec, &["securityContext"], json!({}));
    set_default(spec, &["schedulerName"], "default-scheduler");
    if let Some(account) = at(spec, &["serviceAccountName"]).cloned() {
        set(spec, &["serviceAccount"], account);
    }
    let host_network = at(spec, &["hostNetwork"]) == Some(&Value::Bool(true));
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        each(spec, &[list], |c| container(c, host_network));
    }
    each(spec, &["volumes"], volume);
}

fn container(container: &mut Value, host_network: bool) {
    let image = text(container, &["image"]);
    let tag = image
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .split('@')
        .next()
        .unwrap_or_default()
        .split_once(':');
    let is_latest = !image.contains('@') && tag.is_none_or(|(_, tag)| tag == "latest");
    set_default(
        container,
        &["imagePullPolicy"],
        if is_latest { "Always" } else { "IfNotPresent" },
    );
    set_default(
        container,
        &["terminationMessagePath"],
        "/dev/termination-log",
    );
    set_default(container, &["terminationMessagePolicy"], "File");
    set_default(container, &["resources"], json!({}));
    each(container, &["ports"], |port| {
        set_default(port, &["protocol"], "TCP");
        if host_network && let Some(number) = at(port, &["containerPort"]).cloned() {
            set_default(port, &["hostPort"], number);
        }
    });
    each(container, &["env"], |env| {
        if at(env, &["valueFrom", "fieldRef"]).is_some() {
            set_default(env, &["valueFrom", "fieldRef", "apiVersion"], "v1");
        }
    });
    for (probe, successes) in [
        ("livenessProbe", 1),
        ("readinessProbe", 1),
        ("startupProbe", 1),
    ] {
        if at(container, &[probe]).is_none() {
            continue;
        }
        for (field, value) in [
            ("timeoutSeconds", 1),
            ("periodSeconds", 10),
            ("successThreshold", successes),
            ("failureThreshold", 3),
        ] {
            set_default(container, &[probe, field], value);
        }
        http_get(container, &[probe, "httpGet"]);
        if at(container, &[probe, "grpc"]).is_some() {
            set_default(container, &[probe, "grpc", "service"], "");
        }
    }
    http_get(container, &["lifecycle", "postStart", "httpGet"]);
    http_get(container, &["lifecycle", "preStop", "httpGet"]);
}

fn http_get(container: &mut Value, path: &[&str]) {
    if let Some(action) = path
        .iter()
        .try_fold(container, |value, key| value.get_mut(key))
    {
        set_default(action, &["path"], "/");
        set_default(action, &["scheme"], "HTTP");
    }
}

fn volume(volume: &mut Value) {
    if volume
        .as_object()
        .is_some_and(|fields| fields.keys().all(|key| key == "name"))
    {
        set(volume, &["emptyDir"], json!({}));
    }
    for source in ["secret", "configMap", "projected", "downwardAPI"] {
        if at(volume, &[source]).is_some() {
            set_default(volume, &[source, "defaultMode"], 420);
        }
    }
    if at(volume, &["hostPath"]).is_some() {
        set_default(volume, &["hostPath", "type"], "");
    }
    let field_version = |item: &mut Value| {
        if at(item, &["fieldRef"]).is_some() {
            set_default(item, &["fieldRef", "apiVersion"], "v1");
        }
    };
    each(volume, &["downwardAPI", "items"], field_version);
    each(volume, &["projected", "sources"], |source| {
        if at(source, &["serviceAccountToken"]).is_some() {
            set_default(source, &["serviceAccountToken", "expirationSeconds"], 3600);
        }
        each(source, &["downwardAPI", "items"], field_version);
    });
}

fn service(object: &mut Value) {
    set_default(object, &["spec", "sessionAffinity"], "None");
    if text(object, &["spec", "sessionAffinity"]) == "ClientIP" {
        set_default(
            object,
            &[
                "spec",
                "sessionAffinityConfig",
                "clientIP",
                "timeoutSeconds",
            ],
            10_800,
        );
    }
    set_default(object, &["spec", "type"], "ClusterIP");
    each(object, &["spec", "ports"], |port| {
        set_default(port, &["protocol"], "TCP");
        if matches!(at(port, &["targetPort"]), None | Some(Value::Number(_)))
            && at(port, &["targetPort"])
                .and_then(Value::as_i64)
                .unwrap_or(0)
                == 0
            && let Some(number) = at(port, &["port"]).cloned()
        {
            set(port, &["targetPort"], number);
        }
    });
    let kind = text(object, &["spec", "type"]).to_owned();
    if kind == "ExternalName" {
        return;
    }
    set_default(object, &["spec", "internalTrafficPolicy"], "Cluster");
    if kind != "ClusterIP" {
        set_default(object, &["spec", "externalTrafficPolicy"], "Cluster");
    }
    if kind == "LoadBalancer" {
        set_default(object, &["spec", "allocateLoadBalancerNodePorts"], true);
    }
}

fn secret(object: &mut Value) {
    set_default(object, &["type"], "Opaque");
    let Some(Value::Object(plain)) = remove(object, &["stringData"]) else {
        return;
    };
    for (key, value) in plain {
        let encoded = STANDARD.encode(value.as_str().unwrap_or_default());
        set(object, &["data", &key], encoded);
    }
}

fn replication_controller(object: &mut Value) {
    set_default(object, &["spec", "replicas"], 1);
    if let Some(labels) = at(object, &["spec", "template", "metadata", "labels"]).cloned() {
        set_default(object, &["spec", "selector"], labels);
    }
    pod_spec(object, &["spec", "template", "spec"]);
}

fn workload(plural: &str, object: &mut Value) {
    pod_spec(object, &["spec", "template", "spec"]);
    match plural {
        "deployments" => {
            set_default(object, &["spec", "replicas"], 1);
            set_default(object, &["spec", "strategy", "type"], "RollingUpdate");
            if text(object, &["spec", "strategy", "type"]) == "RollingUpdate" {
                set_default(
                    object,
                    &["spec", "strategy", "rollingUpdate", "maxUnavailable"],
                    "25%",
                );
                set_default(
                    object,
                    &["spec", "strategy", "rollingUpdate", "maxSurge"],
                    "25%",
                );
            }
            set_default(object, &["spec", "revisionHistoryLimit"], 10);
            set_default(object, &["spec", "progressDeadlineSeconds"], 600);
        }
        "replicasets" => set_default(object, &["spec", "replicas"], 1),
        "statefulsets" => stateful_set(object),
        "daemonsets" => {
            set_default(
                object,
                &[
                    "metadata",
                    "annotations",
                    "deprecated.daemonset.template.generation",
                ],
                "1",
            );
            set_default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
            if text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate" {
                set_default(
                    object,
                    &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
                    1,
                );
                set_default(
                    object,
                    &["spec", "updateStrategy", "rollingUpdate", "maxSurge"],
                    0,
                );
            }
            set_default(object, &["spec", "revisionHistoryLimit"], 10);
        }
        _ => {}
    }
}

fn stateful_set(object: &mut Value) {
    set_default(object, &["spec", "replicas"], 1);
    set_default(object, &["spec", "podManagementPolicy"], "OrderedReady");
    set_default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
    if text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate" {
        set_default(
            object,
            &["spec", "updateStrategy", "rollingUpdate", "partition"],
            0,
        );
        set_default(
            object,
            &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
            1,
        );
    }
    set_default(object, &["spec", "revisionHistoryLimit"], 10);
    set_default(
        object,
        &[
            "spec",
            "persistentVolumeClaimRetentionPolicy",
            "whenDeleted",
        ],
        "Retain",
    );
    set_default(
        object,
        &["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"],
        "Retain",
    );
    each(object, &["spec", "volumeClaimTemplates"], |claim| {
        set_default(claim, &["apiVersion"], "v1");
        set_default(claim, &["kind"], "PersistentVolumeClaim");
        set_default(claim, &["spec", "volumeMode"], "Filesystem");
        set_default(claim, &["status", "phase"], "Pending");
    });
}

fn job(object: &mut Value) {
    pod_spec(object, &["spec", "template", "spec"]);
    if at(object, &["spec", "completions"]).is_none()
        && at(object, &["spec", "parallelism"]).is_none()
    {
        set(object, &["spec", "completions"], 1);
    }
    set_default(object, &["spec", "parallelism"], 1);
    set_default(object, &["spec", "backoffLimit"], 6);
    set_default(object, &["spec", "completionMode"], "NonIndexed");
    set_default(object, &["spec", "suspend"], false);
    set_default(object, &["spec", "manualSelector"], false);
    set_default(
        object,
        &["spec", "podReplacementPolicy"],
        "TerminatingOrFailed",
    );
}

fn cron_job(object: &mut Value) {
    pod_spec(object, &["spec", "jobTemplate", "spec", "template", "spec"]);
    set_default(object, &["spec", "concurrencyPolicy"], "Allow");
    set_default(object, &["spec", "suspend"], false);
    set_default(object, &["spec", "successfulJobsHistoryLimit"], 3);
    set_default(object, &["spec", "failedJobsHistoryLimit"], 1);
}

fn autoscaler(object: &mut Value) {
    set_default(object, &["spec", "minReplicas"], 1);
    if items(object, &["spec", "metrics"]).is_empty() {
        let cpu =
            json!({"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}});
        set(
            object,
            &["spec", "metrics"],
            json!([{"type": "Resource", "resource": cpu}]),
        );
    }
}

fn network_policy(object: &mut Value) {
    set_default(object, &["spec", "podSelector"], json!({}));
    if items(object, &["spec", "policyTypes"]).is_empty() {
        let has_egress = !items(object, &["spec", "egress"]).is_empty();
        let types = if has_egress {
            json!(["Ingress", "Egress"])
        } else {
            json!(["Ingress"])
        };
        set(object, &["spec", "policyTypes"], types);
    }
    for direction in ["ingress", "egress"] {
        each(object, &["spec", direction], |rule| {
            each(rule, &["ports"], |port| {
                set_default(port, &["protocol"], "TCP")
            });
        });
    }
}

fn binding(object: &mut Value) {
    const RBAC: &str = "rbac.authorization.k8s.io";
    if text(object, &["roleRef", "apiGroup"]).is_empty() {
        set(object, &["roleRef", "apiGroup"], RBAC);
    }
    each(object, &["subjects"], |subject| {
        if matches!(text(subject, &["kind"]), "User" | "Group") {
            set_default(subject, &["apiGroup"], RBAC);
        }
    });
}

fn webhooks(plural: &str, object: &mut Value) {
    each(object, &["webhooks"], |hook| {
        set_default(hook, &["failurePolicy"], "Fail");
        set_default(hook, &["matchPolicy"], "Equivalent");
        set_default(hook, &["namespaceSelector"], json!({}));
        set_default(hook, &["objectSelector"], json!({}));
        set_default(hook, &["timeoutSeconds"], 10);
        if plural == "mutatingwebhookconfigurations" {
            set_default(hook, &["reinvocationPolicy"], "Never");
        }
        if at(hook, &["clientConfig", "service"]).is_some() {
            set_default(hook, &["clientConfig", "service", "port"], 443);
        }
        each(hook, &["rules"], |rule| set_default(rule, &["scope"], "*"));
    });
}

fn definition(object: &mut Value) {
    let kind = text(object, &["spec", "names", "kind"]).to_owned();
    set_default(object, &["spec", "names", "singular"], kind.to_lowercase());
    set_default(
        object,
        &["spec", "names", "listKind"],
        format!("{kind}List"),
    );
    set_default(object, &["spec", "conversion", "strategy"], "None");
}

/// Keeps what the server once chose where an update leaves it open.
pub(crate) fn keep(kind: &Kind, live: &Value, new: &mut Value) {
    if kind.is("", "services") {
        keep_addresses(live, new);
    } else if kind.is("", "persistentvolumeclaims") {
        for field in ["volumeName", "storageClassName"] {
            if let Some(value) = at(live, &["spec", field]) {
                set_default(new, &["spec", field], value.clone());
            }
        }
    } else if kind.is("batch", "jobs") {
        keep_job_selector(live, new);
    } else if kind.is("", "namespaces") {
        set(
            new,
            &["spec"],
            live.get("spec").cloned().unwrap_or_default(),
        );
    } else if kind.is("", "pods")
        && let Some(spec) = at(live, &["spec"])
    {
        for field in [
            "nodeName",
            "serviceAccountName",
            "serviceAccount",
            "preemptionPolicy",
            "priority",
            "tolerations",
        ] {
            if let Some(value) = spec.get(field) {
                set_default(new, &["spec", field], value.clone());
            }
        }
    }
}

fn keep_job_selector(live: &Value, new: &mut Value) {
    if let Some(selector) = at(live, &["spec", "selector"]) {
        set_default(new, &["spec", "selector"], selector.clone());
    }
    let labels = at(live, &["spec", "template", "metadata", "labels"])
        .and_then(Value::as_object)
        .cloned();
    let Some(known) = map_mut(new, &["spec", "template", "metadata", "labels"]) else {
        return;
    };
    for (label, value) in labels.into_iter().flatten() {
        if label.contains("controller-uid") || label.contains("job-name") {
            known.entry(label).or_insert(value);
        }
    }
}

fn keep_addresses(live: &Value, new: &mut Value) {
    if text(new, &["spec", "type"]) == "ExternalName" {
        return;
    }
    for field in [
        "clusterIP",
        "clusterIPs",
        "ipFamilies",
        "ipFamilyPolicy",
        "healthCheckNodePort",
    ] {
        if let Some(value) = at(live, &["spec", field])
            && text(new, &["spec", field]).is_empty()
        {
            set_default(new, &["spec", field], value.clone());
        }
    }
    if !matches!(text(new, &["spec", "type"]), "NodePort" | "LoadBalancer") {
        return;
    }
    let known = items(live, &["spec", "ports"]).to_vec();
    each(new, &["spec", "ports"], |port| {
        let is_same = |other: &&Value| {
            ["port", "protocol"]
                .iter()
                .all(|f| other.get(f) == port.get(f))
        };
        if let Some(node_port) = known
            .iter()
            .find(is_same)
            .and_then(|other| at(other, &["nodePort"]))
        {
            set_default(port, &["nodePort"], node_port.clone());
        }
    });
}
