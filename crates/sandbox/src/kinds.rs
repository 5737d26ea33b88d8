//! Which resources there are: the built-in ones and those of custom resource definitions.

use crate::schema::{self, Schema};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

/// One resource in one version.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) list_kind: String,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) namespaced: bool,
    pub(crate) verbs: Vec<String>,
    pub(crate) subresources: Vec<Subresource>,
    /// The first part of the keys of its objects: the same for all versions.
    pub(crate) storage: Arc<str>,
    /// What a custom resource definition says of this version; absent for built-in kinds.
    pub(crate) custom: Option<Arc<Custom>>,
}

/// `pods/log`, `deployments/scale`, …
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Subresource {
    pub(crate) name: String,
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) group: Option<String>,
    #[serde(default)]
    pub(crate) version: Option<String>,
    #[serde(default)]
    pub(crate) verbs: Vec<String>,
}

/// The part of a custom resource definition that one version of it needs.
#[derive(Debug)]
pub(crate) struct Custom {
    /// The definition, and which of its versions this is.
    pub(crate) definition: Arc<Value>,
    pub(crate) index: usize,
    /// Large definitions come by the dozen, and most are never used.
    pub(crate) schema: OnceLock<Schema>,
    /// `additionalPrinterColumns`.
    pub(crate) columns: Vec<Value>,
    /// `subresources.scale`.
    pub(crate) scale: Option<Value>,
    pub(crate) storage_version: String,
}

impl Custom {
    /// The schema of whole objects.
    pub(crate) fn schema(&self) -> &Schema {
        self.schema
            .get_or_init(|| crate::crd::object_schema(self.raw_schema()))
    }

    /// The schema as the definition has it; null where it has none.
    pub(crate) fn raw_schema(&self) -> &Value {
        &self.definition["spec"]["versions"][self.index]["schema"]["openAPIV3Schema"]
    }
}

impl Kind {
    /// `v1` or `apps/v1`.
    pub(crate) fn api_version(&self) -> String {
        join(&self.group, &self.version)
    }

    /// The schema of its objects, where there is one.
    pub(crate) fn schema(&self) -> Option<&Schema> {
        match &self.custom {
            Some(custom) => Some(custom.schema()),
            None => schema::name_of(&self.group, &self.version, &self.kind).and_then(schema::named),
        }
    }

    /// Whether the verb is among those of discovery.
    pub(crate) fn allows(&self, verb: &str) -> bool {
        self.verbs.iter().any(|v| v == verb)
    }

    /// The subresource of that name.
    pub(crate) fn subresource(&self, name: &str) -> Option<&Subresource> {
        self.subresources.iter().find(|s| s.name == name)
    }

    /// Whether `status` is written by its own path only.
    pub(crate) fn has_status(&self) -> bool {
        self.subresource("status").is_some()
    }

    /// Whether it is the built-in resource `group/plural`.
    pub(crate) fn is(&self, group: &str, plural: &str) -> bool {
        self.custom.is_none() && self.group == group && self.plural == plural
    }
}

/// `version`, or `group/version`.
pub(crate) fn join(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// Splits an apiVersion into group and version.
pub(crate) fn split(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// The first part of the keys of a resource. The two groups of Events share their objects.
pub(crate) fn storage(group: &str, plural: &str) -> Arc<str> {
    match group {
        "" => plural.into(),
        "events.k8s.io" if plural == "events" => plural.into(),
        _ => format!("{group}/{plural}").into(),
    }
}

/// All resources, by group, version and plural.
#[derive(Debug, Clone)]
pub(crate) struct Kinds {
    by_path: BTreeMap<(String, String, String), Arc<Kind>>,
}

impl Default for Kinds {
    fn default() -> Self {
        Self {
            by_path: BUILT_IN.clone(),
        }
    }
}

impl Kinds {
    pub(crate) fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Arc<Kind>> {
        // The three strings are few and short; a borrowed triple cannot look up an owned one.
        self.by_path
            .get(&(group.to_owned(), version.to_owned(), plural.to_owned()))
    }

    /// The resource that objects of this apiVersion and kind belong to.
    pub(crate) fn of_kind(&self, api_version: &str, kind: &str) -> Option<&Arc<Kind>> {
        let (group, version) = split(api_version);
        self.all()
            .find(|k| k.kind == kind && k.group == group && k.version == version)
    }

    /// Any version of the resource whose keys begin with `storage`.
    pub(crate) fn of_storage(&self, storage: &str) -> Option<&Arc<Kind>> {
        let (group, plural) = storage.split_once('/').unwrap_or(("", storage));
        self.all().find(|k| k.group == group && k.plural == plural)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.by_path.values()
    }

    /// The resources of one group and version.
    pub(crate) fn in_version(
        &self,
        group: &str,
        version: &str,
    ) -> impl Iterator<Item = &Arc<Kind>> {
        self.all()
            .filter(move |k| k.group == group && k.version == version)
    }

    /// All groups but the core one, each with its versions, the preferred one first.
    pub(crate) fn groups(&self) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for name in GROUP_ORDER {
            groups.push(((*name).to_owned(), Vec::new()));
        }
        for kind in self.all().filter(|k| !k.group.is_empty()) {
            let known = groups.iter().position(|(name, _)| *name == kind.group);
            let at = known.unwrap_or_else(|| {
                groups.push((kind.group.clone(), Vec::new()));
                groups.len() - 1
            });
            if !groups[at].1.contains(&kind.version) {
                groups[at].1.push(kind.version.clone());
            }
        }
        for (_, versions) in &mut groups {
            versions.sort_by_key(|version| std::cmp::Reverse(priority(version)));
        }
        groups.retain(|(_, versions)| !versions.is_empty());
        groups
    }

    /// Replaces the versions of a custom resource.
    pub(crate) fn set_custom(&mut self, group: &str, plural: &str, versions: Vec<Kind>) {
        self.by_path.retain(|_, kind| {
            kind.custom.is_none() || kind.group != group || kind.plural != plural
        });
        for kind in versions {
            let path = (
                kind.group.clone(),
                kind.version.clone(),
                kind.plural.clone(),
            );
            self.by_path.entry(path).or_insert_with(|| Arc::new(kind));
        }
    }
}

/// The order in which the API server lists its own groups; others follow by name.
const GROUP_ORDER: &[&str] = &[
    "apiregistration.k8s.io",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "resource.k8s.io",
    "flowcontrol.apiserver.k8s.io",
];

/// Sorts versions as `k8s.io/apimachinery/pkg/version` does: v2, v1, v1beta2, v1alpha1, then others.
pub(crate) fn priority(version: &str) -> (u8, u32, u32) {
    let digits = |text: &str| text.parse::<u32>().ok();
    let Some(rest) = version.strip_prefix('v') else {
        return (0, 0, 0);
    };
    for (word, rank) in [("alpha", 1), ("beta", 2)] {
        if let Some((major, minor)) = rest.split_once(word) {
            return match (digits(major), digits(minor)) {
                (Some(major), Some(minor)) => (rank, major, minor),
                _ => (0, 0, 0),
            };
        }
    }
    digits(rest).map_or((0, 0, 0), |major| (3, major, 0))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    group: String,
    version: String,
    kind: String,
    name: String,
    singular_name: String,
    namespaced: bool,
    verbs: Vec<String>,
    #[serde(default)]
    short_names: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    subresources: Vec<Subresource>,
}

static BUILT_IN: LazyLock<BTreeMap<(String, String, String), Arc<Kind>>> = LazyLock::new(|| {
    let lines = include_str!("../data/resources.jsonl").lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Line>(line).ok());
    let entry = |line: Line| {
        let path = (line.group.clone(), line.version.clone(), line.name.clone());
        let kind = Kind {
            storage: storage(&line.group, &line.name),
            list_kind: format!("{}List", line.kind),
            group: line.group,
            version: line.version,
            kind: line.kind,
            plural: line.name,
            singular: line.singular_name,
            short_names: line.short_names,
            categories: line.categories,
            namespaced: line.namespaced,
            verbs: line.verbs,
            subresources: line.subresources,
            custom: None,
        };
        (path, Arc::new(kind))
    };
    lines.map(entry).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_a_resource_with_a_schema() {
        assert_eq!(
            BUILT_IN.len(),
            include_str!("../data/resources.jsonl").lines().count()
        );
        for kind in BUILT_IN.values() {
            assert!(
                kind.schema().is_some(),
                "{} {}",
                kind.api_version(),
                kind.kind
            );
        }
    }

    #[test]
    fn versions_stand_in_the_order_of_the_api_server() {
        let mut versions = ["v1alpha1", "foo", "v2", "v1beta2", "v1", "v1beta1"];
        versions.sort_by_key(|v| std::cmp::Reverse(priority(v)));
        assert_eq!(
            versions,
            ["v2", "v1", "v1beta2", "v1beta1", "v1alpha1", "foo"]
        );
    }
}
