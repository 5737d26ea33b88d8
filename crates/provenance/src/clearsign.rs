//! Clear-signed texts: readable text with a signature below it.

use crate::ProvenanceError;
use crate::armor;

const BEGIN: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
const BEGIN_SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----";
const END_SIGNATURE: &[u8] = b"\n-----END PGP SIGNATURE-----";

const HASHES: [&str; 9] = [
    "MD5",
    "SHA1",
    "RIPEMD160",
    "SHA224",
    "SHA256",
    "SHA384",
    "SHA512",
    "SHA3-256",
    "SHA3-512",
];

/// A clear-signed text.
pub(crate) struct Signed {
    /// The text.
    pub(crate) text: Vec<u8>,
    /// The same as it is signed: with carriage returns.
    pub(crate) canonical: Vec<u8>,
    /// The packets of the signature.
    pub(crate) signature: Result<Vec<u8>, ProvenanceError>,
}

/// Finds the first clear-signed text; `None` if there is none, or none that is whole.
pub(crate) fn decode(data: &[u8]) -> Option<Signed> {
    let at = if data.starts_with(BEGIN) {
        0
    } else {
        find(data, &[b"\n", BEGIN].concat())? + 1
    };
    let (suffix, mut rest) = line_of(&data[at + BEGIN.len()..]);
    if !suffix.is_empty() {
        return None;
    }
    rest = skip_headers(rest)?;
    let (text, canonical, rest) = lines(rest)?;
    let end = find(rest, END_SIGNATURE)? + END_SIGNATURE.len();
    let block = armor::blocks(&rest[..end]).ok()?.into_iter().next()?;
    Some(Signed {
        text,
        canonical,
        signature: block.data,
    })
}

/// Reads `Hash:` headers, the only ones that may be there, up to the empty line.
fn skip_headers(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        if rest.is_empty() {
            return None;
        }
        let (line, behind) = line_of(rest);
        rest = behind;
        let line = std::str::from_utf8(line).ok()?;
        if line.trim().is_empty() {
            return Some(rest);
        }
        if line.contains(|c: char| !(' '..='~').contains(&c)) {
            return None;
        }
        let (key, hashes) = line.split_once(':')?;
        let mut hashes = hashes.split(',').map(|hash| hash.trim().to_uppercase());
        if key.trim() != "Hash" || !hashes.all(|hash| HASHES.contains(&hash.as_str())) {
            return None;
        }
    }
}

/// The text, the text as it is signed, and what follows from the signature on.
fn lines(mut rest: &[u8]) -> Option<(Vec<u8>, Vec<u8>, &[u8])> {
    let (mut text, mut canonical) = (Vec::new(), Vec::new());
    let mut is_first = true;
    loop {
        let (line, behind) = line_of(rest);
        if line.is_empty() && behind.is_empty() {
            return None;
        }
        if line == BEGIN_SIGNATURE {
            return Some((text, canonical, rest));
        }
        // The last end of line is not part of the text.
        if !is_first {
            text.push(b'\n');
            canonical.extend(b"\r\n");
        }
        is_first = false;
        let line = line.strip_prefix(b"- ").unwrap_or(line);
        let line = line.trim_ascii_end_of(b" \t");
        text.extend(line);
        canonical.extend(line);
        rest = behind;
    }
}

/// Lets go of some characters at the end of a line.
trait TrimEnd {
    fn trim_ascii_end_of(&self, characters: &[u8]) -> &Self;
}

impl TrimEnd for [u8] {
    fn trim_ascii_end_of(&self, characters: &[u8]) -> &[u8] {
        let kept = self.iter().rposition(|byte| !characters.contains(byte));
        &self[..kept.map_or(0, |at| at + 1)]
    }
}

/// The first line without its end, and what is behind it.
fn line_of(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|&byte| byte == b'\n') {
        None => (data, &[]),
        Some(at) => {
            let line = &data[..at];
            (line.strip_suffix(b"\r").unwrap_or(line), &data[at + 1..])
        }
    }
}

fn find(data: &[u8], wanted: &[u8]) -> Option<usize> {
    data.windows(wanted.len()).position(|part| part == wanted)
}

/// A text as it is signed: lines without space at their ends, with carriage returns.
pub(crate) fn canonical(text: &str) -> Vec<u8> {
    let lines: Vec<&str> = text.split('\n').map(trimmed).collect();
    lines.join("\r\n").into_bytes()
}

/// Puts a signed text and its signature together.
pub(crate) fn encode(text: &str, hash: &str, signature: &[u8]) -> String {
    let mut out = format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: {hash}\n\n");
    for (number, line) in text.split('\n').map(trimmed).enumerate() {
        out += if number == 0 { "" } else { "\n" };
        out += if line.starts_with('-') { "- " } else { "" };
        out += line;
    }
    out.push('\n');
    out + &armor::encode("PGP SIGNATURE", signature)
}

fn trimmed(line: &str) -> &str {
    line.trim_end_matches([' ', '\t', '\r'])
}
