//! A dynamic value with Go's types, and YAML, JSON and TOML in and out exactly as Helm's libraries do it.
//!
//! Knows neither templates nor charts.

mod collection;
mod str;
mod value;

pub use collection::{Elem, List, Map};
pub use str::Str;
pub use value::{IntKind, Method, Object, Value};
