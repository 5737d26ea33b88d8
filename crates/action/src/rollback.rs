//! `rollback`: a release goes back to an earlier revision.

use plan::{Changing, Waiting};
use release::{ApplyMethod, Info, Release, Status};

use crate::name::is_release_name;
use crate::observe::{build, perform, reach};
use crate::turn::{Turn, before, left_behind};
use crate::upgrade::server_side;
use crate::{Context, Error};

/// What to roll back, and how.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// Name of the release.
    pub name: String,
    /// The revision to go back to, 0 for the one before the newest.
    pub revision: i64,
    /// A description of the new revision, of up to 256 characters; empty for the usual one.
    pub description: String,
    /// Whether to stop before anything is changed.
    pub dry_run: bool,
    /// Whether hooks run.
    pub hooks: bool,
    /// Whether the server merges: `true`, `false`, or `auto` for what is on record.
    pub server_side: String,
    /// Whether fields are taken from other managers.
    pub force_conflicts: bool,
    /// Whether objects are replaced.
    pub force_replace: bool,
    /// Whether objects that a failed rollback created are deleted.
    pub cleanup_on_fail: bool,
    /// How many revisions may be kept, 0 for all.
    pub max_history: i64,
    /// How readiness is awaited.
    pub waiting: Waiting,
}

/// Helm's `MaxDescriptionLength`.
const MAX_DESCRIPTION: usize = 256;

/// Takes a release back to an earlier revision: a new revision with the manifest of the old one.
///
/// # Errors
/// What Helm reports, in its words.
pub async fn rollback(request: &Rollback, context: &Context) -> Result<(), Error> {
    check_description(&request.description)?;
    reach(&*context.cluster).await?;
    let name = &request.name;
    if !is_release_name(name) {
        return Err(Error::Other(format!(
            "prepareRollback: Release name is invalid: {name}"
        )));
    }
    if request.revision < 0 {
        return Err(Error::Other("invalid release revision".to_owned()));
    }
    if request.dry_run {
        return go_to(request, context, None).await;
    }
    let turn = Turn::take(name, false, context).await?;
    let done = go_to(request, &turn.context, Some(&turn)).await;
    turn.end(done).await
}

/// Rolls back a release that nobody else changes meanwhile.
pub(crate) async fn go_to(
    request: &Rollback,
    context: &Context,
    turn: Option<&Turn>,
) -> Result<(), Error> {
    let name = &request.name;
    let mut revisions = release::history(&*context.store, name).await?;
    let Some(newest) = revisions.last_mut() else {
        return Err(release::StoreError::NotFound.into());
    };
    let turn = turn.filter(|turn| turn.is_interrupted(newest));
    if let Some(turn) = turn {
        turn.settle(newest).await?;
    }
    let newest = newest.clone();
    let revision = match request.revision {
        0 => newest.version - 1,
        given => given,
    };
    if !revisions.iter().any(|known| known.version == revision) {
        return Err(Error::Other(format!("release has no {revision} version")));
    }
    let target = context.store.get(name, revision).await?;
    let server_side = server_side(&request.server_side, &target.apply_method)?;
    let release = again(target, &newest, request, server_side, context);
    if request.dry_run {
        return Ok(());
    }
    let namespace = release.namespace.clone();
    let mut current = build(&newest.manifest, &namespace, context)
        .await
        .map_err(Error::BuildCurrent)?;
    if turn.is_some()
        && let Some(before) = before(name, context).await?
    {
        current.extend(left_behind(&before, &current, context).await?);
    }
    let objects = build(&release.manifest, &namespace, context)
        .await
        .map_err(Error::BuildNew)?;
    let plan = plan::rollback(plan::Rollback {
        release,
        revisions,
        current,
        objects,
        changing: Changing {
            server_side,
            force_conflicts: request.force_conflicts,
            force_replace: request.force_replace,
            hooks: request.hooks,
            waiting: request.waiting,
            max_history: request.max_history,
            cleanup_on_fail: request.cleanup_on_fail,
        },
    });
    if let Some(plan) = plan {
        perform(plan, &namespace, context).await?;
    }
    Ok(())
}

fn check_description(description: &str) -> Result<(), Error> {
    match description.chars().count() {
        0..=MAX_DESCRIPTION => Ok(()),
        length => Err(Error::Other(format!(
            "description must be {MAX_DESCRIPTION} characters or less, got {length}"
        ))),
    }
}

/// The old revision as a new one.
fn again(
    target: Release,
    newest: &Release,
    request: &Rollback,
    server_side: bool,
    context: &Context,
) -> Release {
    let description = match request.description.as_str() {
        "" => format!("Rollback to {}", target.version),
        given => given.to_owned(),
    };
    Release {
        namespace: newest.namespace.clone(),
        info: Info {
            first_deployed: newest.info.first_deployed,
            last_deployed: context.now(),
            status: Status::PendingRollback,
            notes: target.info.notes,
            rollback_revision: target.version,
            description,
            ..Info::default()
        },
        version: newest.version + 1,
        apply_method: ApplyMethod::of(server_side),
        ..target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_counted_in_characters() {
        assert!(check_description(&"é".repeat(256)).is_ok());
        assert_eq!(
            check_description(&"é".repeat(257)).unwrap_err().to_string(),
            "description must be 256 characters or less, got 257"
        );
    }
}
