//! Deleting objects: one kind after the other, those of a kind at once.

use cluster::Propagation;
use futures::stream::{self, StreamExt};
use manifest::Object;

use crate::write::{PAUSE, TRIES, target_of};
use crate::{AT_ONCE, Env, Error, Event};

/// Deletes objects in order. All are tried; what is gone already counts as deleted (Helm's
/// `Client.Delete`).
///
/// # Errors
/// Each failure for itself.
pub(crate) async fn delete_all(
    env: &Env<'_>,
    objects: &[Object],
    propagation: Propagation,
) -> Result<(), Vec<Error>> {
    let mut errors = Vec::new();
    for run in objects.chunk_by(|a, b| a.kind() == b.kind()) {
        let results: Vec<_> = stream::iter(run)
            .map(|object| delete(env, object, propagation))
            .buffered(AT_ONCE)
            .collect()
            .await;
        errors.extend(results.into_iter().filter_map(Result::err));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

async fn delete(env: &Env<'_>, object: &Object, propagation: Propagation) -> Result<(), Error> {
    let target = target_of(env, object).await?;
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match env.cluster.delete(&target, propagation).await {
            Err(error) if tries > 0 && error.is_conflict() => tokio::time::sleep(PAUSE).await,
            Err(error) if !error.is_not_found() => return Err(error.into()),
            _ => break,
        }
    }
    env.reporter.report(Event::Deleted {
        kind: target.resource.gvk.kind.clone(),
        namespace: target.namespace,
        name: target.name,
    });
    Ok(())
}
