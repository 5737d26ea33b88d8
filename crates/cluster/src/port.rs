//! The port: what the rest of the program asks of a Kubernetes API.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use manifest::{Gvk, Object};
use serde_json::Value;

use crate::{Discovery, Error, Version};

/// A Kubernetes API: the real one over HTTP, the sandbox in-process, or one that accepts everything.
///
/// Methods return what the server answered, after the retries that client-go and Helm make. None
/// of them waits for an object to become ready.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// The server's version: the cheapest request, by which Helm tests whether it is reachable. Asked until
    /// it is answered; later calls give the same answer.
    async fn version(&self) -> Result<Version, Error>;

    /// All kinds that the server serves. Asked once; later calls give the same answer.
    async fn discovery(&self) -> Result<Arc<Discovery>, Error>;

    /// Makes the next [`Cluster::discovery`] ask again, such as after new CRDs.
    fn forget_discovery(&self);

    /// Reads an object.
    async fn get(&self, target: &Target) -> Result<Object, Error>;

    /// Reads an object as the table that the server prints it in (`meta.k8s.io/v1`).
    async fn table(&self, target: &Target) -> Result<Value, Error>;

    /// Reads objects as one such table.
    async fn table_of(&self, scope: &Scope, query: &ListQuery) -> Result<Value, Error>;

    /// Reads objects as the list that the server gives, its own metadata and all; of long lists the first page.
    async fn list_of(&self, scope: &Scope, query: &ListQuery) -> Result<Value, Error>;

    /// Lists objects, page after page.
    async fn list(&self, scope: &Scope, query: &ListQuery) -> Result<Vec<Object>, Error>;

    /// Creates an object. The name in the target may be empty if the object asks for a generated
    /// one.
    async fn create(
        &self,
        target: &Target,
        object: &Object,
        options: &WriteOptions,
    ) -> Result<Object, Error>;

    /// Changes an object, or with [`Patch::Apply`] creates it if need be.
    async fn patch(
        &self,
        target: &Target,
        patch: &Patch,
        options: &WriteOptions,
    ) -> Result<Object, Error>;

    /// Puts an object in the place of the one that is there.
    async fn replace(
        &self,
        target: &Target,
        object: &Object,
        options: &WriteOptions,
    ) -> Result<Object, Error>;

    /// Deletes an object; what depends on it goes as `propagation` says.
    async fn delete(&self, target: &Target, propagation: Propagation) -> Result<(), Error>;

    /// Deletes an object if it is still at this resource version; [`Error::is_conflict`] if it is not.
    async fn delete_version(&self, target: &Target, resource_version: &str) -> Result<(), Error>;

    /// Follows the changes of objects from a resource version on, until the server ends the stream.
    async fn watch(
        &self,
        scope: &Scope,
        query: &ListQuery,
        resource_version: &str,
    ) -> Result<BoxStream<'static, Result<WatchEvent, Error>>, Error>;

    /// The log of a container, in pieces as it comes.
    async fn logs(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error>;

    /// Whether nothing is behind this port, so that building, looking and waiting are skipped as
    /// Helm skips them with its printing client.
    fn accepts_everything(&self) -> bool {
        false
    }
}

/// A kind as the server serves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    /// Group, version and kind.
    pub gvk: Gvk,
    /// The name in URLs, such as `deployments`.
    pub plural: String,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
    /// What may be done with it: `get`, `list`, `watch`, …
    pub verbs: Vec<String>,
}

impl Resource {
    /// The resource with its group as error texts name it: `pods`, `deployments.apps`.
    pub fn qualified(&self) -> String {
        match self.gvk.group.as_str() {
            "" => self.plural.clone(),
            group => format!("{}.{group}", self.plural),
        }
    }
}

/// One object to ask about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Its kind.
    pub resource: Arc<Resource>,
    /// Its namespace; not looked at where the kind has none.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// Objects of a kind, in one namespace or in all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Their kind.
    pub resource: Arc<Resource>,
    /// Their namespace; empty for all.
    pub namespace: String,
}

/// Which objects of a [`Scope`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListQuery {
    /// A label selector such as `name=web,owner=helm`; empty for all.
    pub labels: String,
    /// A field selector such as `metadata.name=web`; empty for all.
    pub fields: String,
    /// Objects per page, 0 for all at once.
    pub page: usize,
    /// Whether only names, namespaces and labels are wanted (`PartialObjectMetadata`).
    pub metadata_only: bool,
}

/// A change of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Patch {
    /// Server-side apply of the fields that this manager wants.
    Apply {
        /// The wanted fields.
        object: Object,
        /// Whether to take fields from other managers.
        force: bool,
    },
    /// RFC 6902.
    Json(Value),
    /// RFC 7386.
    Merge(Value),
    /// Kubernetes' strategic merge, which knows the keys of lists.
    Strategic(Value),
}

/// How a write is to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Who owns the fields, in managed fields; none leaves it to the server.
    pub field_manager: Option<&'static str>,
    /// What the server does with fields that it does not know; none leaves it to the server.
    pub field_validation: Option<FieldValidation>,
    /// Whether the server only acts as if.
    pub dry_run: bool,
}

/// What a server does with unknown or duplicate fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValidation {
    /// Drops them.
    Ignore,
    /// Refuses the object.
    Strict,
}

/// What happens to the dependents of a deleted object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted afterwards.
    #[default]
    Background,
    /// They are deleted first.
    Foreground,
    /// They stay.
    Orphan,
    /// Whatever the server does by default.
    Unsaid,
}

impl Propagation {
    /// The API's word; empty to leave it to the server.
    pub fn as_str(self) -> &'static str {
        match self {
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
            Propagation::Orphan => "Orphan",
            Propagation::Unsaid => "",
        }
    }
}

/// A change that a watch tells of.
#[derive(Clone, Debug, PartialEq)]
pub enum WatchEvent {
    /// The object appeared or is there.
    Added(Object),
    /// The object changed.
    Modified(Object),
    /// The object is gone; its last state.
    Deleted(Object),
    /// Nothing changed up to this resource version.
    Bookmark(String),
}
