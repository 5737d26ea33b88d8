//! Go's text/template: lex, parse, execute, and `fmt`'s verbs; errors with template, line and column as Go words them.
//!
//! Knows neither Helm nor YAML nor files.

mod func;

pub use func::{Body, Func, FuncError, FuncMap, HostFn, Sig, Ty};

/// A running execution: what `include` and `tpl` need to run further templates.
pub struct Exec<'a> {
    _set: std::marker::PhantomData<&'a ()>,
}

/// Why a template failed while it ran.
#[derive(Clone, Debug)]
pub struct ExecError {}
