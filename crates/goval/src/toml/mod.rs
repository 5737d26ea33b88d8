//! TOML in and out as `github.com/BurntSushi/toml` 1.6 does it.

mod decode;
mod define;
mod encode;
mod scalar;
mod string;
mod text;
mod time;

use std::fmt;

pub use decode::decode;
pub use encode::encode;
pub use time::{Time, Zone};

/// An error with the text of Go's library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TomlError {
    message: String,
    panics: bool,
}

impl TomlError {
    fn new(message: impl fmt::Display) -> TomlError {
        TomlError {
            message: message.to_string(),
            panics: false,
        }
    }

    /// Whether Go's library panics here instead of returning an error; in a template that ends the
    /// rendering.
    pub fn is_panic(&self) -> bool {
        self.panics
    }
}

impl fmt::Display for TomlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TomlError {}

/// A key with its parents, as messages and headers show it.
fn key_text(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let parts: Vec<_> = parts.iter().map(|part| key_part(part.as_ref())).collect();
    parts.join(&b'.')
}

/// One part of a key, quoted if it has to be.
fn key_part(part: &[u8]) -> Vec<u8> {
    let bare = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_' || *c == b'-';
    if !part.is_empty() && part.iter().all(bare) {
        return part.to_vec();
    }
    let mut out = Vec::new();
    encode::write_quoted(&mut out, part);
    out
}
