//! A dynamic value with Go's types, and YAML, JSON and TOML in and out exactly as Helm's libraries do it.
//!
//! Knows neither templates nor charts.
