//! Waiting by polls, as Helm 3 did it (`--wait=legacy`).

use std::time::Duration;

use cluster::readiness::legacy::{self, Verdict};
use cluster::readiness::{self, State};
use cluster::{ListQuery, Scope};
use manifest::{Gvk, Object};
use plan::Waiting;
use tokio::time::Instant;

use crate::write::target_of;
use crate::{Env, Error};

const PAUSE: Duration = Duration::from_secs(2);
/// How many failed looks at an object in a row are forgiven.
const FORGIVEN: u32 = 30;

/// Looks at the objects in order, again and again, until all are ready.
pub(super) async fn until_ready(
    env: &Env<'_>,
    objects: &[Object],
    waiting: Waiting,
) -> Result<(), Error> {
    let mut failures = vec![0; objects.len()];
    poll(waiting, async || {
        for (object, failures) in objects.iter().zip(&mut failures) {
            match is_ready(env, object, waiting.jobs).await {
                Ok(true) => *failures = 0,
                Ok(false) => {
                    *failures = 0;
                    return Ok(false);
                }
                Err(error) if is_retryable(&error) => {
                    *failures += 1;
                    return if *failures > FORGIVEN {
                        Err(error)
                    } else {
                        Ok(false)
                    };
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    })
    .await
}

/// Waits until objects are gone.
pub(super) async fn until_deleted(
    env: &Env<'_>,
    objects: &[Object],
    waiting: Waiting,
) -> Result<(), Error> {
    poll(waiting, async || {
        for object in objects {
            let target = target_of(env, object).await?;
            match env.cluster.get(&target).await {
                Ok(_) => return Ok(false),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    })
    .await
}

/// Waits for the end of Jobs and Pods.
pub(super) async fn until_hook_done(
    env: &Env<'_>,
    objects: &[Object],
    waiting: Waiting,
) -> Result<(), Error> {
    for object in objects {
        if !matches!(object.kind(), "Job" | "Pod") {
            continue;
        }
        let target = target_of(env, object).await?;
        let ended = poll(waiting, async || {
            let live = match env.cluster.get(&target).await {
                Ok(live) => live,
                Err(error) if error.is_not_found() => return Ok(true),
                Err(error) => return Err(error.into()),
            };
            match readiness::hook_done(&live).state {
                State::Failed => Err(Error::other(failure(&live))),
                state => Ok(state == State::Current),
            }
        });
        ended.await.map_err(|error| match error.is_timeout() {
            true => error.told("timed out waiting for the condition"),
            false => error,
        })?;
    }
    Ok(())
}

/// `job a failed: BackoffLimitExceeded`, `pod a failed`.
fn failure(live: &Object) -> String {
    let name = live.name();
    if live.kind() == "Pod" {
        return format!("pod {name} failed");
    }
    let conditions = live.at("/status/conditions").and_then(|c| c.as_array());
    let failed = conditions
        .into_iter()
        .flatten()
        .find(|condition| condition.get("type").and_then(|t| t.as_str()) == Some("Failed"));
    let reason = failed.and_then(|c| c.get("reason")?.as_str()).unwrap_or("");
    format!("job {name} failed: {reason}")
}

/// Asks at once and then every two seconds until the answer is yes or an error. No timeout means
/// for ever.
async fn poll(
    waiting: Waiting,
    mut ask: impl AsyncFnMut() -> Result<bool, Error>,
) -> Result<(), Error> {
    let deadline = (!waiting.timeout.is_zero()).then(|| Instant::now() + waiting.timeout);
    loop {
        if ask().await? {
            return Ok(());
        }
        let next = Instant::now() + PAUSE;
        if let Some(deadline) = deadline
            && next >= deadline
        {
            tokio::time::sleep_until(deadline).await;
            return Err(Error::timeout("context deadline exceeded"));
        }
        tokio::time::sleep_until(next).await;
    }
}

async fn is_ready(env: &Env<'_>, object: &Object, jobs: bool) -> Result<bool, Error> {
    let target = target_of(env, object).await?;
    if readiness::is_static_kind(&target.resource.gvk) {
        return Ok(true);
    }
    let live = env.cluster.get(&target).await?;
    match legacy::ready(&live, jobs) {
        Verdict::Ready => Ok(true),
        Verdict::NotReady => Ok(false),
        Verdict::Failed(why) => Err(Error::other(why)),
        Verdict::AskReplicaSets => {
            let sets = list(env, &live, "apps/v1", "ReplicaSet", String::new()).await?;
            let newest = legacy::newest(&live, &sets);
            Ok(newest.is_some_and(|set| legacy::deployment(&live, set)))
        }
        Verdict::AskPods(labels) => {
            let pods = list(env, &live, "v1", "Pod", labels).await?;
            Ok(pods.iter().all(legacy::is_pod_ready))
        }
    }
}

async fn list(
    env: &Env<'_>,
    beside: &Object,
    api_version: &str,
    kind: &str,
    labels: String,
) -> Result<Vec<Object>, Error> {
    let discovery = env.cluster.discovery().await?;
    let Some(resource) = discovery.resource(&Gvk::new(api_version, kind)) else {
        return Ok(Vec::new());
    };
    let scope = Scope {
        resource,
        namespace: beside.namespace().to_owned(),
    };
    let query = ListQuery {
        labels,
        ..ListQuery::default()
    };
    Ok(env.cluster.list(&scope, &query).await?)
}

/// Errors that may pass: too many requests, faults of the server, and all that came without a status.
fn is_retryable(error: &Error) -> bool {
    match error.cluster().and_then(cluster::Error::code) {
        Some(code) => code == 429 || (code >= 500 && code != 501),
        None => true,
    }
}
