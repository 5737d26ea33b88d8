//! A dynamic value with Go's types, and YAML, JSON and TOML in and out exactly as Helm's libraries do it.
//!
//! Knows neither templates nor charts.

pub mod json;
pub mod strconv;
pub mod toml;
pub mod unicode;
pub mod yaml;

mod bury;
mod collection;
mod shape;
mod str;
mod value;

pub use collection::{Elem, List, Map};
pub use shape::{ListShape, MapShape, Shape, StructShape};
pub use str::Str;
pub use value::{IntKind, Method, Object, Value};

/// How deep maps and lists may be nested in what is read or written.
///
/// Go's libraries stop at 10,000 levels; this keeps every recursion over a value within the stack
/// of any thread.
pub const MAX_DEPTH: usize = 1000;

/// How many bytes the JSON, YAML or TOML of one value may have. A value can hold another one twice,
/// and that one a third one twice, so that what is small in memory is endless in writing.
pub const MAX_OUTPUT: usize = 64 << 20;

/// How many parts a value may have that [`Value::deep_copy`] copies, for the same reason.
pub const MAX_PARTS: usize = 2_000_000;
