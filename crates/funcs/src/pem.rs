//! PEM (RFC 7468) in and out.

use bstr::ByteSlice;

use crate::encoding::{BASE64, decode_base64, encode as base64};

/// What stands between `BEGIN` and `END`.
pub(crate) struct Block {
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

/// The first block of a text; headers in it are skipped.
pub(crate) fn decode(text: &[u8]) -> Option<Block> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let start = if text.starts_with(BEGIN) {
        0
    } else {
        text.find(b"\n-----BEGIN ")? + 1
    };
    let after = &text[start + BEGIN.len()..];
    let line_end = after.find_byte(b'\n')?;
    let kind = after[..line_end].trim_end_with(|c| c.is_ascii_whitespace());
    let kind = kind.strip_suffix(b"-----")?.to_str().ok()?;
    let body = &after[line_end + 1..];
    let end = format!("-----END {kind}-----");
    let body = &body[..body.find(&end)?];
    let is_data = |line: &&[u8]| !line.contains(&b':');
    let digits: Vec<u8> = body
        .lines()
        .filter(is_data)
        .flatten()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    Some(Block {
        kind: kind.to_owned(),
        bytes: decode_base64(&digits).ok()?,
    })
}

/// A block, with lines of 64 characters.
pub(crate) fn encode(kind: &str, bytes: &[u8]) -> String {
    let mut out = format!("-----BEGIN {kind}-----\n");
    let digits = base64(bytes, &BASE64);
    for line in digits.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out.push_str(&format!("-----END {kind}-----\n"));
    out
}
