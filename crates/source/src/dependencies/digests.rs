//! Chart.digests: which archive each dependency was, so that one that is published anew under the same version is
//! noticed. It stands beside Chart.lock, and is kept for charts that have it.

use std::fs;
use std::path::{Path, PathBuf};

use chart::{Dependency, Fitted};
use goval::{List, ListShape, Map, Shape, Str, StructShape, Value};

use crate::cache::{Key, hex, parse_key};
use crate::{SourceError, write_atomically};

/// The file.
const FILE: &str = "Chart.digests";
/// What stands at its head.
const HEAD: &str = "# Which archive each dependency was. `dependency build` and `update` check it; `dependency update --digests`\n# writes it anew.\n";
/// No such file is anywhere near that long.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

const ALL: Shape = Shape::Struct(&StructShape {
    go_type: "digests",
    fields: &[(
        "dependencies",
        Shape::List(&ListShape {
            go_type: "[]dependency",
            elem: Shape::Struct(&StructShape {
                go_type: "dependency",
                fields: &[
                    ("name", Shape::Str),
                    ("version", Shape::Str),
                    ("repository", Shape::Str),
                    ("digest", Shape::Str),
                ],
            }),
        }),
    )],
});

/// One archive.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    name: String,
    version: String,
    repository: String,
    digest: Key,
}

/// The archives of a chart's dependencies.
#[derive(Debug, Default)]
pub(super) struct Digests {
    known: Vec<Known>,
    /// Whether the chart has, or is to have, such a file.
    pub(super) are_kept: bool,
}

impl Digests {
    /// Those of the chart in a directory. With `anew` what they were does not count.
    pub(super) fn load(directory: &Path, anew: bool) -> Result<Digests, SourceError> {
        let path = directory.join(FILE);
        let size = match fs::metadata(&path) {
            Ok(info) if !anew => info.len(),
            _ => {
                return Ok(Digests {
                    known: Vec::new(),
                    are_kept: anew,
                });
            }
        };
        let wrong = |why: String| SourceError::Other(format!("{}: {why}", path.display()));
        if size > MAX_SIZE {
            return Err(wrong(format!("is larger than {MAX_SIZE} bytes")));
        }
        let text = crate::read_file(&path).map_err(SourceError::Other)?;
        let value = goval::yaml::decode_shaped(&text, &ALL, true);
        let fields = Fitted::from(value.map_err(|error| wrong(error.to_string()))?);
        let entries = fields.objects("dependencies").into_iter().flatten();
        let known = entries.map(|entry| {
            let digest = parse_key(&entry.text("digest")).map_err(wrong)?;
            Ok(Known {
                name: entry.text("name"),
                version: entry.text("version"),
                repository: entry.text("repository"),
                digest: digest.ok_or_else(|| wrong("an entry without a digest".to_owned()))?,
            })
        });
        Ok(Digests {
            known: known.collect::<Result<_, SourceError>>()?,
            are_kept: true,
        })
    }

    /// What the archive of a dependency was.
    pub(super) fn of(&self, dependency: &Dependency) -> Option<Key> {
        let mut known = self.known.iter();
        let found = known.find(|known| {
            known.name == dependency.name
                && known.version == dependency.version
                && known.repository == dependency.repository
        });
        found.map(|known| known.digest)
    }

    /// Whether the archive of a dependency is what it was.
    pub(super) fn check(&self, dependency: &Dependency, found: &Key) -> Result<(), SourceError> {
        let Some(expected) = self.of(dependency).filter(|expected| expected != found) else {
            return Ok(());
        };
        let Dependency {
            name,
            version,
            repository,
            ..
        } = dependency;
        let (expected, found) = (hex(&expected), hex(found));
        Err(SourceError::Other(format!(
            "dependency {name} {version} of {repository} is not the archive that it was: {FILE} has the digest sha256:{expected}, what came has sha256:{found}. It was published anew under the same version; if that is meant to be, `dependency update --digests` takes it as it is now"
        )))
    }

    /// Writes the file: what was fetched now, in the order of the lock.
    pub(super) fn write(
        directory: &Path,
        fetched: &[(Dependency, Key)],
    ) -> Result<(), SourceError> {
        let entries = fetched.iter().map(|(dependency, digest)| {
            let digest = format!("sha256:{}", hex(digest));
            let fields = [
                ("name", dependency.name.as_str()),
                ("version", &dependency.version),
                ("repository", &dependency.repository),
                ("digest", &digest),
            ];
            let fields = fields.into_iter();
            let map: Map = fields
                .map(|(key, value)| (Str::from(key), Value::str(value)))
                .collect();
            Value::Map(map)
        });
        let whole: Map = [(
            Str::from("dependencies"),
            Value::List(List::new(entries.collect())),
        )]
        .into_iter()
        .collect();
        let text = goval::yaml::encode(&Value::Map(whole))
            .map_err(|error| SourceError::Other(error.to_string()))?;
        let path: PathBuf = directory.join(FILE);
        let text = HEAD.to_owned() + &text;
        if fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        write_atomically(&path, text.as_bytes(), 0o644)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependency(version: &str) -> Dependency {
        Dependency {
            name: "part".to_owned(),
            version: version.to_owned(),
            repository: "https://example.com".to_owned(),
            ..Dependency::default()
        }
    }

    #[test]
    fn an_archive_that_is_another_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let load = |anew| Digests::load(folder.path(), anew);
        assert!(!load(false).unwrap().are_kept);
        assert!(load(true).unwrap().are_kept);
        Digests::write(folder.path(), &[(dependency("1.0.0"), [1; 32])]).unwrap();
        let digests = load(false).unwrap();
        assert!(digests.check(&dependency("1.0.0"), &[1; 32]).is_ok());
        assert!(digests.check(&dependency("1.0.1"), &[2; 32]).is_ok());
        let why = digests
            .check(&dependency("1.0.0"), &[2; 32])
            .unwrap_err()
            .to_string();
        for part in [
            "part 1.0.0",
            &"01".repeat(32),
            &"02".repeat(32),
            "--digests",
        ] {
            assert!(why.contains(part), "{why}");
        }
        assert!(
            load(true)
                .unwrap()
                .check(&dependency("1.0.0"), &[2; 32])
                .is_ok()
        );
        fs::write(folder.path().join(FILE), "dependencies: [{digest: x}]").unwrap();
        assert!(load(false).is_err());
    }
}
