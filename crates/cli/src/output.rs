//! Output in the format that was asked for.

use goval::Value;
use serde::Serialize;

use crate::command::FlagSet;
use crate::error::Failure;

/// How the output looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// One line of JSON.
    Json,
    /// YAML with sorted keys.
    Yaml,
}

impl Format {
    /// What `--output` says.
    pub(crate) fn of(flags: &FlagSet) -> Format {
        match flags.text("output") {
            "json" => Format::Json,
            "yaml" => Format::Yaml,
            _ => Format::Table,
        }
    }

    /// The data in this format; `table` gives the one for people.
    ///
    /// # Errors
    /// Data that the format cannot hold.
    pub(crate) fn render<T: Serialize + ?Sized>(
        self,
        data: &T,
        table: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<String, Failure> {
        match self {
            Format::Table => table(),
            Format::Json => json(data),
            Format::Yaml => yaml(data),
        }
    }
}

/// JSON as Go's encoder writes it, with a line end.
pub(crate) fn json<T: Serialize + ?Sized>(data: &T) -> Result<String, Failure> {
    let text = goval::json::to_string(data).map_err(|e| unwritable("JSON", &e))?;
    Ok(text + "\n")
}

/// YAML as Helm's library writes it: by way of JSON, so keys are sorted.
pub(crate) fn yaml<T: Serialize + ?Sized>(data: &T) -> Result<String, Failure> {
    let json = goval::json::to_string(data).map_err(|e| unwritable("YAML", &e))?;
    let value = goval::json::decode(json.as_bytes()).map_err(|e| unwritable("YAML", &e))?;
    goval::yaml::encode(&value).map_err(|e| unwritable("YAML", &e))
}

/// Values as JSON, with a line end.
pub(crate) fn json_values(values: &Value) -> Result<String, Failure> {
    let text = goval::json::encode(values).map_err(|e| unwritable("JSON", &e))?;
    Ok(text + "\n")
}

/// Values as YAML.
pub(crate) fn yaml_values(values: &Value) -> Result<String, Failure> {
    goval::yaml::encode(values).map_err(|e| unwritable("YAML", &e))
}

fn unwritable(format: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("unable to write {format} output: {error}"))
}
