//! Bytes, one after the other.

use crate::ProvenanceError;

/// Reads from the front of some bytes.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Reader<'a> {
        Reader { rest: data }
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next bytes.
    ///
    /// # Errors
    /// There are not as many.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], ProvenanceError> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => {
                self.rest = &[];
                Err(ProvenanceError::Truncated)
            }
        }
    }

    /// The next byte.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn byte(&mut self) -> Result<u8, ProvenanceError> {
        Ok(self.take(1)?[0])
    }

    /// The next bytes as a number, highest byte first.
    ///
    /// # Errors
    /// There are not as many.
    pub(crate) fn number(&mut self, count: usize) -> Result<u32, ProvenanceError> {
        let bytes = self.take(count)?;
        Ok(bytes.iter().fold(0, |n, &byte| n << 8 | u32::from(byte)))
    }
}
