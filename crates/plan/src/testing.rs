//! The plan of a release's tests.

use std::time::Duration;

use manifest::HookEvent;
use release::Release;

use crate::{Failure, Method, Plan, Planned, Step, WaitStrategy, Waiting, hooks_at};

/// The plan of running a release's tests: its test hooks, watched to their end. What they leave
/// stays, so that their logs can be read.
pub fn test(release: Release, timeout: Duration) -> Plan {
    let hooks = Step::Hooks {
        order: hooks_at(&release.hooks, &HookEvent::Test),
        event: HookEvent::Test,
        method: Method::create(release.apply_method.is_server_side()),
        waiting: Waiting {
            strategy: WaitStrategy::Watcher,
            timeout,
            jobs: false,
        },
        lasting: true,
    };
    Plan {
        release,
        steps: vec![Planned::new(hooks)],
        failure: Failure::Leave,
    }
}
