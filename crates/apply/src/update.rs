//! Bringing objects from one state to the next.

use std::time::Instant;

use cluster::{FieldValidation, Patch, Propagation, Target, WriteOptions};
use futures::stream::{self, StreamExt};
use goval::strconv::quote;
use manifest::Object;
use plan::{Method, is_same};

use crate::managers::migration;
use crate::patience::persist;
use crate::write::{PAUSE, TRIES, create, object_text, server_side, target_of};
use crate::{AT_ONCE, Env, Error, Event, FAILURE_PATIENCE, MANAGER, delete, merge};

/// What an update is about.
pub(crate) struct Update<'a> {
    /// The objects of the revision before.
    pub(crate) originals: &'a [Object],
    pub(crate) targets: &'a [Object],
    pub(crate) method: Method,
    /// Whether it must be known which objects came to be: then each is looked at first.
    pub(crate) notes_creations: bool,
}

/// Creates what is missing, changes what is there, and deletes what is in `originals` but no longer
/// in `targets` (Helm's `Client.Update`).
///
/// The failure of a change does not keep the other objects from being changed; that of a look or of
/// a creation ends the update at once. So a creation waits for all before it, while neighbouring
/// changes of a kind run at once: what has been done when it ends is what Helm would have done.
pub(crate) async fn update_all(
    env: &Env<'_>,
    update: &Update<'_>,
    created: &mut Vec<Object>,
) -> Result<(), Error> {
    if env.cluster.accepts_everything() {
        return Ok(());
    }
    let Update {
        originals, targets, ..
    } = update;
    refuse(update.method)?;
    let mut errors = Vec::new();
    for run in targets.chunk_by(|a, b| a.kind() == b.kind()) {
        let live: Vec<_> = stream::iter(run)
            .map(|object| find(env, update, object))
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut changes = Vec::new();
        for (index, (object, mut live)) in run.iter().zip(live).enumerate() {
            // A manifest may have an object twice: then the second finds what has become of the first.
            if run[..index].iter().any(|earlier| is_same(earlier, object)) {
                change_all(env, update, &changes, &mut errors).await?;
                changes.clear();
                live = find(env, update, object).await;
            }
            match live {
                Ok(Found::Absent) => {
                    change_all(env, update, &changes, &mut errors).await?;
                    changes.clear();
                    // Noted even if it fails: it may be there all the same.
                    created.push(object.clone());
                    create(env, object, as_creation(update.method))
                        .await
                        .map_err(|e| e.after(UNCREATED))?;
                }
                Ok(live) => changes.push((object, live)),
                Err(error) => {
                    change_all(env, update, &changes, &mut errors).await?;
                    return Err(error);
                }
            }
        }
        change_all(env, update, &changes, &mut errors).await?;
    }
    if let Some(error) = Error::join(errors, " && ") {
        return Err(error);
    }
    let gone: Vec<&Object> = originals
        .iter()
        .filter(|original| !targets.iter().any(|target| is_same(original, target)))
        .collect();
    delete_gone(env, &gone).await
}

const UNCREATED: &str = "failed to create resource: ";

/// Combinations that Helm refuses when it gets here, not before.
fn refuse(method: Method) -> Result<(), Error> {
    let why = match method {
        Method::ClientSide {
            force_conflicts: true,
            ..
        }
        | Method::Replace {
            server_side: false,
            force_conflicts: true,
        } => {
            "invalid client update option(s): forceConflicts enabled when serverSideApply disabled"
        }
        Method::Replace {
            force_conflicts: true,
            ..
        } => "invalid operation: cannot use force conflicts and force replace together",
        Method::Replace {
            server_side: true, ..
        } => "invalid operation: cannot use server-side apply and force replace together",
        _ => return Ok(()),
    };
    Err(Error::other(why))
}

/// How an object that is missing comes to be.
fn as_creation(method: Method) -> Method {
    match method {
        Method::Replace { .. } => Method::create(false),
        other => other,
    }
}

/// What is known of an object before it is changed.
enum Found {
    Absent,
    Present(Box<Object>),
    /// It was in the revision before, and the server merges: whether it is still there makes no difference to
    /// what is sent.
    Assumed,
}

async fn find(env: &Env<'_>, update: &Update<'_>, object: &Object) -> Result<Found, Error> {
    let merged = matches!(update.method, Method::ServerSide { migrate: false, .. });
    let known = !object.name().is_empty() && original_of(update, object).is_some();
    if merged && !update.notes_creations && known {
        return Ok(Found::Assumed);
    }
    look(env, object).await
}

async fn look(env: &Env<'_>, object: &Object) -> Result<Found, Error> {
    let target = target_of(env, object).await?;
    match env.cluster.get(&target).await {
        Ok(live) => Ok(Found::Present(Box::new(live))),
        Err(error) if error.is_not_found() => Ok(Found::Absent),
        Err(error) => {
            Err(Error::from(error).after("could not get information about the resource: "))
        }
    }
}

fn original_of<'a>(update: &Update<'a>, object: &Object) -> Option<&'a Object> {
    let mut originals = update.originals.iter();
    originals.find(|original| is_same(original, object))
}

/// Changes objects at once and notes what failed.
///
/// # Errors
/// An object that was assumed to be there, is not, and cannot be created.
async fn change_all(
    env: &Env<'_>,
    update: &Update<'_>,
    objects: &[(&Object, Found)],
    errors: &mut Vec<Error>,
) -> Result<(), Error> {
    let results: Vec<_> = stream::iter(objects)
        .map(|(object, found)| change(env, update, object, found))
        .buffered(AT_ONCE)
        .collect()
        .await;
    for ((object, found), result) in objects.iter().zip(results) {
        let Err(error) = result else { continue };
        // A server that is away would be waited for once for each object.
        let is_away = error.cluster().is_some_and(cluster::Error::is_transient);
        let was_assumed = matches!(found, Found::Assumed) && !is_away;
        if was_assumed && matches!(look(env, object).await, Ok(Found::Absent)) {
            return Err(error.after(UNCREATED));
        }
        errors.push(error);
    }
    Ok(())
}

async fn change(
    env: &Env<'_>,
    update: &Update<'_>,
    object: &Object,
    found: &Found,
) -> Result<(), Error> {
    let target = target_of(env, object).await?;
    let original = original_of(update, object);
    if original.is_none() {
        let message = "resource exists on cluster but not in original release, using cluster state as baseline";
        env.log(
            chart::Event::warn(message)
                .with("namespace", &target.namespace)
                .with("name", &target.name)
                .with("kind", object.kind()),
        );
    }
    let live = match found {
        Found::Present(live) => live,
        _ => object,
    };
    let changed = match update.method {
        Method::ServerSide {
            force_conflicts,
            migrate,
        } => {
            if migrate {
                migrate_managers(env, &target, live).await?;
            }
            server_side(env, &target, object, force_conflicts).await?
        }
        Method::Replace { .. } => replace(env, &target, object).await?,
        Method::ClientSide { three_way, .. } => {
            let original = original.unwrap_or(live);
            let states = [original, object, live].map(Object::as_json);
            let patch = merge::patch(&object.gvk(), states, three_way)
                .map_err(|why| Error::other(format!("failed to create patch: {why}")))?;
            match patch {
                Some(patch) => client_side(env, &target, &patch).await?,
                None => return Ok(()),
            }
        }
    };
    env.reporter.report(Event::Wrote(Box::new(changed)));
    Ok(())
}

/// Sends a patch that was made here (Helm's `patchResourceClientSide`).
async fn client_side(env: &Env<'_>, target: &Target, patch: &Patch) -> Result<Object, Error> {
    let options = WriteOptions {
        field_manager: Some(MANAGER),
        ..WriteOptions::default()
    };
    let patched = env.cluster.patch(target, patch, &options).await;
    patched.map_err(|error| {
        let (name, kind) = (quote(&target.name), &target.resource.gvk.kind);
        Error::from(error).after(format!("cannot patch {name} with kind {kind}: "))
    })
}

async fn migrate_managers(env: &Env<'_>, target: &Target, live: &Object) -> Result<(), Error> {
    let options = WriteOptions {
        field_manager: Some(MANAGER),
        field_validation: Some(FieldValidation::Strict),
        dry_run: false,
    };
    let object = object_text(target);
    let mut live = live.clone();
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let Some(patch) = migration(live.as_json(), MANAGER) else {
            return Ok(());
        };
        match env
            .cluster
            .patch(target, &Patch::Json(patch), &options)
            .await
        {
            Ok(_) => return Ok(()),
            Err(error) if error.is_conflict() && tries > 0 => {
                tokio::time::sleep(PAUSE).await;
                live = env.cluster.get(target).await.map_err(|error| {
                    Error::from(error).after(format!("failed to get object {object}: "))
                })?;
            }
            Err(error) if error.is_conflict() => return Err(error.into()),
            Err(error) => {
                return Err(Error::from(error).after(format!(
                    "failed to patch object to upgrade CSA field manager {object}: "
                )));
            }
        }
    }
}

/// Puts the object in the place of what is there, whatever version that has.
async fn replace(env: &Env<'_>, target: &Target, object: &Object) -> Result<Object, Error> {
    let options = WriteOptions {
        field_manager: Some(MANAGER),
        field_validation: Some(FieldValidation::Strict),
        dry_run: false,
    };
    let replaced = async {
        let mut object = object.clone();
        if object.resource_version().is_empty() {
            let live = env.cluster.get(target).await?;
            object.set_resource_version(live.resource_version());
        }
        env.cluster.replace(target, &object, &options).await
    };
    replaced
        .await
        .map_err(|error| Error::from(error).after("failed to replace object: "))
}

/// Deletes what is no longer wanted, kind after kind, unless the live object asks to be kept.
async fn delete_gone(env: &Env<'_>, gone: &[&Object]) -> Result<(), Error> {
    let mut errors = Vec::new();
    let begin = Instant::now();
    for run in gone.chunk_by(|a, b| a.kind() == b.kind()) {
        let results: Vec<_> = stream::iter(run.iter().copied())
            .map(|object| delete_if_unkept(env, object, begin))
            .buffered(AT_ONCE)
            .collect()
            .await;
        errors.extend(results.into_iter().filter_map(Result::err));
    }
    Error::join(errors, " && ").map_or(Ok(()), Err)
}

/// What cannot be read is not deleted, as with Helm, and nobody remembers it: so a cluster that does not answer is asked
/// for a while, counted from the beginning of all.
async fn delete_if_unkept(env: &Env<'_>, object: &Object, begin: Instant) -> Result<(), Error> {
    let target = target_of(env, object).await?;
    let patience = FAILURE_PATIENCE.saturating_sub(begin.elapsed());
    let live = match persist(patience, async || env.cluster.get(&target).await).await {
        Ok(live) => live,
        Err(error) => {
            env.debug(format!("unable to get object: {error}"));
            return Ok(());
        }
    };
    if live.annotation("helm.sh/resource-policy") == Some("keep") {
        return Ok(());
    }
    let one = std::slice::from_ref(object);
    match delete::delete_all(env, one, Propagation::Background).await {
        Ok(()) => Ok(()),
        Err(mut errors) => Err(errors.remove(0).after(format!(
            "failed to delete resource namespace={}, name={}, kind={}: ",
            target.namespace, target.name, target.resource.gvk.kind
        ))),
    }
}
