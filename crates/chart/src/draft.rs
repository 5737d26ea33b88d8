//! Chart.yaml as it is read: before it is known to be valid.

use gostd::semver::Version;
use goval::Shape;
use goval::strconv::is_print;
use goval::strconv::quote;
use goval::yaml::decode_shaped;

use crate::shapes::{BASE, LOCK, METADATA};
use crate::{Dependency, Fitted, LoadError, Lock, Maintainer, Metadata, TimeError};

/// Metadata whose lists may still hold nulls.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) metadata: Metadata,
    maintainers: Vec<Option<Maintainer>>,
    dependencies: Vec<Option<Dependency>>,
}

impl Metadata {
    /// Reads a Chart.yaml without judging it.
    ///
    /// # Errors
    /// What is not YAML, or has a field of the wrong type.
    pub fn parse(yaml: &[u8]) -> Result<Metadata, LoadError> {
        let mut draft = Draft::default();
        draft.merge("Chart.yaml", yaml)?;
        Ok(draft.unchecked())
    }

    /// The metadata in an entry of a repository's index, checked less strictly than those of a
    /// chart: tools that make indexes leave aliases out.
    ///
    /// # Errors
    /// The first thing that Helm refuses, in Helm's words.
    pub fn of_index(fields: &Fitted) -> Result<Metadata, LoadError> {
        let mut draft = Draft::default();
        draft.read(fields);
        if draft.metadata.api_version.is_empty() {
            draft.metadata.api_version = "v1".to_owned();
        }
        draft.finish(Duplicates::Allowed)
    }

    /// Whether a Chart.yaml has nothing but fields that are known, and each of them once.
    ///
    /// # Errors
    /// What is wrong, in the words of `sigs.k8s.io/yaml.UnmarshalStrict`.
    pub fn check_strictly(yaml: &[u8]) -> Result<(), String> {
        let read = decode_shaped(yaml, &METADATA, true);
        read.map(drop).map_err(|error| error.to_string())
    }

    /// Cleans the texts of characters that do not print, and checks what Helm checks.
    ///
    /// # Errors
    /// The first thing that Helm refuses, in Helm's words.
    pub fn validate(mut self) -> Result<Metadata, LoadError> {
        let maintainers = std::mem::take(&mut self.maintainers);
        let dependencies = std::mem::take(&mut self.dependencies);
        Draft {
            maintainers: maintainers.into_iter().map(Some).collect(),
            dependencies: dependencies.into_iter().map(Some).collect(),
            metadata: self,
        }
        .finish(Duplicates::Refused)
    }
}

/// Whether two dependencies may be used by one name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duplicates {
    Refused,
    Allowed,
}

impl Draft {
    /// Adds what a file says to what is known already.
    pub(crate) fn merge(&mut self, file: &'static str, yaml: &[u8]) -> Result<(), LoadError> {
        self.read(&parse(file, yaml, &METADATA)?);
        Ok(())
    }

    /// Adds the fields that are there.
    pub(crate) fn read(&mut self, fields: &Fitted) {
        let metadata = &mut self.metadata;
        let texts = [
            ("name", &mut metadata.name),
            ("home", &mut metadata.home),
            ("version", &mut metadata.version),
            ("description", &mut metadata.description),
            ("icon", &mut metadata.icon),
            ("apiVersion", &mut metadata.api_version),
            ("condition", &mut metadata.condition),
            ("tags", &mut metadata.tags),
            ("appVersion", &mut metadata.app_version),
            ("kubeVersion", &mut metadata.kube_version),
            ("type", &mut metadata.kind),
        ];
        for (key, target) in texts.into_iter().filter(|(key, _)| fields.has(key)) {
            *target = fields.text(key);
        }
        if fields.has("sources") {
            metadata.sources = fields.texts("sources");
        }
        if fields.has("keywords") {
            metadata.keywords = fields.texts("keywords");
        }
        if fields.has("deprecated") {
            metadata.deprecated = fields.flag("deprecated");
        }
        metadata.annotations.extend(fields.text_map("annotations"));
        if fields.has("maintainers") {
            self.maintainers = objects(fields, "maintainers", Maintainer::read);
        }
        if fields.has("dependencies") {
            self.dependencies = objects(fields, "dependencies", Dependency::read);
        }
    }

    /// The metadata as they are, without nulls.
    pub(crate) fn unchecked(mut self) -> Metadata {
        self.metadata.maintainers = self.maintainers.into_iter().flatten().collect();
        self.metadata.dependencies = self.dependencies.into_iter().flatten().collect();
        self.metadata
    }

    /// The metadata, cleaned and checked.
    pub(crate) fn finish(mut self, duplicates: Duplicates) -> Result<Metadata, LoadError> {
        let invalid = |reason: String| Err(LoadError::Invalid(reason));
        let metadata = &mut self.metadata;
        metadata.clean();
        let Metadata { name, version, .. } = &*metadata;
        if metadata.api_version.is_empty() {
            return invalid("chart.metadata.apiVersion is required".into());
        }
        if name.is_empty() {
            return invalid("chart.metadata.name is required".into());
        }
        if matches!(name.as_str(), "." | "..") {
            return invalid(format!(
                "chart.metadata.name {} is not allowed",
                quote(name)
            ));
        }
        if name.contains('/') {
            return invalid(format!("chart.metadata.name {} is invalid", quote(name)));
        }
        if version.is_empty() {
            return invalid("chart.metadata.version is required".into());
        }
        if Version::parse(version).is_err() {
            let version = quote(version);
            return invalid(format!("chart.metadata.version {version} is invalid"));
        }
        if !matches!(metadata.kind.as_str(), "" | "application" | "library") {
            return invalid("chart.metadata.type must be application or library".into());
        }
        for maintainer in self.maintainers {
            let Some(mut maintainer) = maintainer else {
                return invalid("maintainers must not contain empty or null nodes".into());
            };
            maintainer.clean();
            metadata.maintainers.push(maintainer);
        }
        for dependency in self.dependencies {
            let known: &[Dependency] = match duplicates {
                Duplicates::Refused => &metadata.dependencies,
                Duplicates::Allowed => &[],
            };
            let dependency = check_dependency(dependency, known)?;
            metadata.dependencies.push(dependency);
        }
        Ok(self.metadata)
    }
}

fn check_dependency(
    dependency: Option<Dependency>,
    earlier: &[Dependency],
) -> Result<Dependency, LoadError> {
    let invalid = |reason: String| Err(LoadError::Invalid(reason));
    let Some(mut dependency) = dependency else {
        return invalid("dependencies must not contain empty or null nodes".into());
    };
    dependency.clean();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !dependency.alias.chars().all(allowed) {
        let name = quote(&dependency.name);
        return invalid(format!(
            "dependency {name} has disallowed characters in the alias"
        ));
    }
    let key = dependency.used_as();
    if earlier.iter().any(|other| other.used_as() == key) {
        let key = quote(key);
        return invalid(format!("more than one dependency with name or alias {key}"));
    }
    Ok(dependency)
}

/// Reads a lock file.
pub(crate) fn read_lock(file: &'static str, yaml: &[u8]) -> Result<Lock, LoadError> {
    Lock::read(&parse(file, yaml, &LOCK)?)
        .map_err(|error| LoadError::File(file, format!("{UNMARSHALING}: {error}")))
}

const UNMARSHALING: &str = "error unmarshaling JSON: while decoding JSON";

/// Whether a Chart.yaml is of a format that can be read. Helm asks this first, but of the outermost
/// chart only.
///
/// # Errors
/// An `apiVersion` that is not known, or text that is not YAML.
pub fn check_api_version(yaml: &[u8]) -> Result<(), LoadError> {
    match parse("Chart.yaml", yaml, &BASE)?
        .text("apiVersion")
        .as_str()
    {
        "" | "v1" | "v2" | "v3" => Ok(()),
        _ => Err(LoadError::UnsupportedVersion),
    }
}

fn parse(file: &'static str, yaml: &[u8], shape: &Shape) -> Result<Fitted, LoadError> {
    decode_shaped(yaml, shape, false)
        .map(Fitted::from)
        .map_err(|error| LoadError::File(file, error.to_string()))
}

fn objects<T>(fields: &Fitted, key: &str, read: fn(&Fitted) -> T) -> Vec<Option<T>> {
    let objects = fields.objects(key).into_iter();
    objects.map(|object| object.as_ref().map(read)).collect()
}

impl Lock {
    pub(crate) fn read(fields: &Fitted) -> Result<Lock, TimeError> {
        let dependencies = objects(fields, "dependencies", Dependency::read);
        Ok(Lock {
            generated: fields.time("generated")?,
            digest: fields.text("digest"),
            dependencies: fields
                .has("dependencies")
                .then(|| dependencies.into_iter().flatten().collect()),
        })
    }
}

impl Maintainer {
    fn read(fields: &Fitted) -> Maintainer {
        Maintainer {
            name: fields.text("name"),
            email: fields.text("email"),
            url: fields.text("url"),
        }
    }
}

impl Dependency {
    fn read(fields: &Fitted) -> Dependency {
        Dependency {
            name: fields.text("name"),
            version: fields.text("version"),
            repository: fields.text("repository"),
            condition: fields.text("condition"),
            tags: fields.texts("tags"),
            enabled: fields.flag("enabled"),
            import_values: fields.values("import-values"),
            alias: fields.text("alias"),
        }
    }
}

impl Metadata {
    fn clean(&mut self) {
        let texts = [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ];
        let lists = self.sources.iter_mut().chain(&mut self.keywords);
        texts.into_iter().chain(lists).for_each(clean);
    }
}

impl Maintainer {
    fn clean(&mut self) {
        [&mut self.name, &mut self.email, &mut self.url]
            .into_iter()
            .for_each(clean);
    }
}

impl Dependency {
    fn clean(&mut self) {
        let texts = [
            &mut self.name,
            &mut self.version,
            &mut self.repository,
            &mut self.condition,
        ];
        texts.into_iter().chain(&mut self.tags).for_each(clean);
    }
}

/// Any white space becomes a blank; what does not print is dropped.
fn clean(text: &mut String) {
    let ordinary = |c: char| is_print(c) && (c == ' ' || !c.is_whitespace());
    if text.chars().all(ordinary) {
        return;
    }
    *text = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| is_print(c))
        .collect();
}
