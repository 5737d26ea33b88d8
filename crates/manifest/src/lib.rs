//! Rendered text to objects: splitting, hooks, weights, kind order, keep policy.
//!
//! Does not know where the text came from.

mod object;

pub use object::{Gvk, Object, from_json, to_json};
