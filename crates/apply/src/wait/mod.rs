//! Waiting for objects: until they are ready, until hooks have ended, until they are gone.

mod legacy;
mod watch;

use std::time::Duration;

use manifest::Object;
use plan::{WaitStrategy, Waiting};

use crate::{Env, Error};
use watch::Goal;

/// What no timeout means to the watcher.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Waits until objects are ready by the rules of the strategy.
pub(crate) async fn until_ready(
    env: &Env<'_>,
    objects: &[Object],
    waiting: Waiting,
) -> Result<(), Error> {
    if env.cluster.accepts_everything() || objects.is_empty() {
        return Ok(());
    }
    match waiting.strategy {
        WaitStrategy::HookOnly => Ok(()),
        WaitStrategy::Watcher if waiting.jobs => {
            watch::until(env, objects, Goal::ReadyAndJobs, limit(waiting)).await
        }
        WaitStrategy::Watcher => watch::until(env, objects, Goal::Ready, limit(waiting)).await,
        WaitStrategy::Legacy => legacy::until_ready(env, objects, waiting).await,
    }
}

/// Waits until hooks have ended; only Jobs and Pods do.
pub(crate) async fn until_hook_done(
    env: &Env<'_>,
    objects: &[Object],
    waiting: Waiting,
) -> Result<(), Error> {
    if env.cluster.accepts_everything() {
        return Ok(());
    }
    match waiting.strategy {
        WaitStrategy::HookOnly | WaitStrategy::Watcher => {
            watch::until(env, objects, Goal::HookDone, limit(waiting)).await
        }
        WaitStrategy::Legacy => legacy::until_hook_done(env, objects, waiting).await,
    }
}

/// Waits until objects are gone, if the strategy waits for that at all.
pub(crate) async fn until_deleted(
    env: &Env<'_>,
    objects: &[Object],
    waiting: Waiting,
) -> Result<(), Error> {
    if env.cluster.accepts_everything() || objects.is_empty() {
        return Ok(());
    }
    match waiting.strategy {
        WaitStrategy::HookOnly => Ok(()),
        WaitStrategy::Watcher => watch::until(env, objects, Goal::Gone, limit(waiting)).await,
        WaitStrategy::Legacy => legacy::until_deleted(env, objects, waiting).await,
    }
}

fn limit(waiting: Waiting) -> Duration {
    if waiting.timeout.is_zero() {
        DEFAULT_TIMEOUT
    } else {
        waiting.timeout
    }
}
