//! Reading tar streams, only as far as charts need it and with every length bounded.

use std::io::{self, Read};

use crate::Time;

const BLOCK: usize = 512;
/// Extended headers and long names beyond this are refused, as by Go's `archive/tar`.
const MAX_SPECIAL: u64 = 1 << 20;

/// A member of an archive, before its content is read.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) modtime: Time,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file, or something that counts as an empty one: a link, a device.
    File,
    Directory,
    /// Headers for the members that follow.
    Global,
}

/// Walks over the members of an archive.
pub(crate) struct Archive<R> {
    input: R,
    /// What is left of the current member's content, and the padding after it.
    unread: u64,
    padding: u64,
}

/// What an extended header says about the next member.
#[derive(Default)]
struct Overrides {
    name: Option<String>,
    size: Option<u64>,
    modtime: Option<Time>,
}

impl<R: Read> Archive<R> {
    pub(crate) fn new(input: R) -> Archive<R> {
        Archive {
            input,
            unread: 0,
            padding: 0,
        }
    }

    /// The next member; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        let mut overrides = Overrides::default();
        loop {
            self.skip_rest()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let flag = header[156];
            let size = match flag {
                b'1'..=b'6' => 0,
                _ => overrides
                    .size
                    .take()
                    .map_or_else(|| number(&header[124..136]), Ok)?,
            };
            self.unread = size;
            self.padding = size.next_multiple_of(BLOCK as u64) - size;
            match flag {
                b'x' | b'X' => overrides.read_pax(&self.special(size)?)?,
                b'L' => overrides.name = Some(c_string(&self.special(size)?)),
                b'K' => {
                    self.special(size)?;
                }
                _ => return entry(&header, flag, size, overrides).map(Some),
            }
        }
    }

    /// The content of the current member, at most so many bytes.
    pub(crate) fn content(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        let wanted = self.unread.min(limit);
        let mut data = Vec::new();
        let read = (&mut self.input).take(wanted).read_to_end(&mut data)? as u64;
        self.unread -= read;
        if read < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(data)
    }

    fn special(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_SPECIAL {
            return Err(io::Error::other("archive/tar: header field too long"));
        }
        self.content(size)
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        let rest = self.unread + self.padding;
        (self.unread, self.padding) = (0, 0);
        if io::copy(&mut (&mut self.input).take(rest), &mut io::sink())? < rest {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// The next header block; `None` at the end, which is the end of the input, or one or two blocks
    /// of zeros.
    fn header(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let Some(block) = self.block()? else {
            return Ok(None);
        };
        if block == [0; BLOCK] {
            return match self.block()? {
                Some(second) if second != [0; BLOCK] => Err(invalid()),
                _ => Ok(None),
            };
        }
        // The sum is taken with blanks in its own place; old writers summed signed bytes.
        let bytes = || block[..148].iter().chain(&[b' '; 8]).chain(&block[156..]);
        let unsigned: i64 = bytes().map(|&byte| i64::from(byte)).sum();
        let signed: i64 = bytes().map(|&byte| i64::from(byte as i8)).sum();
        let given = number(&block[148..156])?;
        if [unsigned, signed]
            .iter()
            .any(|&sum| u64::try_from(sum) == Ok(given))
        {
            Ok(Some(block))
        } else {
            Err(invalid())
        }
    }

    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.input.read(&mut block[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => filled += count,
            }
        }
        Ok(Some(block))
    }
}

fn entry(header: &[u8; BLOCK], flag: u8, size: u64, overrides: Overrides) -> io::Result<Entry> {
    let name = overrides.name.unwrap_or_else(|| own_name(header));
    let kind = match flag {
        b'g' => Kind::Global,
        b'5' => Kind::Directory,
        b'0' | 0 if name.ends_with('/') => Kind::Directory,
        b'S' => return Err(invalid()),
        _ => Kind::File,
    };
    let modtime = match overrides.modtime {
        Some(time) => time,
        None => Time::from_unix(number(&header[136..148])?.cast_signed(), 0),
    };
    Ok(Entry {
        name,
        size,
        modtime,
        kind,
    })
}

fn own_name(header: &[u8; BLOCK]) -> String {
    let name = c_string(&header[..100]);
    let is_posix = &header[257..263] == b"ustar\0";
    match c_string(&header[345..500]) {
        prefix if is_posix && !prefix.is_empty() => format!("{prefix}/{name}"),
        _ => name,
    }
}

impl Overrides {
    /// Records of the form `LENGTH KEY=VALUE\n`.
    fn read_pax(&mut self, mut records: &[u8]) -> io::Result<()> {
        while !records.is_empty() {
            let space = records
                .iter()
                .position(|&b| b == b' ')
                .ok_or_else(invalid)?;
            let length: usize = std::str::from_utf8(&records[..space])
                .ok()
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(invalid)?;
            let record = records.get(space + 1..length).ok_or_else(invalid)?;
            let record = record.strip_suffix(b"\n").ok_or_else(invalid)?;
            let equals = record.iter().position(|&b| b == b'=').ok_or_else(invalid)?;
            self.set(&record[..equals], &record[equals + 1..])?;
            records = &records[length..];
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(value);
        match key {
            b"path" => self.name = Some(text.into_owned()),
            b"size" => self.size = Some(text.parse().map_err(|_| invalid())?),
            b"mtime" => self.modtime = Some(pax_time(&text).ok_or_else(invalid)?),
            key if key.starts_with(b"GNU.sparse.") => return Err(invalid()),
            _ => {}
        }
        Ok(())
    }
}

/// Seconds since 1970 with an optional fraction.
fn pax_time(text: &str) -> Option<Time> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = seconds.parse().ok()?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanos = digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    if seconds.starts_with('-') && nanos > 0 {
        return Some(Time::from_unix(
            whole.checked_sub(1)?,
            1_000_000_000 - nanos,
        ));
    }
    Some(Time::from_unix(whole, nanos))
}

/// A number of a header: octal digits between blanks and zeros, or binary if the first bit is set.
fn number(field: &[u8]) -> io::Result<u64> {
    if field[0] & 0x80 != 0 {
        let bytes = field.iter().enumerate();
        return bytes
            .map(|(i, &byte)| u64::from(if i == 0 { byte & 0x7f } else { byte }))
            .try_fold(0_u64, |sum, byte| {
                sum.checked_mul(256).map(|shifted| shifted | byte)
            })
            .filter(|&sum| i64::try_from(sum).is_ok())
            .ok_or_else(invalid);
    }
    let text = c_string(field);
    let text = text.trim_matches(' ');
    if text.is_empty() {
        return Ok(0);
    }
    u64::from_str_radix(text, 8).map_err(|_| invalid())
}

/// The text before the first zero byte.
fn c_string(field: &[u8]) -> String {
    let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn invalid() -> io::Error {
    io::Error::other("archive/tar: invalid tar header")
}
