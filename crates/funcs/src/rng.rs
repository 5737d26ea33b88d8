//! The world's randomness for the libraries that make keys.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

use crate::World;

/// A generator that asks the world.
pub(crate) struct WorldRng<'w>(pub(crate) &'w dyn World);

impl WorldRng<'_> {
    /// So many random bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_random(&mut bytes);
        bytes
    }
}

impl TryRng for WorldRng<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_random(bytes);
        Ok(())
    }
}

impl TryCryptoRng for WorldRng<'_> {}
