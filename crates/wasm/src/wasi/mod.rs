//! WASI preview 1: the system that programs see. It has arguments (none), an environment, clocks, randomness, three
//! streams and at most one folder; it has no sockets.

mod errno;
mod files;
mod folder;
mod guest;
mod paths;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wasmi::{Caller, Error, Linker};

use crate::call::Host;
use errno::Errno;
use files::Files;
use guest::{Guest, answer};

/// The name that programs import it by.
pub(crate) const NAME: &str = "wasi_snapshot_preview1";
/// The most random bytes that are given at once.
const MAX_RANDOM: u32 = 1 << 20;
/// How long `poll_oneoff` waits at once, so that a program that is late is ended.
const NAP: Duration = Duration::from_millis(20);

/// The three streams of a program.
pub(crate) struct Streams {
    pub(crate) stdin: Box<dyn Read + Send>,
    pub(crate) stdout: Box<dyn Write + Send>,
    pub(crate) stderr: Box<dyn Write + Send>,
}

/// What a program sees of the system.
pub(crate) struct Wasi {
    /// `NAME=VALUE`, each ended by a zero byte.
    env: Vec<Vec<u8>>,
    begin: Instant,
    files: Files,
}

impl Wasi {
    pub(crate) fn new(env: &[(String, String)], streams: Streams, folder: Option<PathBuf>) -> Wasi {
        let env = env.iter();
        Wasi {
            env: env
                .map(|(name, value)| format!("{name}={value}\0").into_bytes())
                .collect(),
            begin: Instant::now(),
            files: Files::new(streams, folder),
        }
    }
}

/// Makes it known.
pub(crate) fn link(linker: &mut Linker<Host>) -> Result<(), Error> {
    surroundings(linker)?;
    time(linker)?;
    files::link(linker)?;
    paths::link(linker)?;
    without(linker)
}

type Call<'a> = Caller<'a, Host>;

fn surroundings(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(NAME, "args_get", |_: i32, _: i32| 0)?
        .func_wrap(
            NAME,
            "args_sizes_get",
            |mut call: Call<'_>, count: u32, size: u32| {
                answer(&mut call, |guest| {
                    guest.put_u32(count, 0)?;
                    guest.put_u32(size, 0)
                })
            },
        )?
        .func_wrap(
            NAME,
            "environ_get",
            |mut call: Call<'_>, list: u32, text: u32| {
                answer(&mut call, |guest| environ(guest, list, text))
            },
        )?
        .func_wrap(
            NAME,
            "environ_sizes_get",
            |mut call: Call<'_>, count: u32, size: u32| {
                answer(&mut call, |guest| {
                    let env = &guest.host.wasi.env;
                    let bytes = env.iter().map(Vec::len).sum::<usize>();
                    let number = env.len();
                    guest.put_u32(count, u32::try_from(number).map_err(|_| Errno::OVERFLOW)?)?;
                    guest.put_u32(size, u32::try_from(bytes).map_err(|_| Errno::OVERFLOW)?)
                })
            },
        )?
        .func_wrap(
            NAME,
            "random_get",
            |mut call: Call<'_>, at: u32, length: u32| {
                answer(&mut call, |guest| {
                    if length > MAX_RANDOM {
                        return Err(Errno::INVAL);
                    }
                    let place = guest.bytes_mut(at, length)?;
                    getrandom::fill(place).map_err(|_| Errno::IO)
                })
            },
        )?
        .func_wrap(NAME, "proc_exit", |status: i32| -> Result<(), Error> {
            Err(Error::i32_exit(status))
        })?
        .func_wrap(NAME, "sched_yield", || 0)?;
    Ok(())
}

fn environ(guest: &mut Guest<'_>, list: u32, text: u32) -> Result<(), Errno> {
    let (mut list, mut text) = (list, text);
    for entry in guest.host.wasi.env.clone() {
        guest.put_u32(list, text)?;
        guest.put(text, &entry)?;
        list = list.checked_add(4).ok_or(Errno::FAULT)?;
        let length = u32::try_from(entry.len()).map_err(|_| Errno::OVERFLOW)?;
        text = text.checked_add(length).ok_or(Errno::FAULT)?;
    }
    Ok(())
}

fn time(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(
            NAME,
            "clock_res_get",
            |mut call: Call<'_>, clock: u32, at: u32| {
                answer(&mut call, |guest| {
                    let nanoseconds = match clock {
                        0 => 1000,
                        1 => 1,
                        _ => return Err(Errno::INVAL),
                    };
                    guest.put_u64(at, nanoseconds)
                })
            },
        )?
        .func_wrap(
            NAME,
            "clock_time_get",
            |mut call: Call<'_>, clock: u32, _: i64, at: u32| {
                answer(&mut call, |guest| {
                    let since = match clock {
                        0 => SystemTime::now()
                            .duration_since(UNIX_EPOCH)
                            .unwrap_or_default(),
                        1 => guest.host.wasi.begin.elapsed(),
                        _ => return Err(Errno::INVAL),
                    };
                    guest.put_u64(at, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
                })
            },
        )?
        .func_wrap(
            NAME,
            "poll_oneoff",
            |mut call: Call<'_>, wanted: u32, given: u32, count: u32, number: u32| {
                answer(&mut call, |guest| poll(guest, wanted, given, count, number))
            },
        )?;
    Ok(())
}

/// Waits for the first of some clocks; streams and files are always ready.
fn poll(
    guest: &mut Guest<'_>,
    wanted: u32,
    given: u32,
    count: u32,
    number: u32,
) -> Result<(), Errno> {
    const WANTED: u32 = 48;
    const GIVEN: u32 = 32;
    const MAX: u32 = 1024;
    if count == 0 || count > MAX {
        return Err(Errno::INVAL);
    }
    let mut soonest: Option<Duration> = None;
    let mut events = Vec::new();
    for index in 0..count {
        let at = wanted.checked_add(index * WANTED).ok_or(Errno::FAULT)?;
        let entry: [u8; WANTED as usize] = guest
            .bytes(at, WANTED)?
            .try_into()
            .map_err(|_| Errno::FAULT)?;
        let number = |from: usize| {
            let bytes = entry
                .get(from..from + 8)
                .and_then(|bytes| bytes.try_into().ok());
            u64::from_le_bytes(bytes.unwrap_or_default())
        };
        let kind = entry[8];
        if kind == 0 {
            let is_absolute = entry[40] & 1 == 1;
            let mut wait = Duration::from_nanos(number(24));
            if is_absolute {
                let now = match entry[16] {
                    0 => SystemTime::now()
                        .duration_since(UNIX_EPOCH)
                        .unwrap_or_default(),
                    _ => guest.host.wasi.begin.elapsed(),
                };
                wait = wait.saturating_sub(now);
            }
            soonest = Some(soonest.map_or(wait, |other| other.min(wait)));
        }
        let mut event = [0; GIVEN as usize];
        event[..8].copy_from_slice(&entry[..8]);
        event[10] = kind;
        events.push((kind, event));
    }
    let is_ready = events.iter().any(|(kind, _)| *kind != 0);
    if !is_ready {
        rest(guest, soonest.unwrap_or_default());
    }
    let ready = events.iter().filter(|(kind, _)| (*kind != 0) == is_ready);
    let mut told = 0;
    for (_, event) in ready {
        let at = given.checked_add(told * GIVEN).ok_or(Errno::FAULT)?;
        guest.put(at, event)?;
        told += 1;
    }
    guest.put_u32(number, told)
}

/// Waits, but not longer than the program may run.
fn rest(guest: &Guest<'_>, wait: Duration) {
    let end = Instant::now().checked_add(wait);
    while guest.host.time_left() != Some(Duration::ZERO) {
        let left = match end {
            Some(end) => end.saturating_duration_since(Instant::now()),
            None => NAP,
        };
        if left.is_zero() {
            return;
        }
        sleep(left.min(NAP));
    }
}

/// What there is not: signals and sockets.
fn without(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker
        .func_wrap(NAME, "proc_raise", |_: i32| Errno::NOSYS.code())?
        .func_wrap(NAME, "sock_accept", |_: i32, _: i32, _: i32| {
            Errno::NOSYS.code()
        })?
        .func_wrap(
            NAME,
            "sock_recv",
            |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32| Errno::NOSYS.code(),
        )?
        .func_wrap(
            NAME,
            "sock_send",
            |_: i32, _: i32, _: i32, _: i32, _: i32| Errno::NOSYS.code(),
        )?
        .func_wrap(NAME, "sock_shutdown", |_: i32, _: i32| Errno::NOSYS.code())?;
    Ok(())
}
