//! Worlds for templates: the machine's own, and one with a cluster to look things up in.

use std::sync::Arc;

use apply::Reporter;
use chart::{Event, Level};
use cluster::{Cluster, Error, ListQuery, Scope, Target};
use funcs::World;
use goval::{List, Map, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use manifest::Gvk;
use tokio::runtime::Handle;

use crate::Context;

/// Another world, to which `lookup` is added.
///
/// Templates run synchronously, so a look-up blocks its thread until the runtime has the answer:
/// render on a thread that is not the runtime's own.
pub(crate) struct ClusterWorld {
    world: Arc<dyn World>,
    cluster: Arc<dyn Cluster>,
    runtime: Handle,
    reporter: Arc<dyn Reporter>,
}

impl ClusterWorld {
    /// The context's world with the context's cluster. Must be called on the runtime.
    pub(crate) fn new(context: &Context) -> ClusterWorld {
        ClusterWorld {
            world: Arc::clone(&context.world),
            cluster: Arc::clone(&context.api),
            runtime: Handle::current(),
            reporter: Arc::clone(&context.reporter),
        }
    }

    async fn find(&self, gvk: &Gvk, namespace: &str, name: &str) -> Result<Value, String> {
        let discovery = self
            .cluster
            .discovery()
            .await
            .map_err(|error| self.no_resource(gvk, &error))?;
        let Some(resource) = discovery.resource(gvk) else {
            if discovery.serves(&gvk.api_version()) {
                return Ok(Map::new().into());
            }
            return Err(self.no_resource(gvk, &"the server could not find the requested resource"));
        };
        let namespace = if resource.namespaced { namespace } else { "" }.to_owned();
        let found = if name.is_empty() {
            let scope = Scope {
                resource,
                namespace,
            };
            let objects = self.cluster.list(&scope, &ListQuery::default()).await;
            objects.map(|objects| list(gvk, objects.iter().map(|object| object.as_json())))
        } else {
            let target = Target {
                resource,
                namespace,
                name: name.to_owned(),
            };
            self.cluster
                .get(&target)
                .await
                .map(|object| manifest::from_json(object.as_json()))
        };
        found.or_else(|error| nothing_or(error, |event| self.log(event)))
    }

    fn log(&self, event: Event) {
        self.reporter.log(event);
    }

    fn no_resource(&self, gvk: &Gvk, error: &dyn std::fmt::Display) -> String {
        let event = Event::new(Level::Error, "unable to get apiresource");
        self.log(
            event
                .with("groupVersionKind", gvk.to_string())
                .with("error", error.to_string()),
        );
        format!("unable to get apiresource from unstructured: {gvk}: {error}")
    }
}

/// What is not there looks empty, so that templates can ask `if lookup …`.
fn nothing_or(error: Error, log: impl FnOnce(Event)) -> Result<Value, String> {
    if !error.is_not_found() {
        return Err(error.to_string());
    }
    log(Event::new(Level::Debug, "lookup: resource not found"));
    Ok(Map::new().into())
}

/// A list as the API gives it.
fn list<'a>(gvk: &Gvk, objects: impl Iterator<Item = &'a serde_json::Value>) -> Value {
    let items: Vec<Value> = objects.map(manifest::from_json).collect();
    let entries: [(&str, Value); 4] = [
        ("apiVersion", gvk.api_version().into()),
        ("kind", format!("{}List", gvk.kind).into()),
        ("metadata", Map::new().into()),
        ("items", List::new(items).into()),
    ];
    entries.into_iter().collect::<Map>().into()
}

impl World for ClusterWorld {
    fn now(&self) -> Timestamp {
        self.world.now()
    }

    fn local_zone(&self) -> TimeZone {
        self.world.local_zone()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.world.fill_random(bytes);
    }

    fn lookup(
        &self,
        api_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Result<Value, String> {
        let gvk = Gvk::new(api_version, kind);
        self.runtime.block_on(self.find(&gvk, namespace, name))
    }

    fn host_by_name(&self, name: &str) -> String {
        self.world.host_by_name(name)
    }
}
