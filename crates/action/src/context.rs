//! The world that a verb works in.

use std::sync::Arc;

use apply::{Cancel, Holding, Lease, Reporter};
use chart::Time;
use cluster::Cluster;
use funcs::World;
use release::Store;

/// What every verb is given: the cluster, the records, and what is impure.
///
/// Nothing here is read from the environment; the command line makes one and hands it down.
#[derive(Clone)]
pub struct Context {
    /// Where objects are written, and waited for.
    pub cluster: Arc<dyn Cluster>,
    /// What templates may ask: the same Kubernetes API, also where `cluster` accepts everything.
    pub api: Arc<dyn Cluster>,
    /// The records of the releases in the namespace.
    pub store: Arc<dyn Store>,
    /// That namespace.
    pub namespace: String,
    /// In whose name a change is made, and how long it may be silent.
    pub holding: Holding,
    /// The lease that a change is made under; none until a verb has taken it.
    pub lease: Option<Arc<Lease>>,
    /// Clock, zone and randomness for templates; `lookup` is added where a cluster may be asked.
    pub world: Arc<dyn World>,
    /// Who is told what happens.
    pub reporter: Arc<dyn Reporter>,
    /// Ends the verb early.
    pub cancel: Cancel,
}

impl Context {
    /// Logs a line.
    pub(crate) fn log(&self, event: chart::Event) {
        self.reporter.log(event);
    }

    /// The same world for undoing what failed: not even a cancelled verb is left half undone.
    pub(crate) fn uncancelled(&self) -> Context {
        Context {
            cancel: Cancel::new(),
            ..self.clone()
        }
    }

    /// The time, with the offset of the local zone.
    pub(crate) fn now(&self) -> Time {
        now(&*self.world)
    }
}

/// The time of a world, with the offset of its zone.
pub(crate) fn now(world: &dyn World) -> Time {
    let now = world.now();
    let offset = world.local_zone().to_offset(now);
    Time::from_unix(now.as_second(), now.subsec_nanosecond().unsigned_abs())
        .with_offset(offset.seconds())
}

/// Logs lines that a library has returned.
pub(crate) fn log_all(reporter: &dyn Reporter, events: impl IntoIterator<Item = chart::Event>) {
    for event in events {
        reporter.log(event);
    }
}
