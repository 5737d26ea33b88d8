//! From an HTTP request to what it asks for: path, query, and the form of the answer.

use crate::status::{ApiError, ApiResult};
use http::{HeaderMap, Method, Uri, header};
use percent_encoding::percent_decode_str;

/// A resource, an object of it, or a subresource of that object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) namespace: Option<String>,
    pub(crate) plural: String,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
    /// The deprecated `/watch/` in the path.
    pub(crate) watch: bool,
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// A resource of a group and version.
    Resource(Target),
    /// `/api/v1` or `/apis/group/version`.
    GroupVersion(String, String),
    /// `/apis/group`.
    Group(String),
    /// Everything else, by its segments.
    Other(Vec<String>),
}

impl Route {
    /// Reads a path.
    pub(crate) fn parse(path: &str) -> Self {
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decoded)
            .collect();
        let texts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match *texts {
            ["api", version] => Self::GroupVersion(String::new(), version.to_owned()),
            ["api", version, ref rest @ ..] => Self::Resource(target("", version, rest)),
            ["apis", group] => Self::Group(group.to_owned()),
            ["apis", group, version] => Self::GroupVersion(group.to_owned(), version.to_owned()),
            ["apis", group, version, ref rest @ ..] => Self::Resource(target(group, version, rest)),
            _ => Self::Other(parts),
        }
    }
}

fn target(group: &str, version: &str, rest: &[&str]) -> Target {
    let (watch, rest) = match rest {
        ["watch", rest @ ..] if !rest.is_empty() => (true, rest),
        _ => (false, rest),
    };
    let (namespace, rest) = match *rest {
        // A namespace is itself an object with subresources.
        ["namespaces", _] | ["namespaces", _, "status" | "finalize"] if group.is_empty() => {
            (None, rest)
        }
        ["namespaces", namespace, ref rest @ ..] if !rest.is_empty() => {
            (Some(namespace.to_owned()), rest)
        }
        _ => (None, rest),
    };
    Target {
        group: group.to_owned(),
        version: version.to_owned(),
        namespace,
        plural: rest
            .first()
            .map(|part| (*part).to_owned())
            .unwrap_or_default(),
        name: rest.get(1).map(|part| (*part).to_owned()),
        subresource: (rest.len() > 2).then(|| rest[2..].join("/")),
        watch,
    }
}

/// The query of a request.
#[derive(Debug, Default, Clone)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(uri: &Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The first value of a parameter; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Whether a parameter is true as Go's ParseBool reads it.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(
            self.get(name),
            Some("1" | "t" | "T" | "true" | "True" | "TRUE")
        )
    }

    /// A parameter that is a whole number.
    pub(crate) fn number(&self, name: &str) -> ApiResult<Option<u64>> {
        let parse = |text: &str| {
            text.parse().map_err(|_| {
                ApiError::bad_request(format!(
                    "strconv.ParseInt: parsing {text:?}: invalid syntax"
                ))
            })
        };
        self.get(name).map(parse).transpose()
    }
}

/// The form in which objects are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Table,
    Metadata,
}

/// What the Accept header asks for, the first that the sandbox can give.
///
/// Protobuf and CBOR cannot be given; clients that prefer them name JSON as their second choice.
pub(crate) fn form(headers: &HeaderMap) -> ApiResult<Form> {
    let Some(accept) = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(Form::Json);
    };
    let mut ranges = accept
        .split(',')
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .peekable();
    if ranges.peek().is_none() {
        return Ok(Form::Json);
    }
    ranges.find_map(form_of_range).ok_or_else(|| {
        let message = "406: Not Acceptable\n\nAvailable representations: application/json";
        ApiError::not_acceptable(message).with_empty_details()
    })
}

fn form_of_range(range: &str) -> Option<Form> {
    let mut parts = range.split(';').map(str::trim);
    if !matches!(parts.next()?, "application/json" | "application/*" | "*/*") {
        return None;
    }
    let (mut kind, mut version) = (None, "v1");
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        match key {
            "as" => kind = Some(value),
            "v" => version = value,
            _ => {}
        }
    }
    match (kind, version) {
        (None, _) => Some(Form::Json),
        (Some("Table"), "v1") => Some(Form::Table),
        (Some("PartialObjectMetadata" | "PartialObjectMetadataList"), "v1") => Some(Form::Metadata),
        _ => None,
    }
}

/// The name under which a write is noted in managedFields, where the query gives none: the part of the
/// User-Agent before its first slash.
pub(crate) fn default_manager(headers: &HeaderMap) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("unknown");
    agent
        .split('/')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(128)
        .collect()
}

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    List,
    Watch,
    Create,
    Update,
    Patch,
    Delete,
    DeleteCollection,
}

impl Verb {
    /// The verb of a request.
    pub(crate) fn of(method: &Method, target: &Target, query: &Query) -> ApiResult<Self> {
        let watch = target.watch || query.flag("watch");
        match (method, target.name.is_some()) {
            (&Method::GET, true) if !watch || target.subresource.is_some() => Ok(Self::Get),
            (&Method::GET, _) if watch => Ok(Self::Watch),
            (&Method::GET, _) => Ok(Self::List),
            (&Method::POST, _) if target.subresource.is_some() || target.name.is_none() => {
                Ok(Self::Create)
            }
            (&Method::PUT, true) => Ok(Self::Update),
            (&Method::PATCH, true) => Ok(Self::Patch),
            (&Method::DELETE, true) => Ok(Self::Delete),
            (&Method::DELETE, false) => Ok(Self::DeleteCollection),
            _ => Err(ApiError::method_not_allowed()),
        }
    }

    /// The word for it in discovery.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn check(path: &str, group: &str, namespace: Option<&str>, rest: &str) {
        let Route::Resource(target) = Route::parse(path) else {
            panic!("{path} is no resource")
        };
        let parts = [Some(target.plural), target.name, target.subresource];
        let found: Vec<String> = parts.into_iter().flatten().collect();
        assert_eq!(
            (
                target.group.as_str(),
                target.namespace.as_deref(),
                &*found.join("/")
            ),
            (group, namespace, rest)
        );
    }

    #[test]
    fn paths_lead_to_their_targets() {
        check("/api/v1/pods", "", None, "pods");
        check("/api/v1/namespaces", "", None, "namespaces");
        check("/api/v1/namespaces/a", "", None, "namespaces/a");
        check(
            "/api/v1/namespaces/a/finalize",
            "",
            None,
            "namespaces/a/finalize",
        );
        check(
            "/api/v1/namespaces/a/pods/p/log",
            "",
            Some("a"),
            "pods/p/log",
        );
        check(
            "/apis/apps/v1/namespaces/a/deployments/d/scale",
            "apps",
            Some("a"),
            "deployments/d/scale",
        );
        check("/apis/x.io/v1/widgets/w%20x", "x.io", None, "widgets/w x");
    }

    #[test]
    fn the_first_acceptable_form_is_taken() {
        let check = |accept: &str, expected: Option<Form>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
            assert_eq!(form(&headers).ok(), expected, "{accept}");
        };
        check(
            "application/vnd.kubernetes.protobuf, application/json",
            Some(Form::Json),
        );
        check(
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
            Some(Form::Table),
        );
        check(
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
            Some(Form::Metadata),
        );
        check("application/vnd.kubernetes.protobuf", None);
        check("*/*", Some(Form::Json));
    }
}
