//! Catalogues in files, beside the indexes that they are of.
//!
//! A catalogue knows its index by what the file system says of it: device, number, size, and the times
//! of its last changes. A change that comes too soon after another may not show there, so what was
//! changed shortly before the catalogue was made is compared by its content too, by a hash that the
//! catalogue holds. A file that is no catalogue, or a damaged one, counts as none.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use super::build::{self, failed};
use super::{Catalog, pack};
use crate::SourceError;
use crate::cache::{Key, key_of};
use crate::files::write_parts_atomically;

/// What begins a catalogue; the number is that of its form.
const MAGIC: &[u8] = b"sternpost catalogue 1\n";

/// Some file systems tell times in steps of two seconds.
const STEP: Duration = Duration::from_secs(2);

/// What a file system says of a file: 64 bytes that are others for other contents.
type Mark = [u8; 64];

/// The catalogue of an index: from its file, or made and written there.
pub(super) fn load(index: &Path) -> Result<Catalog, SourceError> {
    let other = |error: std::io::Error| SourceError::Other(gostd::os::read_error(index, &error));
    let mut file = File::open(index).map_err(other)?;
    let before = file.metadata().map_err(other)?;
    if let Some(catalog) = read(index, &before, &mut file) {
        return Ok(catalog);
    }
    // Reading may have gone through the file.
    let mut file = File::open(index).map_err(other)?;
    let began = SystemTime::now();
    let before = file.metadata().map_err(other)?;
    let mut text = Vec::with_capacity(usize::try_from(before.len()).unwrap_or_default());
    file.read_to_end(&mut text).map_err(other)?;
    let source = index.display().to_string();
    let catalog = build::build(&text).map_err(|why| failed(&source, &why))?;
    let after = file.metadata().map_err(other)?;
    if mark(&before) == mark(&after) {
        write(index, &before, began, key_of(&text), catalog.body());
    }
    Ok(catalog)
}

/// Keeps the catalogue of an index that was just written: of this very file. If that has been replaced or changed
/// since, the catalogue counts for nothing: another file has another mark, and whoever reads it first compares the
/// hash, because the change is so new.
pub(crate) fn keep(index: &Path, file: &File, hash: Key, catalog: &Catalog) {
    let began = SystemTime::now();
    if let Ok(info) = file.metadata() {
        write(index, &info, began, hash, catalog.body());
    }
}

/// Removes the catalogue of an index.
pub(crate) fn forget(index: &Path) {
    // What is not there need not be removed, and what stays would not be believed.
    let _ = fs::remove_file(path_of(index));
}

fn path_of(index: &Path) -> PathBuf {
    let mut name = index.as_os_str().to_owned();
    name.push(".sternpost");
    PathBuf::from(name)
}

/// Writes a catalogue. That it cannot be written costs time, not truth.
fn write(index: &Path, info: &Metadata, began: SystemTime, of_index: Key, body: &[u8]) {
    let Some(mark) = mark(info) else { return };
    let since = began.duration_since(SystemTime::UNIX_EPOCH);
    let nanos = since.map_or(0, |since| since.as_nanos() as u64);
    let parts: [&[u8]; 6] = [
        MAGIC,
        &mark,
        &nanos.to_le_bytes(),
        &of_index,
        &key_of(body),
        body,
    ];
    let _ = write_parts_atomically(&path_of(index), &parts, 0o644);
}

/// Reads the catalogue of an index; `None` if there is none that is of it.
fn read(index: &Path, info: &Metadata, content: &mut File) -> Option<Catalog> {
    let mark = mark(info)?;
    let mut file = File::open(path_of(index)).ok()?;
    let made = file.metadata().ok()?;
    let mut bytes = Vec::with_capacity(usize::try_from(made.len()).ok()?);
    file.read_to_end(&mut bytes).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (known, rest) = rest.split_at_checked(mark.len())?;
    let (began, rest) = rest.split_first_chunk()?;
    let (of_index, rest) = rest.split_first_chunk()?;
    let (of_body, body) = rest.split_first_chunk()?;
    let hash = key_of(body);
    if known != mark || *of_body != hash {
        return None;
    }
    let began = SystemTime::UNIX_EPOCH + Duration::from_nanos(u64::from_le_bytes(*began));
    // Of the two clocks, the one that is behind.
    if !changed_before(info, began.min(made.modified().ok()?)) {
        let now = SystemTime::now();
        if hash_of(content)? != *of_index {
            return None;
        }
        if changed_before(info, now) {
            // From now on the marks alone will do.
            write(index, info, now, *of_index, body);
        }
    }
    let start = bytes.len() - body.len();
    pack::unpack(bytes, start)
}

fn hash_of(file: &mut File) -> Option<Key> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hash.finalize().into()),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// Whether a file was changed so long before a time that a later change would show.
fn changed_before(info: &Metadata, time: SystemTime) -> bool {
    let shows = |changed: SystemTime| changed + STEP < time;
    info.modified().is_ok_and(shows) && status_changed(info).is_none_or(shows)
}

#[cfg(unix)]
fn status_changed(info: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = u64::try_from(info.ctime()).ok()?;
    let nanos = u32::try_from(info.ctime_nsec()).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos))
}

#[cfg(unix)]
fn mark(info: &Metadata) -> Option<Mark> {
    use std::os::unix::fs::MetadataExt as _;
    let parts = [
        info.dev(),
        info.ino(),
        info.size(),
        info.mode().into(),
        info.mtime() as u64,
        info.mtime_nsec() as u64,
        info.ctime() as u64,
        info.ctime_nsec() as u64,
    ];
    let bytes: Vec<u8> = parts.iter().flat_map(|part| part.to_le_bytes()).collect();
    bytes.try_into().ok()
}

#[cfg(not(unix))]
fn status_changed(_info: &Metadata) -> Option<SystemTime> {
    None
}

/// Elsewhere the file system says too little to tell contents apart: there are no catalogues.
#[cfg(not(unix))]
fn mark(_info: &Metadata) -> Option<Mark> {
    None
}
