//! Values that stand one after the other in a text, as Go's `json.Decoder` reads them.

use std::fmt;

use super::JsonError;
use super::decode::Reader;
use crate::{Shape, Value, shape};

/// Why there is no next value in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// The text is not JSON: a `json.SyntaxError`.
    Syntax {
        /// How many bytes had been read, the wrong one included.
        offset: usize,
        /// What is wrong with that byte.
        error: JsonError,
    },
    /// The text ends within a value.
    UnexpectedEof,
    /// The value does not fit the type.
    Unfit(JsonError),
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Syntax { error, .. } | StreamError::Unfit(error) => error.fmt(f),
            StreamError::UnexpectedEof => f.write_str("unexpected EOF"),
        }
    }
}

impl std::error::Error for StreamError {}

/// `json.Decoder.Decode` into a Go type: the value that a text begins with, and how many bytes it
/// takes together with the space before it. `None` if there is nothing but space.
///
/// # Errors
/// What stands there is no JSON, ends too early, or does not fit the type.
pub fn decode_next(text: &[u8], shape: &Shape) -> Result<Option<(Value, usize)>, StreamError> {
    let mut reader = Reader::new(text);
    reader.skip_space();
    if reader.at == text.len() {
        return Ok(None);
    }
    let value = reader.value().map_err(|error| {
        if reader.at >= text.len() {
            return StreamError::UnexpectedEof;
        }
        let offset = reader.at + 1;
        StreamError::Syntax { offset, error }
    })?;
    let length = reader.at;
    let fitting = match reader.unfit {
        Some(error) => Err(error),
        None => shape::fit(&value, shape, false),
    };
    let value = fitting.map_err(StreamError::Unfit)?;
    Ok(Some((value, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `json.NewDecoder` gives for the texts, asked of Go 1.26.
    fn check(text: &str, expected: &str) {
        let found = match decode_next(text.as_bytes(), &Shape::Any) {
            Ok(None) => "EOF".to_owned(),
            Ok(Some((_, length))) => format!("ok {length}"),
            Err(StreamError::Syntax { offset, error }) => format!("{offset} {error}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn values_are_read_one_by_one() {
        check(" \n", "EOF");
        check(" {}\n{}", "ok 3");
        check("{\"a\": [1, 2]} x", "ok 13");
        check("{\"a\": ", "unexpected EOF");
    }

    #[test]
    fn a_wrong_byte_has_an_offset() {
        let text = "invalid character '{' looking for beginning of object key string";
        check("{ {- x", &format!("3 {text}"));
        check(
            "{\"a\": tru}",
            "10 invalid character '}' in literal true (expecting 'e')",
        );
        check("{\"a\" 1}", "6 invalid character '1' after object key");
    }
}
