//! Plugins as archives.

use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tar::{Archive, Builder, EntryType, Header};

use crate::Metadata;

/// The most that an archive may unpack to.
const MAX_SIZE: u64 = 1 << 30;

/// Packs the plugin in a directory into an archive, below a folder of its name.
///
/// # Errors
/// What the operating system reports.
pub fn pack(directory: &Path, name: &str) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| error.to_string();
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    builder.follow_symlinks(false);
    append(&mut builder, directory, Path::new(name)).map_err(told)?;
    let packed = builder.into_inner().and_then(GzEncoder::finish);
    packed.map_err(told)
}

fn append<W: std::io::Write>(
    builder: &mut Builder<W>,
    path: &Path,
    name: &Path,
) -> std::io::Result<()> {
    let info = fs::symlink_metadata(path)?;
    let mut header = Header::new_gnu();
    header.set_metadata(&info);
    if info.is_dir() {
        header.set_size(0);
        builder.append_data(&mut header, name, std::io::empty())?;
        let mut children: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
        children.sort_by_key(fs::DirEntry::file_name);
        for child in children {
            append(builder, &child.path(), &name.join(child.file_name()))?;
        }
        return Ok(());
    }
    if info.is_file() {
        return builder.append_data(&mut header, name, fs::File::open(path)?);
    }
    header.set_size(0);
    builder.append_data(&mut header, name, std::io::empty())
}

/// The manifest in an archive: the first plugin.yaml in any folder.
///
/// # Errors
/// No archive, or no plugin in it.
pub fn manifest_in(archive: &[u8]) -> Result<Metadata, String> {
    let mut archive = opened(archive)?;
    for entry in archive.entries().map_err(told)? {
        let entry = entry.map_err(told)?;
        let path = entry.path().map_err(told)?.into_owned();
        if path.file_name().is_some_and(|name| name == "plugin.yaml") {
            let mut text = Vec::new();
            entry.take(MAX_SIZE).read_to_end(&mut text).map_err(told)?;
            return Metadata::parse(&text);
        }
    }
    Err("plugin.yaml not found in tarball".to_owned())
}

/// Unpacks an archive, and never outside of a directory.
///
/// # Errors
/// What may not be in an archive, and what the operating system reports.
pub fn extract(archive: &[u8], into: &Path) -> Result<(), String> {
    let mut archive = opened(archive)?;
    fs::create_dir_all(into).map_err(told)?;
    let mut left = MAX_SIZE;
    for entry in archive.entries().map_err(told)? {
        let mut entry = entry.map_err(told)?;
        let name = entry.path().map_err(told)?.to_string_lossy().into_owned();
        let path = inside(into, &name)?;
        match entry.header().entry_type() {
            EntryType::Directory => fs::create_dir_all(&path).map_err(told)?,
            EntryType::Regular => {
                left = left
                    .checked_sub(entry.size())
                    .ok_or_else(|| format!("plugin exceeds maximum size of {MAX_SIZE} bytes"))?;
                let mode = entry.header().mode().map_err(told)?;
                write(&path, mode, &mut entry).map_err(told)?;
            }
            EntryType::XGlobalHeader | EntryType::XHeader => {}
            other => {
                let kind = other.as_byte();
                return Err(format!("unknown type: {kind:b} in {name}"));
            }
        }
    }
    Ok(())
}

/// An archive, up to a size that leaves room for what is beside the files: names are read whole.
fn opened(archive: &[u8]) -> Result<Archive<impl Read>, String> {
    match archive {
        [] => Err("EOF".to_owned()),
        [0x1f, 0x8b, 8, ..] => Ok(Archive::new(GzDecoder::new(archive).take(2 * MAX_SIZE))),
        // Shorter than any header.
        short if short.len() < 10 => Err("unexpected EOF".to_owned()),
        _ => Err("gzip: invalid header".to_owned()),
    }
}

/// A path in an archive as one below a directory. What only seems to lead out is refused too.
fn inside(directory: &Path, name: &str) -> Result<PathBuf, String> {
    if name.contains(':') {
        return Err("path contains ':', which is illegal".to_owned());
    }
    let name = name.replace('\\', "/");
    if name.split('/').any(|part| part == "..") {
        return Err("path contains '..', which is illegal".to_owned());
    }
    if name.starts_with('/') {
        return Err("path is absolute, which is illegal".to_owned());
    }
    // Only what this archive brings is below the directory, and it brings no links.
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "."));
    Ok(parts.fold(directory.to_path_buf(), |path, part| path.join(part)))
}

fn write(path: &Path, mode: u32, content: &mut impl Read) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::symlink_metadata(path).is_ok_and(|info| info.is_symlink()) {
        fs::remove_file(path)?;
    }
    let mut options = fs::File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode & 0o777);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    std::io::copy(content, &mut file)?;
    file.flush()
}

/// Copies a directory with all that is in it; links stay links.
///
/// # Errors
/// What the operating system reports.
pub fn copy_directory(from: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(told)?;
    for entry in fs::read_dir(from).map_err(told)? {
        let entry = entry.map_err(told)?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(told)?;
        if kind.is_dir() {
            copy_directory(&from, &to)?;
        } else if kind.is_symlink() {
            let target = fs::read_link(&from).map_err(told)?;
            crate::install::link(&target, &to).map_err(told)?;
        } else {
            fs::copy(&from, &to).map_err(told)?;
        }
    }
    Ok(())
}

fn told(error: std::io::Error) -> String {
    gostd::os::reason(&error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_can_be_unpacked() {
        let home = tempfile::tempdir().unwrap();
        let source = home.path().join("mine");
        fs::create_dir_all(source.join("bin")).unwrap();
        fs::write(source.join("plugin.yaml"), "name: mine\nversion: 1.0.0\n").unwrap();
        fs::write(source.join("bin/run"), "run").unwrap();
        let packed = pack(&source, "mine").unwrap();
        assert_eq!(manifest_in(&packed).unwrap().name, "mine");
        let out = home.path().join("out");
        extract(&packed, &out).unwrap();
        assert_eq!(fs::read_to_string(out.join("mine/bin/run")).unwrap(), "run");
        // What is behind the last file is not read, by Go neither.
        for cut in 0..packed.len() {
            let out = home.path().join(format!("cut{cut}"));
            let extracted = extract(&packed[..cut], &out).is_ok();
            assert!(!extracted || fs::read(out.join("mine/bin/run")).unwrap() == b"run");
            assert!(!extracted || cut > packed.len() / 2, "{cut}");
        }
    }

    #[test]
    fn no_path_leads_out() {
        let check = |name: &str, expected: Result<&str, &str>| {
            let given = inside(Path::new("/x"), name);
            let expected = expected.map(PathBuf::from).map_err(str::to_owned);
            assert_eq!(given, expected, "{name}");
        };
        check("a/./b", Ok("/x/a/b"));
        check("a\\b", Ok("/x/a/b"));
        check("a/../b", Err("path contains '..', which is illegal"));
        check("\\..\\b", Err("path contains '..', which is illegal"));
        check("/a", Err("path is absolute, which is illegal"));
        check("c:a", Err("path contains ':', which is illegal"));
    }
}
