//! All that a run of a program leaves behind, as one text, so that two programs can be compared.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result};

/// Files larger than that are programs, which nothing changes; their size is enough.
const LARGE: u64 = 2 * 1024 * 1024;

/// Runs a program in an empty folder with a bare environment: its status, both streams and the files that are there
/// afterwards. Log lines may come in any order.
///
/// `prepare` lays files into the folder and may choose what is read from standard input.
pub(super) fn of(
    program: &Path,
    words: &[String],
    prepare: impl FnOnce(&Path) -> Result<Stdio>,
) -> Result<String> {
    let scratch = tempfile::tempdir()?;
    let stdin = prepare(scratch.path())?;
    let output = Command::new(program)
        .arg0("helm")
        .args(words)
        .current_dir(scratch.path())
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("TZ", "UTC")
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("KUBECONFIG", "/dev/null")
        .stdin(stdin)
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let mut all = screen(&output, scratch.path());
    for (name, content) in files(scratch.path(), scratch.path())? {
        all += &format!("--- {name}\n{content}\n");
    }
    Ok(all)
}

/// The status and both streams of a run in a folder. Log lines may come in any order.
pub(super) fn screen(output: &Output, folder: &Path) -> String {
    let here = folder.to_string_lossy();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*here, "HERE");
    let stderr = text(&output.stderr);
    let (mut logs, said): (Vec<&str>, Vec<&str>) =
        stderr.lines().partition(|line| line.starts_with("level="));
    logs.sort_unstable();
    format!(
        "{:?}\n{}\n{}\n{}\n",
        output.status.code(),
        text(&output.stdout),
        logs.join("\n"),
        said.join("\n")
    )
}

/// The files below a folder. Of an archive, the header and its members in any order: how well it is compressed
/// differs, and Helm packs subcharts in another order each time.
pub(super) fn files(folder: &Path, top: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(top)?.to_string_lossy().into_owned();
        // What wazero compiled is of no use to others.
        if name.ends_with("wazero-build") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, top)?);
        } else if fs::metadata(&path)?.len() > LARGE {
            found.insert(name, format!("{} bytes", fs::metadata(&path)?.len()));
        } else if name.ends_with(".tgz") {
            found.insert(name, members(&path)?);
        } else {
            found.insert(
                name,
                String::from_utf8_lossy(&fs::read(&path)?).into_owned(),
            );
        }
    }
    Ok(found)
}

/// The gzip header of an archive, its size, and its members, each with its header block.
fn members(archive: &Path) -> Result<String> {
    const GZIP_HEADER: usize = 61;
    const BLOCK: usize = 512;
    let header: Vec<u8> = fs::read(archive)?.into_iter().take(GZIP_HEADER).collect();
    let plain = Command::new("gzip")
        .arg("-dc")
        .arg(archive)
        .output()?
        .stdout;
    let (mut rest, mut members) = (&plain[..], Vec::new());
    while rest.len() > BLOCK && rest[0] != 0 {
        let size = String::from_utf8_lossy(&rest[124..135]).into_owned();
        let size = usize::from_str_radix(&size, 8).context("a member without a size")?;
        let whole = (BLOCK + size.next_multiple_of(BLOCK)).min(rest.len());
        members.push(String::from_utf8_lossy(&rest[..whole]).into_owned());
        rest = &rest[whole..];
    }
    members.sort();
    Ok(format!(
        "{header:?} {}\n{}",
        plain.len(),
        members.join("\n")
    ))
}
