//! Extism's kernel: memory of its own, in blocks, through which a program and its host hand over texts.

use std::collections::BTreeMap;

/// Bytes in a page of WebAssembly's memory.
pub(crate) const PAGE: u64 = 64 * 1024;
/// Where blocks begin: 0 means none.
const FIRST: u64 = 8;

/// Blocks of bytes. Offsets are those that the program sees.
#[derive(Debug)]
pub(crate) struct Kernel {
    bytes: Vec<u8>,
    /// The blocks in use, by their offsets.
    blocks: BTreeMap<u64, u64>,
    /// The blocks that were given back.
    free: Vec<(u64, u64)>,
    limit: u64,
    /// Where the input is, and how long it is.
    pub(crate) input: (u64, u64),
    /// Where the output is, and how long it is.
    pub(crate) output: (u64, u64),
    /// Where the text of an error is; 0 if there is none.
    pub(crate) error: u64,
}

impl Kernel {
    /// An empty one that may grow up to a number of bytes.
    pub(crate) fn new(limit: u64) -> Kernel {
        Kernel {
            bytes: vec![0; usize::try_from(FIRST).unwrap_or_default()],
            blocks: BTreeMap::new(),
            free: Vec::new(),
            limit,
            input: (0, 0),
            output: (0, 0),
            error: 0,
        }
    }

    /// A new block; 0 if there is no room, or none is wanted.
    pub(crate) fn alloc(&mut self, length: u64) -> u64 {
        if length == 0 {
            return 0;
        }
        let fits = self.free.iter().position(|(_, room)| *room >= length);
        if let Some(at) = fits {
            let (offset, room) = self.free.swap_remove(at);
            if room > length {
                self.free.push((offset + length, room - length));
            }
            self.blocks.insert(offset, length);
            return offset;
        }
        let offset = self.bytes.len() as u64;
        let end = offset.checked_add(length).filter(|end| *end <= self.limit);
        let Some(end) = end.and_then(|end| usize::try_from(end).ok()) else {
            return 0;
        };
        self.bytes.resize(end, 0);
        self.blocks.insert(offset, length);
        offset
    }

    /// Gives a block back.
    pub(crate) fn free(&mut self, offset: u64) {
        let Some(length) = self.blocks.remove(&offset) else {
            return;
        };
        self.free.push((offset, length));
        if self.input.0 == offset {
            self.input = (0, 0);
        }
        if self.output.0 == offset {
            self.output = (0, 0);
        }
        if self.error == offset {
            self.error = 0;
        }
    }

    /// Forgets everything.
    pub(crate) fn reset(&mut self) {
        *self = Kernel::new(self.limit);
    }

    /// How long the block at an offset is; 0 if there is none.
    pub(crate) fn length(&self, offset: u64) -> u64 {
        self.blocks.get(&offset).copied().unwrap_or_default()
    }

    /// The block at an offset; nothing if there is none.
    pub(crate) fn block(&self, offset: u64) -> &[u8] {
        self.slice(offset, self.length(offset)).unwrap_or_default()
    }

    /// A new block with this content; 0 if there is no room.
    pub(crate) fn put(&mut self, content: &[u8]) -> u64 {
        let offset = self.alloc(content.len() as u64);
        if offset != 0
            && let Some(place) = self.slice_mut(offset, content.len() as u64)
        {
            place.copy_from_slice(content);
        }
        offset
    }

    /// Some bytes, if there are so many.
    pub(crate) fn slice(&self, offset: u64, length: u64) -> Option<&[u8]> {
        let start = usize::try_from(offset).ok()?;
        let end = usize::try_from(offset.checked_add(length)?).ok()?;
        self.bytes.get(start..end)
    }

    pub(crate) fn slice_mut(&mut self, offset: u64, length: u64) -> Option<&mut [u8]> {
        let start = usize::try_from(offset).ok()?;
        let end = usize::try_from(offset.checked_add(length)?).ok()?;
        self.bytes.get_mut(start..end)
    }

    /// The number at an offset, least byte first.
    pub(crate) fn number(&self, offset: u64) -> Option<u64> {
        let bytes = self.slice(offset, 8)?.try_into().ok()?;
        Some(u64::from_le_bytes(bytes))
    }

    /// How many bytes there are.
    pub(crate) fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_used_again_and_never_beyond_the_limit() {
        let mut kernel = Kernel::new(64);
        let first = kernel.put(b"one");
        let second = kernel.put(b"two!");
        assert_eq!(
            (kernel.block(first), kernel.block(second)),
            (&b"one"[..], &b"two!"[..])
        );
        kernel.free(second);
        assert_eq!((kernel.length(second), kernel.block(second)), (0, &b""[..]));
        assert_eq!(kernel.put(b"3"), second);
        assert_eq!(kernel.alloc(64), 0);
        assert_eq!(kernel.alloc(u64::MAX), 0);
        assert_eq!(kernel.slice(u64::MAX, 2), None);
        assert_eq!(kernel.number(60), None);
    }
}
