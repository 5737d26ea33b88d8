//! Pipelines, commands, operands and fields: what expressions are worth.

use goval::{Elem, Value};

use super::{Exec, MissingKey};
use crate::ast::{
    Ast, Command, Expr, ExprKind, File, Id, Ideal, Number, Pipe, Seq, TemplateCall, VarId,
};
use crate::error::ErrorFrame;
use crate::{ExecError, Template, Ty, print, stack};
use goval::Str;
use goval::strconv::quote;

/// The value of an expression, with what Go's reflection knows beyond it.
///
/// An element of a `[]any` or `map[string]any` has the static type `any` until a pipeline unwraps
/// it; only error texts and nil can tell. A nil that is not of type `any` is no value at all.
#[derive(Clone)]
pub(crate) struct Val {
    pub(crate) value: Value,
    pub(crate) iface: bool,
}

impl Val {
    pub(super) fn concrete(value: Value) -> Val {
        Val {
            value,
            iface: false,
        }
    }

    /// Go's name of the static type.
    pub(crate) fn type_name(&self) -> &str {
        if self.iface {
            Ty::Any.name()
        } else {
            self.value.type_name()
        }
    }
}

/// Whether the elements have the static type `any`.
pub(super) fn is_interface(elem: Elem) -> bool {
    match elem {
        Elem::Any => true,
        Elem::Str | Elem::Int => false,
        // A named type such as `Values` is one of `any`, else the name says of what.
        Elem::Named(name) => {
            let elem = name.strip_prefix("[]").or(name.strip_prefix("map[string]"));
            elem.is_none_or(|elem| elem == Ty::Any.name())
        }
    }
}

/// A running template: its text, its variables, and where it is.
pub(super) struct Frame<'t> {
    pub(super) template: &'t Template,
    pub(super) file: &'t File,
    /// Where its variables start.
    pub(super) vars: usize,
    /// What an error would be reported for.
    pub(super) at: At<'t>,
}

/// The pieces of a template that errors are reported for.
#[derive(Clone, Copy)]
pub(super) enum At<'t> {
    Start,
    Call(&'t TemplateCall),
    Pipe(Id<Pipe>),
    Command(Command),
    Expr(&'t Expr),
}

/// What stands beside a function, method or other operand, and what is reported if it fails.
pub(super) struct Given<'t> {
    pub(super) at: At<'t>,
    pub(super) args: &'t [Expr],
    /// The value of the command before.
    pub(super) piped: Option<Val>,
}

impl Given<'_> {
    fn anything(&self) -> bool {
        !self.args.is_empty() || self.piped.is_some()
    }

    /// Makes sure that what takes no arguments is given none.
    fn nothing(&self, frame: &Frame<'_>, first: &Expr) -> Result<(), ExecError> {
        if !self.anything() {
            return Ok(());
        }
        let text = print::expr(frame.ast(), &frame.file.text, *first);
        Err(frame.error(format!("can't give argument to non-function {text}")))
    }
}

impl<'t> Frame<'t> {
    pub(super) fn new(template: &'t Template, vars: usize) -> Frame<'t> {
        let file = &*template.file;
        Frame {
            template,
            file,
            vars,
            at: At::Start,
        }
    }

    pub(super) fn ast(&self) -> &'t Ast {
        &self.file.ast
    }

    pub(super) fn error(&self, message: impl Into<String>) -> ExecError {
        ExecError::at(self.error_frame(message))
    }

    /// The place where the template is now, as Go's `ErrorContext` counts and prints it.
    pub(super) fn error_frame(&self, message: impl Into<String>) -> ErrorFrame {
        let (ast, text) = (self.ast(), &*self.file.text);
        let (pos, context) = match self.at {
            At::Start => (0, String::new()),
            At::Call(call) => (call.pos, print::call(ast, text, call)),
            At::Pipe(id) => (ast.pipes[id].pos, print::pipe(ast, text, id)),
            At::Command(command) => (command.pos, print::command(ast, text, command)),
            At::Expr(expr) => (expr.pos, print::expr(ast, text, *expr)),
        };
        let before = &text[..pos as usize];
        let line_start = before
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |newline| newline + 1);
        ErrorFrame {
            template: self.template.name.to_string(),
            file: self.file.name.to_string(),
            line: 1 + before.iter().filter(|&&b| b == b'\n').count(),
            column: before.len() - line_start,
            context,
            message: message.into(),
            missing: None,
        }
    }
}

impl Exec<'_> {
    /// The value of the last command; each one before is the last argument of the next.
    pub(super) fn pipeline(
        &mut self,
        frame: &mut Frame<'_>,
        dot: &Val,
        id: Id<Pipe>,
    ) -> Result<Val, ExecError> {
        frame.at = At::Pipe(id);
        let ast = frame.ast();
        let pipe = ast.pipes[id];
        let commands = &ast.commands[pipe.commands];
        let Some((&last, before)) = commands.split_last() else {
            return Ok(Val::concrete(Value::Nil));
        };
        let mut piped = None;
        for (i, &command) in before.iter().enumerate() {
            let val = self.command(frame, dot, command, piped.take());
            let val = val.map_err(|error| self.with_missing(frame, dot, &commands[..=i], error))?;
            piped = Some(Val::concrete(val.value));
        }
        let val = self.command(frame, dot, last, piped);
        let mut val = val.map_err(|error| self.with_missing(frame, dot, commands, error))?;
        val.iface = false;
        for &var in &ast.decls[pipe.decls] {
            if pipe.assign {
                self.assign(frame, var, val.clone())?;
            } else {
                self.push_var(var, val.clone());
            }
        }
        Ok(val)
    }

    fn command<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        command: Command,
        piped: Option<Val>,
    ) -> Result<Val, ExecError> {
        let ast = frame.ast();
        let [first, args @ ..] = &ast.exprs[command.operands] else {
            return Err(frame.error("empty command"));
        };
        let given = Given {
            at: At::Expr(first),
            args,
            piped,
        };
        if let ExprKind::Paren(pipe) = first.kind {
            given.nothing(frame, first)?;
            return stack::grow(|| self.pipeline(frame, dot, pipe));
        }
        frame.at = given.at;
        match first.kind {
            ExprKind::Field(fields) => self.fields(frame, dot, dot, fields, given),
            ExprKind::Var(var, fields) => {
                let val = self.var(frame, var)?.clone();
                if fields.is_empty() {
                    given.nothing(frame, first)?;
                }
                self.fields(frame, dot, &val, fields, given)
            }
            ExprKind::Chain(base, fields) => {
                let base = self.operand(frame, dot, None, &ast.exprs[base])?;
                self.fields(frame, dot, &base, fields, given)
            }
            ExprKind::Func(callee) => {
                let at = At::Command(command);
                self.call(frame, dot, &ast.callees[callee], Given { at, ..given })
            }
            _ => {
                given.nothing(frame, first)?;
                match first.kind {
                    ExprKind::Dot => Ok(dot.clone()),
                    ExprKind::Nil => Err(frame.error("nil is not a command")),
                    _ => constant(frame, first),
                }
            }
        }
    }

    /// An operand that fits a parameter; without one, the start of a chain of fields.
    pub(super) fn operand<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        ty: Option<Ty>,
        expr: &'t Expr,
    ) -> Result<Val, ExecError> {
        let ast = frame.ast();
        let given = Given {
            at: At::Expr(expr),
            args: &[],
            piped: None,
        };
        frame.at = given.at;
        let val = match expr.kind {
            ExprKind::Dot => dot.clone(),
            ExprKind::Field(fields) => self.fields(frame, dot, dot, fields, given)?,
            ExprKind::Var(var, fields) => {
                let val = self.var(frame, var)?.clone();
                self.fields(frame, dot, &val, fields, given)?
            }
            ExprKind::Chain(base, fields) => {
                let base = self.operand(frame, dot, None, &ast.exprs[base])?;
                self.fields(frame, dot, &base, fields, given)?
            }
            ExprKind::Func(callee) => self.call(frame, dot, &ast.callees[callee], given)?,
            ExprKind::Paren(pipe) => stack::grow(|| self.pipeline(frame, dot, pipe))?,
            ExprKind::Nil | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {
                return literal(frame, ty.unwrap_or(Ty::Any), expr);
            }
        };
        match ty {
            None | Some(Ty::Any | Ty::Reflect) => Ok(val),
            Some(ty) => ty
                .fit(val)
                .map(Val::concrete)
                .map_err(|message| frame.error(message)),
        }
    }

    /// `.a.b.c` of a value; what is given goes to the last one, which must be a method then.
    fn fields<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        receiver: &Val,
        fields: Seq<Str>,
        given: Given<'t>,
    ) -> Result<Val, ExecError> {
        let Some((last, first)) = frame.ast().fields[fields].split_last() else {
            return Ok(receiver.clone());
        };
        let mut current;
        let mut receiver = receiver;
        for name in first {
            current = match map_entry(receiver, name) {
                Some(val) => val,
                None => {
                    let nothing = Given {
                        args: &[],
                        piped: None,
                        ..given
                    };
                    self.field(frame, dot, receiver, name, nothing)?
                }
            };
            receiver = &current;
        }
        if !given.anything()
            && let Some(val) = map_entry(receiver, last)
        {
            return Ok(val);
        }
        self.field(frame, dot, receiver, last, given)
    }

    fn field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        receiver: &Val,
        name: &Str,
        given: Given<'t>,
    ) -> Result<Val, ExecError> {
        match &receiver.value {
            Value::Map(_) if given.anything() => {
                Err(frame.error(format!("{name} is not a method but has arguments")))
            }
            Value::Map(map) => match map.get(name) {
                Some(value) => Ok(Val {
                    value,
                    iface: is_interface(map.elem()),
                }),
                None => self.missing(frame, map.elem(), name),
            },
            Value::Nil if receiver.iface => {
                Err(frame.error(format!("nil pointer evaluating {}.{name}", Ty::Any.name())))
            }
            Value::Nil if self.state.options.missing_key == MissingKey::Error => {
                let key = quote(name);
                Err(frame.error(format!("nil data; no entry for key {key}")))
            }
            Value::Nil => Ok(Val::concrete(Value::Nil)),
            Value::Object(object) => {
                let text = name.to_str_lossy();
                if let Some(method) = object.method(&text) {
                    return self.call_method(frame, dot, (object.as_ref(), &text, method), given);
                }
                match (object.field(&text), object.as_plain()) {
                    (Some(_), _) if given.anything() => Err(frame.error(format!(
                        "{name} has arguments but cannot be invoked as function"
                    ))),
                    (Some(value), _) => Ok(Val::concrete(value)),
                    (None, Some(plain @ Value::Map(_))) => {
                        let plain = Val {
                            value: plain,
                            iface: receiver.iface,
                        };
                        self.field(frame, dot, &plain, name, given)
                    }
                    _ => Err(no_field(frame, receiver, name)),
                }
            }
            _ => Err(no_field(frame, receiver, name)),
        }
    }

    fn missing(&self, frame: &Frame<'_>, elem: Elem, name: &Str) -> Result<Val, ExecError> {
        match self.state.options.missing_key {
            MissingKey::Invalid => Ok(Val::concrete(Value::Nil)),
            MissingKey::Zero => Ok(match elem {
                Elem::Str => Val::concrete(Value::str("")),
                Elem::Int => Val::concrete(Value::int(0)),
                Elem::Named("map[string][]uint8") => Val::concrete(Value::Bytes([].into())),
                Elem::Any | Elem::Named(_) => Val {
                    value: Value::Nil,
                    iface: true,
                },
            }),
            MissingKey::Error => {
                let key = quote(name);
                Err(frame.error(format!("map has no entry for key {key}")))
            }
        }
    }

    // Variables.

    /// The variable that was declared last under the name.
    pub(super) fn var(&self, frame: &Frame<'_>, id: VarId) -> Result<&Val, ExecError> {
        let found = self.state.vars[frame.vars..]
            .iter()
            .rev()
            .find(|var| var.id == id);
        found
            .map(|var| &var.val)
            .ok_or_else(|| undefined(frame, id))
    }

    pub(super) fn assign(
        &mut self,
        frame: &Frame<'_>,
        id: VarId,
        val: Val,
    ) -> Result<(), ExecError> {
        let found = self.state.vars[frame.vars..]
            .iter_mut()
            .rev()
            .find(|var| var.id == id);
        found.ok_or_else(|| undefined(frame, id))?.val = val;
        Ok(())
    }
}

/// What nearly all fields are: an entry of a map that is there.
fn map_entry(receiver: &Val, name: &Str) -> Option<Val> {
    let map = receiver.value.as_map()?;
    let value = map.get(name)?;
    let iface = is_interface(map.elem());
    Some(Val { value, iface })
}

/// A declaration is only there once it has run: `{{$x = 1}}` parses, and so does
/// `{{and false ($x := 1)}}{{$x}}`.
fn undefined(frame: &Frame<'_>, id: VarId) -> ExecError {
    frame.error(format!(
        "undefined variable: {}",
        frame.ast().vars[id as usize]
    ))
}

fn no_field(frame: &Frame<'_>, receiver: &Val, name: &Str) -> ExecError {
    let ty = receiver.type_name();
    frame.error(format!("can't evaluate field {name} in type {ty}"))
}

/// A constant where nothing asks for a type.
fn constant(frame: &Frame<'_>, expr: &Expr) -> Result<Val, ExecError> {
    let ast = frame.ast();
    let value = match expr.kind {
        ExprKind::Bool(b) => Value::Bool(b),
        ExprKind::String(id) => ast.strings[id].value.clone(),
        ExprKind::Number(id) => match ast.numbers[id].ideal {
            Some(Ideal::Int(i)) => Value::int(i),
            Some(Ideal::Float(x)) => Value::Float(x),
            Some(Ideal::Complex(re, im)) => Value::Complex(re, im),
            None => return Err(frame.error(format!("{} overflows int", ast.numbers[id].text))),
        },
        _ => Value::Nil,
    };
    Ok(Val::concrete(value))
}

/// A constant for a parameter, whose type a number takes on if it can.
fn literal(frame: &Frame<'_>, ty: Ty, expr: &Expr) -> Result<Val, ExecError> {
    if let ExprKind::Nil = expr.kind {
        let zero = ty
            .nil()
            .ok_or_else(|| frame.error(format!("cannot assign nil to {}", ty.name())));
        return zero.map(Val::concrete);
    }
    let number = match expr.kind {
        ExprKind::Number(id) => Some(&frame.ast().numbers[id]),
        _ => None,
    };
    let (value, expected) = match (ty, expr.kind) {
        (Ty::Any | Ty::Reflect, _) => return constant(frame, expr),
        (Ty::Bool, ExprKind::Bool(_)) | (Ty::Str, ExprKind::String(_)) => {
            return constant(frame, expr);
        }
        (Ty::Bool, _) => (None, "bool"),
        (Ty::Str, _) => (None, "string"),
        (Ty::Float64, _) => (number.and_then(|n| n.float).map(Value::Float), "float"),
        (Ty::Int | Ty::Int64 | Ty::Integer(_), _) => integer(ty, number),
        // An `int64` by another name; who takes it knows both forms.
        (Ty::Named("time.Duration"), _) => integer(Ty::Int64, number),
        _ => {
            let text = print::expr(frame.ast(), &frame.file.text, *expr);
            let ty = ty.name();
            return Err(frame.error(format!("can't handle {text} for arg of type {ty}")));
        }
    };
    value.map(Val::concrete).ok_or_else(|| {
        let text = print::expr(frame.ast(), &frame.file.text, *expr);
        frame.error(format!("expected {expected}; found {text}"))
    })
}

/// A number as one of Go's integer types, cut to its size, and what to expect if it is none.
fn integer(ty: Ty, number: Option<&Number>) -> (Option<Value>, &'static str) {
    let kind = ty.int_kind();
    let (bits, expected) = if kind.is_unsigned() {
        (
            number.and_then(|n| n.uint).map(|uint| uint as i64),
            "unsigned integer",
        )
    } else {
        (number.and_then(|n| n.int), "integer")
    };
    (
        bits.map(|bits| Value::Int(kind, crate::ty::wrap(kind, bits))),
        expected,
    )
}
