//! Chart, values, capabilities and World to one text per template.
//!
//! Knows neither releases nor clusters.
