//! What templates see as `.Capabilities`.

use std::any::Any;
use std::fmt::Write as _;
use std::sync::Arc;

use goval::strconv::quote;
use goval::{Elem, List, Method, Object, Str, Value};

/// What the cluster and the program can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of Kubernetes.
    pub kube_version: KubeVersion,
    /// The API versions, as `group/version` and, from a cluster, `group/version/Kind` too.
    pub api_versions: Vec<String>,
    /// The version of Helm that this program stands in for.
    pub helm_version: HelmVersion,
}

/// The version of Helm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmVersion {
    /// Such as `v4.3`.
    pub version: String,
    /// The commit it was built from.
    pub git_commit: String,
    /// Whether that was changed.
    pub git_tree_state: String,
    /// The version of Go.
    pub go_version: String,
    /// The version of Kubernetes that its client belongs to.
    pub kube_client_version: String,
}

/// A version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    version: String,
    normalized: String,
    major: String,
    minor: String,
}

/// A text that is not a version of Kubernetes; worded as by `k8s.io/apimachinery`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KubeVersionError(String);

impl Default for HelmVersion {
    /// What Helm 4.3.1 says of itself.
    fn default() -> Self {
        HelmVersion {
            version: "v4.3".to_owned(),
            git_commit: String::new(),
            git_tree_state: String::new(),
            go_version: "go1.26.8".to_owned(),
            kube_client_version: "v1.37".to_owned(),
        }
    }
}

impl Default for Capabilities {
    /// What Helm 4.3.1 assumes without a cluster: the Kubernetes of its client library.
    fn default() -> Self {
        Capabilities {
            kube_version: KubeVersion {
                version: "v1.37.0".to_owned(),
                normalized: "v1.37.0".to_owned(),
                major: "1".to_owned(),
                minor: "37".to_owned(),
            },
            api_versions: API_VERSIONS.split_whitespace().map(str::to_owned).collect(),
            helm_version: HelmVersion::default(),
        }
    }
}

/// The group versions that client-go 0.37 knows, in its order.
const API_VERSIONS: &str = "v1
    admissionregistration.k8s.io/v1
    admissionregistration.k8s.io/v1alpha1
    admissionregistration.k8s.io/v1beta1
    internal.apiserver.k8s.io/v1alpha1
    apps/v1
    apps/v1beta1
    apps/v1beta2
    authentication.k8s.io/v1
    authentication.k8s.io/v1alpha1
    authentication.k8s.io/v1beta1
    authorization.k8s.io/v1
    authorization.k8s.io/v1beta1
    autoscaling/v1
    autoscaling/v2
    batch/v1
    batch/v1beta1
    certificates.k8s.io/v1
    certificates.k8s.io/v1beta1
    certificates.k8s.io/v1alpha1
    coordination.k8s.io/v1alpha2
    coordination.k8s.io/v1beta1
    coordination.k8s.io/v1
    discovery.k8s.io/v1
    discovery.k8s.io/v1beta1
    events.k8s.io/v1
    events.k8s.io/v1beta1
    extensions/v1beta1
    flowcontrol.apiserver.k8s.io/v1
    flowcontrol.apiserver.k8s.io/v1beta1
    flowcontrol.apiserver.k8s.io/v1beta2
    flowcontrol.apiserver.k8s.io/v1beta3
    lifecycle.k8s.io/v1alpha1
    networking.k8s.io/v1
    networking.k8s.io/v1beta1
    node.k8s.io/v1
    node.k8s.io/v1alpha1
    node.k8s.io/v1beta1
    policy/v1
    policy/v1beta1
    rbac.authorization.k8s.io/v1
    rbac.authorization.k8s.io/v1beta1
    rbac.authorization.k8s.io/v1alpha1
    resource.k8s.io/v1
    resource.k8s.io/v1beta2
    resource.k8s.io/v1beta1
    resource.k8s.io/v1alpha3
    scheduling.k8s.io/v1alpha3
    scheduling.k8s.io/v1beta1
    scheduling.k8s.io/v1
    storage.k8s.io/v1beta1
    storage.k8s.io/v1
    storage.k8s.io/v1alpha1
    storagemigration.k8s.io/v1
    storagemigration.k8s.io/v1beta1
    apiextensions.k8s.io/v1beta1
    apiextensions.k8s.io/v1";

impl KubeVersion {
    /// Reads a version such as `1.30` or `v1.33.4-gke.1245000`, as `--kube-version` takes it.
    ///
    /// # Errors
    /// What is not at least two numbers with a dot.
    pub fn parse(text: &str) -> Result<KubeVersion, KubeVersionError> {
        let quoted = || quote(text.as_bytes());
        let trimmed = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
        let digits = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let numbers = leading_numbers(digits);
        if numbers.is_empty() || digits[numbers.len()..].contains('\n') {
            let text = quoted();
            return Err(KubeVersionError(format!(
                "could not parse {text} as version"
            )));
        }
        let components: Vec<&str> = numbers.split('.').collect();
        let [major, minor, ..] = components[..] else {
            let text = quoted();
            return Err(KubeVersionError(format!("illegal version string {text}")));
        };
        if major.starts_with('0') && major != "0" {
            return Err(KubeVersionError(format!(
                "illegal zero-prefixed version component {} in {}",
                quote(major.as_bytes()),
                quoted()
            )));
        }
        let mut normalized = "v".to_owned();
        for (i, component) in components.iter().enumerate() {
            let number: u64 = component.parse().map_err(|_| {
                let component = quote(component.as_bytes());
                KubeVersionError(format!(
                    "illegal non-numeric version component {component} in {}: \
                     strconv.ParseUint: parsing {component}: value out of range",
                    quoted()
                ))
            })?;
            let dot = if i > 0 { "." } else { "" };
            let _ = write!(normalized, "{dot}{number}");
        }
        let plain = |number: &str| match number.trim_start_matches('0') {
            "" => "0".to_owned(),
            number => number.to_owned(),
        };
        Ok(KubeVersion {
            version: if text.starts_with('v') {
                text.to_owned()
            } else {
                format!("v{text}")
            },
            normalized,
            major: plain(major),
            minor: plain(minor),
        })
    }

    /// A version as a cluster reports it. It is taken as it is, without being normalised.
    pub fn of_cluster(git_version: &str, major: &str, minor: &str) -> KubeVersion {
        KubeVersion {
            version: git_version.to_owned(),
            normalized: String::new(),
            major: major.to_owned(),
            minor: minor.to_owned(),
        }
    }

    /// The whole version, such as `v1.33.4-gke.1245000`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version that constraints are checked against, such as `v1.33.4`.
    pub fn normalized(&self) -> &str {
        match self.normalized.as_str() {
            "" => &self.version,
            normalized => normalized,
        }
    }

    /// The major version.
    pub fn major(&self) -> &str {
        &self.major
    }

    /// The minor version.
    pub fn minor(&self) -> &str {
        &self.minor
    }
}

/// The longest beginning that is numbers with dots between them.
fn leading_numbers(text: &str) -> &str {
    let mut end = 0;
    for part in text.split_inclusive('.') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        let begin = part.as_ptr() as usize - text.as_ptr() as usize;
        end = begin + digits;
        if digits + 1 != part.len() || !part.ends_with('.') {
            break;
        }
    }
    &text[..end]
}

impl Capabilities {
    /// As templates see them.
    pub(crate) fn to_value(&self) -> Value {
        Value::Object(Arc::new(self.clone()))
    }

    fn versions(&self) -> Value {
        Value::Object(Arc::new(VersionSet(self.api_versions.clone())))
    }
}

impl Object for Capabilities {
    fn type_name(&self) -> &str {
        "*common.Capabilities"
    }

    fn kind(&self) -> &str {
        "ptr"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "KubeVersion" => Some(Value::Object(Arc::new(self.kube_version.clone()))),
            "APIVersions" => Some(self.versions()),
            "HelmVersion" => Some(Value::Object(Arc::new(self.helm_version.clone()))),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<Method> {
        (name == "Copy").then_some(GETTER)
    }

    fn call(&self, _name: &str, _args: &[Value]) -> Result<Value, String> {
        Ok(self.to_value())
    }

    fn display(&self) -> Str {
        let versions = self.api_versions.join(" ");
        let (kube, helm) = (self.kube_version.display(), self.helm_version.display());
        format!("&{{{kube} [{versions}] {helm}}}").into()
    }

    fn fields(&self) -> Option<Vec<(&str, Value)>> {
        let names = ["KubeVersion", "APIVersions", "HelmVersion"];
        let fields = names.into_iter().zip(names.map(|name| self.field(name)));
        Some(
            fields
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
        )
    }

    fn json_fields(&self) -> Option<Vec<(&str, Value)>> {
        self.fields()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

const GETTER: Method = Method {
    params: &[],
    variadic: false,
};

impl Object for KubeVersion {
    fn type_name(&self) -> &str {
        "common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Version" => Some(Value::str(self.version.as_str())),
            "Major" => Some(Value::str(self.major.as_str())),
            "Minor" => Some(Value::str(self.minor.as_str())),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<Method> {
        matches!(name, "GitVersion" | "String").then_some(GETTER)
    }

    fn call(&self, name: &str, _args: &[Value]) -> Result<Value, String> {
        Ok(Value::str(match name {
            "GitVersion" => self.version(),
            _ => self.normalized(),
        }))
    }

    fn display(&self) -> Str {
        let KubeVersion {
            version,
            normalized,
            major,
            minor,
        } = self;
        format!("{{{version} {normalized} {major} {minor}}}").into()
    }

    fn printed(&self) -> Str {
        self.normalized().into()
    }

    fn fields(&self) -> Option<Vec<(&str, Value)>> {
        Some(vec![
            ("Version", self.version().into()),
            ("normalizedVersion", self.normalized.as_str().into()),
            ("Major", self.major().into()),
            ("Minor", self.minor().into()),
        ])
    }

    fn json_fields(&self) -> Option<Vec<(&str, Value)>> {
        Some(vec![
            ("Version", self.version().into()),
            ("Major", self.major().into()),
            ("Minor", self.minor().into()),
        ])
    }

    fn handed(&self) -> Option<Value> {
        Some(Value::Object(Arc::new(Unaddressed(self.clone()))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A version of Kubernetes that a function was given: its methods are those of its pointer, and gone.
struct Unaddressed(KubeVersion);

impl Object for Unaddressed {
    fn type_name(&self) -> &str {
        self.0.type_name()
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.0.field(name)
    }

    fn display(&self) -> Str {
        self.0.display()
    }

    fn fields(&self) -> Option<Vec<(&str, Value)>> {
        self.0.fields()
    }

    fn json_fields(&self) -> Option<Vec<(&str, Value)>> {
        self.0.json_fields()
    }

    fn copied(&self) -> Option<Value> {
        let copy = KubeVersion {
            normalized: String::new(),
            ..self.0.clone()
        };
        Some(Value::Object(Arc::new(Unaddressed(copy))))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other = other.as_any().downcast_ref::<Unaddressed>();
        other.is_some_and(|other| other.0 == self.0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl HelmVersion {
    /// The fields by their names in Go and in JSON, with whether an empty one is written.
    fn all(&self) -> [(&'static str, &'static str, bool, &str); 5] {
        [
            ("Version", "version", false, &self.version),
            ("GitCommit", "git_commit", false, &self.git_commit),
            (
                "GitTreeState",
                "git_tree_state",
                false,
                &self.git_tree_state,
            ),
            ("GoVersion", "go_version", false, &self.go_version),
            (
                "KubeClientVersion",
                "kube_client_version",
                true,
                &self.kube_client_version,
            ),
        ]
    }
}

impl Object for HelmVersion {
    fn type_name(&self) -> &str {
        "version.BuildInfo"
    }

    fn field(&self, name: &str) -> Option<Value> {
        let fields = self.all();
        let found = fields.iter().find(|(field, ..)| *field == name);
        found.map(|(.., text)| Value::str(*text))
    }

    fn display(&self) -> Str {
        let texts = self.all().map(|(.., text)| text);
        format!("{{{}}}", texts.join(" ")).into()
    }

    fn fields(&self) -> Option<Vec<(&str, Value)>> {
        let all = self.all().into_iter();
        Some(all.map(|(name, .., text)| (name, text.into())).collect())
    }

    fn json_fields(&self) -> Option<Vec<(&str, Value)>> {
        let all = self.all().into_iter();
        let written = all.filter(|(_, _, always, text)| *always || !text.is_empty());
        Some(
            written
                .map(|(_, key, _, text)| (key, text.into()))
                .collect(),
        )
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The API versions, which templates ask with `Has`.
struct VersionSet(Vec<String>);

impl VersionSet {
    fn list(&self) -> List {
        let items = self.0.iter().map(|version| Value::str(version.as_str()));
        List::typed(Elem::Str, items.collect())
    }
}

impl Object for VersionSet {
    fn type_name(&self) -> &str {
        "common.VersionSet"
    }

    fn kind(&self) -> &str {
        "slice"
    }

    fn method(&self, name: &str) -> Option<Method> {
        (name == "Has").then_some(Method {
            params: &["string"],
            variadic: false,
        })
    }

    fn call(&self, _name: &str, args: &[Value]) -> Result<Value, String> {
        let asked = args.first().and_then(Value::as_str);
        let has = asked.is_some_and(|asked| self.0.iter().any(|own| *asked == own.as_str()));
        Ok(Value::Bool(has))
    }

    fn display(&self) -> Str {
        format!("[{}]", self.0.join(" ")).into()
    }

    fn truth(&self) -> bool {
        !self.0.is_empty()
    }

    fn as_plain(&self) -> Option<Value> {
        Some(Value::List(self.list()))
    }

    fn to_json(&self) -> Result<Value, String> {
        Ok(Value::List(self.list()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_normalised() {
        let cases = [
            ("1.30", "v1.30", "v1.30", "1", "30"),
            (
                "v1.33.4-gke.1245000",
                "v1.33.4-gke.1245000",
                "v1.33.4",
                "1",
                "33",
            ),
            ("1.2.3.", "v1.2.3.", "v1.2.3", "1", "2"),
            ("0.09", "v0.09", "v0.9", "0", "9"),
        ];
        for (text, version, normalized, major, minor) in cases {
            let parsed = KubeVersion::parse(text).unwrap();
            assert_eq!(
                (
                    parsed.version(),
                    parsed.normalized(),
                    parsed.major(),
                    parsed.minor()
                ),
                (version, normalized, major, minor)
            );
        }
    }

    #[test]
    fn what_is_no_version_is_an_error() {
        let cases = [
            ("", r#"could not parse "" as version"#),
            ("latest", r#"could not parse "latest" as version"#),
            ("1", r#"illegal version string "1""#),
            ("v1.x", r#"illegal version string "v1.x""#),
            (
                "01.2",
                r#"illegal zero-prefixed version component "01" in "01.2""#,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(KubeVersion::parse(text).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn there_are_57_group_versions_without_a_cluster() {
        assert_eq!(Capabilities::default().api_versions.len(), 57);
    }
}
