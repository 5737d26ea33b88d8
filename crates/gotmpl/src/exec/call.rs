//! Calls of functions and methods: arguments, checks, errors.

use goval::{Method, Object, Value};

use super::Exec;
use super::eval::{Frame, Given, Val};
use crate::ast::{Callee, Target};
use crate::builtins;
use crate::func::{Body, FuncError, Sig, Ty};
use crate::truth::is_true;
use crate::{ExecError, print};

/// What the body of a function gives.
type Called = Result<Value, FuncError>;

impl Exec<'_> {
    pub(super) fn call<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        callee: &'t Callee,
        given: Given<'t>,
    ) -> Result<Val, ExecError> {
        let (name, at) = (&callee.name, given.at);
        let (sig, special) = match &callee.target {
            Target::Func(func) => (&func.sig, None),
            Target::Builtin(builtin) => (&builtin.sig, Some(builtin.body)),
        };
        check_count(sig.params.len(), sig.variadic, &given)
            .map_err(|count| frame.error(format!("wrong number of args for {name}: {count}")))?;
        let result = match (&callee.target, special) {
            (_, Some(builtins::Body::ShortCircuit(until))) => {
                return self.short_circuit(frame, dot, until, given);
            }
            (_, Some(builtins::Body::Typed(body))) => self.call_typed(frame, dot, body, given)?,
            (_, Some(builtins::Body::Call)) => self.call_value(frame, dot, sig, given)?,
            (_, Some(builtins::Body::Pure(body))) => {
                self.call_pure(frame, dot, sig, body, given)?
            }
            (Target::Func(func), _) => match &func.body {
                Body::Pure(body) => self.call_pure(frame, dot, sig, *body, given)?,
                Body::Host(body) => {
                    let base = self.push_args(frame, dot, sig, given)?;
                    let args: Vec<Value> = self.state.args.drain(base..).collect();
                    body(self, &args)
                }
            },
            (Target::Builtin(_), None) => Err("it has no body".into()),
        };
        match result {
            Ok(value) => {
                let made = size(&value);
                self.charge(frame.template, made)?;
                if made > MAX_MADE {
                    let name = name.to_str_lossy();
                    let message = format!("{name} is to make more than {MAX_MADE} bytes");
                    return Err(frame.error(message));
                }
                Ok(Val {
                    value: sig.result.of_nil(value),
                    iface: sig.result == Ty::Any,
                })
            }
            Err(error) => {
                frame.at = at;
                Err(calling(frame, &name.to_str_lossy(), error))
            }
        }
    }

    fn call_pure<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        sig: &Sig,
        body: fn(&[Value]) -> Called,
        given: Given<'t>,
    ) -> Result<Called, ExecError> {
        let base = self.push_args(frame, dot, sig, given)?;
        let result = body(&self.state.args[base..]);
        self.state.args.truncate(base);
        Ok(result)
    }

    /// Evaluates arguments onto the stack of arguments and gives where they start.
    fn push_args<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        sig: &Sig,
        given: Given<'t>,
    ) -> Result<usize, ExecError> {
        let base = self.state.args.len();
        for (i, arg) in given.args.iter().enumerate() {
            let val = self.operand(frame, dot, Some(sig.param(i)), arg)?;
            self.state.args.push(handed(val.value));
        }
        if let Some(val) = given.piped {
            let fitting = sig.param(given.args.len()).fit(val);
            let fitting = fitting.map_err(|message| frame.error(message))?;
            self.state.args.push(handed(fitting));
        }
        let given: usize = self.state.args[base..].iter().map(size).sum();
        self.charge(frame.template, CALL + given)?;
        Ok(base)
    }

    /// `and` and `or`: the first argument whose truth is `until`, else the last.
    fn short_circuit<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        until: bool,
        given: Given<'t>,
    ) -> Result<Val, ExecError> {
        let mut last = Val::concrete(Value::Nil);
        for arg in given.args {
            last = self.operand(frame, dot, Some(Ty::Reflect), arg)?;
            if is_true(&last.value) == until {
                return Ok(last);
            }
        }
        Ok(given.piped.unwrap_or(last))
    }

    fn call_typed<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        body: fn(&[Val]) -> Called,
        given: Given<'t>,
    ) -> Result<Called, ExecError> {
        let mut vals = Vec::with_capacity(given.args.len() + 1);
        for arg in given.args {
            vals.push(self.operand(frame, dot, Some(Ty::Reflect), arg)?);
        }
        vals.extend(given.piped);
        Ok(body(&vals))
    }

    /// `call`, which needs a function as a value, and there are none.
    fn call_value<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        sig: &Sig,
        given: Given<'t>,
    ) -> Result<Called, ExecError> {
        let first = given.args.first();
        let text = first.map(|first| print::expr(frame.ast(), &frame.file.text, *first));
        let base = self.push_args(frame, dot, sig, given)?;
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
        given: Given<'t>,
    ) -> Result<Val, ExecError> {
        let at = given.at;
        check_count(method.params.len(), method.variadic, &given)
            .map_err(|count| frame.error(format!("wrong number of args for {name}: {count}")))?;
        let param = |i: usize| {
            let name = method.params.get(i).or(method.params.last());
            name.map_or(Ty::Any, |name| Ty::from_name(name))
        };
        let mut values = Vec::with_capacity(given.args.len() + 1);
        for (i, arg) in given.args.iter().enumerate() {
            values.push(self.operand(frame, dot, Some(param(i)), arg)?.value);
        }
        if let Some(val) = given.piped {
            let fitting = param(given.args.len()).fit(val);
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

/// A value as a function gets it.
fn handed(value: Value) -> Value {
    match &value {
        Value::Object(object) => object.handed().unwrap_or(value),
        _ => value,
    }
}

/// What a call costs beside its arguments and result, in bytes.
const CALL: usize = 32;

/// The most that one function may make, in bytes.
const MAX_MADE: usize = 32 << 20;
/// What a map counts for, in bytes.
const MAP: usize = 128;

/// How many bytes a function has to do with, or has made; what a map holds is not counted, since it
/// is most often handed on as it is.
fn size(value: &Value) -> usize {
    match value {
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => size_of_val(list.items()),
        Value::Map(_) => MAP,
        _ => 0,
    }
}

/// The error of a template whose function failed.
fn calling(frame: &Frame<'_>, name: &str, error: FuncError) -> ExecError {
    let inner = match error {
        FuncError::Error(text) | FuncError::Panic(text) => ExecError::plain(text),
        FuncError::Template(error) => *error,
        FuncError::Text(words, within) => ExecError::plain(words).with_text(*within),
    };
    inner.called_from(frame.error_frame(format!("error calling {name}")))
}

/// Whether the number of arguments fits. Go's "at least" message leaves the piped one out.
fn check_count(params: usize, variadic: bool, given: &Given<'_>) -> Result<(), String> {
    let args = given.args.len();
    let all = args + usize::from(given.piped.is_some());
    if variadic && all + 1 < params {
        return Err(format!("want at least {} got {args}", params - 1));
    }
    if !variadic && all != params {
        return Err(format!("want {params} got {all}"));
    }
    Ok(())
}
