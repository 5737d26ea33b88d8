//! Carrying out a plan, step by step.

use chart::{Event as Log, Level};
use cluster::Propagation;
use manifest::Object;
use plan::{OnError, Plan, Planned, Says, Skipped, Step, Why};
use release::{Release, create_pruned};

use crate::hooks::{self, Hooks, Remains};
use crate::patience::Passing;
use crate::update::Update;
use crate::{Env, Error, Event, crds, delete, failure, update, wait, write};

/// What became of a plan.
#[derive(Debug)]
pub struct Outcome {
    /// The record as it is now.
    pub release: Release,
    /// Whether the plan was carried out.
    pub result: Result<(), Error>,
    /// Whether a failure is on record and all that the plan asks for after it was done, so that the
    /// change can be undone.
    pub settled: bool,
    /// What lasting hooks have left, for [`crate::clear`].
    pub remains: Option<Remains>,
}

/// Carries out a plan. If a step stops it, or the operation is cancelled, the record says so as
/// the plan asks.
pub async fn run(plan: Plan, env: &Env<'_>) -> Outcome {
    let Plan {
        mut release,
        steps,
        failure,
    } = plan;
    let mut progress = Progress {
        cleans_up: failure.cleans_up(),
        ..Progress::default()
    };
    let result = tokio::select! {
        biased;
        () = env.cancel.cancelled() => Err(Error::cancelled()),
        result = run_steps(env, &mut release, &steps, &mut progress) => result,
    };
    let (result, settled) = match result {
        Err(error) if progress.recorded => {
            let (error, settled) =
                failure::record(env, &mut release, failure, &progress, error).await;
            (Err(error), settled)
        }
        other => (other, false),
    };
    hooks::sweep_begun(&release, &progress.doubtful, env).await;
    Outcome {
        release,
        result,
        settled,
        remains: progress.remains,
    }
}

/// How far the plan is, beyond the record itself.
#[derive(Default)]
pub(crate) struct Progress {
    /// Whether the record is in the store.
    pub(crate) recorded: bool,
    /// Which part of the plan is under way.
    pub(crate) stage: Stage,
    /// Whether what an update has created is deleted if it fails.
    cleans_up: bool,
    /// The objects that an update has created, where that matters.
    pub(crate) created: Vec<Object>,
    /// What lasting hooks have left.
    remains: Option<Remains>,
    /// Hooks that were begun when the cluster failed.
    doubtful: Vec<usize>,
}

/// A part of a plan, as far as it matters to what a failure means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Records, hooks and all else.
    #[default]
    Other,
    /// Objects are being changed.
    Update,
    /// Objects are being waited for.
    Wait,
}

async fn run_steps(
    env: &Env<'_>,
    release: &mut Release,
    steps: &[Planned],
    progress: &mut Progress,
) -> Result<(), Error> {
    let mut collected = Vec::new();
    for (index, planned) in steps.iter().enumerate() {
        env.reporter.report(Event::Step {
            number: index + 1,
            of: steps.len(),
            what: planned.step.to_string(),
        });
        progress.stage = match planned.step {
            Step::Update { .. } => Stage::Update,
            Step::Wait { .. } => Stage::Wait,
            _ => Stage::Other,
        };
        let Err(error) = run_step(env, release, &planned.step, progress).await else {
            continue;
        };
        let error = tell(env, &planned.says, error);
        match planned.on_error {
            OnError::Stop => return Err(error),
            OnError::Collect => collected.push(error),
            OnError::Report(message) => note(env, Level::Error, message, &error),
            OnError::Warn(message) => env.log(
                Log::warn(message)
                    .with("name", &release.name)
                    .with("error", error.to_string()),
            ),
            OnError::Ignore(message) => note(env, Level::Debug, message, &error),
        }
    }
    let count = collected.len();
    Error::join(collected, "; ").map_or(Ok(()), |error| {
        Err(error.after(format!("uninstallation completed with {count} error(s): ")))
    })
}

async fn run_step(
    env: &Env<'_>,
    release: &mut Release,
    step: &Step,
    progress: &mut Progress,
) -> Result<(), Error> {
    match step {
        Step::Namespace { object, method } => {
            match write::create_all(env, std::slice::from_ref(object), *method).await {
                Err(error)
                    if !error
                        .cluster()
                        .is_some_and(cluster::Error::is_already_exists) =>
                {
                    Err(error)
                }
                _ => Ok(()),
            }
        }
        Step::Crds {
            files,
            method,
            waiting,
        } => crds::install(env, files, *method, *waiting).await,
        Step::CreateRecord { max_history } => {
            if let Some(lease) = env.lease {
                lease.cover(release.version).await?;
            }
            create_pruned(env.store, release, *max_history).await?;
            progress.recorded = true;
            Ok(())
        }
        Step::SetStatus {
            status,
            description,
            deleted,
        } => {
            release.info.status = *status;
            release.info.description.clone_from(description);
            if *deleted {
                release.info.deleted = (env.clock)();
            }
            Ok(())
        }
        Step::SaveRecord => Ok(env.store.update(release).await?),
        Step::SaveOther(other) => Ok(env.store.update(other).await?),
        Step::Purge { name, revisions } => {
            for revision in revisions {
                env.store.delete(name, *revision).await?;
            }
            Ok(())
        }
        Step::Hooks {
            event,
            order,
            method,
            waiting,
            lasting,
        } => {
            let hooks = Hooks {
                event,
                order,
                method: *method,
                waiting: *waiting,
            };
            let mut begun = Vec::new();
            let (remains, result) = hooks::run(env, release, &hooks, &mut begun).await;
            let cleared = match remains {
                Some(remains) if *lasting => {
                    progress.remains = Some(remains);
                    Ok(())
                }
                Some(remains) => hooks::clear(&remains, release, env).await,
                None => Ok(()),
            };
            let result = cleared.and(result);
            if result.as_ref().is_err_and(Passing::is_passing) {
                progress.doubtful.extend(begun);
            }
            result
        }
        Step::Create { objects, method } => {
            write::create_all(env, objects, *method).await.map(drop)
        }
        Step::Update {
            targets,
            originals,
            method,
        } => {
            let update = Update {
                originals,
                targets,
                method: *method,
                notes_creations: progress.cleans_up,
            };
            update::update_all(env, &update, &mut progress.created).await
        }
        Step::Wait { objects, waiting } => wait::until_ready(env, objects, *waiting).await,
        Step::Delete {
            objects,
            skipped,
            propagation,
        } => {
            for one in skipped {
                warn_skipped(env, release, one);
            }
            let propagation = match propagation {
                plan::Propagation::Background => Propagation::Background,
                plan::Propagation::Foreground => Propagation::Foreground,
                plan::Propagation::Orphan => Propagation::Orphan,
            };
            let deleted = delete::delete_all(env, objects, propagation).await;
            deleted.or_else(|errors| Error::join(errors, "; ").map_or(Ok(()), Err))
        }
        Step::WaitDeleted { objects, waiting } => wait::until_deleted(env, objects, *waiting).await,
    }
}

/// The failure of a step in the words of the plan.
fn tell(env: &Env<'_>, says: &Says, error: Error) -> Error {
    match says {
        Says::Itself => error,
        Says::After(prefix) => error.after(prefix),
        Says::Instead(message) => {
            note(
                env,
                Level::Debug,
                "uninstall: Failed to delete release",
                &error,
            );
            error.told(message)
        }
    }
}

fn note(env: &Env<'_>, level: Level, message: &str, error: &Error) {
    env.log(Log::new(level, message).with("error", error.to_string()));
}

fn warn_skipped(env: &Env<'_>, release: &Release, skipped: &Skipped) {
    let message = match &skipped.why {
        Why::Policy => return,
        Why::NotOwned => "skipping delete of resource not owned by this release",
        Why::Unverifiable(_) => {
            "skipping delete of resource because ownership could not be verified"
        }
    };
    let object = &skipped.object;
    let mut event = Log::warn(message)
        .with("kind", object.kind())
        .with("name", object.name())
        .with("namespace", object.namespace())
        .with("release", &release.name);
    if let Why::Unverifiable(why) = &skipped.why {
        event = event.with("error", why);
    }
    env.log(event);
}
