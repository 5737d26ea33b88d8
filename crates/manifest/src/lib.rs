//! Rendered text to objects: splitting, hooks, weights, kind order, keep policy.
//!
//! Does not know where the text came from.
