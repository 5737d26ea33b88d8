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
        ("an empty name", "evil/"),
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
    const MIB: usize = 1 << 20;
    let zeros = vec![0; 200 * MIB];
    let one = whole("evil/big", &zeros);
    let small = vec![0; 4 * MIB];
    let names: Vec<String> = (0..60).map(|i| format!("evil/big{i}")).collect();
    let many: Vec<Entry<'_>> = names.iter().map(|name| whole(name, &small)).collect();
    let names: Vec<String> = (0..300_000).map(|i| format!("evil/f{i}")).collect();
    let empty: Vec<Entry<'_>> = names.iter().map(|name| whole(name, b"")).collect();
    let inner = packed(&tar(&many)?)?;
    let nested = tar(&[whole("evil/charts/inner.tgz", &inner)])?;
    let long = "a/".repeat(2 * MIB);
    let mut named = tar(&[])?;
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(long.len() as u64);
    header.set_cksum();
    named.truncate(named.len() - 1024);
    named.extend(header.as_bytes());
    named.extend(long.bytes());
    named.extend([0; 1024]);
    let mut cases = vec![
        archive("a bomb in one file", &tar(&[one])?, Ends::AsHelm)?,
        archive("a bomb in many files", &tar(&many)?, Ends::AsHelm)?,
        archive("a bomb in a subchart", &nested, Ends::AsHelm)?,
        archive("a great many files", &tar(&empty)?, Ends::Error(""))?,
        archive("a name of megabytes", &named, Ends::AsHelm)?,
    ];
    let mut deep = packed(&tar(&[])?)?;
    for _ in 0..200 {
        deep = packed(&tar(&[whole("evil/charts/evil.tgz", &deep)])?)?;
    }
    let mut case = archive("subcharts in subcharts", &[], Ends::AsHelm)?;
    case.files = vec![("evil.tgz".to_owned(), Content::Data(deep))];
    cases.push(case);
    Ok(cases)
}

/// A run of `template` on an archive.
fn archive(what: &str, tar: &[u8], ends: Ends) -> Result<Case> {
    Ok(Case {
        name: format!("archive: {what}"),
        words: ["template", "rel", "evil.tgz"].map(str::to_owned).to_vec(),
        files: vec![("evil.tgz".to_owned(), Content::Data(packed(tar)?))],
        ends,
    })
}

fn packed(tar: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(tar)?;
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
    let own = [
        whole("evil/Chart.yaml", CHART),
        whole("evil/templates/a.yaml", TEMPLATE),
    ];
    let mut tar = Vec::new();
    for Entry { name, data, kind } in own.iter().chain(entries) {
        let mut header = Header::new_gnu();
        // The library refuses such names itself, so they are written past it.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(data.len() as u64);
        if *kind != EntryType::Regular {
            header.set_link_name("/etc/hostname")?;
        }
        header.set_cksum();
        tar.extend(header.as_bytes());
        tar.extend_from_slice(data);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    Ok(tar)
}
