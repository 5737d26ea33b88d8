//! What a server serves: versions and kinds, from aggregated or legacy discovery.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use manifest::{Gvk, Object};
use serde::Deserialize;

use crate::{Error, Resource, Target};

/// The version of an API server (`version.Info`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Version {
    /// The whole version, such as `v1.37.1`.
    pub git_version: String,
    /// The major number, as text.
    pub major: String,
    /// The minor number, as text; some vendors append a `+`.
    pub minor: String,
}

/// The kinds that a server serves, in the server's order of preference.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    group_versions: Vec<String>,
    resources: HashMap<Gvk, Arc<Resource>>,
    kinds: BTreeSet<String>,
    failed: Vec<String>,
}

impl Discovery {
    /// The resource that serves a kind.
    pub fn resource(&self, gvk: &Gvk) -> Option<Arc<Resource>> {
        self.resources.get(gvk).cloned()
    }

    /// The resource of a kind in the first version that serves it; the group decides.
    pub fn preferred(&self, group: &str, kind: &str) -> Option<Arc<Resource>> {
        self.group_versions.iter().find_map(|group_version| {
            let gvk = Gvk::new(group_version, kind);
            (gvk.group == group).then(|| self.resource(&gvk)).flatten()
        })
    }

    /// Whether the server serves any kind of a group version.
    pub fn serves(&self, group_version: &str) -> bool {
        self.group_versions
            .iter()
            .any(|served| served == group_version)
    }

    /// Where an object lives: its kind's resource, and its namespace or the default one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an object without kind or version, [`Error::NoMatch`] if the server
    /// does not serve its kind.
    pub fn target(&self, object: &Object, default_namespace: &str) -> Result<Target, Error> {
        check_kind(object)?;
        let gvk = object.gvk();
        let resource = self.resource(&gvk).ok_or_else(|| Error::NoMatch {
            gvk,
            name: object.name().to_owned(),
            namespace: object.namespace().to_owned(),
        })?;
        let namespace = match object.namespace() {
            "" if resource.namespaced => default_namespace,
            given => given,
        };
        Ok(Target {
            namespace: namespace.to_owned(),
            name: object.name().to_owned(),
            resource,
        })
    }

    /// What templates see as `.Capabilities.APIVersions`: each group version, and each
    /// group version with each kind; sorted.
    pub fn api_versions(&self) -> Vec<String> {
        let all: BTreeSet<&String> = self.group_versions.iter().chain(&self.kinds).collect();
        all.into_iter().cloned().collect()
    }

    /// Group versions that are registered but not served, such as those of an aggregated API
    /// whose service is gone. Helm warns of them.
    pub fn failed(&self) -> &[String] {
        &self.failed
    }

    /// Adds an answer of aggregated discovery (`APIGroupDiscoveryList` of `/api` or `/apis`).
    ///
    /// # Errors
    /// A message if it is not one.
    pub fn add_aggregated(&mut self, body: &[u8]) -> Result<(), String> {
        let list: GroupList = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        for group in list.items {
            for version in group.versions {
                // Its own server does not answer: for client-go it is as if it were not there.
                if version.freshness.as_deref() == Some("Stale") {
                    continue;
                }
                let group_version = join(&group.metadata.name, &version.version);
                self.group_versions.push(group_version);
                for found in version.resources {
                    self.add_discovered(&group.metadata.name, &version.version, found);
                }
            }
        }
        Ok(())
    }

    /// Adds an `APIResourceList`, the legacy answer for one group version.
    ///
    /// # Errors
    /// A message if it is not one.
    pub fn add_legacy(&mut self, group_version: &str, body: &[u8]) -> Result<(), String> {
        let list: LegacyList = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        self.group_versions.push(group_version.to_owned());
        for found in list.resources {
            let gvk = Gvk::new(group_version, &found.kind);
            self.kinds.insert(format!("{group_version}/{}", found.kind));
            self.add(gvk, found.name, found.namespaced, found.verbs);
        }
        Ok(())
    }

    /// Notes a group version that is registered but does not answer.
    pub fn add_failed(&mut self, group_version: &str) {
        self.group_versions.push(group_version.to_owned());
        self.failed.push(group_version.to_owned());
    }

    fn add_discovered(&mut self, group: &str, version: &str, found: Discovered) {
        let group_version = join(group, version);
        let kind_of = |given: &Option<Kind>| given.as_ref().map(|kind| kind.kind.clone());
        for sub in &found.subresources {
            if let Some(kind) = kind_of(&sub.response_kind) {
                self.kinds.insert(format!("{group_version}/{kind}"));
            }
        }
        let Some(kind) = kind_of(&found.response_kind) else {
            return;
        };
        self.kinds.insert(format!("{group_version}/{kind}"));
        let gvk = Gvk::new(&group_version, &kind);
        let namespaced = found.scope == "Namespaced";
        self.add(gvk, found.resource, namespaced, found.verbs);
    }

    /// Keeps the first resource of a kind; subresources (`pods/log`) are not objects of their own.
    fn add(&mut self, gvk: Gvk, plural: String, namespaced: bool, verbs: Vec<String>) {
        if plural.contains('/') {
            return;
        }
        self.resources.entry(gvk.clone()).or_insert_with(|| {
            Arc::new(Resource {
                gvk,
                plural,
                namespaced,
                verbs,
            })
        });
    }
}

/// Kind and version must be there; the texts are those of kubectl's validation, as Helm shows them.
fn check_kind(object: &Object) -> Result<(), Error> {
    let missing = [
        ("apiVersion", object.api_version()),
        ("kind", object.kind()),
    ]
    .into_iter()
    .filter(|(_, value)| value.is_empty())
    .map(|(field, _)| format!("{field} not set"))
    .collect::<Vec<_>>();
    let why = match missing.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    };
    Err(Error::Invalid(format!(
        "error validating \"\": error validating data: {why}"
    )))
}

fn join(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

#[derive(Deserialize)]
struct GroupList {
    #[serde(default)]
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: GroupMeta,
    #[serde(default)]
    versions: Vec<GroupVersion>,
}

#[derive(Default, Deserialize)]
struct GroupMeta {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct GroupVersion {
    version: String,
    #[serde(default)]
    freshness: Option<String>,
    #[serde(default)]
    resources: Vec<Discovered>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Discovered {
    resource: String,
    response_kind: Option<Kind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    subresources: Vec<Subresource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subresource {
    response_kind: Option<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(default)]
    kind: String,
}

#[derive(Deserialize)]
struct LegacyList {
    #[serde(default)]
    resources: Vec<LegacyResource>,
}

#[derive(Deserialize)]
struct LegacyResource {
    name: String,
    kind: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    verbs: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Discovery {
        let mut discovery = Discovery::default();
        let core = json!({"items": [{"metadata": {}, "versions": [{"version": "v1", "resources": [
            {"resource": "pods", "responseKind": {"kind": "Pod"}, "scope": "Namespaced", "verbs": ["get"],
             "subresources": [{"subresource": "eviction",
                "responseKind": {"group": "policy", "version": "v1", "kind": "Eviction"}}]},
            {"resource": "namespaces", "responseKind": {"kind": "Namespace"}, "scope": "Cluster"}]}]}]});
        discovery
            .add_aggregated(core.to_string().as_bytes())
            .unwrap();
        let apps = json!({"resources": [
            {"name": "deployments", "kind": "Deployment", "namespaced": true},
            {"name": "deployments/scale", "kind": "Scale", "namespaced": true}]});
        discovery
            .add_legacy("apps/v1", apps.to_string().as_bytes())
            .unwrap();
        discovery
    }

    #[test]
    fn api_versions_name_groups_and_kinds() {
        assert_eq!(
            sample().api_versions(),
            [
                "apps/v1",
                "apps/v1/Deployment",
                "apps/v1/Scale",
                "v1",
                "v1/Eviction",
                "v1/Namespace",
                "v1/Pod"
            ]
        );
    }

    #[test]
    fn the_default_namespace_is_only_for_kinds_that_have_one() {
        let object = |json| Object::from_json(json).unwrap();
        let pod = object(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}));
        let space =
            object(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}));
        assert_eq!(sample().target(&pod, "team").unwrap().namespace, "team");
        assert_eq!(sample().target(&space, "team").unwrap().namespace, "");
    }

    #[test]
    fn what_has_no_kind_is_told() {
        let empty = Object::from_json(json!({})).unwrap();
        assert_eq!(
            sample().target(&empty, "").unwrap_err().to_string(),
            "error validating \"\": error validating data: [apiVersion not set, kind not set]"
        );
    }
}
