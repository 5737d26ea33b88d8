//! Release records in Secrets and ConfigMaps of the cluster, as Helm's storage drivers keep them.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chart::Time;
use cluster::{Cluster, ListQuery, Propagation, Resource, Scope, Target, WriteOptions};
use futures::stream::{self, StreamExt, TryStreamExt};
use goval::strconv::quote;
use manifest::{Gvk, Object};
use release::{BoxFuture, Labels, Outline, Packer, Release, SYSTEM_LABELS, Store, StoreError, key};
use serde_json::{Value, json};

use crate::{AT_ONCE, outlines};

/// What time it is; stores stamp records with it.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// Records in the cluster, one object each, found by labels.
pub struct ClusterStore {
    cluster: Arc<dyn Cluster>,
    namespace: String,
    clock: Clock,
    kind: Kind,
    resource: Arc<Resource>,
    packer: Packer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Secret,
    ConfigMap,
}

impl ClusterStore {
    /// Records in Secrets of type `helm.sh/release.v1`; an empty namespace means all, for lists.
    pub fn secrets(
        cluster: Arc<dyn Cluster>,
        namespace: impl Into<String>,
        clock: Clock,
    ) -> ClusterStore {
        ClusterStore::new(cluster, namespace.into(), clock, Kind::Secret)
    }

    /// Records in ConfigMaps; an empty namespace means all, for lists.
    pub fn config_maps(
        cluster: Arc<dyn Cluster>,
        namespace: impl Into<String>,
        clock: Clock,
    ) -> ClusterStore {
        ClusterStore::new(cluster, namespace.into(), clock, Kind::ConfigMap)
    }

    fn new(cluster: Arc<dyn Cluster>, namespace: String, clock: Clock, kind: Kind) -> Self {
        let (name, plural) = match kind {
            Kind::Secret => ("Secret", "secrets"),
            Kind::ConfigMap => ("ConfigMap", "configmaps"),
        };
        let resource = Arc::new(Resource {
            gvk: Gvk::new("v1", name),
            plural: plural.to_owned(),
            namespaced: true,
            verbs: Vec::new(),
        });
        ClusterStore {
            cluster,
            namespace,
            clock,
            kind,
            resource,
            packer: Packer::default(),
        }
    }

    fn target(&self, name: &str, version: i64) -> Target {
        Target {
            resource: self.resource.clone(),
            namespace: self.namespace.clone(),
            name: key(name, version),
        }
    }

    /// The object of a record, with its labels and one time stamp.
    fn object(&self, release: &Release, stamp: &str) -> Result<Object, String> {
        let record = self.packer.encode(release).map_err(|e| e.to_string())?;
        let mut labels: BTreeMap<&str, String> = release
            .labels
            .iter()
            .map(|(key, value)| (key.as_str(), value.clone()))
            .collect();
        labels.insert(stamp, (self.clock)().unix().to_string());
        labels.insert("name", release.name.clone());
        labels.insert("owner", "helm".to_owned());
        labels.insert("status", release.info.status.name().to_owned());
        labels.insert("version", release.version.to_string());
        let metadata = json!({
            "labels": labels,
            "name": key(&release.name, release.version),
        });
        let json = match self.kind {
            Kind::Secret => json!({
                "apiVersion": "v1",
                "data": {"release": STANDARD.encode(record)},
                "kind": "Secret",
                "metadata": metadata,
                "type": "helm.sh/release.v1",
            }),
            Kind::ConfigMap => json!({
                "apiVersion": "v1",
                "data": {"release": record},
                "kind": "ConfigMap",
                "metadata": metadata,
            }),
        };
        Ok(Object::from_json(json).unwrap_or_default())
    }

    /// The record in an object, with the labels that the object has.
    fn read(&self, object: &Object) -> Result<Release, String> {
        let data = object.at("/data/release").and_then(Value::as_str);
        let data = data.unwrap_or_default();
        let mut release = match self.kind {
            Kind::Secret => {
                let record = STANDARD.decode(data).map_err(|e| e.to_string())?;
                release::decode(&record)
            }
            Kind::ConfigMap => release::decode(data.as_bytes()),
        }
        .map_err(|e| e.to_string())?;
        release.labels = outlines::labels_of(object);
        Ok(release)
    }

    /// All records that these labels select. What cannot be decoded is left out, as in Helm.
    async fn select(&self, labels: &Labels) -> Result<Selection, cluster::Error> {
        let selector: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let objects = self.objects(selector.join(",")).await?;
        Ok(Selection {
            found: !objects.is_empty(),
            releases: objects.iter().filter_map(|o| self.read(o).ok()).collect(),
        })
    }

    fn scope(&self) -> Scope {
        Scope {
            resource: self.resource.clone(),
            namespace: self.namespace.clone(),
        }
    }

    async fn objects(&self, labels: String) -> Result<Vec<Object>, cluster::Error> {
        let query = ListQuery {
            labels,
            ..ListQuery::default()
        };
        self.cluster.list(&self.scope(), &query).await
    }

    /// The records that are asked for among those that a selector gives.
    async fn read_selected(
        &self,
        wanted: &[Outline],
        selector: String,
    ) -> Result<Vec<Release>, cluster::Error> {
        let objects = self.objects(selector).await?;
        let records = objects.iter().filter_map(|object| self.read(object).ok());
        Ok(records
            .filter(|release| wanted.iter().any(|outline| outline.is_of(release)))
            .collect())
    }

    async fn try_get(&self, name: &str, version: i64) -> Result<Release, StoreError> {
        let quoted = quote(key(name, version));
        let object = match self.cluster.get(&self.target(name, version)).await {
            Ok(object) => object,
            Err(error) if error.is_not_found() => return Err(StoreError::NotFound),
            Err(error) => return Err(self.other(format!("get: failed to get {quoted}: "), &error)),
        };
        let mut release = self
            .read(&object)
            .map_err(|e| self.other(format!("get: failed to decode data {quoted}: "), &e))?;
        release
            .labels
            .retain(|label, _| !SYSTEM_LABELS.contains(&label.as_str()));
        Ok(release)
    }

    /// An error in the words of Helm's driver: that of ConfigMaps adds none of its own.
    fn other(&self, prefix: impl Into<String>, error: &impl ToString) -> StoreError {
        let error = error.to_string();
        StoreError::Other(match self.kind {
            Kind::Secret => prefix.into() + &error,
            Kind::ConfigMap => error,
        })
    }
}

struct Selection {
    /// Whether there were objects at all, readable or not.
    found: bool,
    releases: Vec<Release>,
}

/// What an object can hold, as the API server counts it.
const MOST: usize = 1 << 20;

impl Store for ClusterStore {
    fn check(&self, release: &Release) -> Result<(), StoreError> {
        let record = self
            .packer
            .encode(release)
            .map_err(|e| StoreError::Other(e.to_string()))?;
        if record.len() <= MOST {
            return Ok(());
        }
        let (kind, field) = match self.kind {
            Kind::Secret => ("Secret", "data"),
            Kind::ConfigMap => ("ConfigMap", "[]"),
        };
        let name = quote(key(&release.name, release.version));
        let why = format!(
            "{kind} {name} is invalid: {field}: Too long: may not be more than {MOST} bytes"
        );
        Err(self.other("create: failed to create: ", &why))
    }

    fn create<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let object = self.object(release, "createdAt").map_err(|e| {
                let name = quote(&release.name);
                self.other(format!("create: failed to encode release {name}: "), &e)
            })?;
            let target = self.target(&release.name, release.version);
            let options = WriteOptions::default();
            match self.cluster.create(&target, &object, &options).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_already_exists() => Err(StoreError::Exists),
                Err(error) => Err(self.other("create: failed to create: ", &error)),
            }
        })
    }

    fn update<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let object = self.object(release, "modifiedAt").map_err(|e| {
                let name = quote(&release.name);
                self.other(format!("update: failed to encode release {name}: "), &e)
            })?;
            let target = self.target(&release.name, release.version);
            let options = WriteOptions::default();
            let updated = self.cluster.replace(&target, &object, &options).await;
            updated.map(|_| ()).map_err(|error| {
                let told = self.other("update: failed to update: ", &error);
                match error.is_transient() {
                    true => StoreError::Unavailable(told.to_string()),
                    false => told,
                }
            })
        })
    }

    fn get<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        Box::pin(self.try_get(name, version))
    }

    fn delete<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        Box::pin(async move {
            let release = self.try_get(name, version).await?;
            let target = self.target(name, version);
            let deleted = self.cluster.delete(&target, Propagation::Unsaid).await;
            deleted
                .map(|()| release)
                .map_err(|error| StoreError::Other(error.to_string()))
        })
    }

    fn query<'a>(&'a self, labels: &'a Labels) -> BoxFuture<'a, Result<Vec<Release>, StoreError>> {
        Box::pin(async move {
            match self.select(labels).await {
                Ok(selection) if selection.found => Ok(selection.releases),
                Ok(_) => Err(StoreError::NotFound),
                Err(error) => Err(self.other("query: failed to query with labels: ", &error)),
            }
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Release>, StoreError>> {
        Box::pin(async move {
            let labels = Labels::from([("owner".to_owned(), "helm".to_owned())]);
            match self.select(&labels).await {
                Ok(selection) => Ok(selection.releases),
                Err(error) => Err(self.other("list: failed to list: ", &error)),
            }
        })
    }
    fn outlines(&self) -> BoxFuture<'_, Result<Option<Vec<Outline>>, StoreError>> {
        Box::pin(async move {
            let found = outlines::outlines(&*self.cluster, &self.scope()).await;
            let told = found.map_err(|error| self.other("list: failed to list: ", &error));
            told.map(Some)
        })
    }

    fn read<'a>(
        &'a self,
        wanted: &'a [Outline],
    ) -> BoxFuture<'a, Result<Vec<Release>, StoreError>> {
        Box::pin(async move {
            let reads: Vec<_> = outlines::selectors(wanted)
                .map(|(some, selector)| self.read_selected(some, selector))
                .collect();
            let found: Result<Vec<Vec<Release>>, cluster::Error> =
                stream::iter(reads).buffered(AT_ONCE).try_collect().await;
            let found = found.map_err(|error| self.other("list: failed to list: ", &error))?;
            Ok(found.into_iter().flatten().collect())
        })
    }
}
