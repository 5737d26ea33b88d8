//! What the cluster knows, as data; and the one door through which plans reach it.

use apply::Outcome;
use chart::{Event, Time};
use cluster::Cluster;
use manifest::Object;
use plan::Plan;
use release::Release;
use render::{Capabilities, KubeVersion};

use crate::tally::Tally;
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

/// Whether a cluster answers; without it nothing else makes sense (Helm's `IsReachable`).
///
/// # Errors
/// It does not.
pub async fn reach(cluster: &dyn Cluster) -> Result<(), Error> {
    let version = cluster.version().await;
    version.map(drop).map_err(Error::Unreachable)
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
    let outcome = carry_out(plan, namespace, context).await;
    outcome.result.map(|()| outcome.release)
}

/// Carries out a plan, and tells what became of it.
pub(crate) async fn carry_out(plan: Plan, namespace: &str, context: &Context) -> Outcome {
    let clock = || context.now();
    let tally = Tally::new(&*context.reporter);
    let env = apply::Env {
        reporter: &tally,
        ..env(namespace, &clock, context)
    };
    let mut outcome = apply::run(plan, &env).await;
    outcome.result = outcome.result.map_err(|error| tally.annotate(error));
    outcome
}

/// What `apply` needs of a context.
pub(crate) fn env<'a>(
    namespace: &'a str,
    clock: &'a (dyn Fn() -> Time + Send + Sync),
    context: &'a Context,
) -> apply::Env<'a> {
    apply::Env {
        cluster: &*context.cluster,
        store: &*context.store,
        lease: context.lease.as_deref(),
        namespace,
        clock,
        reporter: &*context.reporter,
        cancel: &context.cancel,
    }
}
