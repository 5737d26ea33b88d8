//! Last record, manifests and live objects to a Plan: what will be done, as a value.
//!
//! Does not know the cluster client. A [`Plan`] is an ordered list of [`Step`]s, writes of release
//! records among them; [`install()`], [`upgrade()`],
//! [`rollback()`] and [`uninstall()`] make one, `Display` and [`Plan::to_json`] show it.

mod change;
mod hooks;
mod install;
mod ownership;
mod show;
mod step;
mod testing;
mod uninstall;

pub use change::{Changing, Rollback, Upgrade, is_same, new_to, rollback, upgrade};
pub use hooks::{hooks_at, settle_delete_policies};
pub use install::{CrdFile, Install, crds, install};
pub use ownership::{
    MANAGED_BY, RELEASE_NAME, RELEASE_NAMESPACE, is_generated, own, owned_by, subject,
};
pub use step::{
    Failure, Live, Method, Objects, OnError, Plan, PlanError, Planned, Propagation, Says, Step,
    WaitStrategy, Waiting,
};
pub use testing::test;
pub use uninstall::{Skipped, Uninstall, Why, uninstall};

#[cfg(test)]
mod tests;
