//! Hooks: documents that are not part of the release's objects but run at points of its life.

use std::fmt;

/// A hook as its document defines it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    /// Name of the object.
    pub name: String,
    /// Kind of the object.
    pub kind: String,
    /// Path of the template it came from.
    pub path: String,
    /// The document.
    pub manifest: String,
    /// When it runs, in the order in which the annotation lists them.
    pub events: Vec<HookEvent>,
    /// Position among the hooks of one event: lower runs first.
    pub weight: i64,
    /// When its object is deleted; as annotated, known or not.
    pub delete_policies: Vec<String>,
    /// When its log is shown; as annotated, known or not.
    pub output_log_policies: Vec<String>,
}

impl Hook {
    /// Whether it runs at that point.
    pub fn runs_at(&self, event: &HookEvent) -> bool {
        self.events.contains(event)
    }

    /// Whether it asks to be deleted at that point. A hook that asks for nothing is deleted before
    /// it is created again, as in Helm.
    pub fn deletes(&self, policy: &str) -> bool {
        if self.delete_policies.is_empty() {
            return policy == BEFORE_HOOK_CREATION;
        }
        self.delete_policies.iter().any(|asked| asked == policy)
    }

    /// Whether it asks for its log to be shown at that point.
    pub fn logs(&self, policy: &str) -> bool {
        self.output_log_policies.iter().any(|asked| asked == policy)
    }
}

/// Delete or show the log when the hook succeeded.
pub const HOOK_SUCCEEDED: &str = "hook-succeeded";
/// Delete or show the log when the hook failed.
pub const HOOK_FAILED: &str = "hook-failed";
/// Delete a former hook object before a new one is created.
pub const BEFORE_HOOK_CREATION: &str = "before-hook-creation";

/// A point in the life of a release at which hooks run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HookEvent {
    /// Before the objects of a new release are created.
    PreInstall,
    /// After they are created.
    PostInstall,
    /// Before the objects of a release are deleted.
    PreDelete,
    /// After they are deleted.
    PostDelete,
    /// Before an upgrade changes objects.
    PreUpgrade,
    /// After it has changed them.
    PostUpgrade,
    /// Before a rollback changes objects.
    PreRollback,
    /// After it has changed them.
    PostRollback,
    /// When the release is tested.
    Test,
    /// An event that only a foreign record names; never runs.
    Other(Box<str>),
}

impl HookEvent {
    /// The event that an annotation means; `test-success` is the old name of `test`.
    pub fn from_annotation(name: &str) -> Option<HookEvent> {
        match HookEvent::from(name) {
            HookEvent::Other(name) if &*name == "test-success" => Some(HookEvent::Test),
            HookEvent::Other(_) => None,
            event => Some(event),
        }
    }

    /// The name in records and annotations.
    pub fn name(&self) -> &str {
        match self {
            HookEvent::PreInstall => "pre-install",
            HookEvent::PostInstall => "post-install",
            HookEvent::PreDelete => "pre-delete",
            HookEvent::PostDelete => "post-delete",
            HookEvent::PreUpgrade => "pre-upgrade",
            HookEvent::PostUpgrade => "post-upgrade",
            HookEvent::PreRollback => "pre-rollback",
            HookEvent::PostRollback => "post-rollback",
            HookEvent::Test => "test",
            HookEvent::Other(name) => name,
        }
    }
}

impl From<&str> for HookEvent {
    fn from(name: &str) -> Self {
        match name {
            "pre-install" => HookEvent::PreInstall,
            "post-install" => HookEvent::PostInstall,
            "pre-delete" => HookEvent::PreDelete,
            "post-delete" => HookEvent::PostDelete,
            "pre-upgrade" => HookEvent::PreUpgrade,
            "post-upgrade" => HookEvent::PostUpgrade,
            "pre-rollback" => HookEvent::PreRollback,
            "post-rollback" => HookEvent::PostRollback,
            "test" => HookEvent::Test,
            other => HookEvent::Other(other.into()),
        }
    }
}

impl fmt::Display for HookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
