//! The text of a piece of a template as errors quote it: Go prints the tree, not the source.

use crate::ast::{Ast, Command, Expr, ExprKind, Id, Pipe, Seq, TemplateCall};
use crate::stack;
use goval::Str;
use goval::strconv::quote;

/// `{{template "name" pipeline}}`
pub(crate) fn call(ast: &Ast, text: &[u8], call: &TemplateCall) -> String {
    let mut out = format!("{{{{template {}", quote(&call.name));
    if let Some(id) = call.pipe {
        out.push(' ');
        out += &pipe(ast, text, id);
    }
    out + "}}"
}

pub(crate) fn pipe(ast: &Ast, text: &[u8], id: Id<Pipe>) -> String {
    Printer::print(ast, text, |printer| printer.pipe(id))
}

pub(crate) fn command(ast: &Ast, text: &[u8], command: Command) -> String {
    Printer::print(ast, text, |printer| printer.command(command))
}

pub(crate) fn expr(ast: &Ast, text: &[u8], expr: Expr) -> String {
    Printer::print(ast, text, |printer| printer.expr(expr))
}

struct Printer<'a> {
    ast: &'a Ast,
    text: &'a [u8],
    out: String,
}

impl<'a> Printer<'a> {
    fn print(ast: &'a Ast, text: &'a [u8], f: impl FnOnce(&mut Printer<'a>)) -> String {
        let out = String::new();
        let mut printer = Printer { ast, text, out };
        f(&mut printer);
        printer.out
    }

    fn pipe(&mut self, id: Id<Pipe>) {
        let pipe = self.ast.pipes[id];
        for (i, &var) in self.ast.decls[pipe.decls].iter().enumerate() {
            self.out += if i > 0 { ", " } else { "" };
            self.out += &self.ast.vars[var as usize].to_str_lossy();
        }
        if !pipe.decls.is_empty() {
            self.out += if pipe.assign { " = " } else { " := " };
        }
        for (i, &command) in self.ast.commands[pipe.commands].iter().enumerate() {
            self.out += if i > 0 { " | " } else { "" };
            self.command(command);
        }
    }

    fn command(&mut self, command: Command) {
        for (i, &operand) in self.ast.exprs[command.operands].iter().enumerate() {
            self.out += if i > 0 { " " } else { "" };
            self.parenthesized(operand);
        }
    }

    /// An operand with its parentheses, which a pipeline on its own is printed without.
    fn parenthesized(&mut self, expr: Expr) {
        match expr.kind {
            ExprKind::Paren(id) => stack::grow(|| {
                self.out.push('(');
                self.pipe(id);
                self.out.push(')');
            }),
            _ => self.expr(expr),
        }
    }

    fn expr(&mut self, expr: Expr) {
        match expr.kind {
            ExprKind::Dot => self.out.push('.'),
            ExprKind::Nil => self.out += "nil",
            ExprKind::Bool(true) => self.out += "true",
            ExprKind::Bool(false) => self.out += "false",
            ExprKind::Number(id) => self.out += &self.ast.numbers[id].text.to_str_lossy(),
            ExprKind::String(id) => {
                let quoted = &self.ast.strings[id].quoted;
                let quoted = &self.text[quoted.start as usize..quoted.end as usize];
                self.out += &String::from_utf8_lossy(quoted);
            }
            ExprKind::Field(fields) => self.fields(fields),
            ExprKind::Var(id, fields) => {
                self.out += &self.ast.vars[id as usize].to_str_lossy();
                self.fields(fields);
            }
            ExprKind::Func(id) => self.out += &self.ast.callees[id].name.to_str_lossy(),
            ExprKind::Chain(base, fields) => {
                self.parenthesized(self.ast.exprs[base]);
                self.fields(fields);
            }
            ExprKind::Paren(id) => self.pipe(id),
        }
    }

    fn fields(&mut self, fields: Seq<Str>) {
        for field in &self.ast.fields[fields] {
            self.out.push('.');
            self.out += &field.to_str_lossy();
        }
    }
}
