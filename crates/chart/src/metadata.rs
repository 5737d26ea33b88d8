//! What Chart.yaml and Chart.lock say. Fields stand in the order in which Helm writes them.

use std::collections::BTreeMap;

use goval::Value;
use serde::Serialize;

use crate::Time;

/// The content of a Chart.yaml. A field that is absent there is empty here.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Name of the chart; required.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// URL of the project's home page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub home: String,
    /// URLs of source code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Version of the chart; required.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// One sentence about the chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Words to find it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Who maintains it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintainers: Vec<Maintainer>,
    /// URL of a picture.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// `v1` or `v2`; a Chart.yaml without it is a `v1`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// Unused by Helm; kept because it is a field of Chart.yaml.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Unused by Helm; kept because it is a field of Chart.yaml.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// Version of the application inside.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_version: String,
    /// Whether the chart should no longer be used.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// Free-form additions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Constraint on the version of Kubernetes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kube_version: String,
    /// The charts it depends on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// `application`, `library` or empty, which means `application`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

impl Metadata {
    /// Whether it is a library chart; letters in the type count alike in both cases.
    pub fn is_library(&self) -> bool {
        self.kind.eq_ignore_ascii_case("library")
    }
}

/// Somebody who maintains a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Maintainer {
    /// Name of a person or an organisation.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Address of electronic mail.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Address of a page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// A chart that another one depends on.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    /// Name of the chart.
    pub name: String,
    /// Version or range of versions; in a lock file one version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// URL of its repository; always written.
    pub repository: String,
    /// Paths of values that switch it on or off, separated by commas.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Names of groups that switch it on or off together with others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it takes part; decided while dependencies are processed.
    #[serde(skip_serializing_if = "is_false")]
    pub enabled: bool,
    /// Which of its values the parent imports: names, or maps of `child` and `parent`.
    #[serde(rename = "import-values", skip_serializing_if = "Vec::is_empty")]
    pub import_values: Vec<Value>,
    /// The name it is used by, where that is not its own.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alias: String,
}

impl Dependency {
    /// The name it goes by in the parent: its alias or else its own.
    pub fn used_as(&self) -> &str {
        if self.alias.is_empty() {
            &self.name
        } else {
            &self.alias
        }
    }
}

/// The content of a Chart.lock or requirements.lock.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Lock {
    /// When it was written.
    pub generated: Time,
    /// Hash of the dependencies it was made from.
    pub digest: String,
    /// The dependencies with their versions fixed; `None` is written as null.
    pub dependencies: Option<Vec<Dependency>>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}
