//! Rendered text to objects: splitting, hooks, weights, kind order, keep policy.
//!
//! Does not know where the text came from.

mod hook;
mod object;
mod order;
mod sort;
mod split;

pub use hook::{BEFORE_HOOK_CREATION, HOOK_FAILED, HOOK_SUCCEEDED, Hook, HookEvent};
pub use object::{Gvk, Object, from_json, to_json};
pub use order::Order;
pub use sort::{Head, Manifest, ManifestError, Sorted, all_errors, part_kept, sort, with_source};
pub use split::split;
