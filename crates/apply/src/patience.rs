//! Repeating what fails for reasons that pass.

use std::time::{Duration, Instant};

use release::StoreError;

/// The first and the longest pause between two tries.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// Why something failed, and whether it may succeed a little later.
pub(crate) trait Passing {
    /// Whether the reason passes.
    fn is_passing(&self) -> bool;
}

impl Passing for cluster::Error {
    fn is_passing(&self) -> bool {
        self.is_transient()
    }
}

impl Passing for crate::Error {
    fn is_passing(&self) -> bool {
        self.cluster().is_some_and(Passing::is_passing)
    }
}

impl Passing for StoreError {
    fn is_passing(&self) -> bool {
        matches!(self, StoreError::Unavailable(_))
    }
}

/// Does something until it succeeds, fails for a reason that stays, or has failed for so long.
pub(crate) async fn persist<T, E: Passing>(
    patience: Duration,
    mut work: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, E> {
    let begin = Instant::now();
    let [mut pause, longest] = PAUSES;
    loop {
        match work().await {
            Err(error) if error.is_passing() && begin.elapsed() + pause < patience => {
                tokio::time::sleep(pause).await;
                pause = (2 * pause).min(longest);
            }
            other => return other,
        }
    }
}
