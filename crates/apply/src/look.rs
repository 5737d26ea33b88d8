//! What a plan is made from: where objects belong, and what the cluster has of them.

use cluster::Cluster;
use futures::stream::{self, StreamExt};
use manifest::Object;
use plan::{Live, is_generated};

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

/// What the cluster has of each of these objects, in their order. An object whose name the server
/// makes up is not asked for.
pub async fn look(cluster: &dyn Cluster, objects: &[Object]) -> Vec<Live> {
    let look = async |object| match is_generated(object) {
        true => Live::Absent,
        false => look_at(cluster, object).await,
    };
    let looks = stream::iter(objects).map(look);
    looks.buffered(AT_ONCE).collect().await
}

/// The same for objects that are to go: one without a name cannot be found.
pub async fn look_before_deletion(cluster: &dyn Cluster, objects: &[Object]) -> Vec<Live> {
    let looks = stream::iter(objects).map(|object| look_at(cluster, object));
    looks.buffered(AT_ONCE).collect().await
}

async fn look_at(cluster: &dyn Cluster, object: &Object) -> Live {
    let found = async {
        let target = cluster.discovery().await?.target(object, "")?;
        cluster.get(&target).await
    };
    match found.await {
        Ok(found) => Live::Present(found),
        Err(error) if error.is_not_found() => Live::Absent,
        Err(error) => Live::Unreadable(error.to_string()),
    }
}
