//! Go's text/template: lex, parse, execute, and `fmt`'s verbs; errors with template, line and column as Go words them.
//!
//! Knows neither Helm nor YAML nor files.
//!
//! A text is parsed once, against the functions it may call, into a [`Parsed`]. A [`TemplateSet`]
//! holds what can call each other; its `execute` runs a template with a [`State`], which functions
//! reach as an [`Exec`] to run further templates.

mod ast;
mod builtins;
mod error;
mod exec;
pub mod fmt;
mod func;
mod lex;
mod number;
mod parse;
mod print;
mod quoting;
mod set;
mod stack;
mod truth;
mod ty;
mod unicode;

pub use error::{ErrorFrame, ExecError, Missing, ParseError, TextError, Within};
pub use exec::{Exec, MissingKey, Options, Origin, State};
pub use func::{Body, Func, FuncError, FuncMap, HostFn, Sig, Ty};
pub use set::{Parsed, Template, TemplateSet};
pub use truth::is_true;
