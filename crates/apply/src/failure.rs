//! What a failure leaves in the records, and of the objects that were created.

use chart::Event as Log;
use cluster::Propagation;
use goval::strconv::quote;
use manifest::Object;
use plan::Failure;
use release::{Release, Status};

use crate::patience::persist;
use crate::run::{Progress, Stage};
use crate::{Env, Error, FAILURE_PATIENCE, delete};

/// Writes a failure into the records as the plan asks and cleans up. Gives the error to tell, and
/// whether all that was asked for was done.
pub(crate) async fn record(
    env: &Env<'_>,
    release: &mut Release,
    failure: Failure,
    progress: &Progress,
    error: Error,
) -> (Error, bool) {
    match failure {
        Failure::Leave => (error, true),
        Failure::Mark(what) => {
            release.info.status = Status::Failed;
            describe(release, what, &error);
            // There is another error to tell already, and Helm says nothing here.
            let saved = persist(FAILURE_PATIENCE, async || env.store.update(release).await).await;
            if let Err(unsaved) = saved {
                env.debug(format!("the failure could not be recorded: {unsaved}"));
            }
            (error, true)
        }
        Failure::Upgrade { previous, cleanup } => {
            if progress.stage != Stage::Other && !error.is_cancelled() {
                env.save_failure(&previous).await;
            }
            env.log(
                Log::warn("upgrade failed")
                    .with("name", &release.name)
                    .with("error", error.to_string()),
            );
            mark(env, release, "Upgrade", &error).await;
            if cleanup && !error.is_cancelled() {
                return clean_up_upgrade(env, &progress.created, error).await;
            }
            (error, true)
        }
        // Helm's rollback ends at once and leaves its record pending.
        Failure::Rollback { .. } if error.is_cancelled() => {
            mark(env, release, "Rollback", &error).await;
            (error, true)
        }
        Failure::Rollback { newest, cleanup } => match progress.stage {
            Stage::Other => (error, true),
            Stage::Update => {
                let name = quote(&release.name);
                env.log(Log::warn(format!("Rollback {name} failed: {error}")));
                let mut newest = newest;
                newest.info.status = Status::Superseded;
                env.save_failure(&newest).await;
                mark(env, release, "Rollback", &error).await;
                if cleanup {
                    return clean_up_rollback(env, &progress.created, error).await;
                }
                (error, true)
            }
            Stage::Wait => {
                release.info.status = Status::Failed;
                describe(release, "Release", &error);
                env.save_failure(&newest).await;
                env.save_failure(release).await;
                let name = release.name.clone();
                (error.after(format!("release {name} failed: ")), true)
            }
        },
    }
}

async fn mark(env: &Env<'_>, release: &mut Release, what: &str, error: &Error) {
    release.info.status = Status::Failed;
    describe(release, what, error);
    env.save_failure(release).await;
}

fn describe(release: &mut Release, what: &str, error: &Error) {
    release.info.description = format!("{what} {} failed: {error}", quote(&release.name));
}

/// Deletes what an upgrade has created; the error then tells of both if that fails too.
async fn clean_up_upgrade(env: &Env<'_>, created: &[Object], error: Error) -> (Error, bool) {
    match delete_created(env, created).await {
        Ok(()) => (error, true),
        Err(failed) => {
            let text = format!(
                "an error occurred while cleaning up resources. original upgrade error: {error}: \
                 unable to cleanup resources: {failed}"
            );
            (error.told(text), false)
        }
    }
}

/// Deletes what a rollback has created. Helm does not look whether there is anything, and says nothing of the
/// first error if this fails.
async fn clean_up_rollback(env: &Env<'_>, created: &[Object], error: Error) -> (Error, bool) {
    let deleted = match created {
        [] => Err(Error::other(
            "object not found, skipping delete: no objects visited",
        )),
        _ => delete_created(env, created).await,
    };
    match deleted {
        Ok(()) => (error, true),
        Err(failed) => {
            let text = format!(
                "an error occurred while cleaning up resources. original rollback error: unable to \
                 cleanup resources: {failed}"
            );
            (error.told(text), false)
        }
    }
}

async fn delete_created(env: &Env<'_>, created: &[Object]) -> Result<(), Error> {
    let deleted = delete::delete_all(env, created, Propagation::Background).await;
    deleted.or_else(|errors| Error::join(errors, ", ").map_or(Ok(()), Err))
}
