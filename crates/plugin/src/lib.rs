//! Plugins: their manifests, how they are found, and how they are run: as child processes or as WebAssembly.
//!
//! Knows neither releases nor clusters.

mod command;
mod completion;
mod describe;
mod find;
mod install;
mod manifest;
mod pack;
mod program;
mod run;
mod shapes;
mod vcs;

pub use command::{PlatformCommand, expand};
pub use completion::{CompletionTree, completion_tree};
pub use find::{Plugin, find, find_named, load};
pub use install::{archive_of, install_directory, uninstall};
pub use manifest::{Extism, Kind, Metadata, Runtime, Subprocess};
pub use pack::{copy_directory, extract, manifest_in, pack};
pub use run::{Download, Env, RunError, answer, download, filter, run, run_hook};
pub use vcs::{Clone, cache_key, check_remote};
