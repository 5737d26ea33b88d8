//! Values of a release: chart defaults, value files, the `--set` grammar, subchart scoping, JSON Schema.
//!
//! Knows no templates.

mod coalesce;
mod dependencies;
mod path;
mod reuse;
mod schema;
mod set;
mod sources;
mod text;

pub use coalesce::{coalesce, coalesce_tables};
pub use dependencies::{is_compatible, process_dependencies};
pub use path::{NoTable, lookup, table};
pub use reuse::{Reuse, reuse};
pub use schema::{BrokenSchema, SchemaError, SchemaLoader, Violation, validate, validate_one};
pub use set::{SetError, set, set_file, set_json, set_literal, set_string};
pub use sources::{Sources, merge};

/// What is wrong with values. The texts are Helm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValuesError {
    /// The values of a subchart are not a table; its name, and what is there instead.
    #[error("type mismatch on {0}: {1}")]
    Subchart(String, String),
    /// Values of a revision that no longer fit its chart; why not.
    #[error("failed to rebuild old values: {0}")]
    Rebuild(Box<ValuesError>),
    /// Values that do not fit the schema of their chart; what does not fit, chart by chart.
    #[error(
        "values don't meet the specifications of the schema(s) in the following chart(s):\n{0}"
    )]
    Schema(SchemaError),
    /// An argument of the command line; its flag and the reason.
    #[error("failed parsing {0} data: {1}")]
    Flag(&'static str, SetError),
    /// An argument of `--set-json`.
    #[error("failed parsing --set-json data {0}")]
    Json(String),
    /// An argument of `--set-json` that is a whole object.
    #[error("failed parsing --set-json data JSON: {0}")]
    JsonObject(String),
    /// A file of values; its name and the reason.
    #[error("failed to parse {0}: {1}")]
    File(String, String),
    /// A file that cannot be read; the reason names it.
    #[error("{0}")]
    Unreadable(String),
}
