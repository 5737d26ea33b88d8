//! Calls of functions and methods: arguments, checks, errors.

use goval::{Method, Object, Value};

use super::Exec;
use super::eval::{At, Frame, Val};
use crate::ExecError;
use crate::ast::{Callee, Expr, Target};
use crate::builtins::{self, Builtin};
use crate::func::{Body, FuncError, Sig, Ty};
use crate::truth::is_true;

impl Exec<'_> {
    /// Calls a function. If it fails, that is reported for `at`.
    pub(super) fn call<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        callee: &'t Callee,
        at: At<'t>,
        args: &'t [Expr],
        piped: Option<Val>,
    ) -> Result<Val, ExecError> {
        let sig = match &callee.target {
            Target::Builtin(builtin) => &builtin.sig,
            Target::Func(func) => &func.sig,
        };
        let name = &callee.name;
        check_count(sig.params.len(), sig.variadic, args.len(), piped.is_some())
            .map_err(|count| frame.error(format!("wrong number of args for {name}: {count}")))?;
        let result = match &callee.target {
            Target::Builtin(builtin) => match builtin.body {
                builtins::Body::ShortCircuit(until) => {
                    return self.short_circuit(frame, dot, until, args, piped);
                }
                builtins::Body::Len => self.len(frame, dot, args, piped)?,
                builtins::Body::Call => self.call_value(frame, dot, builtin, args, piped)?,
                builtins::Body::Pure(body) => {
                    let base = self.push_args(frame, dot, sig, args, piped)?;
                    let result = body(&self.state.args[base..]);
                    self.state.args.truncate(base);
                    result
                }
            },
            Target::Func(func) => {
                let base = self.push_args(frame, dot, sig, args, piped)?;
                let result = match &func.body {
                    Body::Pure(body) => {
                        let result = body(&self.state.args[base..]);
                        self.state.args.truncate(base);
                        result
                    }
                    Body::Host(body) => {
                        let args: Vec<Value> = self.state.args.drain(base..).collect();
                        body(self, &args)
                    }
                };
                result.map(|value| sig.result.of_nil(value))
            }
        };
        match result {
            Ok(value) => Ok(Val {
                value,
                iface: sig.result == Ty::Any,
            }),
            Err(error) => {
                frame.at = at;
                Err(calling(frame, &name.to_str_lossy(), error))
            }
        }
    }

    /// Evaluates arguments onto the stack of arguments and gives where they start.
    fn push_args<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        sig: &Sig,
        args: &'t [Expr],
        piped: Option<Val>,
    ) -> Result<usize, ExecError> {
        let base = self.state.args.len();
        for (i, arg) in args.iter().enumerate() {
            let val = self.operand(frame, dot, Some(sig.param(i)), arg)?;
            self.state.args.push(val.value);
        }
        if let Some(val) = piped {
            let ty = sig.param(args.len());
            let value = ty
                .fit(val.value, val.iface)
                .map_err(|message| frame.error(message))?;
            self.state.args.push(value);
        }
        Ok(base)
    }

    /// `and` and `or`: the first argument whose truth is `until`, else the last.
    fn short_circuit<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        until: bool,
        args: &'t [Expr],
        piped: Option<Val>,
    ) -> Result<Val, ExecError> {
        let mut last = Val::concrete(Value::Nil);
        for arg in args {
            last = self.operand(frame, dot, Some(Ty::Reflect), arg)?;
            if is_true(&last.value) == until {
                return Ok(last);
            }
        }
        Ok(piped.unwrap_or(last))
    }

    /// `len`, the only built-in that can tell a nil `any` from no value.
    fn len<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        args: &'t [Expr],
        piped: Option<Val>,
    ) -> Result<Result<Value, FuncError>, ExecError> {
        let val = match (args.first(), piped) {
            (Some(arg), _) => self.operand(frame, dot, Some(Ty::Reflect), arg)?,
            (None, piped) => piped.unwrap_or(Val::concrete(Value::Nil)),
        };
        Ok(builtins::len(&val.value, val.iface))
    }

    /// `call`, which needs a function as a value, and there are none.
    fn call_value<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        builtin: &Builtin,
        args: &'t [Expr],
        piped: Option<Val>,
    ) -> Result<Result<Value, FuncError>, ExecError> {
        let text = args
            .first()
            .map(|first| crate::print::expr(frame.ast(), &frame.file.text, *first));
        let base = self.push_args(frame, dot, &builtin.sig, args, piped)?;
        let error = builtins::call_error(text, &self.state.args[base]);
        self.state.args.truncate(base);
        Ok(Err(error))
    }

    /// Calls a method of an object, with the checks of a function.
    pub(super) fn call_method<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        (object, name, method): (&dyn Object, &str, Method),
        args: &'t [Expr],
        piped: Option<Val>,
    ) -> Result<Val, ExecError> {
        let at = frame.at;
        let params: Vec<Ty> = method
            .params
            .iter()
            .map(|name| Ty::from_name(name))
            .collect();
        check_count(params.len(), method.variadic, args.len(), piped.is_some())
            .map_err(|count| frame.error(format!("wrong number of args for {name}: {count}")))?;
        let param = |i: usize| params.get(i).or(params.last()).copied().unwrap_or(Ty::Any);
        let mut values = Vec::with_capacity(args.len() + 1);
        for (i, arg) in args.iter().enumerate() {
            values.push(self.operand(frame, dot, Some(param(i)), arg)?.value);
        }
        if let Some(val) = piped {
            let fitting = param(args.len()).fit(val.value, val.iface);
            values.push(fitting.map_err(|message| frame.error(message))?);
        }
        object
            .call(name, &values)
            .map(Val::concrete)
            .map_err(|text| {
                frame.at = at;
                calling(frame, name, FuncError::Error(text))
            })
    }
}

/// The error of a template whose function failed.
fn calling(frame: &Frame<'_>, name: &str, error: FuncError) -> ExecError {
    let inner = match error {
        FuncError::Error(text) | FuncError::Panic(text) => ExecError::plain(text),
        FuncError::Template(error) => *error,
    };
    inner.called_from(frame.error_frame(format!("error calling {name}")))
}

/// Whether the number of arguments fits. Go's "at least" message leaves the piped one out.
fn check_count(params: usize, variadic: bool, args: usize, piped: bool) -> Result<(), String> {
    let given = args + usize::from(piped);
    if variadic && given + 1 < params {
        return Err(format!("want at least {} got {args}", params - 1));
    }
    if !variadic && given != params {
        return Err(format!("want {params} got {given}"));
    }
    Ok(())
}
