//! Go's JSON for Rust types that serde knows.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use super::encode::{write_float, write_fragment};

/// Makes serde_json write as Go's `json.Marshal`: HTML characters escaped, Go's numbers.
///
/// The order of fields is that of the Rust type, as Go's is that of the struct.
#[derive(Clone, Copy, Debug, Default)]
pub struct GoFormatter;

impl Formatter for GoFormatter {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, x: f64) -> io::Result<()> {
        let mut text = String::new();
        write_float(&mut text, x, 64);
        writer.write_all(text.as_bytes())
    }

    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, x: f32) -> io::Result<()> {
        let mut text = String::new();
        write_float(&mut text, f64::from(x), 32);
        writer.write_all(text.as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut text = String::with_capacity(fragment.len());
        write_fragment(&mut text, fragment, true);
        writer.write_all(text.as_bytes())
    }
}

/// Go's compact JSON of any value that serde can serialize.
///
/// # Errors
/// The value's own `Serialize` fails, or a map has keys that are not strings.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut out,
        GoFormatter,
    ))?;
    // serde_json and the formatter above write nothing but UTF-8.
    Ok(String::from_utf8_lossy(&out).into_owned())
}
