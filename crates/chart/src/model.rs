//! A chart in memory.

use goval::{Map, Str};

use crate::{Lock, Metadata, Time};

/// A chart with its subcharts.
///
/// Cloning is cheap as far as contents of files go; the values are shared with the clone.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// Every file of the chart itself, as it was read.
    pub raw: Vec<File>,
    /// Chart.yaml, merged with requirements.yaml.
    pub metadata: Metadata,
    /// Chart.lock or requirements.lock.
    pub lock: Option<Lock>,
    /// What lies under `templates/`.
    pub templates: Vec<File>,
    /// The default values; `None` where there is no values.yaml.
    pub values: Option<Map>,
    /// values.schema.json.
    pub schema: Option<Str>,
    /// When the schema was last changed.
    pub schema_modtime: Time,
    /// All other files.
    pub files: Vec<File>,
    /// When Chart.yaml was last changed.
    pub modtime: Time,
    /// The subcharts, sorted by the name of their folder or archive under `charts/`.
    pub dependencies: Vec<Chart>,
}

/// A file of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Path within the chart, with slashes.
    pub name: String,
    /// The content, without a byte order mark.
    pub data: Str,
    /// When it was last changed; zero if that is not known.
    pub modtime: Time,
}

impl File {
    /// A file whose time of change is not known.
    pub fn new(name: impl Into<String>, data: impl Into<Str>) -> File {
        File {
            name: name.into(),
            data: data.into(),
            modtime: Time::default(),
        }
    }
}

/// A file with custom resource definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crd {
    /// Path within the chart that owns it, such as `crds/a.yaml`.
    pub name: String,
    /// Path from the root chart, such as `parent/charts/child/crds/a.yaml`.
    pub path: String,
    /// The content.
    pub data: Str,
}

impl Chart {
    /// The name that Chart.yaml gives.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// The files under `crds/`, first its own, then those of its subcharts.
    pub fn crds(&self) -> Vec<Crd> {
        let mut crds = Vec::new();
        self.collect_crds(self.name(), &mut crds);
        crds
    }

    fn collect_crds(&self, path: &str, crds: &mut Vec<Crd>) {
        for file in self.files.iter().filter(|file| is_crd_file(&file.name)) {
            crds.push(Crd {
                name: file.name.clone(),
                path: format!("{path}/{}", file.name),
                data: file.data.clone(),
            });
        }
        for child in &self.dependencies {
            child.collect_crds(&format!("{path}/charts/{}", child.name()), crds);
        }
    }
}

fn is_crd_file(name: &str) -> bool {
    let extension = name
        .rsplit('/')
        .next()
        .and_then(|base| base.rsplit_once('.'));
    name.starts_with("crds/")
        && extension.is_some_and(|(_, ext)| {
            ["yaml", "yml", "json"]
                .iter()
                .any(|known| ext.eq_ignore_ascii_case(known))
        })
}
