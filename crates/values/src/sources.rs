//! The user's values, from files and the command line.

use chart::{load_values, merge_maps};
use goval::{Map, Value};

use crate::{ValuesError, set, set_file, set_json, set_literal, set_string};

/// What the user gave, in the order of the command line.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// `-f`, `--values`: names of files.
    pub files: Vec<String>,
    /// `--set-json`.
    pub set_json: Vec<String>,
    /// `--set`.
    pub set: Vec<String>,
    /// `--set-string`.
    pub set_string: Vec<String>,
    /// `--set-file`: paths of values with names of files.
    pub set_file: Vec<String>,
    /// `--set-literal`.
    pub set_literal: Vec<String>,
}

/// Merges the user's values: files first, then the flags in the order of the fields of [`Sources`],
/// whatever their order on the command line. `read` gives the content of a file.
///
/// # Errors
/// The first source that cannot be read or understood, as Helm's `Options.MergeValues` words it.
pub fn merge(
    sources: &Sources,
    read: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
) -> Result<Map, ValuesError> {
    let mut values = Map::new();
    for name in &sources.files {
        let text = read(name).map_err(ValuesError::Unreadable)?;
        let file = load_values(&text);
        let file = file.map_err(|reason| ValuesError::File(name.clone(), reason))?;
        values = merge_maps(&values, &file);
    }
    for text in &sources.set_json {
        values = add_json(values, text)?;
    }
    for text in &sources.set {
        set(text, &values).map_err(|error| ValuesError::Flag("--set", error))?;
    }
    for text in &sources.set_string {
        set_string(text, &values).map_err(|error| ValuesError::Flag("--set-string", error))?;
    }
    for text in &sources.set_file {
        let mut content = |name: &str| read(name).map(Value::str);
        set_file(text, &values, &mut content)
            .map_err(|error| ValuesError::Flag("--set-file", error))?;
    }
    for text in &sources.set_literal {
        set_literal(text, &values).map_err(|error| ValuesError::Flag("--set-literal", error))?;
    }
    Ok(values)
}

fn add_json(values: Map, text: &str) -> Result<Map, ValuesError> {
    let trimmed = text.trim();
    if trimmed.starts_with('{') {
        let object = goval::json::decode_map(trimmed.as_bytes())
            .map_err(|_| ValuesError::JsonObject(text.to_owned()))?;
        return Ok(merge_maps(&values, &object));
    }
    set_json(text, &values).map_err(|_| ValuesError::Json(text.to_owned()))?;
    Ok(values)
}
