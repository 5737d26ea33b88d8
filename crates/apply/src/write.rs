//! Creating objects: one kind after the other, those of a kind at once.

use std::time::Duration;

use cluster::{FieldValidation, Patch, Target, WriteOptions};
use futures::stream::{self, StreamExt};
use manifest::Object;
use plan::Method;

use crate::{AT_ONCE, Env, Error, Event, MANAGER};

/// As often as client-go's `DefaultRetry` tries, and so long apart.
pub(crate) const TRIES: u32 = 5;
pub(crate) const PAUSE: Duration = Duration::from_millis(10);

/// Creates objects in order. All are tried, whatever fails; the failures come as one error, line by
/// line (Helm's `Client.Create`).
pub(crate) async fn create_all(
    env: &Env<'_>,
    objects: &[Object],
    method: Method,
) -> Result<Vec<Object>, Error> {
    if env.cluster.accepts_everything() {
        return Ok(Vec::new());
    }
    if let Method::ClientSide {
        force_conflicts: true,
        ..
    } = method
    {
        return Err(Error::other(
            "invalid client create option(s): forceConflicts enabled when serverSideApply disabled",
        ));
    }
    if objects.is_empty() {
        return Err(Error::other("no objects visited"));
    }
    let (mut created, mut errors) = (Vec::new(), Vec::new());
    for run in objects.chunk_by(|a, b| a.kind() == b.kind()) {
        let at_once = match method {
            Method::ServerSide { .. } => AT_ONCE,
            _ => 1,
        };
        let results: Vec<_> = stream::iter(run)
            .map(|object| create(env, object, method))
            .buffered(at_once)
            .collect()
            .await;
        for result in results {
            match result {
                Ok(object) => created.push(object),
                Err(error) => errors.push(error),
            }
        }
    }
    Error::join(errors, "\n").map_or(Ok(created), Err)
}

/// Creates one object and tells of it.
pub(crate) async fn create(
    env: &Env<'_>,
    object: &Object,
    method: Method,
) -> Result<Object, Error> {
    let target = target_of(env, object).await?;
    let created = match method {
        Method::ServerSide {
            force_conflicts, ..
        } => server_side(env, &target, object, force_conflicts).await?,
        _ => plain(env, &target, object).await?,
    };
    env.reporter.report(Event::Wrote(Box::new(created.clone())));
    Ok(created)
}

/// Where an object is. Objects of a plan name their namespace already.
pub(crate) async fn target_of(env: &Env<'_>, object: &Object) -> Result<Target, Error> {
    let discovery = env.cluster.discovery().await?;
    Ok(discovery.target(object, env.namespace)?)
}

/// Server-side apply; repeated only where a quota was being counted (Helm's
/// `patchResourceServerSide`).
pub(crate) async fn server_side(
    env: &Env<'_>,
    target: &Target,
    object: &Object,
    force: bool,
) -> Result<Object, Error> {
    let options = WriteOptions {
        field_manager: Some(MANAGER),
        field_validation: Some(FieldValidation::Strict),
        dry_run: false,
    };
    let patch = Patch::Apply {
        object: object.clone(),
        force,
    };
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match env.cluster.patch(target, &patch, &options).await {
            Ok(applied) => return Ok(applied),
            Err(error) if tries > 0 && is_quota_conflict(&error) => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(tell_apply(target, error)),
        }
    }
}

fn tell_apply(target: &Target, error: cluster::Error) -> Error {
    let object = object_text(target);
    let unsupported = error.code() == Some(415);
    let conflict = error.is_conflict();
    let error = Error::from(error);
    if unsupported {
        error.after("server-side apply not available on the server: ")
    } else if conflict {
        error.after(format!(
            "conflict occurred while applying object {object}: "
        ))
    } else {
        error.after(format!("server-side apply failed for object {object}: "))
    }
}

/// `namespace/name group/version, Kind=kind`, as Helm's errors name an object.
pub(crate) fn object_text(target: &Target) -> String {
    let Target {
        namespace,
        name,
        resource,
    } = target;
    format!("{namespace}/{name} {}", resource.gvk)
}

fn is_quota_conflict(error: &cluster::Error) -> bool {
    let text = error.to_string();
    error.is_conflict()
        && text.contains("Operation cannot be fulfilled on resourcequotas")
        && text.contains("the object has been modified")
}

/// A plain create, as Helm 3 did it.
async fn plain(env: &Env<'_>, target: &Target, object: &Object) -> Result<Object, Error> {
    let options = WriteOptions {
        field_manager: Some(MANAGER),
        ..WriteOptions::default()
    };
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match env.cluster.create(target, object, &options).await {
            Err(error) if tries > 0 && error.is_conflict() => tokio::time::sleep(PAUSE).await,
            other => return Ok(other?),
        }
    }
}
