//! Nodes: what a template writes, and in which order.

use goval::Value;

use super::eval::{At, Frame, Val};
use super::{Exec, Origin, Var};
use crate::ast::{Branch, Id, Node, Seq, TemplateCall};
use crate::truth::is_true;
use crate::{ExecError, Template, fmt, stack};
use goval::strconv::quote;

/// Whether to go on with the next node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl Exec<'_> {
    pub(super) fn walk_template(
        &mut self,
        template: &Template,
        vars: usize,
        dot: &Val,
        out: &mut Vec<u8>,
    ) -> Result<(), ExecError> {
        let mut frame = Frame::new(template, vars);
        self.walk(&mut frame, dot, template.root, out).map(|_| ())
    }

    fn walk(
        &mut self,
        frame: &mut Frame<'_>,
        dot: &Val,
        nodes: Seq<Node>,
        out: &mut Vec<u8>,
    ) -> Result<Flow, ExecError> {
        let file = frame.file;
        for &node in &file.ast.nodes[nodes] {
            self.step(frame.template)?;
            match node {
                Node::Text { start, end } => {
                    self.note(frame, out, start, true);
                    let text = &file.text[start as usize..end as usize];
                    self.charge(frame.template, text.len())?;
                    out.extend_from_slice(text);
                }
                Node::Action(pipe) => {
                    let val = self.pipeline(frame, dot, pipe)?;
                    self.note(frame, out, file.ast.pipes[pipe].pos, false);
                    if file.ast.pipes[pipe].decls.is_empty() {
                        let before = out.len();
                        print(&val.value, out);
                        self.charge(frame.template, out.len() - before)?;
                    }
                }
                Node::Template(call) => self.call_template(frame, dot, call, out)?,
                Node::Break => return Ok(Flow::Break),
                Node::Continue => return Ok(Flow::Continue),
                Node::If(branch) | Node::With(branch) => {
                    let with = matches!(node, Node::With(_));
                    let flow = self.if_or_with(frame, dot, branch, with, out)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
                Node::Range(branch) => {
                    let flow = self.range(frame, dot, branch, out)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
            }
        }
        Ok(Flow::Next)
    }

    /// A nested list of nodes.
    pub(super) fn body(
        &mut self,
        frame: &mut Frame<'_>,
        dot: &Val,
        nodes: Seq<Node>,
        out: &mut Vec<u8>,
    ) -> Result<Flow, ExecError> {
        stack::grow(|| self.walk(frame, dot, nodes, out))
    }

    fn if_or_with(
        &mut self,
        frame: &mut Frame<'_>,
        dot: &Val,
        branch: Branch,
        with: bool,
        out: &mut Vec<u8>,
    ) -> Result<Flow, ExecError> {
        let vars = self.state.vars.len();
        let val = self.pipeline(frame, dot, branch.pipe)?;
        let flow = match is_true(&val.value) {
            true if with => self.body(frame, &val, branch.body, out)?,
            true => self.body(frame, dot, branch.body, out)?,
            false => self.body(frame, dot, branch.alt, out)?,
        };
        self.state.vars.truncate(vars);
        Ok(flow)
    }

    fn call_template(
        &mut self,
        frame: &mut Frame<'_>,
        dot: &Val,
        id: Id<TemplateCall>,
        out: &mut Vec<u8>,
    ) -> Result<(), ExecError> {
        let call = &frame.file.ast.calls[id];
        frame.at = At::Call(call);
        self.note(frame, out, call.pos, false);
        let Some(template) = self.set.get(&call.name) else {
            return Err(frame.error(format!("template {} not defined", quote(&call.name))));
        };
        if self.state.depth >= self.state.options.max_depth {
            return Err(frame.error(self.too_deep()));
        }
        let dot = match call.pipe {
            Some(pipe) => self.pipeline(frame, dot, pipe)?,
            None => Val::concrete(Value::Nil),
        };
        self.enter(template, &dot, out)
    }

    /// Keeps where the next output comes from, if that is wanted: for the text that was executed, not
    /// for those that it calls.
    fn note(&mut self, frame: &Frame<'_>, out: &[u8], pos: u32, verbatim: bool) {
        if self.state.depth != 1 {
            return;
        }
        if let Some(origins) = &mut self.state.origins {
            origins.push(Origin {
                at: out.len(),
                file: frame.file.name.clone(),
                pos: pos as usize,
                verbatim,
            });
        }
    }

    pub(super) fn push_var(&mut self, id: u32, val: Val) {
        self.state.vars.push(Var { id, val });
    }
}

/// Writes a value as `fmt.Fprint` does, and no value as `<no value>`.
fn print(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Nil => out.extend_from_slice(b"<no value>"),
        Value::Str(text) => out.extend_from_slice(text),
        Value::Object(object) => out.extend_from_slice(&object.printed()),
        other => fmt::display_into(out, other),
    }
}
