//! The definitions of a chart's `crds/`.

use manifest::Object;
use plan::{CrdFile, Method, Waiting};

use crate::write::create_all;
use crate::{Env, Error, place, wait};

/// Creates the definitions file by file, waits until they are served, and forgets what the cluster
/// was known to serve (Helm's `installCRDs`). A file of which something exists is skipped as a
/// whole; with server-side apply nothing "exists".
pub(crate) async fn install(
    env: &Env<'_>,
    files: &[CrdFile],
    method: Method,
    waiting: Waiting,
) -> Result<(), Error> {
    let mut created: Vec<Object> = Vec::new();
    for file in files {
        let failed = |error: Error| error.after(format!("failed to install CRD {}: ", file.name));
        if env.cluster.accepts_everything() || file.objects.is_empty() {
            return Err(failed(Error::other("resources are empty")));
        }
        let objects = place(env.cluster, file.objects.clone(), env.namespace)
            .await
            .map_err(failed)?;
        match create_all(env, &objects, method).await {
            Ok(_) => created.extend(objects),
            Err(error) if exists(&error) => {
                env.log(
                    chart::Event::new(chart::Level::Debug, "CRD is already present. Skipping")
                        .with("crd", &file.name),
                );
            }
            Err(error) => return Err(failed(error)),
        }
    }
    if created.is_empty() {
        return Ok(());
    }
    wait::until_ready(env, &created, waiting).await?;
    env.cluster.forget_discovery();
    Ok(())
}

fn exists(error: &Error) -> bool {
    error
        .cluster()
        .is_some_and(cluster::Error::is_already_exists)
}
