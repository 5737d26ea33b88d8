//! Chart.lock: which versions were chosen, and a hash of what they were chosen from.

use std::fs;
use std::path::Path;

use chart::{Dependency, Lock};
use goval::strconv::quote;
use serde::Serialize;

use crate::cache::{hex, key_of};
use crate::{SourceError, failed, write_atomically};

/// The hash of what a chart asks for and what was chosen (Helm's `HashReq`).
pub(super) fn digest(
    wanted: &[Dependency],
    locked: Option<&[Dependency]>,
) -> Result<String, String> {
    hash(&(listed(wanted), locked))
}

/// The hash that Helm 2 made of what a chart asks for.
pub(super) fn older_digest(wanted: &[Dependency]) -> Result<String, String> {
    #[derive(Serialize)]
    struct Requirements<'a> {
        dependencies: Option<&'a [Dependency]>,
    }
    hash(&Requirements {
        dependencies: listed(wanted),
    })
}

/// Go writes a list that was never filled as null.
fn listed(dependencies: &[Dependency]) -> Option<&[Dependency]> {
    (!dependencies.is_empty()).then_some(dependencies)
}

fn hash<T: Serialize>(value: &T) -> Result<String, String> {
    let json = goval::json::to_string(value).map_err(|error| error.to_string())?;
    Ok(format!("sha256:{}", hex(&key_of(json.as_bytes()))))
}

/// Writes the lock into the chart's directory. A link in its place is refused: it could lead
/// anywhere.
pub(super) fn write(directory: &Path, lock: &Lock, is_v1: bool) -> Result<(), SourceError> {
    let name = if is_v1 {
        "requirements.lock"
    } else {
        "Chart.lock"
    };
    let path = directory.join(name);
    if fs::symlink_metadata(&path).is_ok_and(|info| info.is_symlink()) {
        let unreadable = |error| failed("readlink", &path, &error);
        let target = fs::read_link(&path).map_err(unreadable)?;
        let target = quote(target.as_os_str().as_encoded_bytes());
        return Err(SourceError::Other(format!(
            "the {name} file is a symlink to {target}"
        )));
    }
    let text = lock.to_yaml().map_err(SourceError::Other)?;
    write_atomically(&path, text.as_bytes(), 0o644)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The hashes were made by Helm 4.3.1.
    #[test]
    fn digests_are_those_of_helm() {
        let dependency = |version: &str| Dependency {
            name: "alpine".to_owned(),
            version: version.to_owned(),
            repository: "http://localhost:8879/charts".to_owned(),
            ..Dependency::default()
        };
        let digest = digest(&[dependency("0.1.0")], Some(&[dependency("0.1.0")])).unwrap();
        assert_eq!(
            digest,
            "sha256:fb239e836325c5fa14b29d1540a13b7d3ba13151b67fe719f820e0ef6d66aaaf"
        );
    }
}
