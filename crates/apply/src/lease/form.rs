//! A lease as an object of the cluster.

use std::time::Duration;

use jiff::Timestamp;
use manifest::{Gvk, Object};
use serde_json::{Value, json};

use super::Holding;
use cluster::{Resource, Target};

/// The annotation with the revision that the holder writes.
const REVISION: &str = "sternpost/revision";

/// Where the lease of a release is.
pub(super) fn target(namespace: &str, release: &str) -> Target {
    let resource = Resource {
        gvk: Gvk::new("coordination.k8s.io/v1", "Lease"),
        plural: "leases".to_owned(),
        namespaced: true,
        verbs: Vec::new(),
    };
    Target {
        resource: resource.into(),
        namespace: namespace.to_owned(),
        name: format!("sternpost.{release}"),
    }
}

/// A lease that begins now.
pub(super) fn new(target: &Target, holding: &Holding) -> Object {
    let now = now();
    let json = json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": target.name, "namespace": target.namespace},
        "spec": {
            "acquireTime": now,
            "holderIdentity": holding.holder,
            "leaseDurationSeconds": seconds(holding.time),
            "leaseTransitions": 0,
            "renewTime": now,
        },
    });
    Object::from_json(json).unwrap_or_default()
}

/// The lease in other hands, at the version that it has: the server refuses it if that is not the newest.
pub(super) fn taken_over(dead: &Object, target: &Target, holding: &Holding) -> Object {
    let transitions = dead.at("/spec/leaseTransitions").and_then(Value::as_i64);
    let mut json = new(target, holding).as_json().clone();
    json["spec"]["leaseTransitions"] = (transitions.unwrap_or(0) + 1).into();
    let mut lease = Object::from_json(json).unwrap_or_default();
    lease.set_resource_version(dead.resource_version());
    lease
}

/// The lease after another heartbeat.
pub(super) fn renewed(lease: &Object, revision: Option<i64>) -> Object {
    let mut json = lease.as_json().clone();
    json["spec"]["renewTime"] = now().into();
    let mut lease = Object::from_json(json).unwrap_or_default();
    if let Some(revision) = revision {
        lease.set_annotation(REVISION, &revision.to_string());
    }
    lease
}

/// Who holds a lease; empty if it does not say.
pub(super) fn holder(lease: &Object) -> &str {
    let holder = lease.at("/spec/holderIdentity").and_then(Value::as_str);
    holder.unwrap_or_default()
}

/// The revision that the holder of a lease writes, if it has come so far.
pub(super) fn revision(lease: &Object) -> Option<i64> {
    lease.annotation(REVISION)?.parse().ok()
}

/// How long the holder of a lease may be silent; `None` if it does not say.
pub(super) fn time(lease: &Object) -> Option<Duration> {
    let seconds = lease.at("/spec/leaseDurationSeconds")?.as_u64()?;
    Some(Duration::from_secs(seconds))
}

/// Whole seconds, one at least.
fn seconds(time: Duration) -> u64 {
    let whole = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    whole.max(1)
}

/// The time as Kubernetes' `MicroTime` has it: with six digits after the point, no more and no fewer.
fn now() -> String {
    Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_that_is_taken_over_forgets_what_its_holder_did() {
        let holding = |holder: &str| Holding {
            holder: holder.to_owned(),
            time: Duration::from_millis(1500),
        };
        let target = target("team", "web");
        let first = renewed(&new(&target, &holding("a")), Some(3));
        assert_eq!((holder(&first), revision(&first)), ("a", Some(3)));
        assert_eq!(time(&first), Some(Duration::from_secs(2)));
        let second = taken_over(&first, &target, &holding("b"));
        assert_eq!((holder(&second), revision(&second)), ("b", None));
        assert_eq!(second.at("/spec/leaseTransitions"), Some(&json!(1)));
    }

    #[test]
    fn times_have_microseconds() {
        assert_eq!(now().len(), "2026-01-02T03:04:05.000006Z".len());
    }
}
