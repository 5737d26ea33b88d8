//! Files in memory to a chart: ignore rules, metadata, dependencies, archives.
//!
//! Knows neither disk nor network.

mod archive;
mod documents;
mod draft;
mod event;
mod fitted;
mod glob;
mod ignore;
mod load;
mod metadata;
mod model;
mod pack;
mod record;
mod shapes;
mod tar;
mod tar_writer;
mod time;

pub use archive::{ArchiveError, MAX_CHART_SIZE, unpack};
pub use documents::{documents, load_values};
pub use draft::check_api_version;
pub use event::{Event, Level};
pub use fitted::Fitted;
pub use glob::{Glob, GlobError};
pub use ignore::{RuleError, Rules};
pub use load::{LoadError, Loaded, merge_maps};
pub use metadata::{Dependency, Lock, Maintainer, Metadata};
pub use model::{Chart, Crd, File};
pub use pack::PackError;
pub use shapes::{CHART_RECORD, INDEX, INDEX_ENTRY};
pub use time::{Time, TimeError};

/// The byte order mark of UTF-8, which some editors put before the text.
const BOM: &[u8] = b"\xef\xbb\xbf";
