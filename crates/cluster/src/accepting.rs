//! A cluster that accepts everything and holds nothing.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use manifest::Object;
use serde_json::Value;

use crate::error::Status;
use crate::{
    Cluster, Discovery, Error, ListQuery, Patch, Propagation, Scope, Target, Version, WatchEvent,
    WriteOptions,
};

/// What Helm puts in the place of a cluster with `HELM_DRIVER=memory` and
/// HELM_MEMORY_DRIVER_DATA: it is always reachable, every write succeeds, and no object is ever
/// built, found or waited for.
#[derive(Clone, Copy, Debug, Default)]
pub struct AcceptingCluster;

#[async_trait]
impl Cluster for AcceptingCluster {
    async fn version(&self) -> Result<Version, Error> {
        Ok(Version::default())
    }

    async fn discovery(&self) -> Result<Arc<Discovery>, Error> {
        Ok(Arc::default())
    }

    fn forget_discovery(&self) {}

    async fn get(&self, target: &Target) -> Result<Object, Error> {
        let message = format!(
            "{} \"{}\" not found",
            target.resource.qualified(),
            target.name
        );
        Err(Error::Api(Box::new(Status {
            code: 404,
            reason: "NotFound".to_owned(),
            message,
        })))
    }

    async fn table(&self, _: &Target) -> Result<Value, Error> {
        Ok(Value::Null)
    }

    async fn table_of(&self, _: &Scope, _: &ListQuery) -> Result<Value, Error> {
        Ok(Value::Null)
    }

    async fn list_of(&self, _: &Scope, _: &ListQuery) -> Result<Value, Error> {
        Ok(Value::Null)
    }

    async fn list(&self, _: &Scope, _: &ListQuery) -> Result<Vec<Object>, Error> {
        Ok(Vec::new())
    }

    async fn create(&self, _: &Target, object: &Object, _: &WriteOptions) -> Result<Object, Error> {
        Ok(object.clone())
    }

    async fn patch(&self, _: &Target, patch: &Patch, _: &WriteOptions) -> Result<Object, Error> {
        match patch {
            Patch::Apply { object, .. } => Ok(object.clone()),
            _ => Ok(Object::default()),
        }
    }

    async fn replace(
        &self,
        _: &Target,
        object: &Object,
        _: &WriteOptions,
    ) -> Result<Object, Error> {
        Ok(object.clone())
    }

    async fn delete(&self, _: &Target, _: Propagation) -> Result<(), Error> {
        Ok(())
    }

    async fn delete_version(&self, _: &Target, _: &str) -> Result<(), Error> {
        Ok(())
    }

    async fn watch(
        &self,
        _: &Scope,
        _: &ListQuery,
        _: &str,
    ) -> Result<BoxStream<'static, Result<WatchEvent, Error>>, Error> {
        Ok(stream::empty().boxed())
    }

    async fn logs(
        &self,
        _: &str,
        _: &str,
        _: &str,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        Ok(stream::empty().boxed())
    }

    fn accepts_everything(&self) -> bool {
        true
    }
}
