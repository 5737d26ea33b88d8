//! The sandbox file: every object under its key, and the revision they belong to.
//!
//! # What is promised
//! Changes are written by a thread of its own, many in one transaction, at most [`GATHER`] after they
//! were made, and all of them when the sandbox is closed. A transaction holds everything up to one
//! revision, so a crash (of the process or the machine) leaves the state of a moment shortly before it:
//! the newest changes may be missing, never some change without one made before it. When the disk is
//! full, changes that were answered stay in memory and are tried again; new ones are refused until that
//! succeeds.

use crate::error::SandboxError;
use crate::store::Key;
use parking_lot::{Condvar, Mutex};
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
    TableError,
};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a change waits for others to be written with it.
const GATHER: Duration = Duration::from_millis(20);
/// How long after a failed write the next is tried without being asked.
const RETRY: Duration = Duration::from_secs(1);
/// The format of the tables below; a change of it needs a migration.
const FORMAT: u64 = 1;

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const OBJECTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("objects");

/// What a sandbox file held when it was opened.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) revision: u64,
    pub(crate) objects: Vec<(Key, Value)>,
}

/// The open file and the thread that writes to it.
pub(crate) struct Disk {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

struct Shared {
    path: PathBuf,
    opener: Opener,
    queue: Mutex<Queue>,
    wake: Condvar,
    file: Mutex<File>,
}

type Opener = Box<dyn Fn() -> Result<Database, SandboxError> + Send + Sync>;

#[derive(Default)]
struct Queue {
    writes: HashMap<Key, Option<Arc<Value>>>,
    revision: u64,
    failure: Option<String>,
    stop: bool,
}

struct File {
    /// Absent after a failed write: redb then wants to be opened anew.
    database: Option<Database>,
    written: u64,
}

impl Disk {
    /// Opens or creates the file at `path` and reads all of it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Contents), SandboxError> {
        let file = path.to_owned();
        Self::open_with(path, Box::new(move || open_database(&file)))
    }

    fn open_with(path: &Path, opener: Opener) -> Result<(Self, Contents), SandboxError> {
        let database = opener()?;
        let contents = read(&database, path)?;
        let shared = Arc::new(Shared {
            path: path.to_owned(),
            opener,
            queue: Mutex::new(Queue {
                revision: contents.revision,
                ..Queue::default()
            }),
            wake: Condvar::new(),
            file: Mutex::new(File {
                database: Some(database),
                written: contents.revision,
            }),
        });
        let writer = std::thread::Builder::new()
            .name("sandbox-disk".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || shared.write_until_stopped()
            });
        let writer = writer.map_err(|e| SandboxError::Open {
            path: path.to_owned(),
            detail: e.to_string(),
        })?;
        Ok((
            Self {
                shared,
                writer: Some(writer),
            },
            contents,
        ))
    }

    /// Notes a change (`None`: the object is gone) that brought the store to `revision`.
    pub(crate) fn note(&self, key: &Key, value: Option<Arc<Value>>, revision: u64) {
        let mut queue = self.shared.queue.lock();
        queue.writes.insert(key.clone(), value);
        queue.revision = revision;
        self.shared.wake.notify_one();
    }

    /// Whether changes can be taken. After a failed write it is tried again here, so that the one who
    /// asks for a change learns at once whether the disk is still full.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        if self.shared.queue.lock().failure.is_none() {
            return Ok(());
        }
        self.flush()
    }

    /// Writes what was noted and waits until it is on disk.
    pub(crate) fn flush(&self) -> Result<(), SandboxError> {
        self.shared.flush()
    }

    /// Writes what was noted and closes the file.
    pub(crate) fn close(&mut self) -> Result<(), SandboxError> {
        self.shared.queue.lock().stop = true;
        self.shared.wake.notify_one();
        if let Some(writer) = self.writer.take() {
            // The thread only ends early by a panic, and then the flush below does its work.
            let _ = writer.join();
        }
        self.flush()?;
        let database = self.shared.file.lock().database.take();
        let closed = database.map_or(Ok(()), Database::close);
        closed.map_err(|e| self.shared.write_error(e.to_string()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whoever wants to know calls `close` first; then this has nothing left to do.
        let _ = self.close();
    }
}

impl Shared {
    fn write_until_stopped(&self) {
        loop {
            let mut queue = self.queue.lock();
            while queue.writes.is_empty() && !queue.stop {
                self.wake.wait(&mut queue);
            }
            if queue.stop {
                return;
            }
            let pause = if queue.failure.is_some() {
                RETRY
            } else {
                GATHER
            };
            drop(queue);
            self.pause(pause);
            // A failure is kept in the queue, where the next change finds it.
            let _ = self.flush();
        }
    }

    /// Sleeps, but not past a stop.
    fn pause(&self, pause: Duration) {
        let mut queue = self.queue.lock();
        let deadline = std::time::Instant::now() + pause;
        while !queue.stop && !self.wake.wait_until(&mut queue, deadline).timed_out() {}
    }

    fn flush(&self) -> Result<(), SandboxError> {
        let mut file = self.file.lock();
        let (writes, revision) = {
            let mut queue = self.queue.lock();
            (std::mem::take(&mut queue.writes), queue.revision)
        };
        if writes.is_empty() && file.written == revision {
            return Ok(());
        }
        let outcome = self.write(&mut file, &writes, revision);
        let mut queue = self.queue.lock();
        match outcome {
            Ok(()) => queue.failure = None,
            Err(detail) => {
                file.database = None;
                for (key, value) in writes {
                    queue.writes.entry(key).or_insert(value);
                }
                queue.failure = Some(detail);
            }
        }
        queue
            .failure
            .clone()
            .map_or(Ok(()), |detail| Err(self.write_error(detail)))
    }

    fn write(
        &self,
        file: &mut File,
        writes: &HashMap<Key, Option<Arc<Value>>>,
        revision: u64,
    ) -> Result<(), String> {
        let database = match file.database.take() {
            Some(database) => database,
            None => self.reopen(file.written)?,
        };
        commit(&database, writes, revision).map_err(|e| e.to_string())?;
        file.database = Some(database);
        file.written = revision;
        Ok(())
    }

    /// Opens the file again after a failure; another process may have had it in the meantime.
    fn reopen(&self, written: u64) -> Result<Database, String> {
        let database = (self.opener)().map_err(|e| e.to_string())?;
        let found = stored_revision(&database).map_err(|e| e.to_string())?;
        if found == written || found == 0 && written == 0 {
            return Ok(database);
        }
        Err(format!(
            "another process changed it (revision {found}, expected {written})"
        ))
    }

    fn write_error(&self, detail: String) -> SandboxError {
        SandboxError::Write {
            path: self.path.clone(),
            detail,
        }
    }
}

fn commit(
    database: &Database,
    writes: &HashMap<Key, Option<Arc<Value>>>,
    revision: u64,
) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert("format", FORMAT)?;
        meta.insert("revision", revision)?;
        let mut objects = transaction.open_table(OBJECTS)?;
        for (key, value) in writes {
            let key = key.to_text();
            match value {
                // A JSON value always has a text.
                Some(value) => objects.insert(&*key, value.to_string().as_bytes())?,
                None => objects.remove(&*key)?,
            };
        }
    }
    transaction.commit()?;
    Ok(())
}

fn stored_revision(database: &Database) -> Result<u64, redb::Error> {
    let transaction = database.begin_read()?;
    match transaction.open_table(META) {
        Ok(meta) => Ok(meta.get("revision")?.map_or(0, |found| found.value())),
        Err(TableError::TableDoesNotExist(_)) => Ok(0),
        Err(other) => Err(other.into()),
    }
}

fn read(database: &Database, path: &Path) -> Result<Contents, SandboxError> {
    let damaged = |detail: String| SandboxError::Damaged {
        path: path.to_owned(),
        detail,
    };
    let transaction = database.begin_read().map_err(|e| damaged(e.to_string()))?;
    let meta = match transaction.open_table(META) {
        Ok(meta) => meta,
        Err(TableError::TableDoesNotExist(_)) => return Ok(Contents::default()),
        Err(other) => return Err(damaged(other.to_string())),
    };
    let number = |name: &str| -> Result<u64, SandboxError> {
        let found = meta.get(name).map_err(|e| damaged(e.to_string()))?;
        Ok(found.map_or(0, |found| found.value()))
    };
    let found = number("format")?;
    if found != FORMAT {
        return Err(SandboxError::Format {
            path: path.to_owned(),
            found,
            expected: FORMAT,
        });
    }
    let table = transaction
        .open_table(OBJECTS)
        .map_err(|e| damaged(e.to_string()))?;
    let mut objects = Vec::new();
    for entry in table.iter().map_err(|e| damaged(e.to_string()))? {
        let (key, value) = entry.map_err(|e| damaged(e.to_string()))?;
        let key =
            Key::from_text(key.value()).ok_or_else(|| damaged(format!("key {:?}", key.value())))?;
        let value =
            serde_json::from_slice(value.value()).map_err(|e| damaged(format!("{key}: {e}")))?;
        objects.push((key, value));
    }
    Ok(Contents {
        revision: number("revision")?,
        objects,
    })
}

fn open_database(path: &Path) -> Result<Database, SandboxError> {
    opened(
        path,
        redb::Builder::new().set_cache_size(8 << 20).create(path),
    )
}

fn opened(path: &Path, outcome: Result<Database, DatabaseError>) -> Result<Database, SandboxError> {
    let path = path.to_owned();
    outcome.map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen => SandboxError::InUse { path },
        DatabaseError::Storage(StorageError::Io(e))
            if e.kind() != std::io::ErrorKind::InvalidData =>
        {
            SandboxError::Open {
                path,
                detail: e.to_string(),
            }
        }
        other => SandboxError::Damaged {
            path,
            detail: other.to_string(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key(name: &str) -> Key {
        Key::new("configmaps", "default", name)
    }

    fn fill(path: &Path, count: u64) {
        let (mut disk, _) = Disk::open(path).unwrap();
        for i in 1..=count {
            disk.note(
                &key(&format!("c{i}")),
                Some(Arc::new(json!({"data": {"k": "x".repeat(500)}}))),
                i,
            );
        }
        disk.close().unwrap();
    }

    #[test]
    fn what_was_noted_is_there_after_closing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.redb");
        fill(&path, 100);
        let (_disk, contents) = Disk::open(&path).unwrap();
        assert_eq!((contents.revision, contents.objects.len()), (100, 100));
    }

    #[test]
    fn a_second_user_is_told_who_has_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.redb");
        let _first = Disk::open(&path).unwrap();
        let error = Disk::open(&path).err().unwrap().to_string();
        assert!(
            error.contains("in use by another process") && error.contains("s.redb"),
            "{error}"
        );
    }

    #[test]
    fn a_file_cut_anywhere_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.redb");
        fill(&path, 300);
        let whole = std::fs::read(&path).unwrap();
        for part in 1..16 {
            let cut = &whole[..whole.len() * part / 16];
            std::fs::write(&path, cut).unwrap();
            let error = Disk::open(&path)
                .err()
                .map(|e| e.to_string())
                .unwrap_or_default();
            assert!(
                error.contains("is damaged") && error.contains("s.redb"),
                "{part}/16: {error}"
            );
            assert_eq!(std::fs::read(&path).unwrap(), cut, "{part}/16 was changed");
        }
    }
}
