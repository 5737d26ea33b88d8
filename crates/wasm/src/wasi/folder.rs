//! The one folder that a program may have, and the paths in it. None leads out of it: they are made clean as texts,
//! links are neither made nor followed.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::errno::Errno;

/// A folder in the program's folder, or that itself.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    root: PathBuf,
    /// The names on the way to it.
    names: Vec<String>,
}

impl Place {
    /// The program's folder.
    pub(crate) fn new(root: PathBuf) -> Place {
        Place {
            root,
            names: Vec::new(),
        }
    }

    /// Where it is on this machine.
    pub(crate) fn path(&self) -> PathBuf {
        self.names
            .iter()
            .fold(self.root.clone(), |path, name| path.join(name))
    }

    /// What a path means here.
    pub(crate) fn at(&self, path: &str) -> Result<Place, Errno> {
        if path.is_empty() {
            return Err(Errno::NOENT);
        }
        if path.starts_with('/') || path.contains('\0') {
            return Err(Errno::PERM);
        }
        let mut names = self.names.clone();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(names.pop().ok_or(Errno::PERM)?),
                name if name.contains('\\') => return Err(Errno::INVAL),
                name => names.push(name.to_owned()),
            }
        }
        let mut below = self.root.clone();
        for name in &names {
            below.push(name);
            if fs::symlink_metadata(&below).is_ok_and(|info| info.is_symlink()) {
                return Err(Errno::LOOP);
            }
        }
        Ok(Place {
            root: self.root.clone(),
            names,
        })
    }

    /// Whether it is the program's folder itself.
    pub(crate) fn is_root(&self) -> bool {
        self.names.is_empty()
    }
}

/// WASI's number for a kind of file.
pub(crate) fn kind(info: &Metadata) -> u8 {
    match info {
        info if info.is_dir() => 3,
        info if info.is_file() => 4,
        info if info.is_symlink() => 7,
        _ => 0,
    }
}

/// `filestat`: what is known of a file.
pub(crate) fn filestat(info: &Metadata) -> [u8; 64] {
    let stamp = |time: std::io::Result<SystemTime>| {
        let since = time
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        since.map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
    };
    let mut stat = [0; 64];
    let mut put = |at: usize, number: u64| stat[at..at + 8].copy_from_slice(&number.to_le_bytes());
    put(8, inode(info));
    put(16, u64::from(kind(info)));
    put(24, 1);
    put(32, info.len());
    put(40, stamp(info.accessed()));
    put(48, stamp(info.modified()));
    put(56, stamp(info.modified()));
    stat
}

#[cfg(unix)]
pub(crate) fn inode(info: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(info)
}

#[cfg(not(unix))]
pub(crate) fn inode(_: &Metadata) -> u64 {
    0
}

/// What is in a folder, in order, each entry as `dirent` has it and its name after that.
pub(crate) fn entries(path: &Path) -> Result<Vec<Vec<u8>>, Errno> {
    let mut found = vec![(".".to_owned(), 3, 0), ("..".to_owned(), 3, 0)];
    let mut inside = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let info = entry.metadata()?;
        let name = entry.file_name().to_string_lossy().into_owned();
        inside.push((name, kind(&info), inode(&info)));
    }
    inside.sort();
    found.extend(inside);
    let entries = found.into_iter().zip(1_u64..);
    Ok(entries
        .map(|((name, kind, inode), next)| {
            let mut entry = Vec::with_capacity(24 + name.len());
            entry.extend(next.to_le_bytes());
            entry.extend(inode.to_le_bytes());
            entry.extend(u32::try_from(name.len()).unwrap_or_default().to_le_bytes());
            entry.extend([kind, 0, 0, 0]);
            entry.extend(name.as_bytes());
            entry
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let top = Place::new(folder.path().to_path_buf());
        let path = |text: &str| top.at(text).map(|place| place.path());
        assert_eq!(path("a/./b//../c"), Ok(folder.path().join("a/c")));
        assert_eq!(path(".."), Err(Errno::PERM));
        assert_eq!(path("a/../../b"), Err(Errno::PERM));
        assert_eq!(path("/etc"), Err(Errno::PERM));
        assert_eq!(path(""), Err(Errno::NOENT));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/", folder.path().join("link")).unwrap();
            assert_eq!(path("link/etc"), Err(Errno::LOOP));
        }
    }
}
