//! Requests to a Kubernetes API as values: method, path, query, body.

use bytes::Bytes;
use http::{Method, Request, header};
use kube::client::Body;
use serde_json::{Value, json};

use crate::error::Subject;
use crate::{
    Error, FieldValidation, ListQuery, Patch, Propagation, Resource, Scope, Target, WriteOptions,
};

/// Who we say we are, as Helm 4.3 does.
const USER_AGENT: &str = "Helm/4.3";
const JSON: &str = "application/json";
const METADATA_LIST: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,\
     application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

/// One request, cheap to repeat.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) accept: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    /// The tag of an answer that need not be sent again.
    pub(crate) unless: Option<String>,
    pub(crate) subject: Subject,
}

impl Call {
    /// A read of a path that is no object, such as `/version`.
    pub(crate) fn raw(path: &str, accept: &'static str) -> Call {
        Call {
            method: Method::GET,
            path: path.to_owned(),
            accept,
            content_type: JSON,
            body: Bytes::new(),
            unless: None,
            subject: Subject {
                verb: "GET",
                ..Subject::default()
            },
        }
    }

    pub(crate) fn get(target: &Target) -> Result<Call, Error> {
        Call::on_object(Method::GET, target, &Query::default())
    }

    /// The same read, answered as the table that the server prints.
    #[must_use]
    pub(crate) fn into_table(mut self) -> Call {
        self.accept = TABLE;
        self
    }

    pub(crate) fn list(scope: &Scope, query: &ListQuery, page: &Page<'_>) -> Call {
        let mut params = selectors(query);
        params.add_some("continue", page.token);
        if page.size > 0 {
            params.add("limit", &page.size.to_string());
        }
        let mut call = Call::on_scope(Method::GET, scope, &params);
        if query.metadata_only {
            call.accept = METADATA_LIST;
        }
        call
    }

    pub(crate) fn watch(scope: &Scope, query: &ListQuery, resource_version: &str) -> Call {
        let mut params = selectors(query);
        params.add("allowWatchBookmarks", "true");
        params.add_some("resourceVersion", resource_version);
        params.add("watch", "true");
        Call::on_scope(Method::GET, scope, &params)
    }

    pub(crate) fn create(target: &Target, object: &Value, options: &WriteOptions) -> Call {
        let scope = Scope {
            resource: target.resource.clone(),
            namespace: target.namespace.clone(),
        };
        Call::on_scope(Method::POST, &scope, &write_query(options)).with_body(JSON, object)
    }

    pub(crate) fn replace(
        target: &Target,
        object: &Value,
        options: &WriteOptions,
    ) -> Result<Call, Error> {
        let call = Call::on_object(Method::PUT, target, &write_query(options))?;
        Ok(call.with_body(JSON, object))
    }

    pub(crate) fn patch(
        target: &Target,
        patch: &Patch,
        options: &WriteOptions,
    ) -> Result<Call, Error> {
        let mut query = write_query(options);
        let (content_type, body) = match patch {
            Patch::Apply { object, force } => {
                query.add("force", if *force { "true" } else { "false" });
                ("application/apply-patch+yaml", object.as_json())
            }
            Patch::Json(body) => ("application/json-patch+json", body),
            Patch::Merge(body) => ("application/merge-patch+json", body),
            Patch::Strategic(body) => ("application/strategic-merge-patch+json", body),
        };
        let call = Call::on_object(Method::PATCH, target, &query)?;
        Ok(call.with_body(content_type, body))
    }

    pub(crate) fn delete(target: &Target, propagation: Propagation) -> Result<Call, Error> {
        let call = Call::on_object(Method::DELETE, target, &Query::default())?;
        Ok(match propagation.as_str() {
            "" => call,
            policy => call.with_body(JSON, &json!({"propagationPolicy": policy})),
        })
    }

    pub(crate) fn delete_version(target: &Target, resource_version: &str) -> Result<Call, Error> {
        let call = Call::on_object(Method::DELETE, target, &Query::default())?;
        let only = json!({"preconditions": {"resourceVersion": resource_version}});
        Ok(call.with_body(JSON, &only))
    }

    pub(crate) fn logs(namespace: &str, pod: &str, container: &str) -> Call {
        let mut query = Query::default();
        query.add_some("container", container);
        let path = format!(
            "/api/v1/namespaces/{}/pods/{}/log{}",
            segment(namespace),
            segment(pod),
            query.suffix()
        );
        let mut call = Call::raw(&path, "*/*");
        call.subject.resource = "pods".to_owned();
        call.subject.name = pod.to_owned();
        call
    }

    /// The HTTP request.
    pub(crate) fn request(&self, bearer: Option<&str>) -> Result<Request<Body>, Error> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header(header::ACCEPT, self.accept)
            .header(header::USER_AGENT, USER_AGENT);
        if !self.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, self.content_type);
        }
        if let Some(tag) = &self.unless {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        if let Some(token) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request
            .body(Body::from(self.body.to_vec()))
            .map_err(|e| Error::Invalid(e.to_string()))
    }

    fn on_object(method: Method, target: &Target, query: &Query) -> Result<Call, Error> {
        if target.name.is_empty() {
            return Err(Error::Invalid("resource name may not be empty".to_owned()));
        }
        let base = collection(&target.resource, &target.namespace);
        let path = format!("{base}/{}{}", segment(&target.name), query.suffix());
        Ok(Call::new(method, path, &target.resource, &target.name))
    }

    fn on_scope(method: Method, scope: &Scope, query: &Query) -> Call {
        let base = collection(&scope.resource, &scope.namespace);
        Call::new(method, base + &query.suffix(), &scope.resource, "")
    }

    fn new(method: Method, path: String, resource: &Resource, name: &str) -> Call {
        let verb = match method {
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            _ => "GET",
        };
        Call {
            method,
            path,
            accept: JSON,
            content_type: JSON,
            body: Bytes::new(),
            unless: None,
            subject: Subject {
                verb,
                resource: resource.qualified(),
                name: name.to_owned(),
            },
        }
    }

    fn with_body(mut self, content_type: &'static str, body: &Value) -> Call {
        self.content_type = content_type;
        self.body = Bytes::from(body.to_string());
        self
    }
}

/// Which part of a long list.
pub(crate) struct Page<'a> {
    /// Where the last page ended; empty for the first.
    pub(crate) token: &'a str,
    /// Objects per page, 0 for all.
    pub(crate) size: usize,
}

/// `/api/v1/namespaces/x/pods`, `/apis/apps/v1/deployments`, ….
fn collection(resource: &Resource, namespace: &str) -> String {
    let gvk = &resource.gvk;
    let root = if gvk.group.is_empty() {
        "/api"
    } else {
        "/apis"
    };
    let base = format!("{root}/{}", gvk.api_version());
    if resource.namespaced && !namespace.is_empty() {
        format!(
            "{base}/namespaces/{}/{}",
            segment(namespace),
            resource.plural
        )
    } else {
        format!("{base}/{}", resource.plural)
    }
}

fn selectors(query: &ListQuery) -> Query {
    let mut params = Query::default();
    params.add_some("fieldSelector", &query.fields);
    params.add_some("labelSelector", &query.labels);
    params
}

fn write_query(options: &WriteOptions) -> Query {
    let mut query = Query::default();
    if options.dry_run {
        query.add("dryRun", "All");
    }
    if let Some(manager) = options.field_manager {
        query.add("fieldManager", manager);
    }
    match options.field_validation {
        Some(FieldValidation::Strict) => query.add("fieldValidation", "Strict"),
        Some(FieldValidation::Ignore) => query.add("fieldValidation", "Ignore"),
        None => {}
    }
    query
}

/// A query string, sorted by its keys as Go's `url.Values` writes them.
#[derive(Default)]
struct Query(Vec<(&'static str, String)>);

impl Query {
    fn add(&mut self, key: &'static str, value: &str) {
        self.0.push((key, value.to_owned()));
    }

    fn add_some(&mut self, key: &'static str, value: &str) {
        if !value.is_empty() {
            self.add(key, value);
        }
    }

    fn suffix(&self) -> String {
        let mut pairs: Vec<_> = self.0.iter().collect();
        pairs.sort_by_key(|(key, _)| *key);
        let joined = pairs
            .iter()
            .map(|(key, value)| format!("{key}={}", escape(value, b"-_.~", true)))
            .collect::<Vec<_>>()
            .join("&");
        if joined.is_empty() {
            joined
        } else {
            format!("?{joined}")
        }
    }
}

/// A name as one segment of a path.
fn segment(name: &str) -> String {
    escape(name, b"-_.~$&+:=@", false)
}

fn escape(text: &str, keep: &[u8], space_as_plus: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || keep.contains(&b) => out.push(char::from(b)),
            b' ' if space_as_plus => out.push('+'),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use manifest::{Gvk, Object};

    use super::*;

    fn target(api_version: &str, kind: &str, plural: &str, namespaced: bool) -> Target {
        Target {
            resource: Arc::new(Resource {
                gvk: Gvk::new(api_version, kind),
                plural: plural.into(),
                namespaced,
                verbs: Vec::new(),
            }),
            namespace: "team".into(),
            name: "a:b c".into(),
        }
    }

    #[test]
    fn server_side_apply_is_what_helm_sends() {
        let object = Object::from_json(json!({"kind": "Deployment"})).unwrap();
        let options = WriteOptions {
            field_manager: Some("helm"),
            field_validation: Some(FieldValidation::Strict),
            dry_run: false,
        };
        let patch = Patch::Apply {
            object,
            force: false,
        };
        let target = target("apps/v1", "Deployment", "deployments", true);
        let call = Call::patch(&target, &patch, &options).unwrap();
        assert_eq!(
            call.path,
            "/apis/apps/v1/namespaces/team/deployments/a:b%20c\
             ?fieldManager=helm&fieldValidation=Strict&force=false"
        );
        assert_eq!(call.content_type, "application/apply-patch+yaml");
        assert_eq!(call.method, Method::PATCH);
    }

    #[test]
    fn kinds_of_the_cluster_have_no_namespace_in_their_path() {
        let target = target("v1", "Namespace", "namespaces", false);
        assert_eq!(
            Call::get(&target).unwrap().path,
            "/api/v1/namespaces/a:b%20c"
        );
    }

    #[test]
    fn lists_carry_their_selectors() {
        let target = target("v1", "Secret", "secrets", true);
        let scope = Scope {
            resource: target.resource,
            namespace: String::new(),
        };
        let query = ListQuery {
            labels: "name=x,owner=helm".into(),
            ..ListQuery::default()
        };
        let page = Page { token: "", size: 0 };
        assert_eq!(
            Call::list(&scope, &query, &page).path,
            "/api/v1/secrets?labelSelector=name%3Dx%2Cowner%3Dhelm"
        );
    }

    #[test]
    fn an_object_without_a_name_is_refused_before_it_is_sent() {
        let mut target = target("v1", "Secret", "secrets", true);
        target.name.clear();
        assert_eq!(
            Call::get(&target).unwrap_err().to_string(),
            "resource name may not be empty"
        );
    }
}
