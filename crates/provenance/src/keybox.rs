//! GnuPG's keybox (`pubring.kbx`): blobs, some of which hold keys.
//!
//! Each blob begins with its length (4 bytes, big endian), its type and its version. One with OpenPGP
//! keys has flags at byte 6, and offset and length of the keys at bytes 8 and 12.

use crate::ProvenanceError;

const HEADER: u8 = 1;
const OPENPGP: u8 = 2;

/// A blob that GnuPG itself does not look at.
const EPHEMERAL: u16 = 2;

/// What every blob has: length and type.
const SHORTEST: usize = 5;

/// Where the fields of a blob with keys end.
const FIELDS: usize = 16;

/// Whether this is a keybox.
pub(crate) fn is_keybox(data: &[u8]) -> bool {
    data.get(4) == Some(&HEADER) && data.get(8..12) == Some(b"KBXf")
}

/// The keys of a keybox, one after the other.
///
/// # Errors
/// A damaged blob, or no keys.
pub(crate) fn keys(data: &[u8]) -> Result<Vec<u8>, ProvenanceError> {
    let failed = ProvenanceError::other;
    let mut found = Vec::new();
    let mut offset = 0;
    while offset < data.len() {
        let rest = &data[offset..];
        if rest.len() < SHORTEST {
            let text = format!("truncated blob header at offset {offset}");
            return Err(failed(&text));
        }
        let length = number(rest, 0) as usize;
        if length < SHORTEST {
            let text = format!("invalid blob length {length} at offset {offset}");
            return Err(failed(&text));
        }
        let Some(blob) = rest.get(..length) else {
            let left = rest.len();
            return Err(failed(&format!(
                "blob at offset {offset} has length {length} exceeding the {left} remaining bytes"
            )));
        };
        if blob[4] == OPENPGP {
            found.extend(keys_of(blob, offset)?);
        }
        offset += length;
    }
    match found.is_empty() {
        true => Err(failed("keybox contains no OpenPGP keys")),
        false => Ok(found),
    }
}

fn keys_of(blob: &[u8], offset: usize) -> Result<&[u8], ProvenanceError> {
    let failed = ProvenanceError::other;
    if blob.len() < FIELDS {
        let text = format!("OpenPGP blob at offset {offset} is too short");
        return Err(failed(&text));
    }
    let start = number(blob, 8) as usize;
    let keys = start
        .checked_add(number(blob, 12) as usize)
        .and_then(|end| blob.get(start..end))
        .ok_or_else(|| {
            failed(&format!(
                "OpenPGP blob at offset {offset} has an out-of-range keyblock"
            ))
        })?;
    let flags = u16::from_be_bytes([blob[6], blob[7]]);
    Ok(if flags & EPHEMERAL == 0 { keys } else { &[] })
}

/// Four bytes as a number; what is missing reads as zero.
fn number(data: &[u8], at: usize) -> u32 {
    let mut bytes = [0; 4];
    if let Some(found) = data.get(at..at + 4) {
        bytes.copy_from_slice(found);
    }
    u32::from_be_bytes(bytes)
}
