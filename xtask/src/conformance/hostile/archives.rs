//! Archives that mean harm.

use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

use super::{Case, Content, Ends};

const CHART: &[u8] = b"apiVersion: v2\nname: evil\nversion: 1.0.0\n";
const TEMPLATE: &[u8] = b"a: 1\n";

pub(super) fn all() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (what, name) in [
        ("a parent", "evil/../../evil"),
        ("a parent at once", "../evil"),
        ("a parent in a name", "evil/a/../../../evil"),
        ("an absolute path", "/etc/evil"),
        ("an absolute path below", "evil//etc/evil"),
        ("a drive", "C:/evil"),
        ("a drive below", "evil/C:/evil"),
        ("a drive and backslashes", "C:\\evil\\a"),
        ("backslashes", "evil\\..\\..\\evil"),
        ("nothing but dots", ".."),
        ("a name with a line end", "evil/a\nb"),
    ] {
        let entries = [whole(name, b"x")];
        cases.push(archive(what, &tar(&entries)?, Ends::AsHelm)?);
    }
    for (what, kind) in [
        ("a link", EntryType::Symlink),
        ("a hard link", EntryType::Link),
        ("a device", EntryType::Char),
        ("a pipe", EntryType::Fifo),
    ] {
        let mut entry = whole("evil/templates/b.yaml", b"");
        entry.kind = kind;
        cases.push(archive(what, &tar(&[entry])?, Ends::AsHelm)?);
    }
    cases.extend(bombs()?);
    Ok(cases)
}

fn bombs() -> Result<Vec<Case>> {
    const FILES: usize = 60;
    let start = packed(&own()?)?;
    let end = packed(&[0; 1024])?;
    let zeros = packed(&[0; 1 << 20])?;
    let header = |name: &str, mib: usize| packed(&header(name, EntryType::Regular, mib << 20)?);
    let one = [
        start.clone(),
        header("evil/big", 120)?,
        zeros.repeat(120),
        end.clone(),
    ];
    let mut many = start.clone();
    for number in 0..FILES {
        many.extend(header(&format!("evil/big{number}"), 4)?);
        many.extend(zeros.repeat(4));
    }
    many.extend(&end);
    let mut empty = Vec::new();
    for number in 0..1000 {
        empty.extend(header_of(&whole(&format!("evil/f{number}"), b""))?);
    }
    let empty = [start.clone(), packed(&empty)?.repeat(200), end.clone()].concat();
    let nested = tar(&[whole("evil/charts/inner.tgz", &many)])?;
    let mut named = own()?;
    let long = "a/".repeat(1 << 21);
    named.extend(self::header(
        "././@LongLink",
        EntryType::GNULongName,
        long.len(),
    )?);
    named.extend(long.bytes());
    named.extend([0; 1024]);
    let mut deep = packed(&tar(&[])?)?;
    for _ in 0..200 {
        // What is packed does not get smaller by being packed again.
        let outer = tar(&[whole("evil/charts/evil.tgz", &deep)])?;
        deep = written(GzEncoder::new(Vec::new(), Compression::none()), &outer)?;
    }
    Ok(vec![
        run("a bomb in one file", one.concat(), Ends::AsHelm),
        run("a bomb in many files", many, Ends::AsHelm),
        run("a bomb in a subchart", packed(&nested)?, Ends::AsHelm),
        run("a great many files", empty, Ends::AsHelm),
        run("a name of megabytes", packed(&named)?, Ends::AsHelm),
        run(
            "subcharts in subcharts",
            deep,
            Ends::Error("nested deeper than"),
        ),
    ])
}

/// A run of `template` on an archive of this tar.
fn archive(what: &str, tar: &[u8], ends: Ends) -> Result<Case> {
    Ok(run(what, packed(tar)?, ends))
}

/// A run of `template` on an archive.
fn run(what: &str, archive: Vec<u8>, ends: Ends) -> Case {
    Case {
        name: format!("archive: {what}"),
        words: ["template", "rel", "evil.tgz"].map(str::to_owned).to_vec(),
        files: vec![("evil.tgz".to_owned(), Content::Data(archive))],
        ends,
    }
}

/// Compresses. The parts of an archive may be compressed one by one.
fn packed(data: &[u8]) -> Result<Vec<u8>> {
    written(GzEncoder::new(Vec::new(), Compression::fast()), data)
}

fn written(mut gzip: GzEncoder<Vec<u8>>, data: &[u8]) -> Result<Vec<u8>> {
    gzip.write_all(data)?;
    Ok(gzip.finish()?)
}

struct Entry<'a> {
    name: &'a str,
    data: &'a [u8],
    kind: EntryType,
}

fn whole<'a>(name: &'a str, data: &'a [u8]) -> Entry<'a> {
    Entry {
        name,
        data,
        kind: EntryType::Regular,
    }
}

/// A chart with these entries behind its own.
fn tar(entries: &[Entry<'_>]) -> Result<Vec<u8>> {
    let mut tar = own()?;
    for entry in entries {
        tar.extend(header_of(entry)?);
        tar.extend_from_slice(entry.data);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    Ok(tar)
}

/// The start of an archive: a chart's own entries.
fn own() -> Result<Vec<u8>> {
    let mut tar = Vec::new();
    for (name, data) in [
        ("evil/Chart.yaml", CHART),
        ("evil/templates/a.yaml", TEMPLATE),
    ] {
        tar.extend(header_of(&whole(name, data))?);
        tar.extend_from_slice(data);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    Ok(tar)
}

fn header_of(entry: &Entry<'_>) -> Result<Vec<u8>> {
    header(entry.name, entry.kind, entry.data.len())
}

fn header(name: &str, kind: EntryType, size: usize) -> Result<Vec<u8>> {
    let mut header = Header::new_gnu();
    // The library refuses such names itself, so they are written past it.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(size as u64);
    if matches!(kind, EntryType::Symlink | EntryType::Link) {
        header.set_link_name("/etc/hostname")?;
    }
    header.set_cksum();
    Ok(header.as_bytes().to_vec())
}
