//! One change of a release at a time, and none that waits for a dead one.

use std::sync::Arc;

use apply::Lease;
use chart::Event;
use goval::strconv::quote;
use manifest::Object;
use plan::Live;
use release::{Release, Status, StoreError};

use crate::observe::{build, env};
use crate::{Context, Error};

/// The right to change a release, until [`Turn::end`].
pub(crate) struct Turn {
    /// What the change works in: ended early if the turn is lost.
    pub(crate) context: Context,
    /// Whether records of others that are pending are taken over.
    take_over: bool,
}

impl Turn {
    /// Takes the turn for a release. Where the cluster holds nothing there is nothing to take.
    ///
    /// # Errors
    /// Another change of it is under way.
    pub(crate) async fn take(
        name: &str,
        take_over: bool,
        context: &Context,
    ) -> Result<Turn, Error> {
        let mut context = context.clone();
        if !context.cluster.accepts_everything() {
            let lease = Lease::take(
                Arc::clone(&context.cluster),
                (&context.namespace, name),
                context.holding.clone(),
                Arc::clone(&context.reporter),
                context.cancel.clone(),
            );
            context.lease = Some(Arc::new(lease.await?));
        }
        Ok(Turn { context, take_over })
    }

    /// Gives the turn back.
    pub(crate) async fn end<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        let Some(lease) = &self.context.lease else {
            return result;
        };
        lease.end().await;
        match (result, lease.loss()) {
            (Err(error), Some(loss)) => Err(Error::Other(format!("{error}: {loss}"))),
            (result, _) => result,
        }
    }

    /// Whether nobody is at work on this newest revision any more though it says so: its holder has died, or the
    /// user says so.
    pub(crate) fn is_interrupted(&self, newest: &Release) -> bool {
        let status = newest.info.status;
        let abandoned = self.context.lease.as_ref().and_then(|l| l.abandoned());
        let dead = abandoned == Some(newest.version)
            && (status.is_pending() || status == Status::Uninstalling);
        dead || (self.take_over && status.is_pending())
    }

    /// Records that a revision was interrupted: from now on it is one that has failed.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn settle(&self, interrupted: &mut Release) -> Result<(), Error> {
        let info = &mut interrupted.info;
        let what = match info.status {
            Status::PendingUpgrade => "Upgrade",
            Status::PendingRollback => "Rollback",
            Status::Uninstalling => "Uninstallation",
            _ => "Release",
        };
        let name = quote(&interrupted.name);
        info.status = Status::Failed;
        info.description = format!("{what} {name} failed: interrupted");
        self.context.log(
            Event::warn("taking over a release whose last change was interrupted")
                .with("name", &interrupted.name)
                .with("revision", interrupted.version.to_string()),
        );
        self.context.store.update(interrupted).await?;
        let clock = || self.context.now();
        apply::sweep(
            interrupted,
            &env(&interrupted.namespace, &clock, &self.context),
        )
        .await;
        Ok(())
    }
}

/// Objects of an interrupted revision that are in the cluster, belong to the release, and are not among
/// those that are known already: whoever forgets them leaves them behind for good.
///
/// # Errors
/// A manifest that the cluster cannot read any more.
pub(crate) async fn left_behind(
    interrupted: &Release,
    known: &[Object],
    context: &Context,
) -> Result<Vec<Object>, apply::Error> {
    let namespace = &interrupted.namespace;
    let mut objects = build(&interrupted.manifest, namespace, context).await?;
    objects.retain(|object| !known.iter().any(|other| plan::is_same(object, other)));
    let live = apply::look(&*context.cluster, &objects).await;
    let ours = |live: &Live| match live {
        Live::Present(live) => plan::owned_by(live, &interrupted.name, namespace).is_ok(),
        _ => false,
    };
    let pairs = objects.into_iter().zip(&live);
    Ok(pairs
        .filter(|(_, live)| ours(live))
        .map(|(object, _)| object)
        .collect())
}

/// The revision that a release was at before it was interrupted, if there is one.
///
/// # Errors
/// What the store fails with.
pub(crate) async fn before(name: &str, context: &Context) -> Result<Option<Release>, StoreError> {
    match release::deployed(&*context.store, name).await {
        Ok(deployed) => Ok(Some(deployed)),
        Err(StoreError::NoDeployed(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
