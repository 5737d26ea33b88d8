//! What a plan is made from: where objects belong, and what the cluster has of them.

use std::collections::HashMap;

use cluster::{Cluster, ListQuery, Scope, Target};
use futures::stream::{self, StreamExt};
use manifest::Object;
use plan::{Live, is_generated};
use serde_json::Value;

use crate::{AT_ONCE, Error};

/// The objects of one document of a manifest, each item of a list for itself.
///
/// # Errors
/// If the document is not YAML.
pub fn objects_of(document: &str) -> Result<Vec<Object>, Error> {
    let value = goval::yaml::decode(document.as_bytes())
        .map_err(|e| Error::other(format!("error parsing : {e}")))?;
    let object = Object::from_value(&value);
    Ok(object.map_or_else(Vec::new, Object::flatten))
}

/// Gives each object the namespace it belongs to: its own, or the default one if its kind has
/// namespaces (Helm's `Build`). With a cluster that accepts everything there is nothing to place.
///
/// # Errors
/// If the cluster cannot be asked, or serves no such kind; all such kinds are told.
pub async fn place(
    cluster: &dyn Cluster,
    objects: Vec<Object>,
    default_namespace: &str,
) -> Result<Vec<Object>, Error> {
    if cluster.accepts_everything() {
        return Ok(Vec::new());
    }
    match try_place(cluster, &objects, default_namespace).await {
        Err(error) if matches!(error.cluster(), Some(cluster::Error::NoMatch { .. })) => {
            cluster.forget_discovery();
            try_place(cluster, &objects, default_namespace).await
        }
        other => other,
    }
}

async fn try_place(
    cluster: &dyn Cluster,
    objects: &[Object],
    default_namespace: &str,
) -> Result<Vec<Object>, Error> {
    let discovery = cluster.discovery().await?;
    let mut placed = Vec::with_capacity(objects.len());
    let mut errors: Vec<cluster::Error> = Vec::new();
    for object in objects {
        match discovery.target(object, default_namespace) {
            Ok(target) => {
                let mut object = object.clone();
                if target.resource.namespaced {
                    object.set_namespace(&target.namespace);
                }
                placed.push(object);
            }
            Err(error) if errors.contains(&error) => {}
            Err(error) => errors.push(error),
        }
    }
    match errors.len() {
        0 => Ok(placed),
        1 => Err(Error::from(errors.remove(0))),
        _ => {
            let errors = errors.into_iter().map(Error::from).collect();
            let error = Error::join(errors, ", ").unwrap_or_else(Error::cancelled);
            let text = format!("[{error}]");
            Err(error.told(text))
        }
    }
}

/// What the cluster has of each of these objects, in their order; of many of a kind only their metadata. An object
/// whose name the server makes up is not asked for.
pub async fn look(cluster: &dyn Cluster, objects: &[Object]) -> Vec<Live> {
    let named: Vec<&Object> = objects.iter().filter(|o| !is_generated(o)).collect();
    let mut found = look_for(cluster, &named).await.into_iter();
    let of = |object| match is_generated(object) {
        true => Live::Absent,
        false => found.next().unwrap_or(Live::Absent),
    };
    objects.iter().map(of).collect()
}

/// The same for objects that are to go: one without a name cannot be found.
pub async fn look_before_deletion(cluster: &dyn Cluster, objects: &[Object]) -> Vec<Live> {
    look_for(cluster, &objects.iter().collect::<Vec<_>>()).await
}

/// From how many objects of a kind and namespace on they are looked for in a list of that kind.
const LISTED_FROM: usize = 8;
/// How many objects such a list may hold; where there are more, the objects are read one by one.
const MOST_LISTED: usize = 500;

/// The metadata of all objects of some scopes, by their names.
type Lists = HashMap<Scope, HashMap<String, Object>>;

async fn look_for(cluster: &dyn Cluster, objects: &[&Object]) -> Vec<Live> {
    let lists = lists(cluster, objects).await;
    let looks = stream::iter(objects).map(|object| look_at(cluster, object, &lists));
    looks.buffered(AT_ONCE).collect().await
}

async fn look_at(cluster: &dyn Cluster, object: &Object, lists: &Lists) -> Live {
    let found = async {
        let target = cluster.discovery().await?.target(object, "")?;
        match lists.get(&scope_of(&target)) {
            Some(known) if !target.name.is_empty() => Ok(known.get(&target.name).cloned()),
            _ => cluster.get(&target).await.map(Some),
        }
    };
    match found.await {
        Ok(Some(found)) => Live::Present(found),
        Ok(None) => Live::Absent,
        Err(error) if error.is_not_found() => Live::Absent,
        Err(error) => Live::Unreadable(error.to_string()),
    }
}

/// Lists the scopes in which many of the objects are. A scope that may not be listed, or holds too much, is left
/// out.
async fn lists(cluster: &dyn Cluster, objects: &[&Object]) -> Lists {
    let Ok(discovery) = cluster.discovery().await else {
        return Lists::new();
    };
    let mut counts: HashMap<Scope, usize> = HashMap::new();
    for target in objects.iter().filter_map(|o| discovery.target(o, "").ok()) {
        *counts.entry(scope_of(&target)).or_default() += 1;
    }
    let many = counts
        .into_iter()
        .filter(|(_, count)| *count >= LISTED_FROM);
    let listed = many.map(|(scope, _)| async move {
        let objects = list(cluster, &scope).await?;
        Some((scope, objects))
    });
    let listed: Vec<_> = stream::iter(listed).buffered(AT_ONCE).collect().await;
    listed.into_iter().flatten().collect()
}

async fn list(cluster: &dyn Cluster, scope: &Scope) -> Option<HashMap<String, Object>> {
    let query = ListQuery {
        metadata_only: true,
        page: MOST_LISTED,
        ..ListQuery::default()
    };
    let mut list = cluster.list_of(scope, &query).await.ok()?;
    let more = list.pointer("/metadata/continue").and_then(Value::as_str);
    if more.is_some_and(|token| !token.is_empty()) {
        return None;
    }
    let items = list.get_mut("items")?.as_array_mut()?;
    let objects = items
        .iter_mut()
        .filter_map(|item| Object::from_json(item.take()));
    Some(
        objects
            .map(|object| (object.name().to_owned(), object))
            .collect(),
    )
}

fn scope_of(target: &Target) -> Scope {
    Scope {
        resource: target.resource.clone(),
        namespace: target.namespace.clone(),
    }
}
