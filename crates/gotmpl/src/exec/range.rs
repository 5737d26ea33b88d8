//! `range` over whatever it can iterate over.

use std::ops::ControlFlow;

use goval::{IntKind, List, Map, Value};

use super::Exec;
use super::eval::{Frame, Val, is_interface};
use super::walk::Flow;
use crate::ast::Branch;
use crate::{ExecError, fmt};

/// A running loop: where it is and what each iteration has to set.
struct Loop<'f, 't> {
    frame: &'f mut Frame<'t>,
    branch: Branch,
    /// The number of variables that stay from one iteration to the next.
    vars: usize,
    out: &'f mut Vec<u8>,
    /// Whether there was anything to iterate over.
    ran: bool,
}

/// Goes on, or stops with an error or, at a `break`, without.
type Step = ControlFlow<Result<(), ExecError>>;

impl Exec<'_> {
    pub(super) fn range(
        &mut self,
        frame: &mut Frame<'_>,
        dot: &Val,
        branch: Branch,
        out: &mut Vec<u8>,
    ) -> Result<Flow, ExecError> {
        let outer_vars = self.state.vars.len();
        let over = self.pipeline(frame, dot, branch.pipe)?.value;
        let vars = self.state.vars.len();
        let mut run = Loop {
            frame: &mut *frame,
            branch,
            vars,
            out: &mut *out,
            ran: false,
        };
        let step = self.iterate(&mut run, &over);
        let ran = run.ran;
        if let ControlFlow::Break(result) = step {
            result?;
        }
        let flow = if ran {
            Flow::Next
        } else {
            self.body(frame, dot, branch.alt, out)?
        };
        self.state.vars.truncate(outer_vars);
        // A `break` in the `else` part belongs to a loop further out, but Go stops it here.
        Ok(if flow == Flow::Break {
            Flow::Next
        } else {
            flow
        })
    }

    fn iterate(&mut self, run: &mut Loop<'_, '_>, over: &Value) -> Step {
        match over {
            Value::Nil => Step::Continue(()),
            Value::Int(kind, n) => self.count(run, *kind, *n, over),
            Value::List(list) => self.each(run, list),
            Value::Map(map) => self.each_entry(run, map),
            Value::Bytes(bytes) => bytes.iter().enumerate().try_for_each(|(i, &byte)| {
                let elem = Value::Int(IntKind::Uint8, byte.into());
                self.iteration(run, Value::int(i as i64), Val::concrete(elem))
            }),
            Value::Object(object) => match object.as_plain() {
                Some(plain) => self.iterate(run, &plain),
                None => self.cannot_iterate(run, over),
            },
            _ => self.cannot_iterate(run, over),
        }
    }

    fn cannot_iterate(&self, run: &Loop<'_, '_>, over: &Value) -> Step {
        let text = fmt::display(over);
        Step::Break(Err(run
            .frame
            .error(format!("range can't iterate over {text}"))))
    }

    /// From zero up to a number, in the number's type.
    fn count(&mut self, run: &mut Loop<'_, '_>, kind: IntKind, n: i64, over: &Value) -> Step {
        if run.decls() > 1 {
            let text = fmt::display(over);
            let message = format!("can't use {text} to iterate over more than one variable");
            return Step::Break(Err(run.frame.error(message)));
        }
        let end = if kind.is_unsigned() {
            n as u64
        } else {
            n.max(0) as u64
        };
        (0..end).try_for_each(|i| {
            let elem = Val::concrete(Value::Int(kind, i as i64));
            self.iteration(run, Value::Nil, elem)
        })
    }

    fn each(&mut self, run: &mut Loop<'_, '_>, list: &List) -> Step {
        let iface = is_interface(list.elem());
        list.iter().enumerate().try_for_each(|(i, elem)| {
            let elem = Val {
                value: elem.clone(),
                iface,
            };
            self.iteration(run, Value::int(i as i64), elem)
        })
    }

    fn each_entry(&mut self, run: &mut Loop<'_, '_>, map: &Map) -> Step {
        let iface = is_interface(map.elem());
        map.entries()
            .into_iter()
            .try_for_each(|(key, value)| self.iteration(run, Value::Str(key), Val { value, iface }))
    }

    fn iteration(&mut self, run: &mut Loop<'_, '_>, index: Value, elem: Val) -> Step {
        run.ran = true;
        let begun = self
            .step(run.frame.template)
            .and_then(|()| self.set_loop_vars(run, index, &elem));
        if let Err(error) = begun {
            return Step::Break(Err(error));
        }
        let flow = self.body(run.frame, &elem, run.branch.body, run.out);
        self.state.vars.truncate(run.vars);
        match flow {
            Ok(Flow::Break) => Step::Break(Ok(())),
            Ok(Flow::Next | Flow::Continue) => Step::Continue(()),
            Err(error) => Step::Break(Err(error)),
        }
    }

    /// One variable takes the element; of two, the first takes the index.
    fn set_loop_vars(
        &mut self,
        run: &Loop<'_, '_>,
        index: Value,
        elem: &Val,
    ) -> Result<(), ExecError> {
        let ast = &run.frame.file.ast;
        let pipe = ast.pipes[run.branch.pipe];
        let index = Val::concrete(index);
        match ast.decls[pipe.decls] {
            [] => {}
            [var] if pipe.assign => self.assign(run.frame, var, elem.clone())?,
            [first, second] if pipe.assign => {
                self.assign(run.frame, first, index)?;
                self.assign(run.frame, second, elem.clone())?;
            }
            [_] => self.state.vars[run.vars - 1].val = elem.clone(),
            [_, _, ..] => {
                self.state.vars[run.vars - 1].val = elem.clone();
                self.state.vars[run.vars - 2].val = index;
            }
        }
        Ok(())
    }
}

impl Loop<'_, '_> {
    fn decls(&self) -> usize {
        let ast = &self.frame.file.ast;
        ast.decls[ast.pipes[self.branch.pipe].decls].len()
    }
}
