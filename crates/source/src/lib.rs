//! Where charts come from: directory, archive, HTTP repository, OCI registry.
//!
//! Knows neither values nor releases.
