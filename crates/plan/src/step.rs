//! The parts of a plan.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use manifest::{HookEvent, Object};
use release::{Release, Status};

use crate::{CrdFile, Skipped};

/// What will be done, in order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The record that the steps are about. Steps change it as they are carried out: its status,
    /// its description, the runs of its hooks.
    pub release: Release,
    /// The steps, each after the one before it.
    pub steps: Vec<Planned>,
    /// What happens to the record if a step stops the plan.
    pub failure: Failure,
}

/// A step, and what its failure means.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The step.
    pub step: Step,
    /// Whether the plan goes on if it fails.
    pub on_error: OnError,
    /// How its failure is told.
    pub says: Says,
}

/// Objects that several steps share.
pub type Objects = Arc<[Object]>;

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Step {
    /// Create the namespace of the release; one that exists is fine.
    Namespace {
        /// The namespace.
        object: Object,
        /// How.
        method: Method,
    },
    /// Create the definitions of a chart's `crds/` and wait until they are served.
    Crds {
        /// The files, in order.
        files: Vec<CrdFile>,
        /// How.
        method: Method,
        /// How their readiness is awaited.
        waiting: Waiting,
    },
    /// Add the record to the store.
    CreateRecord {
        /// How many revisions may be kept, 0 for all.
        max_history: i64,
    },
    /// Change the record; nothing is written yet.
    SetStatus {
        /// The new status.
        status: Status,
        /// The new description.
        description: String,
        /// Whether to note this moment as the time of deletion.
        deleted: bool,
    },
    /// Write the record as it is now.
    SaveRecord,
    /// Write the record of another revision.
    SaveOther(Box<Release>),
    /// Remove these revisions from the store, oldest first.
    Purge {
        /// Name of the release.
        name: String,
        /// The revisions.
        revisions: Vec<i64>,
    },
    /// Run hooks, one after the other.
    Hooks {
        /// The point in the life of the release.
        event: HookEvent,
        /// Which of the record's hooks, in the order of their runs.
        order: Vec<usize>,
        /// How they are created.
        method: Method,
        /// How they are awaited.
        waiting: Waiting,
        /// Whether what they leave stays until whoever runs the plan has looked at it.
        lasting: bool,
    },
    /// Create objects: one kind after the other, those of a kind at once.
    Create {
        /// The objects.
        objects: Objects,
        /// How.
        method: Method,
    },
    /// Bring objects to their new state, then delete those that are no longer wanted.
    Update {
        /// What is wanted.
        targets: Objects,
        /// What was wanted before: the baseline of merges, and what is deleted if not in `targets`.
        originals: Objects,
        /// How.
        method: Method,
    },
    /// Wait until objects are ready.
    Wait {
        /// The objects.
        objects: Objects,
        /// How.
        waiting: Waiting,
    },
    /// Delete objects: one kind after the other, those of a kind at once.
    Delete {
        /// The objects.
        objects: Objects,
        /// What stays, and why.
        skipped: Vec<Skipped>,
        /// What happens to their dependents.
        propagation: Propagation,
    },
    /// Wait until objects are gone.
    WaitDeleted {
        /// The objects.
        objects: Objects,
        /// How.
        waiting: Waiting,
    },
}

/// How objects are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Server-side apply.
    ServerSide {
        /// Whether to take fields that other managers own.
        force_conflicts: bool,
        /// Whether fields that this manager owns from client-side writes are first moved over.
        migrate: bool,
    },
    /// Create, or a patch computed here from the old, the new and the live state.
    ClientSide {
        /// Whether custom resources are merged three-way too.
        three_way: bool,
        /// Asked for, and refused when the step runs, as in Helm.
        force_conflicts: bool,
    },
    /// Create, or put the new object in the place of the old.
    Replace {
        /// Whether server-side apply was asked for too, which is refused when the step runs.
        server_side: bool,
        /// Whether forcing conflicts was asked for too, which is refused when the step runs.
        force_conflicts: bool,
    },
}

impl Method {
    /// Creation: server-side apply without force, or a plain create.
    pub fn create(server_side: bool) -> Method {
        Method::forced(server_side, false)
    }

    /// Creation that may take fields of other managers.
    pub fn forced(server_side: bool, force_conflicts: bool) -> Method {
        if server_side {
            Method::ServerSide {
                force_conflicts,
                migrate: false,
            }
        } else {
            Method::ClientSide {
                three_way: false,
                force_conflicts,
            }
        }
    }
}

/// What is waited for, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// By which rules.
    pub strategy: WaitStrategy,
    /// At most so long; zero is the strategy's default.
    pub timeout: Duration,
    /// Whether Jobs must be complete too.
    pub jobs: bool,
}

/// By which rules readiness is judged (`--wait`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitStrategy {
    /// Watches, and the rules of kstatus.
    Watcher,
    /// Hooks only; everything else counts as ready.
    #[default]
    HookOnly,
    /// Polls, and the rules of Helm 3.
    Legacy,
}

impl WaitStrategy {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            WaitStrategy::Watcher => "watcher",
            WaitStrategy::HookOnly => "hookOnly",
            WaitStrategy::Legacy => "legacy",
        }
    }
}

impl FromStr for WaitStrategy {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "watcher" => Ok(WaitStrategy::Watcher),
            "hookOnly" => Ok(WaitStrategy::HookOnly),
            "legacy" => Ok(WaitStrategy::Legacy),
            _ => Err(()),
        }
    }
}

/// What happens to the dependents of a deleted object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted afterwards.
    #[default]
    Background,
    /// They are deleted first.
    Foreground,
    /// They stay.
    Orphan,
}

/// Whether a plan goes on after a failed step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// It stops.
    Stop,
    /// It goes on, and fails at its end with all that was collected.
    Collect,
    /// It goes on; the failure is logged as an error with this message.
    Report(&'static str),
    /// It goes on; the failure is logged as a warning with this message and the record's name.
    Warn(&'static str),
    /// It goes on; the failure is logged for debugging with this message.
    Ignore(&'static str),
}

/// How the failure of a step is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// As it is.
    Itself,
    /// After this text.
    After(String),
    /// By this text; the cause is only logged for debugging.
    Instead(String),
}

/// What happens to the record if a step stops the plan.
#[derive(Clone, Debug)]
pub enum Failure {
    /// It stays as it is.
    Leave,
    /// It is marked as failed, with the description `<what> "<name>" failed: <error>`, and written
    /// if the record was created.
    Mark(&'static str),
    /// It is marked as failed. If objects may have been changed, the revision before is written once
    /// more, unchanged.
    Upgrade {
        /// The revision before.
        previous: Box<Release>,
        /// Whether objects that were created are deleted again.
        cleanup: bool,
    },
    /// It is marked as failed if changing objects or waiting for them fails; other failures leave
    /// it pending. The newest revision before counts as superseded once objects were changed.
    Rollback {
        /// The newest revision before.
        newest: Box<Release>,
        /// Whether objects that were created are deleted again.
        cleanup: bool,
    },
}

impl Failure {
    /// Whether objects that were created are deleted again.
    pub fn cleans_up(&self) -> bool {
        match self {
            Failure::Leave | Failure::Mark(_) => false,
            Failure::Upgrade { cleanup, .. } | Failure::Rollback { cleanup, .. } => *cleanup,
        }
    }
}

/// A live object, as far as it could be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Live {
    /// There is none.
    Absent,
    /// It is this.
    Present(Object),
    /// It could not be read; why.
    Unreadable(String),
}

/// Why no plan could be made. The texts are Helm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// An object exists that is not of this release.
    #[error("{subject} exists and cannot be imported into the current release: {why}")]
    Foreign {
        /// The object.
        subject: String,
        /// What its labels and annotations lack.
        why: String,
    },
    /// It could not be found out whether an object exists.
    #[error("could not get information about the resource {subject}: {why}")]
    Unreadable {
        /// The object.
        subject: String,
        /// Why not.
        why: String,
    },
    /// An object has a name and asks for a generated one.
    #[error("metadata.name and metadata.generateName cannot both be set")]
    BothNames,
}

impl Planned {
    /// A step whose failure stops the plan and is told as it is.
    pub fn new(step: Step) -> Planned {
        Planned {
            step,
            on_error: OnError::Stop,
            says: Says::Itself,
        }
    }

    /// The same step with another meaning of its failure.
    #[must_use]
    pub fn on_error(mut self, on_error: OnError) -> Planned {
        self.on_error = on_error;
        self
    }

    /// The same step with another text for its failure.
    #[must_use]
    pub fn says(mut self, says: Says) -> Planned {
        self.says = says;
        self
    }
}
