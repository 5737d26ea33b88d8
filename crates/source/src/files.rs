//! Files that are there as a whole or not at all.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::{SourceError, failed};

/// Writes a file as [`write_atomically`] does, and creates the directories above it.
///
/// # Errors
/// What the operating system reports.
pub fn write_with_folders(path: &Path, data: &[u8], mode: u32) -> Result<(), SourceError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed("mkdir", folder, &error))?;
    }
    write_atomically(path, data, mode)
}

/// Writes a file in one step: whoever reads it meanwhile, or after a crash, sees the old content or
/// the new one. A link is followed.
///
/// # Errors
/// What the operating system reports.
pub fn write_atomically(path: &Path, data: &[u8], mode: u32) -> Result<(), SourceError> {
    write_parts_atomically(path, &[data], mode).map(drop)
}

/// [`write_atomically`] of a content in parts; gives the file, still open.
///
/// # Errors
/// As there.
pub(crate) fn write_parts_atomically(
    path: &Path,
    parts: &[&[u8]],
    mode: u32,
) -> Result<fs::File, SourceError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |call, error| failed(call, path, &error);
    let mut file = tempfile::Builder::new()
        .prefix(".")
        .tempfile_in(folder)
        .map_err(|error| failed("open", error))?;
    for part in parts {
        file.write_all(part)
            .map_err(|error| failed("write", error))?;
    }
    allow(file.as_file(), mode).map_err(|error| failed("chmod", error))?;
    file.persist(&target)
        .map_err(|error| failed("rename", error.error))
}

#[cfg(unix)]
fn allow(file: &fs::File, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn allow(_file: &fs::File, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

/// A folder of its own for what is needed for a moment; it goes when it is dropped.
///
/// # Errors
/// What the operating system reports.
pub fn folder_aside() -> Result<tempfile::TempDir, String> {
    let made = tempfile::Builder::new().prefix("helm-").tempdir();
    made.map_err(|error| error.to_string())
}
