//! Values of a release: chart defaults, value files, the `--set` grammar, subchart scoping, JSON Schema.
//!
//! Knows no templates.
