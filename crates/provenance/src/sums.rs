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
    let other = ProvenanceError::other;
    let text = String::from_utf8_lossy(text);
    let Some(sums) = text.split(BETWEEN).nth(1) else {
        return Err(other("message block must have at least two parts"));
    };
    let sums = yaml::decode_shaped(sums.as_bytes(), &SUMS, false)
        .map_err(|error| other(&error.to_string()))?;
    let entry = |value: &Value, key: &str| match value {
        Value::Map(map) => map.get(key),
        _ => None,
    };
    let digest = entry(&sums, "files").and_then(|files| entry(&files, name));
    Ok(digest.map(|digest| match digest {
        Value::Str(text) => text.to_str_lossy().into_owned(),
        _ => String::new(),
    }))
}
