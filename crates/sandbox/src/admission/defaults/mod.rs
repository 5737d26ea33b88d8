//! Values that the API server fills in, and those that an update without them keeps.
//!
//! They follow `k8s.io/kubernetes/pkg/apis/*/v1/defaults.go`, for the kinds that charts use.

mod kept;
mod pods;
mod workloads;

pub(crate) use kept::keep;

use crate::kinds::Kind;
use crate::object::{at, items, name, remove, set, set_default, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pods::pod;
use serde_json::{Value, json};
use workloads::{autoscaler, cron_job, job, replication_controller, workload};

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
