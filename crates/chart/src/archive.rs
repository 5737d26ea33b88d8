//! A packed chart: gzip and tar, read from memory without trust.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use gostd::path::clean;
use goval::strconv::quote;

use crate::tar::{Archive, Kind};
use crate::{BOM, File};

/// The most that the files of one archive, or of one directory, may have together, in bytes.
pub const MAX_CHART_SIZE: u64 = 100 * 1024 * 1024;

/// Why an archive was refused; worded as by Helm and Go's libraries.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not gzip at all.
    #[error("gzip: invalid header")]
    NotGzip,
    /// An entry whose path leaves the chart.
    #[error("chart illegally contains absolute paths")]
    Absolute,
    /// An entry that is not below a folder.
    #[error("chart illegally contains content outside the base directory: {}", quote(.0))]
    Outside(String),
    /// An entry whose path leaves the chart.
    #[error("chart illegally references parent directory")]
    Parent,
    /// An entry with a drive letter of Windows.
    #[error("chart contains illegally named files")]
    Drive,
    /// Chart.yaml lies at the top instead of in a folder.
    #[error("chart yaml not in base directory")]
    NoBase,
    /// More than [`MAX_CHART_SIZE`].
    #[error("decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")]
    TooLarge,
    /// Nothing in it.
    #[error("no files in chart archive")]
    Empty,
    /// The bytes are damaged.
    #[error("{}", describe(.0))]
    Damaged(#[from] io::Error),
}

/// The files of a packed chart. The first element of each path, the chart's folder, is dropped;
/// links are empty files, directories and global headers are left out.
///
/// # Errors
/// The first entry that a chart may not have, or damage.
pub fn unpack(bytes: &[u8]) -> Result<Vec<File>, ArchiveError> {
    if bytes.is_empty() {
        return Err(ArchiveError::Damaged(io::Error::other("EOF")));
    }
    if !bytes.starts_with(&[0x1f, 0x8b, 8]) && bytes.len() >= 10 {
        return Err(ArchiveError::NotGzip);
    }
    read(Archive::new(MultiGzDecoder::new(bytes)))
}

fn read<R: Read>(mut archive: Archive<R>) -> Result<Vec<File>, ArchiveError> {
    let mut files = Vec::new();
    let mut remaining = MAX_CHART_SIZE;
    while let Some(entry) = archive.next()? {
        if entry.kind != Kind::File {
            continue;
        }
        let name = chart_path(&entry.name)?;
        if entry.size > remaining {
            return Err(ArchiveError::TooLarge);
        }
        let data = archive.content(remaining)?;
        remaining -= data.len() as u64;
        if remaining == 0 {
            return Err(ArchiveError::TooLarge);
        }
        files.push(File {
            name,
            data: data.strip_prefix(BOM).unwrap_or(&data).into(),
            modtime: entry.modtime,
        });
    }
    if files.is_empty() {
        return Err(ArchiveError::Empty);
    }
    Ok(files)
}

/// The path within the chart of an entry. Backslashes separate if there are any.
fn chart_path(entry: &str) -> Result<String, ArchiveError> {
    let delimiter = if entry.contains('\\') { '\\' } else { '/' };
    let (base, rest) = entry.split_once(delimiter).unwrap_or((entry, ""));
    let path = rest.replace(delimiter, "/");
    if path.starts_with('/') {
        return Err(ArchiveError::Absolute);
    }
    let path = clean(&path);
    if path == "." {
        return Err(ArchiveError::Outside(entry.to_owned()));
    }
    if path.starts_with("..") {
        return Err(ArchiveError::Parent);
    }
    let mut head = path.chars();
    if head.next().is_some_and(|c| c.is_ascii_alphabetic()) && head.as_str().starts_with(":/") {
        return Err(ArchiveError::Drive);
    }
    if base == "Chart.yaml" {
        return Err(ArchiveError::NoBase);
    }
    Ok(path)
}

fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
        io::ErrorKind::InvalidInput => "gzip: invalid header".to_owned(),
        io::ErrorKind::InvalidData => "flate: corrupt input".to_owned(),
        _ => error.to_string(),
    }
}
