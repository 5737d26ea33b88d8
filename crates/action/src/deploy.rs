//! What installing and upgrading have in common.

use std::collections::BTreeMap;

use plan::{WaitStrategy, Waiting};

use crate::Rendering;

/// How a chart is deployed, be it new or in place of an older revision.
#[derive(Clone, Debug)]
pub struct Deploy {
    /// How to render.
    pub rendering: Rendering,
    /// Labels of the record. An upgrade puts them over those that it has; there, the value `null`
    /// removes one.
    pub labels: BTreeMap<String, String>,
    /// A description of success; empty for the usual one.
    pub description: String,
    /// How far to go.
    pub dry_run: DryRun,
    /// Whether hooks run.
    pub hooks: bool,
    /// Whether fields are taken from other managers.
    pub force_conflicts: bool,
    /// Whether existing objects are replaced.
    pub force_replace: bool,
    /// Whether objects of others are taken over.
    pub take_ownership: bool,
    /// Whether what has failed is undone.
    pub rollback_on_failure: bool,
    /// How readiness is awaited.
    pub waiting: Waiting,
}

/// How far a verb goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRun {
    /// All the way.
    #[default]
    None,
    /// Up to what can be known without a cluster.
    Client,
    /// Up to the plan; the cluster is asked, and not changed.
    Server,
}

/// Why secrets cannot be hidden.
pub(crate) const HIDES_NOTHING: &str = "hiding Kubernetes secrets requires a dry-run mode";

impl Deploy {
    /// Whether secrets are to be hidden where nothing is shown.
    pub(crate) fn hides_nothing(&self) -> bool {
        self.rendering.hide_secrets && self.dry_run == DryRun::None
    }

    /// How readiness is awaited in effect: Helm waits for everything where a failure is to be undone.
    pub(crate) fn effective_waiting(&self) -> Waiting {
        let mut waiting = self.waiting;
        if self.rollback_on_failure && waiting.strategy == WaitStrategy::HookOnly {
            waiting.strategy = WaitStrategy::Watcher;
        }
        waiting
    }
}
