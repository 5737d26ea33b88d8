//! Which value was missing: what is looked for once a pipeline has failed.

use goval::{Str, Value};

use super::Exec;
use super::eval::{Frame, Val};
use crate::ExecError;
use crate::ast::{Command, Expr, ExprKind, Seq};
use crate::error::Missing;

impl Exec<'_> {
    /// An error with the value that the last one of these commands, which has failed, was to be
    /// given by its operands or the command before, and which is not there.
    #[cold]
    pub(super) fn with_missing(
        &self,
        frame: &Frame<'_>,
        dot: &Val,
        commands: &[Command],
        error: ExecError,
    ) -> ExecError {
        let ast = frame.ast();
        error.or_missing(|| {
            let mut near = commands.iter().rev().take(2);
            let failed = near.next().map(|command| &ast.exprs[command.operands]);
            let before = near.next().map(|command| &ast.exprs[command.operands]);
            // What comes before counts only if it hands on a value as it is.
            let before = before.filter(|operands| operands.len() == 1);
            let operands = failed.into_iter().chain(before).flatten();
            operands
                .into_iter()
                .find_map(|operand| self.missing_of(frame, dot, operand))
        })
    }

    /// What an operand lacks that is a chain of fields.
    fn missing_of(&self, frame: &Frame<'_>, dot: &Val, operand: &Expr) -> Option<Missing> {
        match operand.kind {
            ExprKind::Field(fields) => first_missing(frame, &dot.value, fields),
            ExprKind::Var(id, fields) => {
                let var = self.var(frame, id).ok()?;
                first_missing(frame, &var.value, fields)
            }
            _ => None,
        }
    }
}

/// The first of the fields that is not in the map where it should be.
fn first_missing(frame: &Frame<'_>, start: &Value, fields: Seq<Str>) -> Option<Missing> {
    let mut receiver = start.clone();
    let mut fields = frame.ast().fields[fields].iter();
    while let Some(key) = fields.next() {
        let map = receiver.as_map()?.clone();
        match map.get(key) {
            None | Some(Value::Nil) => {
                return Some(Missing {
                    map,
                    key: key.clone(),
                    fields: fields.cloned().collect(),
                });
            }
            Some(value) => receiver = value,
        }
    }
    None
}
