//! OpenPGP as text: base64 between lines of dashes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::ProvenanceError;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The longest line of base64.
const LONGEST: usize = 96;

/// How long the lines are that are written.
const WIDTH: usize = 64;

/// A block that was found in a text.
pub(crate) struct Block {
    /// What it says it is, such as `PGP PUBLIC KEY BLOCK`.
    pub(crate) kind: String,
    /// The data.
    pub(crate) data: Result<Vec<u8>, ProvenanceError>,
}

/// Whether this begins like armour.
pub(crate) fn is_armored(data: &[u8]) -> bool {
    data.trim_ascii_start().starts_with(b"-----BEGIN PGP")
}

/// All blocks of a text; what is between them is left out. A block whose headers break off is an
/// error.
pub(crate) fn blocks(text: &[u8]) -> Result<Vec<Block>, ProvenanceError> {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some(kind) = kind_of(line.trim()) else {
            continue;
        };
        let mut is_block = true;
        loop {
            match lines.next().map(str::trim) {
                None => return Err(ProvenanceError::other("EOF")),
                Some("") => break,
                Some(header) if header.contains(':') => {}
                Some(_) => {
                    is_block = false;
                    break;
                }
            }
        }
        if is_block {
            let data = body(&mut lines);
            found.push(Block { kind, data });
        }
    }
    Ok(found)
}

fn kind_of(line: &str) -> Option<String> {
    let rest = line.strip_prefix(BEGIN)?;
    let length = rest.len().checked_sub(DASHES.len())?;
    let kind = rest.get(..length)?;
    (!kind.is_empty()).then(|| kind.to_owned())
}

/// The data up to the end of a block. A checksum is left out, and not checked: that is what the
/// signatures are for.
fn body(lines: &mut std::str::Lines<'_>) -> Result<Vec<u8>, ProvenanceError> {
    let mut digits = String::new();
    let mut starts = Vec::new();
    for line in lines {
        let line = line.trim();
        if line.starts_with(END) || (line.len() == 5 && line.starts_with('=')) {
            break;
        }
        if line.len() > LONGEST {
            return Err(ProvenanceError::structural("armor invalid"));
        }
        starts.push(digits.len());
        digits += line;
    }
    STANDARD.decode(&digits).map_err(|error| {
        let at = match error {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol(at, _) => at,
            _ if !digits.len().is_multiple_of(4) => return ProvenanceError::Truncated,
            _ => digits.len(),
        };
        // Helm reads line by line, and counts from where a line begins.
        let line = starts.iter().rev().find(|&&start| start <= at);
        let at = at - line.copied().unwrap_or_default();
        ProvenanceError::other(&format!("illegal base64 data at input byte {at}"))
    })
}

/// Data as a block without headers and checksum, and without an end of line.
pub(crate) fn encode(kind: &str, data: &[u8]) -> String {
    let digits = STANDARD.encode(data);
    let mut text = format!("{BEGIN}{kind}{DASHES}\n");
    // Base64 has one byte a character.
    for line in digits.as_bytes().chunks(WIDTH) {
        text.push('\n');
        text += &String::from_utf8_lossy(line);
    }
    text += &format!("\n{END}{kind}{DASHES}");
    text
}
