//! A world whose randomness is known beforehand.

use std::sync::Arc;

use goval::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::World;

/// Another world with randomness that follows from a seed, and a clock that stands still in UTC,
/// since certificates say when they were made. What functions make in it is the same each time: for
/// comparing renders, never for secrets that are used.
///
/// The random bytes are SHA-256 of the seed's own SHA-256 and a counter. Templates run one after the
/// other, so that each of them is given the same bytes each time.
pub struct SeededWorld {
    world: Arc<dyn World>,
    now: Timestamp,
    seed: [u8; 32],
    stream: Mutex<Stream>,
}

#[derive(Default)]
struct Stream {
    blocks: u64,
    block: [u8; 32],
    /// How much of the block has been given out.
    used: usize,
}

impl SeededWorld {
    /// The world with the randomness of a seed, at one moment.
    pub fn new(world: Arc<dyn World>, seed: &str, now: Timestamp) -> SeededWorld {
        SeededWorld {
            world,
            now,
            seed: Sha256::digest(seed).into(),
            stream: Mutex::new(Stream {
                used: 32,
                ..Stream::default()
            }),
        }
    }
}

impl World for SeededWorld {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn local_zone(&self) -> TimeZone {
        TimeZone::UTC
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        let mut stream = self.stream.lock();
        for byte in bytes {
            if stream.used == stream.block.len() {
                let hash = Sha256::new().chain_update(self.seed);
                let hash = hash.chain_update(stream.blocks.to_be_bytes());
                stream.block = hash.finalize().into();
                stream.blocks += 1;
                stream.used = 0;
            }
            *byte = stream.block[stream.used];
            stream.used += 1;
        }
    }

    fn lookup(
        &self,
        api_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Result<Value, String> {
        self.world.lookup(api_version, kind, namespace, name)
    }

    fn host_by_name(&self, name: &str) -> String {
        self.world.host_by_name(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NullWorld;

    fn bytes(seed: &str, pieces: &[usize]) -> Vec<u8> {
        let world = SeededWorld::new(Arc::new(NullWorld::default()), seed, Timestamp::UNIX_EPOCH);
        let mut all = Vec::new();
        for &length in pieces {
            let mut piece = vec![0; length];
            world.fill_random(&mut piece);
            all.extend(piece);
        }
        all
    }

    #[test]
    fn a_seed_decides_all_bytes() {
        assert_eq!(bytes("a", &[100]), bytes("a", &[1, 31, 33, 35]));
        assert_ne!(bytes("a", &[32]), bytes("b", &[32]));
        assert_ne!(bytes("a", &[64])[..32], bytes("a", &[64])[32..]);
    }
}
