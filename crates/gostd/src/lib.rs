//! What Go's libraries do that no crate does alike: RE2 syntax, time layouts, URLs, addresses, clean paths, words for errors of files, semantic versions as Masterminds reads them.
//!
//! Knows nothing of charts and templates.

pub mod address;
pub mod glob;
pub mod os;
pub mod path;
pub mod regexp;
pub mod semver;
pub mod time;
pub mod unicode;
pub mod url;
