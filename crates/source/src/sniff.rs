//! What a file seems to be, for an error message: Go's `http.DetectContentType`, which follows the
//! WHATWG standard "MIME Sniffing".

/// How a content type shows itself.
enum Sign {
    /// The first bytes.
    Prefix(&'static [u8]),
    /// The first bytes after white space.
    AfterSpace(&'static [u8]),
    /// A tag of HTML after white space, in any case, with its end.
    Tag(&'static str),
    /// `RIFF` or `FORM`, a length, and a name.
    Chunk(&'static [u8], &'static [u8]),
}

use Sign::{AfterSpace, Chunk, Prefix, Tag};

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const BINARY: &str = "application/octet-stream";

#[rustfmt::skip]
const SIGNS: [(Sign, &str); 48] = [
    (Tag("<!DOCTYPE HTML"), HTML),
    (Tag("<HTML"), HTML),
    (Tag("<HEAD"), HTML),
    (Tag("<SCRIPT"), HTML),
    (Tag("<IFRAME"), HTML),
    (Tag("<H1"), HTML),
    (Tag("<DIV"), HTML),
    (Tag("<FONT"), HTML),
    (Tag("<TABLE"), HTML),
    (Tag("<A"), HTML),
    (Tag("<STYLE"), HTML),
    (Tag("<TITLE"), HTML),
    (Tag("<B"), HTML),
    (Tag("<BODY"), HTML),
    (Tag("<BR"), HTML),
    (Tag("<P"), HTML),
    (Tag("<!--"), HTML),
    (AfterSpace(b"<?xml"), "text/xml; charset=utf-8"),
    (Prefix(b"%PDF-"), "application/pdf"),
    (Prefix(b"%!PS-Adobe-"), "application/postscript"),
    (Prefix(b"\xfe\xff"), "text/plain; charset=utf-16be"),
    (Prefix(b"\xff\xfe"), "text/plain; charset=utf-16le"),
    (Prefix(b"\xef\xbb\xbf"), TEXT),
    (Prefix(b"\0\0\x01\0"), "image/x-icon"),
    (Prefix(b"\0\0\x02\0"), "image/x-icon"),
    (Prefix(b"BM"), "image/bmp"),
    (Prefix(b"GIF87a"), "image/gif"),
    (Prefix(b"GIF89a"), "image/gif"),
    (Chunk(b"RIFF", b"WEBPVP"), "image/webp"),
    (Prefix(b"\x89PNG\r\n\x1a\n"), "image/png"),
    (Prefix(b"\xff\xd8\xff"), "image/jpeg"),
    (Chunk(b"FORM", b"AIFF"), "audio/aiff"),
    (Prefix(b"ID3"), "audio/mpeg"),
    (Prefix(b"OggS\0"), "application/ogg"),
    (Prefix(b"MThd\0\0\0\x06"), "audio/midi"),
    (Chunk(b"RIFF", b"AVI "), "video/avi"),
    (Chunk(b"RIFF", b"WAVE"), "audio/wave"),
    (Prefix(b"\x1aE\xdf\xa3"), "video/webm"),
    (Prefix(b"\0\x01\0\0"), "font/ttf"),
    (Prefix(b"OTTO"), "font/otf"),
    (Prefix(b"ttcf"), "font/collection"),
    (Prefix(b"wOFF"), "font/woff"),
    (Prefix(b"wOF2"), "font/woff2"),
    (Prefix(b"\x1f\x8b\x08"), "application/x-gzip"),
    (Prefix(b"PK\x03\x04"), "application/zip"),
    (Prefix(b"Rar!\x1a\x07\0"), "application/x-rar-compressed"),
    (Prefix(b"Rar!\x1a\x07\x01\0"), "application/x-rar-compressed"),
    (Prefix(b"\0asm"), "application/wasm"),
];

/// The content type of a file that begins with these bytes.
pub(crate) fn content_type(head: &[u8]) -> &'static str {
    let known = SIGNS.iter().find(|(sign, _)| sign.shows_in(head));
    match known {
        Some((_, name)) => name,
        None if trim(head).iter().any(|&byte| is_binary(byte)) => BINARY,
        None => TEXT,
    }
}

impl Sign {
    fn shows_in(&self, head: &[u8]) -> bool {
        match self {
            Prefix(prefix) => head.starts_with(prefix),
            AfterSpace(prefix) => trim(head).starts_with(prefix),
            Tag(tag) => {
                let (start, rest) = trim(head).split_at(tag.len().min(trim(head).len()));
                start.eq_ignore_ascii_case(tag.as_bytes())
                    && matches!(rest.first(), Some(b' ' | b'>'))
            }
            Chunk(kind, name) => {
                head.starts_with(kind) && head.get(8..).is_some_and(|rest| rest.starts_with(name))
            }
        }
    }
}

fn trim(head: &[u8]) -> &[u8] {
    let space = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
    &head[head.iter().take_while(|&byte| space(byte)).count()..]
}

/// Control characters that no text has.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f)
}
