//! What the cluster knows, as data; and the one door through which plans reach it.

use chart::Event;
use manifest::Object;
use plan::Plan;
use release::Release;
use render::{Capabilities, KubeVersion};

use crate::{Context, Error};

/// What templates may ask about the cluster (Helm's `getCapabilities`).
pub(crate) async fn capabilities(context: &Context) -> Result<Capabilities, Error> {
    let failed = |what: &str, why: cluster::Error| {
        Error::Other(format!("could not get {what} from Kubernetes: {why}"))
    };
    let version = context
        .api
        .version()
        .await
        .map_err(|e| failed("server version", e))?;
    let discovery = context
        .api
        .discovery()
        .await
        .map_err(|e| failed("apiVersions", e))?;
    if !discovery.failed().is_empty() {
        let text = "the kubernetes server has an orphaned API service";
        context.log(Event::warn(text).with("error", discovery.failed().join(", ")));
        context.log(Event::warn(
            "to fix this, kubectl delete apiservice <service-name>",
        ));
    }
    Ok(Capabilities {
        kube_version: KubeVersion::of_cluster(&version.git_version, &version.major, &version.minor),
        api_versions: discovery.api_versions(),
        ..Capabilities::default()
    })
}

/// The objects of a manifest, lists taken apart, each with its namespace (Helm's `Build`).
///
/// # Errors
/// What is no YAML, and kinds that the cluster does not serve.
pub(crate) async fn build(
    text: &str,
    namespace: &str,
    context: &Context,
) -> Result<Vec<Object>, apply::Error> {
    let mut objects = Vec::new();
    for document in manifest::split(text) {
        objects.extend(apply::objects_of(document)?);
    }
    apply::place(&*context.cluster, objects, namespace).await
}

/// Carries out a plan; the release as it is afterwards.
///
/// # Errors
/// What stopped it.
pub(crate) async fn perform(
    plan: Plan,
    namespace: &str,
    context: &Context,
) -> Result<Release, apply::Error> {
    let env = apply::Env {
        cluster: &*context.cluster,
        store: &*context.store,
        namespace,
        clock: &|| context.now(),
        reporter: &*context.reporter,
        cancel: &context.cancel,
    };
    let outcome = apply::run(plan, &env).await;
    outcome.result.map(|()| outcome.release)
}
