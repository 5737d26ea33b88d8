//! `upgrade`: a release moves to another chart, or to other values.

use std::collections::BTreeMap;
use std::sync::Arc;

use manifest::Object;
use plan::{Changing, Waiting};
use release::{ApplyMethod, Release, Status, StoreError};
use values::Reuse;

use crate::chart_request::Prepared;
use crate::context::log_all;
use crate::deploy::HIDES_NOTHING;
use crate::draft::{Draft, check_labels, draft_aside};
use crate::history::{HistoryError, history};
use crate::install::options;
use crate::name::is_release_name;
use crate::observe::{build, capabilities, carry_out, reach};
use crate::rollback::{Rollback, go_to};
use crate::size;
use crate::turn::{Turn, left_behind};
use crate::world::ClusterWorld;
use crate::{Context, Deploy, DryRun, Error};

pub use crate::chart_request::prepare_upgrade as prepare;

/// What to upgrade, and how.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// Name of the release.
    pub name: String,
    /// What becomes of the values of the revision before.
    pub reuse: Reuse,
    /// Whether the server merges: `true`, `false`, or `auto` for what is on record.
    pub server_side: String,
    /// Whether objects that a failed upgrade created are deleted.
    pub cleanup_on_fail: bool,
    /// How many revisions may be kept, 0 for all.
    pub max_history: i64,
    /// Whether a pending revision counts as interrupted, whoever wrote it.
    pub take_over: bool,
    /// How it is deployed.
    pub deploy: Deploy,
}

/// Whether there is something to upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no such release.
    Absent,
    /// Only records of it are left.
    Uninstalled,
    /// There is.
    Present,
}

/// How a release stands, for an upgrade that may install it.
///
/// # Errors
/// A name that none can have, a cluster that does not answer, and what the store fails with.
pub async fn standing(name: &str, context: &Context) -> Result<Standing, Error> {
    reach(&*context.cluster).await?;
    match history(&*context.store, name).await {
        Err(HistoryError::Store(StoreError::NotFound)) => Ok(Standing::Absent),
        Err(error) => Err(Error::Other(error.to_string())),
        Ok(revisions) => Ok(match revisions.last() {
            Some(last) if last.info.status == Status::Uninstalled => Standing::Uninstalled,
            _ => Standing::Present,
        }),
    }
}

/// Upgrades a release.
///
/// A dry run gives the release as it would be, and stores nothing.
///
/// # Errors
/// What Helm reports, in its words.
pub async fn upgrade(
    request: Upgrade,
    prepared: Prepared,
    context: &Context,
) -> Result<Release, Error> {
    let name = &request.name;
    reach(&*context.cluster).await?;
    if !is_release_name(name) {
        return Err(Error::Other(format!("release name is invalid: {name}")));
    }
    if request.deploy.hides_nothing() {
        return Err(Error::Other(HIDES_NOTHING.to_owned()));
    }
    if request.deploy.dry_run != DryRun::None {
        return change(&request, prepared, context, None).await;
    }
    let turn = Turn::take(name, request.take_over, context).await?;
    let changed = change(&request, prepared, &turn.context, Some(&turn)).await;
    turn.end(changed).await
}

/// Upgrades a release that nobody else changes meanwhile.
async fn change(
    request: &Upgrade,
    prepared: Prepared,
    context: &Context,
    turn: Option<&Turn>,
) -> Result<Release, Error> {
    let Bases {
        last,
        previous,
        interrupted,
    } = bases(&request.name, context, turn).await?;
    let prepared = with_old_values(request.reuse, prepared, &previous, context)?;
    let mut release = new_revision(request, prepared, &last, &previous, context).await?;
    check_labels(&request.deploy.labels)?;
    release.labels = merge_labels(&last.labels, &request.deploy.labels);
    let server_side = server_side(&request.server_side, &last.apply_method)?;
    release.apply_method = ApplyMethod::of(server_side);
    let namespace = release.namespace.clone();
    let objects = build(&release.manifest, &namespace, context).await?;
    let current = build_current(&previous, interrupted.as_ref(), context).await?;
    let new: Vec<Object> = plan::new_to(&current, &objects).cloned().collect();
    let live = apply::look(&*context.cluster, &new).await;
    let waiting = request.deploy.effective_waiting();
    let plan = plan::upgrade(plan::Upgrade {
        release: release.clone(),
        previous,
        current,
        objects,
        live,
        take_ownership: request.deploy.take_ownership,
        changing: Changing {
            server_side,
            force_conflicts: request.deploy.force_conflicts,
            force_replace: request.deploy.force_replace,
            hooks: request.deploy.hooks,
            waiting,
            max_history: request.max_history,
            cleanup_on_fail: request.cleanup_on_fail,
        },
        description: request.deploy.description.clone(),
    })
    .map_err(|error| Error::Plan("update", error))?;
    if request.deploy.dry_run != DryRun::None {
        return Ok(dry(release, &request.deploy.description));
    }
    let outcome = carry_out(plan, &namespace, context).await;
    match outcome.result {
        Err(error) if request.deploy.rollback_on_failure && outcome.settled => {
            Err(go_back(request, waiting, error, context).await)
        }
        Err(error) => Err(size::explained(error.into(), &outcome.release)),
        Ok(()) => Ok(outcome.release),
    }
}

/// The newest revision, and the one that the upgrade is based on.
struct Bases {
    last: Release,
    previous: Release,
    /// The newest one, if it came to nothing because its process died.
    interrupted: Option<Release>,
}

/// The base is what is deployed; the newest revision if nothing is and it failed or was superseded.
async fn bases(name: &str, context: &Context, turn: Option<&Turn>) -> Result<Bases, Error> {
    let store = &*context.store;
    let mut last = match release::last(store, name).await {
        Err(StoreError::NotFound) => return Err(StoreError::NoDeployed(name.to_owned()).into()),
        other => other?,
    };
    let turn = turn.filter(|turn| turn.is_interrupted(&last));
    if let Some(turn) = turn {
        turn.settle(&mut last).await?;
    }
    let status = last.info.status;
    if status.is_pending() {
        return Err(Error::InProgress);
    }
    let previous = match status {
        Status::Deployed => last.clone(),
        _ => match release::deployed(store, name).await {
            Err(StoreError::NoDeployed(_))
                if matches!(status, Status::Failed | Status::Superseded) =>
            {
                last.clone()
            }
            other => other?,
        },
    };
    let interrupted = turn.filter(|_| last.version != previous.version);
    Ok(Bases {
        interrupted: interrupted.map(|_| last.clone()),
        last,
        previous,
    })
}

fn with_old_values(
    reuse: Reuse,
    mut prepared: Prepared,
    previous: &Release,
    context: &Context,
) -> Result<Prepared, Error> {
    let mut events = Vec::new();
    let (old_chart, old) = (&previous.chart, previous.config.as_ref());
    let chart = &mut prepared.chart;
    let values = values::reuse(reuse, prepared.values, chart, old_chart, old, &mut events);
    log_all(&*context.reporter, events);
    prepared.values = values?;
    Ok(prepared)
}

/// The release as the chart and the values make it; its labels and its method are not settled yet.
async fn new_revision(
    request: &Upgrade,
    mut prepared: Prepared,
    last: &Release,
    previous: &Release,
    context: &Context,
) -> Result<Release, Error> {
    let mut events = Vec::new();
    let done = values::process_dependencies(&mut prepared.chart, &prepared.values, &mut events);
    log_all(&*context.reporter, events);
    done?;
    let revision = last.version + 1;
    let world: Arc<dyn funcs::World> = match request.deploy.dry_run {
        DryRun::Client => Arc::clone(&context.world),
        DryRun::None | DryRun::Server => Arc::new(ClusterWorld::new(context)),
    };
    let input = Draft {
        options: options(&request.name, &previous.namespace, revision, true),
        chart: prepared.chart,
        values: prepared.values,
        labels: BTreeMap::new(),
        capabilities: capabilities(context).await?,
        rendering: request.deploy.rendering.clone(),
        server_side: true,
        now: context.now(),
    };
    let mut release = draft_aside(input, world, context).await?.release;
    release.info.first_deployed = previous.info.first_deployed;
    release.info.status = Status::PendingUpgrade;
    release.info.description = "Preparing upgrade".to_owned();
    Ok(release)
}

/// The objects of the revision that the upgrade is based on, and those that an interrupted one has left.
async fn build_current(
    previous: &Release,
    interrupted: Option<&Release>,
    context: &Context,
) -> Result<Vec<Object>, Error> {
    let mut current = build(&previous.manifest, &previous.namespace, context)
        .await
        .map_err(Error::BuildCurrent)?;
    if let Some(interrupted) = interrupted {
        current.extend(left_behind(interrupted, &current, context).await?);
    }
    Ok(current)
}

/// Whether the server merges: the user's word, or with `auto` what is on record.
///
/// # Errors
/// Any other word.
pub(crate) fn server_side(word: &str, recorded: &ApplyMethod) -> Result<bool, Error> {
    match word {
        "auto" => Ok(recorded.is_server_side()),
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(Error::Other(format!(
            "invalid/unknown release server-side apply method: {other}"
        ))),
    }
}

fn merge_labels(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut labels = old.clone();
    labels.extend(new.clone());
    labels.retain(|_, value| value != "null");
    labels
}

fn dry(mut release: Release, description: &str) -> Release {
    release.info.description = match description {
        "" => "Dry run complete",
        given => given,
    }
    .to_owned();
    release
}

/// Rolls back to the newest revision that went well; gives the error to report.
async fn go_back(
    request: &Upgrade,
    waiting: Waiting,
    error: apply::Error,
    context: &Context,
) -> Error {
    let name = &request.name;
    let context = &context.uncancelled();
    let revisions = match release::history(&*context.store, name).await {
        Ok(revisions) => revisions,
        Err(second) => {
            return Error::Other(format!(
                "an error occurred while finding last successful release. original upgrade error: \
                 {error}: {second}"
            ));
        }
    };
    let went_well =
        |release: &&Release| matches!(release.info.status, Status::Superseded | Status::Deployed);
    let Some(good) = revisions.iter().rev().find(went_well) else {
        return Error::Other(format!(
            "unable to find a previously successful release when attempting to rollback. original \
             upgrade error: {error}"
        ));
    };
    let request = Rollback {
        name: name.clone(),
        revision: good.version,
        description: String::new(),
        dry_run: false,
        hooks: request.deploy.hooks,
        server_side: request.server_side.clone(),
        force_conflicts: request.deploy.force_conflicts,
        force_replace: request.deploy.force_replace,
        cleanup_on_fail: false,
        max_history: 0,
        waiting,
    };
    Error::Other(match go_to(&request, context, None).await {
        Ok(()) => format!(
            "release {name} failed, and has been rolled back due to rollback-on-failure being set: \
             {error}"
        ),
        Err(second) => format!(
            "an error occurred while rolling back the release. original upgrade error: {error}: \
             {second}"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_method_is_kept_unless_another_is_asked_for() {
        for (word, recorded, expected) in [
            ("auto", ApplyMethod::ServerSide, true),
            ("auto", ApplyMethod::ClientSide, false),
            ("auto", ApplyMethod::Unset, false),
            ("true", ApplyMethod::ClientSide, true),
            ("false", ApplyMethod::ServerSide, false),
        ] {
            assert_eq!(
                server_side(word, &recorded).unwrap(),
                expected,
                "{word} {recorded:?}"
            );
        }
        assert_eq!(
            server_side("yes", &ApplyMethod::ServerSide)
                .unwrap_err()
                .to_string(),
            "invalid/unknown release server-side apply method: yes"
        );
    }

    #[test]
    fn labels_are_merged_and_null_removes() {
        let labels = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let pairs = pairs.iter();
            pairs.map(|(k, v)| (k.to_string(), v.to_string())).collect()
        };
        let merged = merge_labels(
            &labels(&[("team", "a"), ("stage", "dev")]),
            &labels(&[("stage", "null"), ("tier", "web")]),
        );
        assert_eq!(merged, labels(&[("team", "a"), ("tier", "web")]));
    }
}
