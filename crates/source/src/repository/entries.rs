//! repositories.yaml: which repositories the user has added.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use chart::{Fitted, Time};
use gostd::os::{path_error, read_error};
use goval::{ListShape, Shape, StructShape};
use serde::Serialize;

use super::other;
use crate::{Access, SourceError, write_with_folders};

/// The content of repositories.yaml.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Repositories {
    /// The version of the format; Helm leaves it empty.
    pub api_version: String,
    /// When it was made; Helm leaves it at zero.
    pub generated: Time,
    /// The repositories in the order in which they were added.
    pub repositories: Vec<Entry>,
}

/// A repository that the user has added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What the user calls it.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Name of the user to identify as.
    pub username: String,
    /// The user's password.
    pub password: String,
    /// File with the client's certificate.
    #[serde(rename = "certFile")]
    pub cert_file: String,
    /// File with the client's key.
    #[serde(rename = "keyFile")]
    pub key_file: String,
    /// File with the authorities to trust.
    #[serde(rename = "caFile")]
    pub ca_file: String,
    /// Whether the server's certificate is not checked.
    #[serde(rename = "insecure_skip_tls_verify")]
    pub insecure: bool,
    /// Whether credentials are shown to every host.
    #[serde(rename = "pass_credentials_all")]
    pub pass_credentials: bool,
}

const FILE: Shape = Shape::Struct(&StructShape {
    go_type: "repo.File",
    fields: &[
        ("apiVersion", Shape::Str),
        ("generated", Shape::Any),
        (
            "repositories",
            Shape::List(&ListShape {
                go_type: "[]*repo.Entry",
                elem: Shape::Struct(&StructShape {
                    go_type: "repo.Entry",
                    fields: &[
                        ("name", Shape::Str),
                        ("url", Shape::Str),
                        ("username", Shape::Str),
                        ("password", Shape::Str),
                        ("certFile", Shape::Str),
                        ("keyFile", Shape::Str),
                        ("caFile", Shape::Str),
                        ("insecure_skip_tls_verify", Shape::Bool),
                        ("pass_credentials_all", Shape::Bool),
                    ],
                }),
            }),
        ),
    ],
});

impl Repositories {
    /// Reads the file; none if there is no file.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn load(path: &Path) -> Result<Option<Repositories>, SourceError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let why = read_error(path, &error);
                let path = path.display();
                return Err(other(format!(
                    "couldn't load repositories file ({path}): {why}"
                )));
            }
        };
        Repositories::parse(&text).map(Some).map_err(other)
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// What is not YAML, or has a field of the wrong type.
    pub fn parse(text: &[u8]) -> Result<Repositories, String> {
        let value =
            goval::yaml::decode_shaped(text, &FILE, false).map_err(|error| error.to_string())?;
        let fields = Fitted::from(value);
        let entries = fields.objects("repositories").into_iter().flatten();
        Ok(Repositories {
            api_version: fields.text("apiVersion"),
            generated: fields
                .time("generated")
                .map_err(|error| error.to_string())?,
            repositories: entries.map(|entry| Entry::read(&entry)).collect(),
        })
    }

    /// The repository of a name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.repositories.iter().find(|entry| entry.name == name)
    }

    /// Puts an entry in the place of the one with its name, or at the end.
    pub fn update(&mut self, entry: Entry) {
        let known = self.repositories.iter_mut().find(|e| e.name == entry.name);
        match known {
            Some(known) => *known = entry,
            None => self.repositories.push(entry),
        }
    }

    /// Removes the repository of a name; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.repositories.len();
        self.repositories.retain(|entry| entry.name != name);
        self.repositories.len() < before
    }

    /// Writes the file so that only its owner can read it: it may hold passwords.
    ///
    /// # Errors
    /// What the operating system reports.
    pub fn save(&self, path: &Path) -> Result<(), SourceError> {
        let json = goval::json::to_string(self).map_err(|error| other(error.to_string()))?;
        let yaml = goval::json::decode(json.as_bytes())
            .map_err(|error| error.to_string())
            .and_then(|value| goval::yaml::encode(&value).map_err(|error| error.to_string()));
        write_with_folders(path, yaml.map_err(other)?.as_bytes(), 0o600)
    }
}

impl Entry {
    fn read(fields: &Fitted) -> Entry {
        Entry {
            name: fields.text("name"),
            url: fields.text("url"),
            username: fields.text("username"),
            password: fields.text("password"),
            cert_file: fields.text("certFile"),
            key_file: fields.text("keyFile"),
            ca_file: fields.text("caFile"),
            insecure: fields.flag("insecure_skip_tls_verify"),
            pass_credentials: fields.flag("pass_credentials_all"),
        }
    }

    /// How to get at the repository.
    pub fn access(&self) -> Access {
        Access {
            url: self.url.clone(),
            username: self.username.clone(),
            password: self.password.clone(),
            pass_credentials: self.pass_credentials,
            cert_file: self.cert_file.clone(),
            key_file: self.key_file.clone(),
            ca_file: self.ca_file.clone(),
            insecure: self.insecure,
            plain_http: false,
        }
    }
}

/// Keeps other programs, Helm among them, from changing the file until the lock is dropped.
///
/// # Errors
/// The lock cannot be had within 30 seconds.
pub fn lock(path: &Path) -> Result<File, SourceError> {
    const PATIENCE: Duration = Duration::from_secs(30);
    const PAUSE: Duration = Duration::from_millis(50);
    let lock = lock_path(path);
    if let Some(folder) = lock.parent() {
        fs::create_dir_all(folder).map_err(|error| other(path_error("mkdir", folder, &error)))?;
    }
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock)
        .map_err(|error| other(path_error("open", &lock, &error)))?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => sleep(PAUSE),
            Err(fs::TryLockError::WouldBlock) => return Err(other("context deadline exceeded")),
            Err(fs::TryLockError::Error(error)) => {
                return Err(other(path_error("lock", &lock, &error)));
            }
        }
    }
}

/// The file's own path with another extension, as Helm names it.
fn lock_path(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    let base = text.rfind('/').map_or(0, |slash| slash + 1);
    match text[base..].rfind('.') {
        Some(dot) if base + dot > 0 => PathBuf::from(format!("{}.lock", &text[..base + dot])),
        _ => PathBuf::from(format!("{text}.lock")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_written_as_helm_writes_it() {
        let mut file = Repositories::default();
        file.update(Entry {
            name: "a".to_owned(),
            url: "https://x".to_owned(),
            ..Entry::default()
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config/repositories.yaml");
        file.save(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "apiVersion: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\nrepositories:\n- caFile: \"\"\n  \
             certFile: \"\"\n  insecure_skip_tls_verify: false\n  keyFile: \"\"\n  name: a\n  \
             pass_credentials_all: false\n  password: \"\"\n  url: https://x\n  username: \"\"\n"
        );
        let read = Repositories::load(&path).unwrap().unwrap();
        assert_eq!(read.repositories, file.repositories);
    }

    #[test]
    fn the_lock_lies_beside_the_file() {
        let check = |path: &str, expected: &str| {
            assert_eq!(lock_path(Path::new(path)), PathBuf::from(expected));
        };
        check("/x/repositories.yaml", "/x/repositories.lock");
        check("/x.d/repositories", "/x.d/repositories.lock");
    }
}
