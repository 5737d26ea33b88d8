//! Answers that are kept on disk with the tag that the server gave them: asked again, the server says in a few
//! bytes whether they still hold.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use bytes::Bytes;

/// No server's discovery is larger.
const LARGEST: u64 = 64 << 20;

/// A folder of answers of one server.
pub(super) struct Kept {
    folder: PathBuf,
}

/// An answer, and the tag by which the server knows it.
pub(super) struct Answer {
    pub(super) tag: String,
    pub(super) body: Bytes,
}

impl Kept {
    /// The answers of the server at a URL, in a folder of their own.
    pub(super) fn of(folder: &Path, server: &str) -> Kept {
        let safe = |c: char| match c.is_ascii_alphanumeric() || c == '.' || c == '-' {
            true => c,
            false => '_',
        };
        let name: String = server.chars().map(safe).take(200).collect();
        Kept {
            folder: folder.join(name),
        }
    }

    /// The answer to a path, if it is there and whole.
    pub(super) fn get(&self, path: &str) -> Option<Answer> {
        let file = self.file(path);
        if fs::metadata(&file).ok()?.len() > LARGEST {
            return None;
        }
        let mut text = fs::read(file).ok()?;
        let end = text.iter().position(|byte| *byte == b'\n')?;
        let body = text.split_off(end + 1);
        let head = String::from_utf8(text).ok()?;
        let (length, tag) = head.trim_end().split_once(' ')?;
        let valid = !tag.is_empty() && tag.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        (valid && length.parse() == Ok(body.len())).then(|| Answer {
            tag: tag.to_owned(),
            body: body.into(),
        })
    }

    /// Keeps an answer. Where that cannot be, the next one asks in full.
    pub(super) fn put(&self, path: &str, answer: &Answer) {
        let _ = self.try_put(path, answer);
    }

    fn try_put(&self, path: &str, answer: &Answer) -> std::io::Result<()> {
        make_private(&self.folder)?;
        // Whoever reads meanwhile finds the old file or the new one.
        let mut out = tempfile::NamedTempFile::new_in(&self.folder)?;
        writeln!(out, "{} {}", answer.body.len(), answer.tag)?;
        out.write_all(&answer.body)?;
        out.persist(self.file(path))?;
        Ok(())
    }

    fn file(&self, path: &str) -> PathBuf {
        self.folder.join(path.trim_matches('/').replace('/', "_"))
    }
}

/// Makes a folder that nobody else can look into.
#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_again_and_damage_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of(folder.path(), "https://127.0.0.1:6443/x");
        assert!(kept.get("/apis").is_none());
        let answer = Answer {
            tag: "\"A1\"".to_owned(),
            body: Bytes::from_static(b"{\n}"),
        };
        kept.put("/apis", &answer);
        let found = kept.get("/apis").unwrap();
        assert_eq!(
            (found.tag.as_str(), &found.body[..]),
            ("\"A1\"", &b"{\n}"[..])
        );
        assert!(
            Kept::of(folder.path(), "https://other")
                .get("/apis")
                .is_none()
        );
        for damaged in ["no tag and no end", "3 \"A1\"\n{", "x \"A1\"\n{\n}", "\n"] {
            fs::write(kept.file("/apis"), damaged).unwrap();
            assert!(kept.get("/apis").is_none(), "{damaged}");
        }
    }
}
