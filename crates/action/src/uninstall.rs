//! `uninstall`: the objects of a release go, and its records with them.

use chart::{Event, Level};
use goval::strconv::quote;
use manifest::{Manifest, Object, Order};
use plan::{Live, Propagation, Step, Waiting};
use release::{Release, Status};

use crate::name::is_release_name;
use crate::observe::{build, perform, reach};
use crate::turn::{Turn, before};
use crate::{Context, Error};

/// What to uninstall, and how.
#[derive(Clone, Debug)]
pub struct Uninstall {
    /// Name of the release.
    pub name: String,
    /// Whether to stop before anything is changed.
    pub dry_run: bool,
    /// Whether hooks run.
    pub hooks: bool,
    /// Whether a release that does not exist counts as uninstalled.
    pub ignore_not_found: bool,
    /// Whether the records stay.
    pub keep_history: bool,
    /// What happens to the dependents of the objects.
    pub propagation: Propagation,
    /// How deletion is awaited.
    pub waiting: Waiting,
    /// A description of success; empty for the usual one.
    pub description: String,
}

/// Uninstalls a release. Gives what the user should know of objects that stay; `None` if there was
/// nothing to uninstall.
///
/// # Errors
/// What Helm reports, in its words.
pub async fn uninstall(request: &Uninstall, context: &Context) -> Result<Option<String>, Error> {
    reach(&*context.cluster).await?;
    if request.dry_run {
        return rehearse(request, context).await;
    }
    let name = &request.name;
    if !is_release_name(name) {
        return Err(Error::Other(format!(
            "uninstall: Release name is invalid: {name}"
        )));
    }
    let turn = Turn::take(name, false, context).await?;
    let done = remove(request, &turn.context, Some(&turn)).await;
    turn.end(done).await
}

/// Uninstalls a release that nobody else changes meanwhile.
pub(crate) async fn remove(
    request: &Uninstall,
    context: &Context,
    turn: Option<&Turn>,
) -> Result<Option<String>, Error> {
    let name = &request.name;
    let mut revisions = match release::history(&*context.store, name).await {
        Ok(revisions) => revisions,
        Err(_) if request.ignore_not_found => return Ok(None),
        Err(error) => {
            return Err(Error::Other(format!(
                "uninstall: Release not loaded: {name}: {error}"
            )));
        }
    };
    let Some(newest) = revisions.last_mut() else {
        return Err(Error::Other("no release provided".to_owned()));
    };
    if newest.info.status == Status::Uninstalled {
        return purge(request, &revisions, context).await;
    }
    let turn = turn.filter(|turn| turn.is_interrupted(newest));
    if let Some(turn) = turn {
        turn.settle(newest).await?;
    }
    let newest = &*newest;
    if let Some(lease) = &context.lease {
        lease.cover(newest.version).await?;
    }
    let parts = match all_parts(newest, turn.is_some(), context).await {
        Ok(parts) => parts,
        Err(why) => {
            begin(request, revisions.clone(), context).await?;
            let event = Event::new(Level::Debug, "uninstall: Failed to delete release");
            context.log(event.with("error", why));
            return Err(Error::Other(format!("failed to delete release: {name}")));
        }
    };
    let live = apply::look_before_deletion(&*context.cluster, &parts.objects).await;
    let namespace = newest.namespace.clone();
    let input = plan::Uninstall {
        revisions,
        objects: parts.objects,
        live,
        kept: parts.kept,
        hooks: request.hooks,
        keep_history: request.keep_history,
        propagation: request.propagation,
        waiting: request.waiting,
        description: request.description.clone(),
    };
    let Some((plan, told)) = plan::uninstall(input) else {
        return Ok(None);
    };
    perform(plan, &namespace, context).await?;
    Ok(Some(told))
}

/// What comes before the objects are deleted, where it turns out that they cannot be: pre-delete hooks, and a record
/// that says so.
async fn begin(
    request: &Uninstall,
    revisions: Vec<Release>,
    context: &Context,
) -> Result<(), Error> {
    let input = plan::Uninstall {
        revisions,
        objects: Vec::new(),
        live: Vec::new(),
        kept: Vec::new(),
        hooks: request.hooks,
        keep_history: true,
        propagation: request.propagation,
        waiting: request.waiting,
        description: String::new(),
    };
    let Some((mut plan, _)) = plan::uninstall(input) else {
        return Ok(());
    };
    let saved = plan.steps.iter();
    let saved = saved.take_while(|step| !matches!(step.step, Step::SaveRecord));
    plan.steps.truncate(saved.count() + 1);
    let namespace = plan.release.namespace.clone();
    perform(plan, &namespace, context).await?;
    Ok(())
}

/// What a dry run tells: only whether there is such a release, and what would stay.
async fn rehearse(request: &Uninstall, context: &Context) -> Result<Option<String>, Error> {
    let release = match crate::get::get(&*context.store, &request.name, 0).await {
        Ok(release) => release,
        Err(crate::get::GetError::Store(release::StoreError::NotFound))
            if request.ignore_not_found =>
        {
            return Ok(None);
        }
        Err(error) => return Err(Error::Other(error.to_string())),
    };
    let Ok(parts) = parts(&release, context).await else {
        return Ok(Some(String::new()));
    };
    warn_of_others(&release, &parts.objects, context).await;
    if parts.kept.is_empty() {
        return Ok(Some(String::new()));
    }
    let kept = parts
        .kept
        .iter()
        .map(|object| format!("[{}] {}\n", object.kind(), object.name()));
    let kept: String = kept.collect();
    Ok(Some(format!(
        "These resources were kept due to the resource policy:\n{kept}"
    )))
}

/// Warns of objects that would stay because they are not the release's, or may not be.
async fn warn_of_others(release: &Release, objects: &[Object], context: &Context) {
    let live = apply::look_before_deletion(&*context.cluster, objects).await;
    let (mut others, mut unknown) = (Vec::new(), Vec::new());
    for (object, live) in objects.iter().zip(live) {
        match live {
            Live::Absent => {}
            Live::Present(found) => {
                if plan::owned_by(&found, &release.name, &release.namespace).is_err() {
                    others.push((object, None));
                }
            }
            Live::Unreadable(why) => unknown.push((object, Some(why))),
        }
    }
    let reasons = [
        (others, "they are not owned by this release", ""),
        (
            unknown,
            "their ownership could not be verified",
            " (ownership could not be verified)",
        ),
    ];
    for (found, why, suffix) in reasons {
        if found.is_empty() {
            continue;
        }
        let text = format!("dry-run: resources would be skipped because {why}");
        let count = found.len().to_string();
        context.log(
            Event::warn(text)
                .with("release", &release.name)
                .with("count", count),
        );
        for (object, error) in found {
            let mut event = Event::warn(format!("dry-run: would skip resource{suffix}"))
                .with("kind", object.kind())
                .with("name", object.name())
                .with("namespace", object.namespace());
            if let Some(error) = error {
                event = event.with("error", error);
            }
            context.log(event);
        }
    }
}

/// A release that was uninstalled before: its records are all that is left.
async fn purge(
    request: &Uninstall,
    revisions: &[Release],
    context: &Context,
) -> Result<Option<String>, Error> {
    let name = &request.name;
    if request.keep_history {
        return Err(Error::Other(format!(
            "the release named {} is already deleted",
            quote(name)
        )));
    }
    for revision in revisions {
        context
            .store
            .delete(name, revision.version)
            .await
            .map_err(|error| {
                Error::Other(format!("uninstall: Failed to purge the release: {error}"))
            })?;
    }
    Ok(Some(String::new()))
}

/// The objects of a manifest in the order of their deletion, and those that stay.
struct Parts {
    objects: Vec<Object>,
    kept: Vec<Object>,
}

/// The parts of the newest revision; if it was interrupted, with those of the revision before, which may
/// be there still.
async fn all_parts(
    newest: &Release,
    interrupted: bool,
    context: &Context,
) -> Result<Parts, String> {
    let mut all = parts(newest, context).await?;
    if !interrupted {
        return Ok(all);
    }
    let older = before(&newest.name, context).await;
    if let Some(older) = older.map_err(|error| error.to_string())? {
        let mut older = parts(&older, context).await?.objects;
        let known = |object: &Object| {
            all.objects
                .iter()
                .chain(&all.kept)
                .any(|k| plan::is_same(k, object))
        };
        older.retain(|object| !known(object));
        all.objects.extend(older);
    }
    Ok(all)
}

async fn parts(release: &Release, context: &Context) -> Result<Parts, String> {
    let documents = manifest::split(&release.manifest);
    let files = documents
        .iter()
        .map(|document| ("manifest", document.as_bytes()));
    let sorted = manifest::sort(files, Order::Uninstall).map_err(|error| {
        format!("corrupted release record. You must manually delete the resources: {error}")
    })?;
    let (keep, delete) = manifest::part_kept(sorted.manifests);
    let objects = async |manifests: &[Manifest]| {
        let text: String = manifests
            .iter()
            .map(|m| format!("\n---\n{}", m.content))
            .collect();
        build(&text, &release.namespace, context).await
    };
    let unbuilt = |error| format!("unable to build kubernetes objects for delete: {error}");
    Ok(Parts {
        objects: objects(&delete).await.map_err(unbuilt)?,
        kept: objects(&keep).await.map_err(unbuilt)?,
    })
}
