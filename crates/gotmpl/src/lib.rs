//! Go's text/template: lex, parse, execute, and `fmt`'s verbs; errors with template, line and column as Go words them.
//!
//! Knows neither Helm nor YAML nor files.
