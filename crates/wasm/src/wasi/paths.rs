//! What a program does by paths in its folder.

use std::fs::{self, OpenOptions};

use wasmi::{Caller, Error, Linker};

use super::NAME;
use super::errno::Errno;
use super::files::Open;
use super::folder::{self, Place};
use super::guest::{Guest, answer};
use crate::call::Host;

type Call<'a> = Caller<'a, Host>;

/// A path below something open: the number of that, where the path is, and how long it is.
type Path = (u32, u32, u32);

fn place(guest: &Guest<'_>, (fd, at, length): Path) -> Result<Place, Errno> {
    let path = guest.text(at, length)?;
    guest.host.wasi.files.place(fd, &path)
}

/// What must be something in the folder, not the folder itself.
fn inside(guest: &Guest<'_>, path: Path) -> Result<std::path::PathBuf, Errno> {
    let place = place(guest, path)?;
    match place.is_root() {
        true => Err(Errno::INVAL),
        false => Ok(place.path()),
    }
}

/// Makes it known.
pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "path_open",
            |mut call: Call<'_>,
             fd: u32,
             _lookup: u32,
             at: u32,
             length: u32,
             create: u32,
             rights: u64,
             _inheriting: u64,
             flags: u32,
             to: u32| {
                answer(&mut call, |guest| {
                    let place = place(guest, (fd, at, length))?;
                    let open = open(place, create, rights, flags)?;
                    let number = guest.host.wasi.files.add(open)?;
                    guest.put_u32(to, number)
                })
            },
        )?
        .func_wrap(
            NAME,
            "path_filestat_get",
            |mut call: Call<'_>, fd: u32, _lookup: u32, at: u32, length: u32, to: u32| {
                answer(&mut call, |guest| {
                    let info = place(guest, (fd, at, length))?.path().metadata()?;
                    guest.put(to, &folder::filestat(&info))
                })
            },
        )?
        .func_wrap(
            NAME,
            "path_filestat_set_times",
            |mut call: Call<'_>, fd: u32, _: u32, at: u32, length: u32, _: i64, _: i64, _: i32| {
                answer(&mut call, |guest| {
                    Ok(place(guest, (fd, at, length))?
                        .path()
                        .metadata()
                        .map(drop)?)
                })
            },
        )?;
    folders(linker)?;
    links(linker)
}

fn open(place: Place, create: u32, rights: u64, flags: u32) -> Result<Open, Errno> {
    const CREATE: u32 = 1;
    const FOLDER: u32 = 2;
    const NEW: u32 = 4;
    const EMPTY: u32 = 8;
    const APPEND: u32 = 1;
    const READ: u64 = 1 << 1;
    const WRITE: u64 = 1 << 6;
    let path = place.path();
    let is_folder = path.is_dir();
    if create & FOLDER != 0 && !is_folder {
        return Err(match path.exists() {
            true => Errno::NOTDIR,
            false => Errno::NOENT,
        });
    }
    if is_folder {
        return match create & (CREATE | EMPTY) != 0 {
            true => Err(Errno::ISDIR),
            false => Ok(Open::Folder(place)),
        };
    }
    let appends = flags & APPEND != 0;
    let creates = create & CREATE != 0;
    let writes = rights & WRITE != 0 || create & (CREATE | EMPTY) != 0;
    let file = OpenOptions::new()
        .read(rights & READ != 0 || !writes)
        .write(writes && !appends)
        .append(writes && appends)
        .create(creates && create & NEW == 0)
        .create_new(creates && create & NEW != 0)
        .truncate(create & EMPTY != 0 && !appends)
        .open(path)?;
    let flags = u16::try_from(flags).map_err(|_| Errno::INVAL)?;
    Ok(Open::File { file, flags })
}

fn folders(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "path_create_directory",
            |mut call: Call<'_>, fd: u32, at: u32, length: u32| {
                answer(&mut call, |guest| {
                    Ok(fs::create_dir(place(guest, (fd, at, length))?.path())?)
                })
            },
        )?
        .func_wrap(
            NAME,
            "path_remove_directory",
            |mut call: Call<'_>, fd: u32, at: u32, length: u32| {
                answer(&mut call, |guest| match inside(guest, (fd, at, length)) {
                    // It stays, and is removed with what is in it when the program has ended.
                    Err(Errno::INVAL) => Err(Errno::NOTEMPTY),
                    path => Ok(fs::remove_dir(path?)?),
                })
            },
        )?
        .func_wrap(
            NAME,
            "path_unlink_file",
            |mut call: Call<'_>, fd: u32, at: u32, length: u32| {
                answer(&mut call, |guest| {
                    let path = inside(guest, (fd, at, length))?;
                    match path.is_dir() {
                        true => Err(Errno::ISDIR),
                        false => Ok(fs::remove_file(path)?),
                    }
                })
            },
        )?
        .func_wrap(
            NAME,
            "path_rename",
            |mut call: Call<'_>,
             fd: u32,
             at: u32,
             length: u32,
             fd2: u32,
             at2: u32,
             length2: u32| {
                answer(&mut call, |guest| {
                    let from = inside(guest, (fd, at, length))?;
                    let to = inside(guest, (fd2, at2, length2))?;
                    Ok(fs::rename(from, to)?)
                })
            },
        )?;
    Ok(())
}

/// Links are not made, so there are none to be read.
fn links(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "path_link",
            |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32| Errno::NOTSUP.code(),
        )?
        .func_wrap(
            NAME,
            "path_symlink",
            |_: i32, _: i32, _: i32, _: i32, _: i32| Errno::NOTSUP.code(),
        )?
        .func_wrap(
            NAME,
            "path_readlink",
            |mut call: Call<'_>, fd: u32, at: u32, length: u32, _: u32, _: u32, _: u32| {
                answer(&mut call, |guest| {
                    place(guest, (fd, at, length))?.path().symlink_metadata()?;
                    Err(Errno::INVAL)
                })
            },
        )?;
    Ok(())
}
