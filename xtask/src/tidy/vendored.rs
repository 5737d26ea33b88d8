//! The example's vendored dependencies are what their sources say.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::read::GzDecoder;

use crate::paths;

pub(super) fn check() -> Result<Vec<String>> {
    let examples = paths::root().join("examples");
    let folder = examples.join("gallery/charts");
    let mut found = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let archive = entry?.path();
        for (name, packed) in files_of(&archive)? {
            // Helm writes metadata anew when it packs, and unpacked dependencies are checked by their own source.
            if name.ends_with("Chart.yaml") || name.contains("/charts/") {
                continue;
            }
            let source = examples.join("charts").join(&name);
            if fs::read(&source).ok().as_ref() != Some(&packed) {
                found.push(format!(
                    "{}: {name} is not that of the source; `./dev vendor`",
                    archive.display()
                ));
            }
        }
    }
    Ok(found)
}

fn files_of(archive: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let file = File::open(archive).with_context(|| format!("cannot open {}", archive.display()))?;
    for entry in tar::Archive::new(GzDecoder::new(file)).entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.insert(name, bytes);
    }
    Ok(files)
}
