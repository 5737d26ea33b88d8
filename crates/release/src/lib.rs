//! The release record, Helm's encoding of it, history, and the trait `Store`.
//!
//! Knows neither the Secrets API nor clocks.
