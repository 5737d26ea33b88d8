//! Running hooks, one after the other.

use std::time::Duration;

use chart::Event as Log;
use cluster::{ListQuery, Propagation, Resource, Scope};
use futures::stream::StreamExt;
use manifest::{BEFORE_HOOK_CREATION, Gvk, HOOK_FAILED, HOOK_SUCCEEDED, HookEvent, Object};
use plan::{Method, WaitStrategy, Waiting, settle_delete_policies};
use release::{Hook, Phase, Release};

use crate::patience::persist;
use crate::write::create_all;
use crate::{Env, Error, Event, FAILURE_PATIENCE, delete, objects_of, place, wait};

/// What a run of hooks is about.
pub(crate) struct Hooks<'a> {
    pub(crate) event: &'a HookEvent,
    /// Which of the record's hooks, in order.
    pub(crate) order: &'a [usize],
    pub(crate) method: Method,
    pub(crate) waiting: Waiting,
}

/// What hooks have left: logs to show and objects to delete, as the hooks ask.
#[derive(Clone, Debug)]
pub struct Remains {
    /// Those that succeeded, in the order of their runs.
    succeeded: Vec<usize>,
    /// The one that failed by its own end, if one did.
    failed: Option<usize>,
    waiting: Waiting,
}

impl Remains {
    /// The same where so many hooks stand before the others of the record.
    #[must_use]
    pub fn after(mut self, more: usize) -> Remains {
        for index in self.succeeded.iter_mut().chain(&mut self.failed) {
            *index += more;
        }
        self
    }
}

/// Runs hooks until one fails, noting each run in the record and writing it before each starts
/// (Helm's `execHookWithDelayedShutdown`). Nothing is left to clear where a hook could not run. Each hook is
/// noted in `begun` before it is created.
pub(crate) async fn run(
    env: &Env<'_>,
    release: &mut Release,
    hooks: &Hooks<'_>,
    begun: &mut Vec<usize>,
) -> (Option<Remains>, Result<(), Error>) {
    let remains = |succeeded: &[usize], failed| Remains {
        succeeded: succeeded.to_vec(),
        failed,
        waiting: hooks.waiting,
    };
    for (done, &index) in hooks.order.iter().enumerate() {
        match run_one(env, release, hooks, index, begun).await {
            Ok(()) => {}
            Err(Failure::Before(error)) => return (None, Err(error)),
            Err(Failure::Ended(error)) => {
                show_log(env, &release.hooks[index], &release.namespace, HOOK_FAILED).await;
                let remains = remains(&hooks.order[..done], Some(index));
                return (Some(remains), Err(error));
            }
        }
    }
    (Some(remains(hooks.order, None)), Ok(()))
}

/// Deletes what hooks have left, as they ask. After a failure it goes forward, and the objects of the
/// failed hook come first; after success it goes backward, and logs are shown.
///
/// # Errors
/// The first object that cannot be deleted, or does not go in time.
pub async fn clear(remains: &Remains, release: &Release, env: &Env<'_>) -> Result<(), Error> {
    let waiting = remains.waiting;
    if let Some(failed) = remains.failed {
        let failed = &release.hooks[failed];
        let delete = async || delete_by_policy(env, failed, HOOK_FAILED, waiting).await;
        if let Err(error) = persist(FAILURE_PATIENCE, delete).await {
            env.log(Log::info(format!(
                "error deleting the hook resource on hook failure: {error}"
            )));
        }
        for &index in &remains.succeeded {
            delete_by_policy(env, &release.hooks[index], HOOK_SUCCEEDED, waiting).await?;
        }
        return Ok(());
    }
    for &index in remains.succeeded.iter().rev() {
        let hook = &release.hooks[index];
        show_log(env, hook, &release.namespace, HOOK_SUCCEEDED).await;
        delete_by_policy(env, hook, HOOK_SUCCEEDED, waiting).await?;
    }
    Ok(())
}

/// Deletes the objects of hooks that have run in an interrupted revision, if they were to be deleted when
/// they end. What cannot be deleted is only noted.
pub async fn sweep(release: &Release, env: &Env<'_>) {
    let ran = |hook: &&Hook| !hook.last_run.started_at.is_zero();
    for hook in release.hooks.iter().filter(ran) {
        sweep_one(hook, env, Duration::ZERO).await;
    }
}

/// The same for hooks that this process has begun before the cluster failed: whether what it asked for was
/// done it cannot know, and nobody asks again. The cluster may be away for a while.
pub(crate) async fn sweep_begun(release: &Release, begun: &[usize], env: &Env<'_>) {
    for &index in begun {
        sweep_one(&release.hooks[index], env, FAILURE_PATIENCE).await;
    }
}

async fn sweep_one(hook: &Hook, env: &Env<'_>, patience: Duration) {
    let waiting = Waiting {
        strategy: WaitStrategy::HookOnly,
        timeout: Duration::ZERO,
        jobs: false,
    };
    // How a hook has ended is not known where the record does not say that it succeeded.
    let policies = match hook.last_run.phase {
        Phase::Succeeded => &[HOOK_SUCCEEDED][..],
        _ => &[HOOK_SUCCEEDED, HOOK_FAILED],
    };
    let Some(policy) = policies.iter().find(|policy| hook.deletes(policy)) else {
        return;
    };
    let delete = async || delete_by_policy(env, hook, policy, waiting).await;
    if let Err(error) = persist(patience, delete).await {
        env.debug(format!("unable to delete an interrupted hook: {error}"));
    }
}

/// How a hook failed: before it could run, or by its own end.
enum Failure {
    Before(Error),
    Ended(Error),
}

async fn run_one(
    env: &Env<'_>,
    release: &mut Release,
    hooks: &Hooks<'_>,
    index: usize,
    begun: &mut Vec<usize>,
) -> Result<(), Failure> {
    let event = hooks.event;
    settle_delete_policies(&mut release.hooks[index]);
    let hook = &release.hooks[index];
    let path = hook.path.clone();
    env.reporter.report(Event::Hook {
        event: event.clone(),
        path: path.clone(),
    });
    delete_by_policy(env, hook, BEFORE_HOOK_CREATION, hooks.waiting)
        .await
        .map_err(Failure::Before)?;
    let objects = build(env, hook).await.map_err(|error| {
        Failure::Before(error.after(format!(
            "unable to build kubernetes object for {event} hook {path}: "
        )))
    })?;
    release.hooks[index].last_run.started_at = (env.clock)();
    release.hooks[index].last_run.completed_at = chart::Time::default();
    release.hooks[index].last_run.phase = Phase::Running;
    env.save(release).await;
    begun.push(index);
    release.hooks[index].last_run.phase = Phase::Unknown;
    let created = create_all(env, &objects, hooks.method).await;
    let ended = match created {
        Err(error) => Err(Failure::Before(
            error.after(format!("warning: Hook {event} {path} failed: ")),
        )),
        Ok(created) => wait::until_hook_done(env, &created, hooks.waiting)
            .await
            .map_err(Failure::Ended),
    };
    let run = &mut release.hooks[index].last_run;
    run.completed_at = (env.clock)();
    run.phase = match ended {
        Ok(()) => Phase::Succeeded,
        Err(_) => Phase::Failed,
    };
    ended
}

async fn build(env: &Env<'_>, hook: &Hook) -> Result<Vec<Object>, Error> {
    place(env.cluster, objects_of(&hook.manifest)?, env.namespace).await
}

/// Deletes a hook's objects if it asks for that at this point. Definitions are never deleted: all
/// objects of their kinds would go with them.
async fn delete_by_policy(
    env: &Env<'_>,
    hook: &Hook,
    policy: &str,
    waiting: Waiting,
) -> Result<(), Error> {
    if hook.kind == "CustomResourceDefinition" || !hook.deletes(policy) {
        return Ok(());
    }
    let objects = build(env, hook).await.map_err(|error| {
        error.after(format!(
            "unable to build kubernetes object for deleting hook {}: ",
            hook.path
        ))
    })?;
    if let Err(errors) = delete::delete_all(env, &objects, Propagation::Background).await
        && let Some(error) = Error::join(errors, "; ")
    {
        return Err(error);
    }
    wait::until_deleted(env, &objects, waiting).await
}

/// Shows the log of a hook's pods if it asks for that; a failure is only noted.
async fn show_log(env: &Env<'_>, hook: &Hook, namespace: &str, policy: &str) {
    let query = match hook.kind.as_str() {
        "Job" => ListQuery {
            labels: format!("job-name={}", hook.name),
            ..ListQuery::default()
        },
        "Pod" => ListQuery {
            fields: format!("metadata.name={}", hook.name),
            ..ListQuery::default()
        },
        _ => return,
    };
    if !hook.logs(policy) {
        return;
    }
    if let Err(error) = try_show_log(env, hook, namespace, &query).await {
        env.log(Log::info(format!(
            "error outputting logs for hook failure: {error}"
        )));
    }
}

async fn try_show_log(
    env: &Env<'_>,
    hook: &Hook,
    namespace: &str,
    query: &ListQuery,
) -> Result<(), Error> {
    let objects = objects_of(&hook.manifest)?;
    let own = objects.first().map_or("", Object::namespace);
    let namespace = if own.is_empty() { namespace } else { own };
    let scope = Scope {
        resource: pods().into(),
        namespace: namespace.to_owned(),
    };
    for pod in env.cluster.list(&scope, query).await? {
        let containers = pod.at("/spec/containers").and_then(|all| all.as_array());
        for container in containers.into_iter().flatten() {
            let name = container.get("name").and_then(|name| name.as_str());
            show_container(env, namespace, pod.name(), name.unwrap_or_default()).await?;
        }
    }
    Ok(())
}

/// A container's log goes to the log as one message, as Go's `log` package hands it on.
async fn show_container(
    env: &Env<'_>,
    namespace: &str,
    pod: &str,
    container: &str,
) -> Result<(), Error> {
    let failed = |what: &str| {
        Error::other(format!(
            "failed to {what} logs for pod: {pod}, container: {container}"
        ))
    };
    let opened = env.cluster.logs(namespace, pod, container).await;
    let mut pieces = opened.map_err(|_| {
        Error::other(format!(
            "failed to stream pod logs for pod: {pod}, container: {container}"
        ))
    })?;
    let mut text = Vec::new();
    while let Some(piece) = pieces.next().await {
        text.extend_from_slice(&piece.map_err(|_| failed("copy IO from"))?);
    }
    if !text.is_empty() {
        let text = String::from_utf8_lossy(&text);
        env.log(Log::info(text.strip_suffix('\n').unwrap_or(&text)));
    }
    Ok(())
}

fn pods() -> Resource {
    Resource {
        gvk: Gvk::new("v1", "Pod"),
        plural: "pods".to_owned(),
        namespaced: true,
        verbs: Vec::new(),
    }
}
