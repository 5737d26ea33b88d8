//! Pods and their parts.

use super::each;
use crate::object::{at, set, set_default, text};
use serde_json::{Value, json};

pub(super) fn pod(object: &mut Value) {
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

pub(super) fn pod_spec(object: &mut Value, path: &[&str]) {
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
