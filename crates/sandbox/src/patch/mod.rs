//! The three kinds of patches that change an object as the client says.

pub(crate) mod json;
pub(crate) mod merge;
pub(crate) mod strategic;
