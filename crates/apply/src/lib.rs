//! Carries out a Plan against a cluster: apply, hooks, wait, storage drivers.
//!
//! Knows no templates. [`run`] takes the steps of a plan one by one; [`place`] and [`look`] gather
//! what a plan is made from; [`ClusterStore`] keeps records in the cluster.

mod crds;
mod delete;
mod drivers;
mod error;
mod event;
mod failure;
mod hooks;
mod lease;
mod look;
mod managers;
mod merge;
mod outlines;
mod patience;
mod run;
mod sql;
mod update;
mod wait;
mod write;

use std::time::Duration;

use chart::Time;
use cluster::Cluster;
use patience::persist;
use release::{Release, Store, StoreError};
use tokio_util::sync::CancellationToken;

pub use drivers::{Clock, ClusterStore};
pub use error::Error;
pub use event::{Event, Reporter, Silent};
pub use hooks::{Remains, clear, sweep};
pub use lease::{Holding, Lease};
pub use look::{look, look_before_deletion, objects_of, place};
pub use run::{Outcome, run};
pub use sql::{Database, SqlStore};
pub use tokio_util::sync::CancellationToken as Cancel;

/// What carrying out a plan needs of the world.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// Where objects go.
    pub cluster: &'a dyn Cluster,
    /// Where records go.
    pub store: &'a dyn Store,
    /// The lease that the change is made under.
    pub lease: Option<&'a Lease>,
    /// The namespace of objects that name none.
    pub namespace: &'a str,
    /// What time it is.
    pub clock: &'a (dyn Fn() -> Time + Send + Sync),
    /// Who is told what happens.
    pub reporter: &'a dyn Reporter,
    /// Ends the operation early: what runs is dropped, and the failure is recorded.
    pub cancel: &'a CancellationToken,
}

impl Env<'_> {
    fn log(&self, event: chart::Event) {
        self.reporter.log(event);
    }

    /// Writes a record where a failure must not end what is under way, or there is another error to
    /// tell already: it is only a warning.
    async fn save(&self, release: &Release) {
        self.warn_unsaved(release, self.store.update(release).await);
    }

    /// The same for a record of what has failed: it is written even if the cluster is away for a while, for
    /// a record that stays pending refuses whatever comes next.
    async fn save_failure(&self, release: &Release) {
        let saved = persist(FAILURE_PATIENCE, async || self.store.update(release).await).await;
        self.warn_unsaved(release, saved);
    }

    fn warn_unsaved(&self, release: &Release, saved: Result<(), StoreError>) {
        if let Err(error) = saved {
            self.log(
                chart::Event::warn("failed to update release")
                    .with("name", &release.name)
                    .with("revision", release.version.to_string())
                    .with("error", error.to_string()),
            );
        }
    }

    fn debug(&self, message: impl Into<String>) {
        self.log(chart::Event::new(chart::Level::Debug, message));
    }
}

/// How long a record of a failure is tried to be written.
const FAILURE_PATIENCE: Duration = Duration::from_secs(30);

/// How many requests of one ordering group are under way at once.
const AT_ONCE: usize = 16;

/// The field manager of everything that is written.
const MANAGER: &str = "helm";
