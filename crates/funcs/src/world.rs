//! The world outside of a render.

use goval::{Map, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Everything impure that functions ask for.
///
/// All randomness derives from [`World::fill_random`], so that a world with a seed makes renders
/// repeatable.
pub trait World: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;

    /// The zone that Go calls `Local`.
    fn local_zone(&self) -> TimeZone;

    /// Fills the bytes with randomness fit for keys and passwords.
    fn fill_random(&self, bytes: &mut [u8]);

    /// The object of that name, or all of them as a list if the name is empty; an empty map if
    /// there is none or there is no cluster to ask. Helm's `lookup`.
    ///
    /// # Errors
    /// Why the cluster could not be asked.
    fn lookup(
        &self,
        api_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Result<Value, String>;

    /// An address of the host; empty if DNS is not to be asked.
    fn host_by_name(&self, name: &str) -> String;
}

/// A world in which nothing happens: the clock stands still at one moment in UTC, there is no
/// cluster and no DNS, and randomness is the same in each new one. For tests.
pub struct NullWorld {
    now: Timestamp,
    random: parking_lot::Mutex<u64>,
}

impl NullWorld {
    /// A world that stands still at this moment.
    pub fn new(now: Timestamp) -> NullWorld {
        NullWorld {
            now,
            random: parking_lot::Mutex::new(0),
        }
    }
}

impl Default for NullWorld {
    fn default() -> Self {
        NullWorld::new(Timestamp::UNIX_EPOCH)
    }
}

impl World for NullWorld {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn local_zone(&self) -> TimeZone {
        TimeZone::UTC
    }

    /// The generator SplitMix64.
    fn fill_random(&self, bytes: &mut [u8]) {
        let mut state = self.random.lock();
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }

    fn lookup(&self, _: &str, _: &str, _: &str, _: &str) -> Result<Value, String> {
        Ok(Map::new().into())
    }

    fn host_by_name(&self, _: &str) -> String {
        String::new()
    }
}
