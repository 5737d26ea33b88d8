//! What a provenance file says: metadata, and the digests of files.

use goval::{MapShape, Shape, StructShape, Value, yaml};
use sha2::{Digest as _, Sha256};

use crate::ProvenanceError;

/// What stands between metadata and digests.
const BETWEEN: &str = "\n...\n";

const TEXTS: Shape = Shape::Map(&MapShape {
    go_type: "map[string]string",
    elem: Shape::Str,
});

const SUMS: Shape = Shape::Struct(&StructShape {
    go_type: "provenance.SumCollection",
    fields: &[("files", TEXTS), ("images", TEXTS)],
});

/// The digest of some data as provenance files write it.
pub(crate) fn digest(data: &[u8]) -> String {
    let digest = Sha256::digest(data);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// The text that is signed.
pub(crate) fn text(metadata: &str, name: &str, archive: &[u8]) -> Result<String, ProvenanceError> {
    let entry = |key: &str, value: Value| -> Value {
        let map: goval::Map = [(goval::Str::from(key), value)].into_iter().collect();
        Value::Map(map)
    };
    let sums = entry("files", entry(name, Value::str(digest(archive))));
    let sums = yaml::encode(&sums).map_err(|error| ProvenanceError::other(&error.to_string()))?;
    Ok(format!("{metadata}{BETWEEN}{sums}"))
}

/// The digest that a signed text has of a file, if it has one.
pub(crate) fn find(text: &[u8], name: &str) -> Result<Option<String>, ProvenanceError> {
    let files = files(text)?;
    Ok(files
        .into_iter()
        .find_map(|(file, digest)| (file == name).then_some(digest)))
}

/// Whether a signed text has a digest for a file whose name holds a text.
pub(crate) fn find_like(text: &[u8], name: &str, digest: &str) -> bool {
    let files = files(text).unwrap_or_default();
    files
        .iter()
        .any(|(file, promised)| file.contains(name) && promised == digest)
}

/// The files of a signed text with their digests.
fn files(text: &[u8]) -> Result<Vec<(String, String)>, ProvenanceError> {
    let other = ProvenanceError::other;
    let text = String::from_utf8_lossy(text);
    let Some(sums) = text.split(BETWEEN).nth(1) else {
        return Err(other("message block must have at least two parts"));
    };
    let sums = yaml::decode_shaped(sums.as_bytes(), &SUMS, false)
        .map_err(|error| other(&error.to_string()))?;
    let Value::Map(sums) = sums else {
        return Ok(Vec::new());
    };
    let Some(Value::Map(files)) = sums.get("files") else {
        return Ok(Vec::new());
    };
    let entries = files.entries().into_iter().map(|(name, digest)| {
        let digest = match digest {
            Value::Str(text) => text.to_str_lossy().into_owned(),
            _ => String::new(),
        };
        (name.to_str_lossy().into_owned(), digest)
    });
    Ok(entries.collect())
}
