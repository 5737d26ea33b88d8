//! A lease around a change: two changes of a release never run at once, and one whose process has died
//! stops nobody.
//!
//! The holder renews its lease all the time. Clocks of different machines are never compared: a holder
//! is dead if its lease has not changed for as long as it promised to be silent at most, seen from here.

mod form;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chart::{Event, Level};
use cluster::{Cluster, Target, WriteOptions};
use manifest::Object;
use parking_lot::Mutex;
use tokio::task::JoinHandle;

use crate::patience::persist;
use crate::{Cancel, Error, MANAGER, Reporter};

/// In whose name leases are held, and how long.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Who this process is, as others are told; no other process is called so.
    pub holder: String,
    /// How long a holder may be silent before it counts as dead; in the cluster rounded up to seconds.
    pub time: Duration,
}

/// The lease around a change of a release.
pub struct Lease {
    shared: Arc<Shared>,
    /// The revision that a dead holder was writing.
    abandoned: Option<i64>,
    heartbeat: JoinHandle<()>,
}

struct Shared {
    cluster: Arc<dyn Cluster>,
    target: Target,
    holding: Holding,
    reporter: Arc<dyn Reporter>,
    cancel: Cancel,
    state: tokio::sync::Mutex<State>,
    /// Who has taken the lease away.
    lost_to: Mutex<Option<String>>,
}

/// How the lease stands.
enum State {
    /// There is no namespace yet that it could be in.
    Homeless,
    /// There is none, and will be none.
    Without,
    /// This process holds it; its newest version.
    Held(Object),
}

/// A lease as it was found or made.
struct Taken {
    state: State,
    abandoned: Option<i64>,
}

impl Lease {
    /// Takes the lease of a release, and keeps it by heartbeats until [`Lease::end`]. If its holder is
    /// silent, waits for as long as that one may be silent, and takes its place. Where leases may not be
    /// written there is none, and a line for debugging says so.
    ///
    /// # Errors
    /// The holder is alive; the cluster fails for longer than a lease lasts; the wait was cancelled.
    pub async fn take(
        cluster: Arc<dyn Cluster>,
        (namespace, release): (&str, &str),
        holding: Holding,
        reporter: Arc<dyn Reporter>,
        cancel: Cancel,
    ) -> Result<Lease, Error> {
        let shared = Shared {
            target: form::target(namespace, release),
            cluster,
            holding,
            reporter,
            cancel,
            state: tokio::sync::Mutex::new(State::Homeless),
            lost_to: Mutex::new(None),
        };
        let Taken { state, abandoned } = shared.take().await?;
        *shared.state.lock().await = state;
        let shared = Arc::new(shared);
        let heartbeat = tokio::spawn(Arc::clone(&shared).beat());
        Ok(Lease {
            shared,
            abandoned,
            heartbeat,
        })
    }

    /// The revision that a dead holder was writing when its lease came to an end.
    pub fn abandoned(&self) -> Option<i64> {
        self.abandoned
    }

    /// Why the operation was cancelled, if somebody has taken the lease away.
    pub fn loss(&self) -> Option<Error> {
        self.shared.lost_to.lock().as_deref().map(taken_away)
    }

    /// Notes which revision is about to be written, so that whoever finds its record knows whose it is.
    /// A lease that had no namespace to be in is taken now.
    ///
    /// # Errors
    /// As [`Lease::take`], and a lease that was lost.
    pub async fn cover(&self, revision: i64) -> Result<(), Error> {
        let shared = &self.shared;
        let mut state = shared.state.lock().await;
        if matches!(*state, State::Homeless) {
            *state = shared.take().await?.state;
        }
        persist(shared.holding.time, async || {
            shared.renew(&mut state, Some(revision)).await
        })
        .await?;
        drop(state);
        self.loss().map_or(Ok(()), Err)
    }

    /// Ends the lease: nothing is left of it. If it cannot be deleted, it runs out by itself.
    pub async fn end(&self) {
        self.heartbeat.abort();
        let shared = &self.shared;
        let mut state = shared.state.lock().await;
        let ended = persist(shared.holding.time, async || {
            shared.delete(&mut state).await
        })
        .await;
        if let Err(error) = ended {
            shared.debug("the lease could not be deleted, and runs out", &error);
        }
        *state = State::Without;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

impl Shared {
    async fn take(&self) -> Result<Taken, Error> {
        let lease = form::new(&self.target, &self.holding);
        loop {
            let created = persist(self.holding.time, async || self.create(&lease).await).await;
            let error = match created {
                Ok(lease) => return Ok(held(lease, None)),
                Err(error) => error,
            };
            if !error.is_already_exists() {
                return self.without(error);
            }
            let found = match persist(self.holding.time, async || self.get().await).await {
                Err(error) if error.is_not_found() => continue,
                Err(error) => return self.without(error),
                Ok(found) => found,
            };
            if form::holder(&found) == self.holding.holder {
                return Ok(held(found, None)); // the answer was lost, the lease was not
            }
            self.outlive(&found).await?;
            let lease = form::taken_over(&found, &self.target, &self.holding);
            match persist(self.holding.time, async || self.replace(&lease).await).await {
                Ok(lease) => return Ok(held(lease, form::revision(&found))),
                Err(error) if error.is_conflict() || error.is_not_found() => {}
                Err(error) => return self.without(error),
            }
        }
    }

    /// What is to be done without a lease: what Helm does, if that is how things are; nothing, if the
    /// cluster is ill.
    fn without(&self, error: cluster::Error) -> Result<Taken, Error> {
        if error.is_transient() {
            return Err(error.into());
        }
        let state = match error.is_not_found() {
            true => State::Homeless,
            false => State::Without,
        };
        self.debug("no lease is held around this change", &error);
        Ok(Taken {
            state,
            abandoned: None,
        })
    }

    /// Waits until the holder of a lease has been silent for too long.
    async fn outlive(&self, lease: &Object) -> Result<(), Error> {
        let time = form::time(lease).unwrap_or(self.holding.time);
        let begin = Instant::now();
        let mut told = false;
        while begin.elapsed() < time {
            tokio::select! {
                () = self.cancel.cancelled() => return Err(Error::cancelled()),
                () = tokio::time::sleep(beat(time) / 4) => {}
            }
            match self.get().await {
                Ok(now) if now.resource_version() == lease.resource_version() => {}
                Ok(now) => return Err(in_progress(form::holder(&now))),
                Err(error) if error.is_not_found() => return Err(in_progress(form::holder(lease))),
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error.into()),
            }
            if !told && begin.elapsed() > 2 * beat(time) {
                told = true;
                let text = "another operation seems to have been interrupted; waiting until its lease has run out";
                self.log(Event::warn(text).with("holder", form::holder(lease)));
            }
        }
        Ok(())
    }

    /// Keeps the lease until it is lost.
    async fn beat(self: Arc<Self>) {
        loop {
            tokio::time::sleep(beat(self.holding.time)).await;
            let mut state = self.state.lock().await;
            // What fails now may succeed the next time.
            let _ = self.renew(&mut state, None).await;
            if self.lost_to.lock().is_some() {
                self.cancel.cancel();
                return;
            }
        }
    }

    /// Writes the lease anew, if there is one, unless somebody else holds it now.
    async fn renew(&self, state: &mut State, revision: Option<i64>) -> Result<(), cluster::Error> {
        while let State::Held(lease) = state {
            match self.replace(&form::renewed(lease, revision)).await {
                Ok(written) => {
                    *lease = written;
                    return Ok(());
                }
                Err(error) if error.is_conflict() || error.is_not_found() => {
                    self.look_again(state).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Deletes the lease, if there is one that is still ours.
    async fn delete(&self, state: &mut State) -> Result<(), cluster::Error> {
        while let State::Held(lease) = state {
            let version = lease.resource_version();
            match self.cluster.delete_version(&self.target, version).await {
                Err(error) if error.is_conflict() => self.look_again(state).await?,
                Err(error) if !error.is_not_found() => return Err(error),
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// The lease is not what it was: an answer was lost on its way here, or the lease is another's.
    async fn look_again(&self, state: &mut State) -> Result<(), cluster::Error> {
        let holder = match self.get().await {
            Ok(found) if form::holder(&found) == self.holding.holder => {
                *state = State::Held(found);
                return Ok(());
            }
            Ok(found) => form::holder(&found).to_owned(),
            Err(error) if error.is_not_found() => String::new(),
            Err(error) => return Err(error),
        };
        *self.lost_to.lock() = Some(holder);
        *state = State::Without;
        Ok(())
    }

    async fn get(&self) -> Result<Object, cluster::Error> {
        self.cluster.get(&self.target).await
    }

    async fn create(&self, lease: &Object) -> Result<Object, cluster::Error> {
        self.cluster.create(&self.target, lease, &OPTIONS).await
    }

    async fn replace(&self, lease: &Object) -> Result<Object, cluster::Error> {
        self.cluster.replace(&self.target, lease, &OPTIONS).await
    }

    fn debug(&self, message: &str, error: &cluster::Error) {
        self.log(Event::new(Level::Debug, message).with("error", error.to_string()));
    }

    fn log(&self, event: Event) {
        self.reporter.log(event);
    }
}

const OPTIONS: WriteOptions = WriteOptions {
    field_manager: Some(MANAGER),
    field_validation: None,
    dry_run: false,
};

fn held(lease: Object, abandoned: Option<i64>) -> Taken {
    Taken {
        state: State::Held(lease),
        abandoned,
    }
}

/// How far heartbeats are apart: several may be late before the holder counts as dead.
fn beat(time: Duration) -> Duration {
    time / 5
}

/// Helm's words for a release that is being changed, and by whom.
fn in_progress(holder: &str) -> Error {
    Error::other(format!(
        "another operation (install/upgrade/rollback) is in progress: {} is at it",
        name(holder)
    ))
}

/// What ends a change whose lease ran out because nothing was heard of it.
fn taken_away(holder: &str) -> Error {
    Error::other(format!(
        "the lease of this operation ran out, and {} has taken its place",
        name(holder)
    ))
}

fn name(holder: &str) -> &str {
    match holder {
        "" => "somebody else",
        known => known,
    }
}
