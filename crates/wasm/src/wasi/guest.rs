//! The program's memory, as functions of WASI read and write it.

use wasmi::{Caller, Extern};

use super::errno::Errno;
use crate::call::Host;

/// The memory of a program, beside what the host has.
pub(crate) struct Guest<'a> {
    memory: &'a mut [u8],
    pub(crate) host: &'a mut Host,
}

/// Does something for a program, and says how it went.
pub(crate) fn answer(
    caller: &mut Caller<'_, Host>,
    work: impl FnOnce(&mut Guest<'_>) -> Result<(), Errno>,
) -> i32 {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        return Errno::FAULT.code();
    };
    let (memory, host) = memory.data_and_store_mut(&mut *caller);
    match work(&mut Guest { memory, host }) {
        Ok(()) => 0,
        Err(error) => error.code(),
    }
}

impl Guest<'_> {
    pub(crate) fn bytes(&self, at: u32, length: u32) -> Result<&[u8], Errno> {
        let (at, length) = (at as usize, length as usize);
        let end = at.checked_add(length).ok_or(Errno::FAULT)?;
        self.memory.get(at..end).ok_or(Errno::FAULT)
    }

    pub(crate) fn bytes_mut(&mut self, at: u32, length: u32) -> Result<&mut [u8], Errno> {
        self.split(at, length).map(|(bytes, _)| bytes)
    }

    /// Some of the memory, and what the host has.
    pub(crate) fn split(&mut self, at: u32, length: u32) -> Result<(&mut [u8], &mut Host), Errno> {
        let (at, length) = (at as usize, length as usize);
        let end = at.checked_add(length).ok_or(Errno::FAULT)?;
        let bytes = self.memory.get_mut(at..end).ok_or(Errno::FAULT)?;
        Ok((bytes, self.host))
    }

    pub(crate) fn put(&mut self, at: u32, bytes: &[u8]) -> Result<(), Errno> {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::OVERFLOW)?;
        self.bytes_mut(at, length)?.copy_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn put_u32(&mut self, at: u32, number: u32) -> Result<(), Errno> {
        self.put(at, &number.to_le_bytes())
    }

    pub(crate) fn put_u64(&mut self, at: u32, number: u64) -> Result<(), Errno> {
        self.put(at, &number.to_le_bytes())
    }

    pub(crate) fn text(&self, at: u32, length: u32) -> Result<String, Errno> {
        let bytes = self.bytes(at, length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Errno::INVAL)
    }

    /// The places that a list of vectors names: offset and length of each.
    pub(crate) fn vectors(&self, at: u32, count: u32) -> Result<Vec<(u32, u32)>, Errno> {
        const MAX: u32 = 1024;
        if count > MAX {
            return Err(Errno::INVAL);
        }
        let list = self.bytes(at, count * 8)?;
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap_or_default());
        let entries = list.chunks_exact(8);
        Ok(entries
            .map(|entry| (number(&entry[..4]), number(&entry[4..])))
            .collect())
    }
}
