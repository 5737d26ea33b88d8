//! The state of a release and of the objects it made.

use cluster::{Cluster, Error as ClusterError, ListQuery, Scope, Target};
use futures::stream::{self, StreamExt};
use goval::{List, Map};
use manifest::{Gvk, Object};
use release::{Release, Store};
use serde_json::Value;

use crate::Error;
use crate::get::get;

/// How live objects are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// As the tables that the server prints them in.
    Tables,
    /// As they are.
    Objects,
}

/// A release, and what the cluster has of its objects.
#[derive(Clone, Debug)]
pub struct Status {
    /// The release.
    pub release: Release,
    /// By version and kind, such as `v1/Service`, in the order of the manifest: tables
    /// (`meta.k8s.io/v1`) or objects. What is not there is left out.
    pub resources: Vec<(String, Vec<Value>)>,
}

/// How many objects are read at once.
const AT_ONCE: usize = 16;
/// Pods of the workloads stand under this name.
const RELATED: &str = "v1/Pod(related)";

/// The revision of a release, the newest one for 0 and below, with its live objects
/// (Helm's `Status.Run`).
///
/// # Errors
/// A name that none can have, what the store fails with, kinds that are not served.
pub async fn status(
    store: &dyn Store,
    cluster: &dyn Cluster,
    name: &str,
    revision: i64,
    view: View,
) -> Result<Status, Error> {
    let release = get(store, name, revision).await?;
    let mut objects = Vec::new();
    for document in manifest::split(&release.manifest) {
        objects.extend(apply::objects_of(document)?);
    }
    let objects = apply::place(cluster, objects, &release.namespace).await?;
    let found: Vec<_> = stream::iter(&objects)
        .map(|object| read(cluster, object, view))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut resources = Groups::default();
    let mut seen = Vec::new();
    for (object, found) in objects.iter().zip(found) {
        let Ok(found) = found else { continue };
        let gvk = object.gvk();
        resources.add(format!("{}/{}", gvk.version, gvk.kind), found);
        if let Some(selector) = pod_selector(object).filter(|selector| !seen.contains(selector)) {
            for pods in related(cluster, object.namespace(), &selector, view).await {
                resources.add(RELATED.to_owned(), pods);
            }
            seen.push(selector);
        }
    }
    Ok(Status {
        release,
        resources: resources.0,
    })
}

impl Status {
    /// The objects as the record shows them in JSON and YAML.
    pub fn with_resources(self) -> Release {
        let mut release = self.release;
        let groups = self.resources.into_iter().map(|(name, objects)| {
            let objects = objects.iter().map(manifest::from_json).collect();
            (name, List::new(objects))
        });
        let groups: Map = groups.collect();
        release.info.resources = (!groups.is_empty()).then_some(groups);
        release
    }
}

/// Values under names, in the order in which the names came.
#[derive(Default)]
struct Groups(Vec<(String, Vec<Value>)>);

impl Groups {
    fn add(&mut self, name: String, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => self.0.push((name, vec![value])),
        }
    }
}

async fn read(cluster: &dyn Cluster, object: &Object, view: View) -> Result<Value, ClusterError> {
    let target: Target = cluster.discovery().await?.target(object, "")?;
    match view {
        View::Tables => cluster.table(&target).await,
        View::Objects => cluster.get(&target).await.map(Object::into_json),
    }
}

/// The labels of the pods that a workload of the manifest makes, as a selector.
fn pod_selector(object: &Object) -> Option<String> {
    let labels = match object.kind() {
        "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => {
            object.at("/spec/selector/matchLabels")?
        }
        "ReplicationController" => object.at("/spec/selector")?,
        _ => return None,
    };
    let labels = labels.as_object()?.iter();
    let mut labels: Vec<String> = labels
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    labels.sort();
    Some(labels.join(","))
}

/// The pods of a workload; none if they cannot be had.
async fn related(cluster: &dyn Cluster, namespace: &str, labels: &str, view: View) -> Vec<Value> {
    let Ok(discovery) = cluster.discovery().await else {
        return Vec::new();
    };
    let Some(resource) = discovery.resource(&Gvk::new("v1", "Pod")) else {
        return Vec::new();
    };
    let scope = Scope {
        resource,
        namespace: namespace.to_owned(),
    };
    let query = ListQuery {
        labels: labels.to_owned(),
        ..ListQuery::default()
    };
    let pods = match view {
        View::Tables => cluster.table_of(&scope, &query).await,
        View::Objects => cluster.list_of(&scope, &query).await,
    };
    pods.into_iter().collect()
}
