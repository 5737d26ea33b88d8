//! Output in the format that was asked for.

use goval::Map;
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
pub(crate) fn json<T: Serialize + ?Sized>(_: &T) -> Result<String, Failure> {
    Err(Failure::new("JSON output is not built yet"))
}

/// YAML as Helm's library writes it: by way of JSON, so keys are sorted.
pub(crate) fn yaml<T: Serialize + ?Sized>(_: &T) -> Result<String, Failure> {
    Err(Failure::new("YAML output is not built yet"))
}

/// Values as JSON, with a line end.
pub(crate) fn json_value(_: &Option<Map>) -> Result<String, Failure> {
    Err(Failure::new("JSON output is not built yet"))
}

/// Values as YAML.
pub(crate) fn yaml_value(_: &Option<Map>) -> Result<String, Failure> {
    Err(Failure::new("YAML output is not built yet"))
}
