//! A release: one revision of an installed chart.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use chart::{Chart, Time};
use goval::Map;

/// One revision of an installed chart, with everything needed to go back to it.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// Name of the release.
    pub name: String,
    /// What has happened to it.
    pub info: Info,
    /// The chart; its subcharts are not part of a record.
    pub chart: Chart,
    /// The values that the user gave; `None` and empty are the same in a record.
    pub config: Option<Map>,
    /// The rendered objects, without hooks.
    pub manifest: String,
    /// The hooks, sorted by kind.
    pub hooks: Vec<Hook>,
    /// The revision, counted from 1.
    pub version: i64,
    /// Namespace it is installed in.
    pub namespace: String,
    /// The user's labels and, when it was listed, the store's; not part of the record itself.
    pub labels: BTreeMap<String, String>,
    /// How its objects are written.
    pub apply_method: ApplyMethod,
}

/// What has happened to a release.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// When its first revision was made.
    pub first_deployed: Time,
    /// When this revision was made.
    pub last_deployed: Time,
    /// When it was uninstalled; zero if it was not.
    pub deleted: Time,
    /// One line for people.
    pub description: String,
    /// Where it stands.
    pub status: Status,
    /// The revision that this one went back to; 0 if it is no rollback.
    pub rollback_revision: i64,
    /// The rendered NOTES.txt.
    pub notes: String,
    /// The live objects by kind, where `status` has looked them up; never stored.
    pub resources: Option<Map>,
}

/// Where a release stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// The record does not say.
    #[default]
    Unset,
    /// In an uncertain state.
    Unknown,
    /// Its objects were sent to the cluster.
    Deployed,
    /// Its objects were deleted, its record was kept.
    Uninstalled,
    /// A newer revision has taken its place.
    Superseded,
    /// It was not deployed as it should have been.
    Failed,
    /// Its objects are being deleted.
    Uninstalling,
    /// It is being installed.
    PendingInstall,
    /// It is being upgraded.
    PendingUpgrade,
    /// It is being rolled back.
    PendingRollback,
}

impl Status {
    /// The name in records, labels and output.
    pub fn name(self) -> &'static str {
        match self {
            Status::Unset => "",
            Status::Unknown => "unknown",
            Status::Deployed => "deployed",
            Status::Uninstalled => "uninstalled",
            Status::Superseded => "superseded",
            Status::Failed => "failed",
            Status::Uninstalling => "uninstalling",
            Status::PendingInstall => "pending-install",
            Status::PendingUpgrade => "pending-upgrade",
            Status::PendingRollback => "pending-rollback",
        }
    }

    /// Whether an operation is under way, or was interrupted.
    pub fn is_pending(self) -> bool {
        matches!(
            self,
            Status::PendingInstall | Status::PendingUpgrade | Status::PendingRollback
        )
    }
}

impl From<&str> for Status {
    /// The status of that name; one that is not known counts as `unknown`.
    fn from(name: &str) -> Self {
        match name {
            "" => Status::Unset,
            "deployed" => Status::Deployed,
            "uninstalled" => Status::Uninstalled,
            "superseded" => Status::Superseded,
            "failed" => Status::Failed,
            "uninstalling" => Status::Uninstalling,
            "pending-install" => Status::PendingInstall,
            "pending-upgrade" => Status::PendingUpgrade,
            "pending-rollback" => Status::PendingRollback,
            _ => Status::Unknown,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How the objects of a revision are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ApplyMethod {
    /// The record does not say, as those of Helm 3: merged here.
    #[default]
    Unset,
    /// Merged here, and sent as patches.
    ClientSide,
    /// Sent whole, and merged by the server.
    ServerSide,
    /// Another word of a record, which is kept.
    Other(String),
}

impl ApplyMethod {
    /// The method by who merges.
    pub fn of(server_side: bool) -> ApplyMethod {
        if server_side {
            ApplyMethod::ServerSide
        } else {
            ApplyMethod::ClientSide
        }
    }

    /// Whether the server merges.
    pub fn is_server_side(&self) -> bool {
        *self == ApplyMethod::ServerSide
    }

    /// The word in records and output.
    pub fn name(&self) -> &str {
        match self {
            ApplyMethod::Unset => "",
            ApplyMethod::ClientSide => "csa",
            ApplyMethod::ServerSide => "ssa",
            ApplyMethod::Other(word) => word,
        }
    }
}

impl From<&str> for ApplyMethod {
    /// The method of that word.
    fn from(word: &str) -> Self {
        match word {
            "" => ApplyMethod::Unset,
            "csa" => ApplyMethod::ClientSide,
            "ssa" => ApplyMethod::ServerSide,
            other => ApplyMethod::Other(other.to_owned()),
        }
    }
}

/// A hook with what became of it. Its definition can be reached through `Deref`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    /// The hook as its document defines it.
    pub definition: manifest::Hook,
    /// When it last ran, and how that ended.
    pub last_run: HookExecution,
}

impl From<manifest::Hook> for Hook {
    fn from(definition: manifest::Hook) -> Self {
        Hook {
            definition,
            last_run: HookExecution::default(),
        }
    }
}

impl Deref for Hook {
    type Target = manifest::Hook;
    fn deref(&self) -> &manifest::Hook {
        &self.definition
    }
}

impl DerefMut for Hook {
    fn deref_mut(&mut self) -> &mut manifest::Hook {
        &mut self.definition
    }
}

/// A run of a hook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HookExecution {
    /// When it began; zero if it never ran.
    pub started_at: Time,
    /// When it ended; zero if it has not.
    pub completed_at: Time,
    /// How far it is.
    pub phase: Phase,
}

/// How far a hook's run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It never ran.
    #[default]
    Unset,
    /// Nobody saw how it ended.
    Unknown,
    /// It runs.
    Running,
    /// It ended well.
    Succeeded,
    /// It failed.
    Failed,
}

impl Phase {
    /// The name in records and output.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Unset => "",
            Phase::Unknown => "Unknown",
            Phase::Running => "Running",
            Phase::Succeeded => "Succeeded",
            Phase::Failed => "Failed",
        }
    }
}

impl From<&str> for Phase {
    /// The phase of that name; one that is not known counts as `Unknown`.
    fn from(name: &str) -> Self {
        match name {
            "" => Phase::Unset,
            "Running" => Phase::Running,
            "Succeeded" => Phase::Succeeded,
            "Failed" => Phase::Failed,
            _ => Phase::Unknown,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
