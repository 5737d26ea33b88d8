//! Downloaded charts by the hash of their content, shared with Helm.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::registry::Part;
use crate::{SourceError, write_with_folders};

/// A SHA-256.
pub(crate) type Key = [u8; 32];

/// The key of some content.
pub(crate) fn key_of(content: &[u8]) -> Key {
    Sha256::digest(content).into()
}

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key that an index gives, maybe with the name of its algorithm; `None` if it gives none.
pub(crate) fn parse_key(digest: &str) -> Result<Option<Key>, String> {
    let digits = digest.split_once(':').map_or(digest, |(_, rest)| rest);
    if digits.is_empty() {
        return Ok(None);
    }
    let bytes = unhex(digits)?;
    let length = bytes.len();
    match bytes.try_into() {
        Ok(key) => Ok(Some(key)),
        Err(_) => Err(format!("invalid digest length: {length}")),
    }
}

fn unhex(digits: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    let mut high = None;
    for c in digits.chars() {
        let digit = c.to_digit(16).ok_or_else(|| {
            let point = u32::from(c);
            format!("encoding/hex: invalid byte: U+{point:04X} {}", show(c))
        })? as u8;
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    match high {
        None => Ok(bytes),
        Some(_) => Err("encoding/hex: odd length hex string".to_owned()),
    }
}

fn show(c: char) -> String {
    format!("'{c}'")
}

/// The directory of the cache.
#[derive(Clone, Debug)]
pub(crate) struct Cache<'a>(pub(crate) &'a Path);

impl Cache<'_> {
    /// What is kept under a key, and its file. An archive that has another hash counts as none: whoever can write
    /// into the cache could have put it there. Provenance files prove themselves.
    pub(crate) fn find(&self, key: &Key, part: Part) -> Option<(PathBuf, Vec<u8>)> {
        let path = self.path(key, part);
        let data = fs::read(&path).ok()?;
        let is_right = match part {
            Part::Archive => key_of(&data) == *key,
            Part::Provenance => !data.is_empty(),
        };
        is_right.then_some((path, data))
    }

    /// Whether there is an archive under a key; what is in it is not looked at.
    pub(crate) fn has(&self, key: &Key) -> bool {
        let info = fs::metadata(self.path(key, Part::Archive));
        info.is_ok_and(|info| info.is_file() && info.len() > 0)
    }

    /// Keeps content; gives its file.
    pub(crate) fn put(&self, key: &Key, part: Part, data: &[u8]) -> Result<PathBuf, SourceError> {
        let path = self.path(key, part);
        write_with_folders(&path, data, 0o644)?;
        Ok(path)
    }

    fn path(&self, key: &Key, part: Part) -> PathBuf {
        let name = hex(key);
        let ending = match part {
            Part::Archive => "chart",
            Part::Provenance => "prov",
        };
        self.0.join(&name[..2]).join(format!("{name}.{ending}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_another_hash_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache(folder.path());
        let key = key_of(b"chart");
        let path = cache.put(&key, Part::Archive, b"chart").unwrap();
        let found = cache.find(&key, Part::Archive);
        assert_eq!(found, Some((path.clone(), b"chart".to_vec())));
        fs::write(&path, "other").unwrap();
        assert_eq!(cache.find(&key, Part::Archive), None);
        assert_eq!(cache.find(&key, Part::Provenance), None);
    }

    #[test]
    fn digests_of_an_index_are_keys() {
        let digits = "ab".repeat(32);
        let key = Ok(Some([0xab; 32]));
        assert_eq!(parse_key(&digits), key);
        assert_eq!(parse_key(&format!("sha256:{digits}")), key);
        assert_eq!(parse_key(""), Ok(None));
        let error = |text: &str| parse_key(text).unwrap_err();
        assert_eq!(error("abcd"), "invalid digest length: 2");
        assert_eq!(error("abc"), "encoding/hex: odd length hex string");
        assert_eq!(error("xy"), "encoding/hex: invalid byte: U+0078 'x'");
    }
}
