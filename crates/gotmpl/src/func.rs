//! What a template function is: a name, a Go signature for the checks, and a body.

use std::collections::HashMap;
use std::sync::Arc;

use goval::Value;

use crate::Exec;

/// A function that templates can call.
#[derive(Clone)]
pub struct Func {
    /// The Go signature that arguments are checked against before the body runs.
    pub sig: Sig,
    /// What it does.
    pub body: Body,
}

/// A Go signature. Calls that do not fit it fail with the words of Go's text/template.
#[derive(Clone, Copy, Debug)]
pub struct Sig {
    /// The parameter types; the last one is repeated if `variadic`.
    pub params: &'static [Ty],
    /// Whether the last parameter takes any number of arguments.
    pub variadic: bool,
    /// The declared result type: what later checks and `%T` of a nil result see.
    pub result: Ty,
}

/// The Go types that occur in signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// `any`: takes everything, nil too.
    Any,
    /// `reflect.Value`: takes everything, and sees a missing argument as such (`eq`, `len`, `index`).
    Reflect,
    /// `string`.
    Str,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `uint`, …: an integer type by its kind.
    Integer(goval::IntKind),
    /// `float64`.
    Float64,
    /// `map[string]any`.
    Map,
    /// `[]any`.
    List,
    /// `[]string`.
    StrList,
    /// `[]int`.
    IntList,
    /// `[]byte`.
    Bytes,
    /// `map[string]string`.
    StrMap,
    /// Any other type, by Go's name, such as `time.Time`; only objects of that type fit.
    Named(&'static str),
}

/// The body of a function.
#[derive(Clone)]
pub enum Body {
    /// A pure function of its arguments.
    Pure(fn(&[Value]) -> Result<Value, FuncError>),
    /// A function that needs the running execution (`include`, `tpl`) or captured state (`lookup`).
    Host(HostFn),
}

/// A function that is given the running execution.
pub type HostFn = Arc<dyn Fn(&mut Exec<'_>, &[Value]) -> Result<Value, FuncError> + Send + Sync>;

/// Why a function failed.
#[derive(Clone, Debug)]
pub enum FuncError {
    /// The function returned an error: `error calling NAME: TEXT`.
    Error(String),
    /// The function panicked; Go reports it with the same words, `error calling NAME: TEXT`.
    Panic(String),
    /// A template that the function ran failed; its error is kept whole for the chain.
    Template(Box<crate::ExecError>),
    /// A text that the function took for a template failed: the words of the function's error, and
    /// what went wrong inside, which Go does not keep.
    Text(String, Box<crate::Within>),
}

impl From<String> for FuncError {
    fn from(text: String) -> Self {
        FuncError::Error(text)
    }
}

impl From<&str> for FuncError {
    fn from(text: &str) -> Self {
        FuncError::Error(text.to_owned())
    }
}

impl From<crate::ExecError> for FuncError {
    fn from(error: crate::ExecError) -> Self {
        FuncError::Template(Box::new(error))
    }
}

/// Functions by name. Looked up when a template is parsed, never while it runs.
pub type FuncMap = HashMap<&'static str, Func>;
