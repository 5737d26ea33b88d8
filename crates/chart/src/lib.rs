//! Files in memory to a chart: ignore rules, metadata, dependencies, archives.
//!
//! Knows neither disk nor network.

mod event;
pub mod json;
mod metadata;
mod model;
mod quote;
mod time;

pub use event::{Event, Level};
pub use metadata::{Dependency, Lock, Maintainer, Metadata};
pub use model::{Chart, Crd, File};
pub use quote::{is_print, quote};
pub use time::{Time, TimeError};
