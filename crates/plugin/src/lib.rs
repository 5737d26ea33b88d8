//! Plugins: their manifests, how they are found, and how they are run as child processes.
//!
//! Knows neither releases nor clusters.

mod command;
mod completion;
mod find;
mod install;
mod manifest;
mod run;
mod shapes;

pub use command::{PlatformCommand, expand};
pub use completion::{CompletionTree, completion_tree};
pub use find::{Plugin, find, find_named, load};
pub use install::{install_directory, provenance, uninstall};
pub use manifest::{Kind, Metadata, Runtime, Subprocess};
pub use run::{Env, RunError, answer, filter, run, run_hook};
