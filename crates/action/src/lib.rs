//! One function per verb; the whole flow on one screen.
//!
//! Knows neither flags nor the terminal.

pub mod create;
pub mod dependency;
pub mod get;
pub mod history;
pub mod hub;
pub mod install;
pub mod jsonpath;
pub mod lint;
pub mod list;
pub mod name;
pub mod naming;
pub mod package;
pub mod plugins;
pub mod problem;
pub mod pull;
pub mod repository;
pub mod rollback;
pub mod selector;
pub mod show;
pub mod status;
pub mod template;
pub mod test;
pub mod uninstall;
pub mod upgrade;

mod chart_request;
mod context;
mod deploy;
mod draft;
mod error;
mod observe;
mod post_render;
mod size;
mod tally;
mod turn;
mod world;

pub use chart_request::{ChartRequest, Prepared, ReadFile};
pub use context::Context;
pub use deploy::{Deploy, DryRun};
pub use draft::{Document, Drafted, Rendering};
pub use error::Error;
pub use observe::reach;
pub use post_render::PostRenderer;

/// The content of a file, for [`ReadFile`].
///
/// # Errors
/// What Go reports for the same file.
pub fn read_file(name: &str) -> Result<Vec<u8>, String> {
    source::read_file(std::path::Path::new(name))
}
