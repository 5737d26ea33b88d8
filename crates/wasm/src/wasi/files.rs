//! What a program has open: its streams, its folder, files in that.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use wasmi::{Caller, Error, Linker};

use super::errno::Errno;
use super::folder::{self, Place};
use super::guest::{Guest, answer};
use super::{NAME, Streams};
use crate::call::Host;

/// The most that may be open at once.
const MAX_OPEN: usize = 256;
/// What the program calls its folder.
const FOLDER: &str = "/tmp";
/// The number of the folder, the first after the streams.
const FOLDER_NUMBER: u32 = 3;
/// Every right: it is the folder that limits.
const ALL_RIGHTS: u64 = 0x1fff_ffff;

/// Something open.
pub(crate) enum Open {
    Folder(Place),
    File {
        file: File,
        /// The flags that it was opened with.
        flags: u16,
    },
}

/// What is open, by number.
pub(crate) struct Files {
    streams: Streams,
    /// Which of the streams are closed.
    closed: [bool; 3],
    open: BTreeMap<u32, Open>,
}

impl Files {
    pub(crate) fn new(streams: Streams, folder: Option<PathBuf>) -> Files {
        let open = folder.map(|root| (FOLDER_NUMBER, Open::Folder(Place::new(root))));
        Files {
            streams,
            closed: [false; 3],
            open: open.into_iter().collect(),
        }
    }

    /// What a path means that is given below an open folder.
    pub(crate) fn place(&self, number: u32, path: &str) -> Result<Place, Errno> {
        match self.open.get(&number) {
            Some(Open::Folder(place)) => place.at(path),
            Some(Open::File { .. }) => Err(Errno::NOTDIR),
            None if self.is_stream(number) => Err(Errno::NOTDIR),
            None => Err(Errno::BADF),
        }
    }

    /// Takes something open; gives its number.
    pub(crate) fn add(&mut self, open: Open) -> Result<u32, Errno> {
        if self.open.len() >= MAX_OPEN {
            return Err(Errno::NOSPC);
        }
        let mut numbers = FOLDER_NUMBER + 1..;
        let free = numbers.find(|number| !self.open.contains_key(number));
        let number = free.ok_or(Errno::NOSPC)?;
        self.open.insert(number, open);
        Ok(number)
    }

    fn is_stream(&self, number: u32) -> bool {
        self.closed.get(number as usize) == Some(&false)
    }

    fn file(&mut self, number: u32) -> Result<&mut File, Errno> {
        let is_stream = self.is_stream(number);
        match self.open.get_mut(&number) {
            Some(Open::File { file, .. }) => Ok(file),
            Some(Open::Folder(_)) => Err(Errno::ISDIR),
            None if is_stream => Err(Errno::SPIPE),
            None => Err(Errno::BADF),
        }
    }

    fn close(&mut self, number: u32) -> Result<(), Errno> {
        if let Some(closed) = self.closed.get_mut(number as usize) {
            return match std::mem::replace(closed, true) {
                true => Err(Errno::BADF),
                false => Ok(()),
            };
        }
        self.open.remove(&number).map(drop).ok_or(Errno::BADF)
    }

    fn read(&mut self, number: u32, into: &mut [u8]) -> Result<usize, Errno> {
        if number == 0 && self.is_stream(0) {
            return Ok(self.streams.stdin.read(into)?);
        }
        match self.file(number) {
            Ok(file) => Ok(file.read(into)?),
            Err(Errno::SPIPE) => Err(Errno::BADF),
            Err(other) => Err(other),
        }
    }

    fn write(&mut self, number: u32, bytes: &[u8]) -> Result<usize, Errno> {
        let stream = match number {
            1 | 2 if !self.is_stream(number) => return Err(Errno::BADF),
            1 => &mut self.streams.stdout,
            2 => &mut self.streams.stderr,
            _ => {
                return match self.file(number) {
                    Ok(file) => Ok(file.write(bytes)?),
                    Err(Errno::SPIPE) => Err(Errno::BADF),
                    Err(other) => Err(other),
                };
            }
        };
        let written = stream.write(bytes)?;
        stream.flush()?;
        Ok(written)
    }

    /// The kind of what is open, and its flags.
    fn status(&self, number: u32) -> Result<(u8, u16), Errno> {
        match self.open.get(&number) {
            Some(Open::Folder(_)) => Ok((3, 0)),
            Some(Open::File { flags, .. }) => Ok((4, *flags)),
            None if self.is_stream(number) => Ok((2, 0)),
            None => Err(Errno::BADF),
        }
    }

    fn folder(&self, number: u32) -> Result<&Place, Errno> {
        match self.open.get(&number) {
            Some(Open::Folder(place)) => Ok(place),
            _ if self.status(number).is_ok() => Err(Errno::NOTDIR),
            _ => Err(Errno::BADF),
        }
    }

    fn filestat(&self, number: u32) -> Result<[u8; 64], Errno> {
        match self.open.get(&number) {
            Some(Open::Folder(place)) => Ok(folder::filestat(&place.path().metadata()?)),
            Some(Open::File { file, .. }) => Ok(folder::filestat(&file.metadata()?)),
            None if self.is_stream(number) => {
                let mut stat = [0; 64];
                stat[16] = 2;
                Ok(stat)
            }
            None => Err(Errno::BADF),
        }
    }
}

type Call<'a> = Caller<'a, Host>;

/// Makes known what works on what is open.
pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), Error> {
    contents(linker)?;
    places(linker)?;
    facts(linker)?;
    changes(linker)
}

fn contents(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "fd_read",
            |mut call: Call<'_>, fd: u32, at: u32, n: u32, to: u32| {
                answer(&mut call, |guest| read(guest, fd, (at, n), None, to))
            },
        )?
        .func_wrap(
            NAME,
            "fd_write",
            |mut call: Call<'_>, fd: u32, at: u32, n: u32, to: u32| {
                answer(&mut call, |guest| write(guest, fd, (at, n), None, to))
            },
        )?
        .func_wrap(
            NAME,
            "fd_pread",
            |mut call: Call<'_>, fd: u32, at: u32, n: u32, from: u64, to: u32| {
                answer(&mut call, |guest| read(guest, fd, (at, n), Some(from), to))
            },
        )?
        .func_wrap(
            NAME,
            "fd_pwrite",
            |mut call: Call<'_>, fd: u32, at: u32, n: u32, from: u64, to: u32| {
                answer(&mut call, |guest| write(guest, fd, (at, n), Some(from), to))
            },
        )?;
    Ok(())
}

/// Does something elsewhere in a file, and goes back.
fn elsewhere<T>(
    guest: &mut Guest<'_>,
    fd: u32,
    from: Option<u64>,
    work: impl FnOnce(&mut Guest<'_>) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let Some(from) = from else {
        return work(guest);
    };
    let file = guest.host.wasi.files.file(fd)?;
    let before = file.stream_position()?;
    file.seek(SeekFrom::Start(from))?;
    let done = work(guest);
    guest
        .host
        .wasi
        .files
        .file(fd)?
        .seek(SeekFrom::Start(before))?;
    done
}

fn read(
    guest: &mut Guest<'_>,
    fd: u32,
    list: (u32, u32),
    from: Option<u64>,
    to: u32,
) -> Result<(), Errno> {
    let vectors = guest.vectors(list.0, list.1)?;
    let count = elsewhere(guest, fd, from, |guest| {
        let mut count = 0;
        for (at, length) in vectors {
            let (bytes, host) = guest.split(at, length)?;
            let read = host.wasi.files.read(fd, bytes)?;
            count += u32::try_from(read).map_err(|_| Errno::OVERFLOW)?;
            if read < length as usize {
                break;
            }
        }
        Ok(count)
    })?;
    guest.put_u32(to, count)
}

fn write(
    guest: &mut Guest<'_>,
    fd: u32,
    list: (u32, u32),
    from: Option<u64>,
    to: u32,
) -> Result<(), Errno> {
    let vectors = guest.vectors(list.0, list.1)?;
    guest.host.wasi.files.status(fd)?;
    let count = elsewhere(guest, fd, from, |guest| {
        let mut count = 0;
        for (at, length) in vectors {
            let (bytes, host) = guest.split(at, length)?;
            let written = host.wasi.files.write(fd, bytes)?;
            count += u32::try_from(written).map_err(|_| Errno::OVERFLOW)?;
            if written < length as usize {
                break;
            }
        }
        Ok(count)
    })?;
    guest.put_u32(to, count)
}

fn places(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "fd_seek",
            |mut call: Call<'_>, fd: u32, offset: i64, whence: u32, to: u32| {
                answer(&mut call, |guest| {
                    let target = match whence {
                        0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::INVAL)?),
                        1 => SeekFrom::Current(offset),
                        2 => SeekFrom::End(offset),
                        _ => return Err(Errno::INVAL),
                    };
                    let at = guest.host.wasi.files.file(fd)?.seek(target)?;
                    guest.put_u64(to, at)
                })
            },
        )?
        .func_wrap(NAME, "fd_tell", |mut call: Call<'_>, fd: u32, to: u32| {
            answer(&mut call, |guest| {
                let at = guest.host.wasi.files.file(fd)?.stream_position()?;
                guest.put_u64(to, at)
            })
        })?
        .func_wrap(
            NAME,
            "fd_prestat_get",
            |mut call: Call<'_>, fd: u32, to: u32| {
                answer(&mut call, |guest| {
                    preopened(guest, fd)?;
                    guest.put_u32(to, 0)?;
                    let length = u32::try_from(FOLDER.len()).map_err(|_| Errno::OVERFLOW)?;
                    guest.put_u32(to.checked_add(4).ok_or(Errno::FAULT)?, length)
                })
            },
        )?
        .func_wrap(
            NAME,
            "fd_prestat_dir_name",
            |mut call: Call<'_>, fd: u32, to: u32, length: u32| {
                answer(&mut call, |guest| {
                    preopened(guest, fd)?;
                    let name = FOLDER.as_bytes();
                    let name = name.get(..length as usize).unwrap_or(name);
                    guest.put(to, name)
                })
            },
        )?
        .func_wrap(
            NAME,
            "fd_readdir",
            |mut call: Call<'_>, fd: u32, at: u32, length: u32, cookie: u64, to: u32| {
                answer(&mut call, |guest| {
                    read_folder(guest, fd, (at, length), cookie, to)
                })
            },
        )?;
    Ok(())
}

fn preopened(guest: &Guest<'_>, fd: u32) -> Result<(), Errno> {
    match guest.host.wasi.files.open.get(&fd) {
        Some(Open::Folder(place)) if fd == FOLDER_NUMBER && place.is_root() => Ok(()),
        _ => Err(Errno::BADF),
    }
}

fn read_folder(
    guest: &mut Guest<'_>,
    fd: u32,
    buffer: (u32, u32),
    cookie: u64,
    to: u32,
) -> Result<(), Errno> {
    let path = guest.host.wasi.files.folder(fd)?.path();
    let entries = folder::entries(&path)?;
    let skipped = usize::try_from(cookie).unwrap_or(usize::MAX);
    let bytes = entries.into_iter().skip(skipped).flatten();
    let bytes: Vec<u8> = bytes.take(buffer.1 as usize).collect();
    guest.put(buffer.0, &bytes)?;
    guest.put_u32(to, u32::try_from(bytes.len()).map_err(|_| Errno::OVERFLOW)?)
}

fn facts(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "fd_fdstat_get",
            |mut call: Call<'_>, fd: u32, to: u32| {
                answer(&mut call, |guest| {
                    let (kind, flags) = guest.host.wasi.files.status(fd)?;
                    let mut stat = [0; 24];
                    stat[0] = kind;
                    stat[2..4].copy_from_slice(&flags.to_le_bytes());
                    stat[8..16].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
                    stat[16..24].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
                    guest.put(to, &stat)
                })
            },
        )?
        .func_wrap(
            NAME,
            "fd_filestat_get",
            |mut call: Call<'_>, fd: u32, to: u32| {
                answer(&mut call, |guest| {
                    let stat = guest.host.wasi.files.filestat(fd)?;
                    guest.put(to, &stat)
                })
            },
        )?
        .func_wrap(
            NAME,
            "fd_fdstat_set_flags",
            |mut call: Call<'_>, fd: u32, _: i32| {
                answer(&mut call, |guest| {
                    guest.host.wasi.files.status(fd).map(drop)
                })
            },
        )?
        .func_wrap(NAME, "fd_fdstat_set_rights", |_: i32, _: i64, _: i64| {
            Errno::NOSYS.code()
        })?
        .func_wrap(
            NAME,
            "fd_advise",
            |mut call: Call<'_>, fd: u32, _: i64, _: i64, _: i32| {
                answer(&mut call, |guest| {
                    guest.host.wasi.files.status(fd).map(drop)
                })
            },
        )?;
    Ok(())
}

fn changes(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(NAME, "fd_close", |mut call: Call<'_>, fd: u32| {
            answer(&mut call, |guest| guest.host.wasi.files.close(fd))
        })?
        .func_wrap(NAME, "fd_sync", |mut call: Call<'_>, fd: u32| {
            answer(&mut call, |guest| {
                Ok(guest.host.wasi.files.file(fd)?.sync_all()?)
            })
        })?
        .func_wrap(NAME, "fd_datasync", |mut call: Call<'_>, fd: u32| {
            answer(&mut call, |guest| {
                Ok(guest.host.wasi.files.file(fd)?.sync_data()?)
            })
        })?
        .func_wrap(
            NAME,
            "fd_allocate",
            |mut call: Call<'_>, fd: u32, from: u64, more: u64| {
                answer(&mut call, |guest| {
                    let file = guest.host.wasi.files.file(fd)?;
                    let size = from.checked_add(more).ok_or(Errno::INVAL)?;
                    match file.metadata()?.len() < size {
                        true => Ok(file.set_len(size)?),
                        false => Ok(()),
                    }
                })
            },
        )?
        .func_wrap(
            NAME,
            "fd_filestat_set_size",
            |mut call: Call<'_>, fd: u32, size: u64| {
                answer(&mut call, |guest| {
                    Ok(guest.host.wasi.files.file(fd)?.set_len(size)?)
                })
            },
        )?
        .func_wrap(
            NAME,
            "fd_filestat_set_times",
            |mut call: Call<'_>, fd: u32, _: i64, _: i64, _: i32| {
                answer(&mut call, |guest| {
                    guest.host.wasi.files.status(fd).map(drop)
                })
            },
        )?
        .func_wrap(
            NAME,
            "fd_renumber",
            |mut call: Call<'_>, from: u32, to: u32| {
                answer(&mut call, |guest| {
                    let files = &mut guest.host.wasi.files;
                    if !files.open.contains_key(&to) {
                        return Err(Errno::BADF);
                    }
                    let open = files.open.remove(&from).ok_or(Errno::BADF)?;
                    files.open.insert(to, open);
                    Ok(())
                })
            },
        )?;
    Ok(())
}
