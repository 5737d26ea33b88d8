//! JSON in and out as Go's package `encoding/json` does it.

mod decode;
mod encode;
mod formatter;
mod serde_value;
mod stream;

use std::fmt;

pub use decode::{decode, decode_first, decode_list, decode_map, decode_shaped};
pub(crate) use decode::{kind_name, mismatch, push_valid};
pub use encode::{encode, encode_indent, encode_raw};
pub use formatter::{GoFormatter, to_string};
pub use stream::{StreamError, decode_next};

/// An error with the text of Go's `encoding/json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError(pub(crate) String);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JsonError {}
