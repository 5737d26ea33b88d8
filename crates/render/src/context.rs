//! What each template sees as its dot.

use std::collections::BTreeMap;
use std::ops::Deref;

use chart::{Chart, Dependency, Maintainer, Metadata};
use goval::{Elem, List, Map, Str, Value};

use crate::files::Files;
use crate::{Capabilities, ReleaseOptions};

/// Go's name for the type of the values, which is a map of its own.
const VALUES: Elem = Elem::Named("common.Values");

/// The path of a template from the root chart, sorted as Helm sorts templates: by the number of
/// slashes, then by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    slashes: usize,
    text: String,
}

impl From<String> for Path {
    fn from(text: String) -> Path {
        let slashes = text.bytes().filter(|&c| c == b'/').count();
        Path { slashes, text }
    }
}

impl Deref for Path {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

/// A template, and what it sees.
pub(crate) struct Source {
    pub(crate) text: Str,
    dot: Map,
    base_path: String,
}

impl Source {
    /// Tells the templates of the chart which of them runs.
    pub(crate) fn enter(&self, path: &str) {
        let template = Map::typed(VALUES);
        template.insert("Name", path);
        template.insert("BasePath", self.base_path.as_str());
        self.dot.insert("Template", template);
    }

    /// The dot.
    pub(crate) fn data(&self) -> Value {
        Value::Map(self.dot.clone())
    }
}

/// What all charts of a render see alike.
pub(crate) struct Scope {
    release: Map,
    capabilities: Value,
    /// What the root chart's templates see as `.Values`.
    pub(crate) values: Map,
}

impl Scope {
    pub(crate) fn new(release: &ReleaseOptions, capabilities: &Capabilities) -> Scope {
        let map = Map::new();
        map.insert("Name", release.name.as_str());
        map.insert("Namespace", release.namespace.as_str());
        map.insert("IsUpgrade", release.is_upgrade);
        map.insert("IsInstall", release.is_install);
        map.insert("Revision", Value::int(release.revision));
        map.insert("Service", "Helm");
        Scope {
            release: map,
            capabilities: capabilities.to_value(),
            values: Map::new(),
        }
    }

    /// The templates of a chart and its subcharts. Where two have one path, a parent's wins.
    pub(crate) fn templates(&mut self, chart: &Chart, values: &Map) -> BTreeMap<Path, Source> {
        let mut templates = BTreeMap::new();
        let root = Map::typed(VALUES);
        for (key, value) in values.entries() {
            root.insert(key, value);
        }
        self.values = root.clone();
        self.chart(chart, chart.name(), root, &mut templates);
        templates
    }

    /// Adds the templates of a chart and gives its dot.
    ///
    /// The values of a subchart are the very table in the values of its parent, so that a template
    /// of one sees what a template of the other has set.
    fn chart(
        &mut self,
        chart: &Chart,
        path: &str,
        values: Map,
        templates: &mut BTreeMap<Path, Source>,
    ) -> Map {
        let is_root = path == chart.name();
        let subcharts = Map::new();
        let dot = Map::typed(VALUES);
        dot.insert("Chart", chart_map(&chart.metadata, is_root));
        dot.insert("Files", Files::new(&chart.files).into_value());
        dot.insert("Release", self.release.clone());
        dot.insert("Capabilities", self.capabilities.clone());
        dot.insert("Values", values.clone());
        dot.insert("Subcharts", subcharts.clone());
        for child in &chart.dependencies {
            let own = values::table(&values, child.name()).unwrap_or_default();
            let own = own.retyped(VALUES);
            let path = format!("{path}/charts/{}", child.name());
            let inner = self.chart(child, &path, own, templates);
            subcharts.insert(child.name(), inner.retyped(Elem::Any));
        }
        let is_library = chart.metadata.is_library();
        for file in &chart.templates {
            if is_library && !crate::base(&file.name).starts_with('_') {
                continue;
            }
            let source = Source {
                text: file.data.clone(),
                dot: dot.clone(),
                base_path: format!("{path}/templates"),
            };
            templates.insert(format!("{path}/{}", file.name).into(), source);
        }
        dot
    }
}

/// `.Chart`: the metadata under the names of Go's fields.
fn chart_map(metadata: &Metadata, is_root: bool) -> Map {
    let Metadata {
        name,
        home,
        sources,
        version,
        description,
        keywords,
        maintainers,
        icon,
        api_version,
        condition,
        tags,
        app_version,
        deprecated,
        annotations,
        kube_version,
        dependencies,
        kind,
    } = metadata;
    let map = texts(&[
        ("Name", name),
        ("Home", home),
        ("Version", version),
        ("Description", description),
        ("Icon", icon),
        ("APIVersion", api_version),
        ("Condition", condition),
        ("Tags", tags),
        ("AppVersion", app_version),
        ("KubeVersion", kube_version),
        ("Type", kind),
    ]);
    map.insert("Sources", list(sources, |text| Value::str(text.as_str())));
    map.insert("Keywords", list(keywords, |text| Value::str(text.as_str())));
    map.insert("Maintainers", list(maintainers, maintainer));
    map.insert("Dependencies", list(dependencies, dependency));
    map.insert("Deprecated", *deprecated);
    map.insert("IsRoot", is_root);
    let notes = match annotations.is_empty() {
        true => Map::nil(Elem::Str),
        false => Map::typed(Elem::Str),
    };
    for (key, value) in annotations {
        notes.insert(key.as_str(), value.as_str());
    }
    map.insert("Annotations", notes);
    map
}

fn maintainer(maintainer: &Maintainer) -> Value {
    let Maintainer { name, email, url } = maintainer;
    Value::Map(texts(&[("Name", name), ("Email", email), ("URL", url)]))
}

fn dependency(dependency: &Dependency) -> Value {
    let map = texts(&[
        ("Name", &dependency.name),
        ("Version", &dependency.version),
        ("Repository", &dependency.repository),
        ("Condition", &dependency.condition),
        ("Alias", &dependency.alias),
    ]);
    map.insert(
        "Tags",
        list(&dependency.tags, |tag| Value::str(tag.as_str())),
    );
    map.insert("Enabled", dependency.enabled);
    map.insert(
        "ImportValues",
        list(&dependency.import_values, Value::clone),
    );
    Value::Map(map)
}

fn texts(entries: &[(&str, &String)]) -> Map {
    let entries = entries.iter();
    entries.map(|(key, text)| (*key, text.as_str())).collect()
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Value) -> List {
    List::new(items.iter().map(value).collect())
}
