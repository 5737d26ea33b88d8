//! How a function is entered in the table of its theme.

use std::sync::Arc;

use gotmpl::{Body, Func, FuncError, Sig, Ty};
use goval::Value;

use crate::World;

/// What a function gives.
pub(crate) type Outcome = Result<Value, FuncError>;

/// A function with its name and Go signature.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    sig: Sig,
    run: Run,
}

#[derive(Clone, Copy)]
enum Run {
    Pure(fn(&[Value]) -> Outcome),
    Impure(fn(&dyn World, &[Value]) -> Outcome),
}

impl Entry {
    /// The function for templates.
    pub(crate) fn func(&self) -> Func {
        let body = match self.run {
            Run::Pure(run) => Body::Pure(run),
            Run::Impure(run) => Body::Host(Arc::new(move |exec, args| {
                match exec.find::<Arc<dyn World>>() {
                    Some(world) => run(world.as_ref(), args),
                    None => Err("the execution was given no world to ask".into()),
                }
            })),
        };
        Func {
            sig: self.sig,
            body,
        }
    }
}

/// A function of its arguments alone.
pub(crate) const fn pure(
    name: &'static str,
    params: &'static [Ty],
    result: Ty,
    run: fn(&[Value]) -> Outcome,
) -> Entry {
    Entry {
        name,
        sig: Sig {
            params,
            variadic: false,
            result,
        },
        run: Run::Pure(run),
    }
}

/// A function of its arguments alone whose last parameter takes any number of them.
pub(crate) const fn variadic(
    name: &'static str,
    params: &'static [Ty],
    result: Ty,
    run: fn(&[Value]) -> Outcome,
) -> Entry {
    Entry {
        name,
        sig: Sig {
            params,
            variadic: true,
            result,
        },
        run: Run::Pure(run),
    }
}

/// A function that asks the world.
pub(crate) const fn impure(
    name: &'static str,
    params: &'static [Ty],
    result: Ty,
    run: fn(&dyn World, &[Value]) -> Outcome,
) -> Entry {
    Entry {
        name,
        sig: Sig {
            params,
            variadic: false,
            result,
        },
        run: Run::Impure(run),
    }
}

/// A panic of the Go function, with its words.
pub(crate) fn panic(text: impl Into<String>) -> FuncError {
    FuncError::Panic(text.into())
}

/// What Go does with the type of a nil.
pub(crate) fn nil_panic() -> FuncError {
    panic("runtime error: invalid memory address or nil pointer dereference")
}
