//! Waiting by watches, as kstatus does it (`--wait=watcher`).

use std::collections::BTreeMap;
use std::time::Duration;

use cluster::readiness::{self, Readiness, State};
use cluster::{ListQuery, Scope, Target, WatchEvent};
use futures::stream::{self, StreamExt};
use manifest::{Gvk, Object};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::write::target_of;
use crate::{AT_ONCE, Env, Error, Event};

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Every object is ready.
    Ready,
    /// The same, and Jobs are complete.
    ReadyAndJobs,
    /// Jobs and Pods have ended.
    HookDone,
    /// No object is left.
    Gone,
}

/// Up to so many objects of a kind and namespace are watched one by one, more by a watch over all.
const ONE_BY_ONE: usize = 4;
/// How long before a broken watch is opened again, and between polls where none is allowed.
const PAUSE: Duration = Duration::from_secs(2);
/// How often what depends on the clock, or on pods, is judged again.
const AGAIN: Duration = Duration::from_secs(5);

/// Waits until all objects have reached the goal, or will not by themselves.
pub(super) async fn until(
    env: &Env<'_>,
    objects: &[Object],
    goal: Goal,
    limit: Duration,
) -> Result<(), Error> {
    let deadline = Instant::now() + limit;
    let mut tracked = track(env, objects, goal).await?;
    // What was just written is as it was written: its changes come from there on, none is missed.
    if tracked.iter().any(|one| one.since.is_empty()) {
        look(env, &mut tracked, goal).await?;
    }
    let in_time = settled(&tracked, goal) || follow(env, &mut tracked, goal, deadline).await?;
    conclude(&tracked, goal, in_time)
}

/// An object that is waited for.
struct Tracked {
    target: Target,
    readiness: Readiness,
    /// The resource version from which its changes are not known; empty if it has not been seen.
    since: String,
}

/// The objects that can still change: not paused Deployments, and of hooks only Jobs and Pods.
async fn track(env: &Env<'_>, objects: &[Object], goal: Goal) -> Result<Vec<Tracked>, Error> {
    let mut tracked = Vec::new();
    for object in objects {
        let paused = object.at("/spec/paused").and_then(Value::as_bool) == Some(true);
        if goal != Goal::Gone && object.kind() == "Deployment" && paused {
            continue;
        }
        let ends = matches!(object.kind(), "Job" | "Pod");
        if goal == Goal::HookDone && !ends {
            continue;
        }
        let since = object.resource_version().to_owned();
        let readiness = match since.as_str() {
            "" => Readiness::unknown(),
            _ => judge(env, object, goal).await,
        };
        tracked.push(Tracked {
            target: target_of(env, object).await?,
            readiness,
            since,
        });
    }
    Ok(tracked)
}

/// Reads every object once. One that is not there stays unknown, as nobody has seen it.
async fn look(env: &Env<'_>, tracked: &mut [Tracked], goal: Goal) -> Result<(), Error> {
    let found: Vec<_> = stream::iter(tracked.iter())
        .map(|one| env.cluster.get(&one.target))
        .buffered(AT_ONCE)
        .collect()
        .await;
    for (one, found) in tracked.iter_mut().zip(found) {
        match found {
            Ok(object) => {
                let readiness = judge(env, &object, goal).await;
                note(env, one, readiness);
            }
            Err(error) if error.is_forbidden() => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Whether there is nothing left to wait for. What has failed will not become ready by waiting.
fn settled(tracked: &[Tracked], goal: Goal) -> bool {
    tracked.iter().all(|one| match goal {
        Goal::Gone => matches!(one.readiness.state, State::NotFound | State::Unknown),
        _ => matches!(one.readiness.state, State::Current | State::Failed),
    })
}

/// Takes in changes until nothing is left to wait for; tells whether that was in time.
async fn follow(
    env: &Env<'_>,
    tracked: &mut [Tracked],
    goal: Goal,
    deadline: Instant,
) -> Result<bool, Error> {
    let (changes, mut changed) = mpsc::channel(64);
    let watches = groups(tracked, goal);
    let watching = futures::future::try_join_all(
        watches
            .iter()
            .map(|group| watch_group(env, group, changes.clone())),
    );
    tokio::pin!(watching);
    let mut again = tokio::time::interval_at(Instant::now() + AGAIN, AGAIN);
    loop {
        tokio::select! {
            ended = &mut watching => {
                ended?;
                return Ok(false);
            }
            change = changed.recv() => {
                if let Some(change) = change {
                    take_in(env, tracked, goal, change).await;
                }
            }
            _ = again.tick() => look(env, tracked, goal).await?,
            () = tokio::time::sleep_until(deadline) => return Ok(false),
        }
        if settled(tracked, goal) {
            return Ok(true);
        }
    }
}

/// What a watch tells.
enum Change {
    Is(Box<Object>),
    Gone {
        gvk: Gvk,
        namespace: String,
        name: String,
    },
}

async fn take_in(env: &Env<'_>, tracked: &mut [Tracked], goal: Goal, change: Change) {
    let (object, kind, namespace, name) = match &change {
        Change::Is(object) => (
            Some(object),
            object.gvk(),
            object.namespace(),
            object.name(),
        ),
        Change::Gone {
            gvk,
            namespace,
            name,
        } => (None, gvk.clone(), namespace.as_str(), name.as_str()),
    };
    let Some(one) = tracked.iter_mut().find(|one| {
        one.target.name == name
            && one.target.namespace == namespace
            && one.target.resource.gvk == kind
    }) else {
        return;
    };
    let readiness = match object {
        Some(object) => judge(env, object, goal).await,
        None => Readiness::not_found(),
    };
    note(env, one, readiness);
}

fn note(env: &Env<'_>, one: &mut Tracked, readiness: Readiness) {
    if one.readiness != readiness {
        env.reporter.report(Event::Progress {
            kind: one.target.resource.gvk.kind.clone(),
            namespace: one.target.namespace.clone(),
            name: one.target.name.clone(),
            state: readiness.state.name(),
            message: readiness.message.clone(),
        });
    }
    one.readiness = readiness;
}

async fn judge(env: &Env<'_>, object: &Object, goal: Goal) -> Readiness {
    let now = (env.clock)().unix();
    match goal {
        Goal::HookDone => readiness::hook_done(object),
        Goal::ReadyAndJobs if object.kind() == "Job" => readiness::hook_done(object),
        Goal::Gone => readiness::ready(object, now),
        Goal::Ready | Goal::ReadyAndJobs => {
            let readiness = readiness::ready(object, now);
            if readiness.state == State::InProgress
                && let Some(failed) = failed_below(env, object, now).await
            {
                return failed;
            }
            readiness
        }
    }
}

/// A workload in progress has failed if what it made has, and not just for a while.
async fn failed_below(env: &Env<'_>, object: &Object, now: i64) -> Option<Readiness> {
    let (api_version, kind, labels) = readiness::pods_of(object)?;
    let made = list(env, object, api_version, kind, labels).await?;
    let mut failed = 0;
    for one in &made {
        let mut readiness = readiness::ready(one, now);
        if readiness.state == State::InProgress
            && let Some((api_version, kind, labels)) = readiness::pods_of(one)
        {
            let pods = list(env, one, api_version, kind, labels).await?;
            let any = pods.iter().any(|pod| has_failed(pod, now));
            if any {
                readiness.state = State::Failed;
            }
        }
        if readiness.state == State::Failed && !readiness::is_transient(one) {
            failed += 1;
        }
    }
    (failed > 0).then(|| Readiness {
        state: State::Failed,
        message: format!("{failed} pods have failed"),
    })
}

fn has_failed(pod: &Object, now: i64) -> bool {
    readiness::ready(pod, now).state == State::Failed && !readiness::is_transient(pod)
}

/// Objects beside another, by labels; none if they cannot be listed.
async fn list(
    env: &Env<'_>,
    beside: &Object,
    api_version: &str,
    kind: &str,
    labels: String,
) -> Option<Vec<Object>> {
    let discovery = env.cluster.discovery().await.ok()?;
    let scope = Scope {
        resource: discovery.resource(&Gvk::new(api_version, kind))?,
        namespace: beside.namespace().to_owned(),
    };
    let query = ListQuery {
        labels,
        ..ListQuery::default()
    };
    env.cluster.list(&scope, &query).await.ok()
}

/// Objects that one watch covers.
struct Group {
    scope: Scope,
    query: ListQuery,
    targets: Vec<Target>,
    /// The resource version to begin at; empty for now.
    since: String,
}

/// One watch for each kind and namespace, or for each object where they are few. What is ready for
/// good needs none.
fn groups(tracked: &[Tracked], goal: Goal) -> Vec<Group> {
    let mut by_scope: BTreeMap<(Gvk, String), Vec<&Tracked>> = BTreeMap::new();
    for one in tracked {
        let fixed = goal != Goal::Gone
            && one.readiness.state == State::Current
            && readiness::is_static_kind(&one.target.resource.gvk);
        if !fixed {
            let key = (
                one.target.resource.gvk.clone(),
                one.target.namespace.clone(),
            );
            by_scope.entry(key).or_default().push(one);
        }
    }
    let mut groups = Vec::new();
    for members in by_scope.into_values() {
        if members.len() > ONE_BY_ONE {
            groups.extend(group(&members, String::new(), ""));
        } else {
            for one in members {
                let fields = format!("metadata.name={}", one.target.name);
                groups.extend(group(&[one], fields, &one.since));
            }
        }
    }
    groups
}

fn group(members: &[&Tracked], fields: String, since: &str) -> Option<Group> {
    let targets: Vec<Target> = members.iter().map(|one| one.target.clone()).collect();
    let first = targets.first()?;
    Some(Group {
        scope: Scope {
            resource: first.resource.clone(),
            namespace: first.namespace.clone(),
        },
        query: ListQuery {
            fields,
            ..ListQuery::default()
        },
        targets,
        since: since.to_owned(),
    })
}

/// Hands on what a watch tells, and opens it again when it ends. Where watching is not allowed, the
/// objects are read again and again instead.
async fn watch_group(
    env: &Env<'_>,
    group: &Group,
    changes: mpsc::Sender<Change>,
) -> Result<(), Error> {
    let mut since = group.since.clone();
    loop {
        match env.cluster.watch(&group.scope, &group.query, &since).await {
            Ok(mut events) => {
                if since.is_empty() {
                    poll(env, group, &changes).await;
                }
                while let Some(Ok(event)) = events.next().await {
                    let change = match event {
                        WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                            Change::Is(Box::new(object))
                        }
                        WatchEvent::Deleted(object) => gone(&object),
                        WatchEvent::Bookmark(_) => continue,
                    };
                    if changes.send(change).await.is_err() {
                        return Ok(());
                    }
                }
            }
            Err(_) => poll(env, group, &changes).await,
        }
        since.clear();
        tokio::time::sleep(PAUSE).await;
    }
}

fn gone(object: &Object) -> Change {
    Change::Gone {
        gvk: object.gvk(),
        namespace: object.namespace().to_owned(),
        name: object.name().to_owned(),
    }
}

/// Reads the objects of a group: what a watch that was just opened may have missed.
async fn poll(env: &Env<'_>, group: &Group, changes: &mpsc::Sender<Change>) {
    for target in &group.targets {
        let change = match env.cluster.get(target).await {
            Ok(object) => Change::Is(Box::new(object)),
            Err(error) if error.is_not_found() => Change::Gone {
                gvk: target.resource.gvk.clone(),
                namespace: target.namespace.clone(),
                name: target.name.clone(),
            },
            Err(_) => continue,
        };
        if changes.send(change).await.is_err() {
            return;
        }
    }
}

/// The error that tells of every object that has not reached the goal; lines as Helm writes them.
fn conclude(tracked: &[Tracked], goal: Goal, in_time: bool) -> Result<(), Error> {
    let reached = |one: &&Tracked| match goal {
        Goal::Gone => matches!(one.readiness.state, State::NotFound | State::Unknown),
        _ => one.readiness.state == State::Current,
    };
    let missed = if goal == Goal::Gone {
        "still exists"
    } else {
        "not ready"
    };
    let mut lines: Vec<String> = tracked
        .iter()
        .filter(|one| !reached(one))
        .map(|one| {
            let Target {
                resource,
                namespace,
                name,
            } = &one.target;
            format!(
                "resource {}/{namespace}/{name} {missed}. status: {}, message: {}",
                resource.gvk.kind,
                one.readiness.state.name(),
                one.readiness.message
            )
        })
        .collect();
    if in_time {
        return match lines.is_empty() {
            true => Ok(()),
            false => Err(Error::other(lines.join("\n"))),
        };
    }
    lines.push("context deadline exceeded".to_owned());
    Err(Error::timeout(lines.join("\n")))
}
