//! Files in memory to a chart: ignore rules, metadata, dependencies, archives.
//!
//! Knows neither disk nor network.
