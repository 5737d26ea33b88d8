//! YAML in and out as `sigs.k8s.io/yaml` and `go.yaml.in/yaml/v3` do it.
//!
//! Reading: [`input`] checks the bytes, [`scanner`] cuts them into tokens, [`parser`] makes nodes of
//! the tokens, `decode` makes a value of the nodes; `usual` makes the nodes of most documents without
//! tokens. Writing: `encode` walks over a value,
//! [`emitter`] writes its scalars in the styles that [`style`] allows.

mod comments;
mod cursor;
mod decode;
mod emitter;
mod encode;
mod error;
mod go_syntax;
mod input;
mod key_order;
mod locate;
pub mod node;
mod parser;
mod resolve;
mod scan_mark;
mod scan_scalar;
mod scanner;
mod style;
mod token;
mod tree;
mod usual;

pub use error::{Position, YamlError};
pub use locate::locate;

use self::decode::Mode;
use self::input::Input;
use self::scanner::Scanner;
use self::tree::Tree;
use crate::json::{self, JsonError, mismatch};
use crate::{Map, Shape, Value, shape};

const CONVERTING: &str = "error converting YAML to JSON";
const UNMARSHALING: &str = "error unmarshaling JSON: while decoding JSON";

/// `sigs.k8s.io/yaml.Unmarshal` into an `any`.
///
/// YAML 1.1: `yes` and `on` are booleans, `0o14` and `014` are 12; every number becomes a
/// `float64`, every key a string, the last of equal keys wins. Only the first document is read; a
/// text without one gives nil.
///
/// # Errors
/// The text is not YAML, or cannot be expressed in JSON.
pub fn decode(text: &[u8]) -> Result<Value, YamlError> {
    read(text, Mode::default())
}

/// [`decode`] into a `map[string]any`; an empty document gives an empty map.
///
/// # Errors
/// As [`decode`], or the document is not a map.
pub fn decode_map(text: &[u8]) -> Result<Map, YamlError> {
    into_map(decode(text)?)
}

/// `sigs.k8s.io/yaml.UnmarshalStrict` into an `any`: equal keys of a map are errors.
///
/// # Errors
/// As [`decode`], or a map has a key twice.
pub fn decode_strict(text: &[u8]) -> Result<Value, YamlError> {
    let strict = true;
    read(
        text,
        Mode {
            strict,
            ..Mode::default()
        },
    )
}

/// [`decode_strict`] into a `map[string]any`; an empty document gives an empty map.
///
/// # Errors
/// As [`decode_strict`], or the document is not a map.
pub fn decode_map_strict(text: &[u8]) -> Result<Map, YamlError> {
    into_map(decode_strict(text)?)
}

/// `sigs.k8s.io/yaml.Unmarshal` into a Go type, or with `strict` `UnmarshalStrict`, which refuses
/// equal keys and keys that no field takes.
///
/// # Errors
/// As [`decode`], or a part of the document does not fit the type:
/// `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field
/// Metadata.version of type string`.
pub fn decode_shaped(text: &[u8], shape: &Shape, strict: bool) -> Result<Value, YamlError> {
    let mode = Mode {
        strict,
        keep_integers: true,
    };
    let converting = |error: YamlError| error.within(CONVERTING);
    let input = Input::new(text);
    let tree = tree_of(&input).map_err(converting)?;
    if !strict
        && let Some(value) =
            decode::decode_fields(tree.as_ref(), mode, shape).map_err(converting)?
    {
        return shape::fit(&shape::convert_scalars(value, shape), shape, strict)
            .map_err(unmarshaling);
    }
    let value = decode::decode(tree.as_ref(), mode).map_err(converting)?;
    let value = shape::convert_scalars(value, shape);
    // Numbers that JSON cannot hold and that do not become text end the reading here.
    json::encode(&value).map_err(|error| converting(error.into()))?;
    shape::fit(&value, shape, strict).map_err(unmarshaling)
}

/// `sigs.k8s.io/yaml.Marshal`: what `toYaml` prints, with its final newline.
///
/// Keys stand in natural order, whole numbers are written as integers, bytes as base64, lines are
/// folded after column 80.
///
/// # Errors
/// A number is infinite or no number, a type has no form in JSON, or a text holds a character that
/// YAML forbids and JSON does not escape, such as U+007F.
pub fn encode(value: &Value) -> Result<String, YamlError> {
    encode::encode(value)
}

/// `go.yaml.in/yaml/v3`'s encoder with an indentation of two: what `toYamlPretty` prints, with its
/// final newline.
///
/// # Errors
/// A value is nested too deep or has a type without a form in YAML.
pub fn encode_pretty(value: &Value) -> Result<String, YamlError> {
    encode::encode_pretty(value)
}

fn into_map(value: Value) -> Result<Map, YamlError> {
    match value {
        Value::Map(map) => Ok(map),
        Value::Nil => Ok(Map::new()),
        other => Err(unmarshaling(mismatch(&other, "map[string]interface {}"))),
    }
}

fn unmarshaling(error: JsonError) -> YamlError {
    YamlError::from(error).within(UNMARSHALING)
}

fn read(text: &[u8], mode: Mode) -> Result<Value, YamlError> {
    parse(text, mode).map_err(|error| error.within(CONVERTING))
}

/// The first document of a text.
fn tree_of<'a>(input: &'a Input<'_>) -> Result<Option<Tree<'a>>, YamlError> {
    let Some(tree) = usual::parse(input) else {
        return parser::parse(Scanner::new(input));
    };
    debug_assert_eq!(
        parser::parse(Scanner::new(input)).ok().flatten().as_ref(),
        Some(&tree),
        "both readers have to understand the same"
    );
    Ok(Some(tree))
}

fn parse(text: &[u8], mode: Mode) -> Result<Value, YamlError> {
    let input = Input::new(text);
    let tree = tree_of(&input)?;
    decode::decode(tree.as_ref(), mode)
}
