//! The controllers: what a cluster does by itself after objects are stored.
//!
//! One thread follows the log of changes. Every change puts the object, its owners and what selects it
//! on a queue; each is then brought one step towards what it asks for, and its own changes follow the
//! same way. Nothing here holds state that the store does not have, so a restart goes on where it was.

mod bootstrap;
mod context;
mod daemon;
mod deployment;
mod gc;
mod jobs;
mod namespace;
mod network;
mod parts;
mod pods;
mod queue;
mod replicas;
mod scaling;
mod stateful;
mod storage;

use crate::object::is_terminating;
use crate::server::Server;
use crate::status::ApiResult;
use crate::store::Key;
pub(crate) use bootstrap::bootstrap;

use context::Ctx;
use parts::{
    count, is_finished, is_ready, owner_reference, pod_of, set_condition, set_count, template_hash,
};
use queue::Work;
use std::sync::Arc;
use std::thread::JoinHandle;

/// The one simulated node.
pub(crate) const NODE: &str = "sandbox";

/// Starts the thread, unless the options leave the pace to the caller.
pub(crate) fn start(server: &Arc<Server>) -> Option<JoinHandle<()>> {
    server.options.pace?;
    let server = Arc::clone(server);
    // Without the thread requests are still answered; there is nobody here to tell.
    std::thread::Builder::new()
        .name("sandbox-controllers".into())
        .spawn(move || run(&server))
        .ok()
}

fn run(server: &Server) {
    let mut state = server.state.lock();
    let mut work = Work::default();
    work.begin(&state);
    while !state.stopped {
        work.follow(server, &mut state, false);
        match work.timers.values().min().copied() {
            Some(due) => {
                server.wake.wait_until(&mut state, due);
            }
            None => server.wake.wait(&mut state),
        }
    }
}

/// Does everything that is due or will be.
pub(crate) fn settle(server: &Server) {
    let mut state = server.state.lock();
    let mut work = Work::default();
    work.begin(&state);
    work.follow(server, &mut state, true);
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> ApiResult<()> {
    let Some(object) = ctx.state.store.get(key).cloned() else {
        return Ok(());
    };
    if gc::handle(ctx, key, &object)? {
        return Ok(());
    }
    if is_terminating(&object) && &*key.resource == "persistentvolumeclaims" {
        return storage::release_claim(ctx, key, &object);
    }
    if is_terminating(&object) && !matches!(&*key.resource, "pods" | "namespaces") {
        return Ok(());
    }
    match &*key.resource {
        "namespaces" => namespace::reconcile(ctx, key, &object),
        "pods" => pods::reconcile(ctx, key, &object),
        "replicationcontrollers" | "apps/replicasets" => replicas::reconcile(ctx, key, &object),
        "apps/deployments" => deployment::reconcile(ctx, key, &object),
        "apps/statefulsets" => stateful::reconcile(ctx, key, &object),
        "apps/daemonsets" => daemon::reconcile(ctx, key, &object),
        "batch/jobs" => jobs::reconcile(ctx, key, &object),
        "services" => network::service(ctx, key, &object),
        "networking.k8s.io/ingresses" => network::ingress(ctx, key, &object),
        "persistentvolumeclaims" => storage::claim(ctx, key, &object),
        "persistentvolumes" => storage::volume(ctx, key, &object),
        "policy/poddisruptionbudgets" => scaling::budget(ctx, key, &object),
        "autoscaling/horizontalpodautoscalers" => scaling::autoscaler(ctx, key, &object),
        "apiregistration.k8s.io/apiservices" => network::api_service(ctx, key, &object),
        _ => Ok(()),
    }
}
