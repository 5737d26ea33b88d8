//! Writing tar streams as Go's `archive/tar` does it for plain files: USTAR headers, and extended
//! ones only where a name needs them.

use std::io::{self, Write};

use crate::Time;

const BLOCK: usize = 512;
const NAME_SIZE: usize = 100;
const PREFIX_SIZE: usize = 155;

/// Writes files into an archive.
pub(crate) struct TarWriter<W> {
    out: W,
}

impl<W: Write> TarWriter<W> {
    pub(crate) fn new(out: W) -> TarWriter<W> {
        TarWriter { out }
    }

    /// Adds a file that everybody may read. Times are rounded to seconds.
    pub(crate) fn file(&mut self, path: &str, data: &[u8], modtime: Time) -> io::Result<()> {
        let rounded = modtime.unix() + i64::from(modtime.nanos() >= 500_000_000);
        let mut extended = Vec::new();
        let split = if path.is_ascii() { split(path) } else { None };
        let (prefix, name) = match split {
            Some(parts) => parts,
            None => {
                extended.extend(record("path", path));
                ("", path)
            }
        };
        // Times before 1970 have no octal form.
        let octal_time = u64::try_from(rounded).unwrap_or_else(|_| {
            let at = extended.len() * usize::from(path.as_bytes() < b"mtime".as_slice());
            extended.splice(at..at, record("mtime", &rounded.to_string()));
            0
        });
        if !extended.is_empty() {
            self.extended(path, &extended)?;
        }
        let name: String = name.chars().filter(char::is_ascii).collect();
        self.member(&name, prefix, b'0', 0o644, octal_time, data)
    }

    /// Ends the archive and gives back what it was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2 * BLOCK])?;
        Ok(self.out)
    }

    fn extended(&mut self, path: &str, records: &[u8]) -> io::Result<()> {
        let (folder, base) = path.rsplit_once('/').unwrap_or((".", path));
        let name = match folder {
            "." => format!("PaxHeaders.0/{base}"),
            folder => format!("{folder}/PaxHeaders.0/{base}"),
        };
        let name: String = name.chars().filter(char::is_ascii).collect();
        self.member(&name, "", b'x', 0, 0, records)
    }

    fn member(
        &mut self,
        name: &str,
        prefix: &str,
        kind: u8,
        mode: u64,
        modtime: u64,
        data: &[u8],
    ) -> io::Result<()> {
        let name = &name.as_bytes()[..name.len().min(NAME_SIZE)];
        let mut header = [0; BLOCK];
        header[..name.len()].copy_from_slice(name);
        octal(&mut header[100..108], mode);
        octal(&mut header[108..116], 0);
        octal(&mut header[116..124], 0);
        octal(&mut header[124..136], data.len() as u64);
        octal(&mut header[136..148], modtime);
        header[156] = kind;
        header[257..265].copy_from_slice(b"ustar\x0000");
        octal(&mut header[329..337], 0);
        octal(&mut header[337..345], 0);
        header[345..345 + prefix.len()].copy_from_slice(prefix.as_bytes());
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|&byte| u64::from(byte)).sum();
        octal(&mut header[148..155], sum);
        header[154] = 0;
        self.out.write_all(&header)?;
        self.out.write_all(data)?;
        let padding = data.len().next_multiple_of(BLOCK) - data.len();
        self.out.write_all(&[0; BLOCK][..padding])
    }
}

/// Digits that fill a field up to its final zero byte.
fn octal(field: &mut [u8], value: u64) {
    let width = field.len() - 1;
    let digits = format!("{value:0width$o}");
    // More digits than fit would need eight gigabytes.
    let digits = &digits.as_bytes()[digits.len() - width..];
    field[..width].copy_from_slice(digits);
}

/// Prefix and name of a path; `None` if it does not fit into both.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= NAME_SIZE {
        return Some(("", path));
    }
    let longest = path.len().min(PREFIX_SIZE + 1);
    let slash = path[..longest].rfind('/')?;
    let (prefix, name) = (&path[..slash], &path[slash + 1..]);
    let fits = !prefix.is_empty() && !name.is_empty() && name.len() <= NAME_SIZE;
    fits.then_some((prefix, name))
}

/// A record of an extended header: its own length, a space, key and value.
fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + rest.to_string().len();
    length = rest + length.to_string().len();
    format!("{length} {key}={value}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tar::{Archive, Kind};

    fn check(path: &str) {
        let mut writer = TarWriter::new(Vec::new());
        let modtime = Time::from_unix(1_700_000_000, 600_000_000);
        writer.file(path, b"content", modtime).unwrap();
        let bytes = writer.finish().unwrap();
        let mut archive = Archive::new(&*bytes);
        let entry = archive.next().unwrap().unwrap();
        assert_eq!((entry.name.as_str(), entry.kind), (path, Kind::File));
        assert_eq!(entry.modtime.unix(), 1_700_000_001);
        assert_eq!(archive.content(100).unwrap(), b"content");
        assert!(archive.next().unwrap().is_none());
    }

    #[test]
    fn what_is_written_can_be_read() {
        check("chart/Chart.yaml");
        check(&format!("chart/{}/values.yaml", "long/".repeat(25)));
        check(&format!("chart/{}", "x".repeat(150)));
        check("chart/templates/ä.yaml");
        check(&format!("chart/{}/{}", "y/".repeat(90), "z".repeat(90)));
    }

    // The length counts its own digits too, which may need one more of them.
    #[test]
    fn records_count_themselves() {
        assert_eq!(record("path", "x"), b"9 path=x\n");
        assert_eq!(record("path", "xx"), b"11 path=xx\n");
        assert_eq!(record("path", &"x".repeat(90)).len(), 99);
        assert_eq!(record("path", &"x".repeat(91)).len(), 101);
    }
}
