//! Pipelines, commands and operands.

use goval::{Str, Value};

use super::{Parse, Parser};
use crate::ast::{Callee, Command, Expr, ExprKind, Id, Pipe, Seq, StringConst, Target, VarId};
use crate::builtins;
use crate::lex::{Keyword, Kind, Token};
use crate::{number, quoting, stack};
use goval::strconv::quote;

/// How deep parentheses may nest, Go's limit.
const MAX_PARENS: u32 = 10_000;

impl Parser<'_> {
    /// `declarations? command ("|" command)*`, up to the token that ends it.
    pub(super) fn pipeline(&mut self, context: &'static str, end: Kind) -> Parse<Id<Pipe>> {
        let pos = self.peek().start;
        let (decls, assign) = self.declarations(context)?;
        let first = self.commands.len();
        loop {
            let token = self.next();
            match token.kind {
                kind if kind == end => break,
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Keyword(Keyword::Dot | Keyword::Nil)
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParen => {
                    self.unread.push(token);
                    let command = self.command()?;
                    self.commands.push(command);
                }
                _ => return Err(self.unexpected(token, context)),
            }
        }
        self.check_stages(&self.commands[first..], context)?;
        let decls = self.ast.decls.add_all(decls);
        let commands = self.ast.commands.add_all(self.commands.drain(first..));
        Ok(self.ast.pipes.add(Pipe {
            pos,
            assign,
            decls,
            commands,
        }))
    }

    /// `$x :=`, `$x =` and, in a range, `$i, $x :=`; and whether it is an assignment.
    fn declarations(&mut self, context: &'static str) -> Parse<(Vec<VarId>, bool)> {
        let mut decls = Vec::new();
        loop {
            let var = self.peek();
            if var.kind != Kind::Variable {
                return Ok((decls, false));
            }
            self.next();
            let next = self.peek();
            let is_comma = next.kind == Kind::Char && self.token_text(next) == b",";
            if !is_comma && !matches!(next.kind, Kind::Assign | Kind::Declare) {
                // It is an operand.
                self.unread.push(var);
                return Ok((decls, false));
            }
            self.next();
            let id = self.declare(var);
            decls.push(id);
            if !is_comma {
                return Ok((decls, next.kind == Kind::Assign));
            }
            if context != "range" || decls.len() > 1 {
                return Err(self.error(format!("too many declarations in {context}")));
            }
            match self.peek().kind {
                Kind::Variable | Kind::RightDelim | Kind::RightParen => {}
                _ => return Err(self.error("range can only initialize variables")),
            }
        }
    }

    fn declare(&mut self, var: Token) -> VarId {
        let name = self.token_text(var);
        let id = match self.var_id(name) {
            Some(id) => id,
            None => {
                let id = self.ast.vars.len() as VarId;
                self.ast.vars.push(Str::from(name));
                self.var_ids.insert(name, id);
                id
            }
        };
        self.scope.vars.push(id);
        id
    }

    fn var_id(&self, name: &[u8]) -> Option<VarId> {
        match name {
            b"$" => Some(0),
            _ => self.var_ids.get(name).copied(),
        }
    }

    /// Only the first command of a pipeline may be something that takes no argument.
    fn check_stages(&self, commands: &[Command], context: &str) -> Parse<()> {
        if commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (i, command) in commands.iter().enumerate().skip(1) {
            if let ExprKind::Bool(_)
            | ExprKind::Dot
            | ExprKind::Nil
            | ExprKind::Number(_)
            | ExprKind::String(_) = self.ast.exprs[command.operands][0].kind
            {
                let stage = i + 1;
                return Err(self.error(format!("non executable command in pipeline stage {stage}")));
            }
        }
        Ok(())
    }

    /// Operands with spaces between them, up to a `|`, which is read, or the end, which is not.
    fn command(&mut self) -> Parse<Command> {
        let pos = self.peek().start;
        let first = self.operands.len();
        loop {
            let operand = self.operand()?;
            self.operands.extend(operand);
            let token = self.next();
            match token.kind {
                Kind::RightDelim | Kind::RightParen => self.unread.push(token),
                Kind::Pipe => {}
                _ if token.spaced && operand.is_some() => {
                    self.unread.push(token);
                    continue;
                }
                _ => return Err(self.unexpected(token, "operand")),
            }
            break;
        }
        if self.operands.len() == first {
            return Err(self.error("empty command"));
        }
        let operands = self.ast.exprs.add_all(self.operands.drain(first..));
        Ok(Command { pos, operands })
    }

    /// A term and the fields that are taken of it; `None` if no term comes next.
    fn operand(&mut self) -> Parse<Option<Expr>> {
        let Some(term) = self.term()? else {
            return Ok(None);
        };
        let first = self.peek();
        if !is_further_field(first) {
            return Ok(Some(term));
        }
        let mut fields = match term.kind {
            ExprKind::Field(fields) => fields,
            _ => Seq::EMPTY,
        };
        while is_further_field(self.peek()) {
            let token = self.next();
            let name = self.field_name(token);
            fields = self.ast.fields.append(fields, name);
        }
        let kind = match term.kind {
            ExprKind::Field(_) => ExprKind::Field(fields),
            ExprKind::Var(id, _) => ExprKind::Var(id, fields),
            ExprKind::Func(_) | ExprKind::Paren(_) => {
                ExprKind::Chain(self.ast.exprs.add(term), fields)
            }
            _ => {
                let text = quote(crate::print::expr(&self.ast, self.text, term).as_bytes());
                return Err(self.error(format!("unexpected . after term {text}")));
            }
        };
        // The position of a chain is that of its second part, in Go's errors as well.
        Ok(Some(Expr {
            pos: first.start,
            kind,
        }))
    }

    fn term(&mut self) -> Parse<Option<Expr>> {
        let token = self.next();
        let kind = match token.kind {
            Kind::Identifier => ExprKind::Func(self.function(token)?),
            Kind::Keyword(Keyword::Dot) => ExprKind::Dot,
            Kind::Keyword(Keyword::Nil) => ExprKind::Nil,
            Kind::Variable => ExprKind::Var(self.variable(token)?, Seq::EMPTY),
            Kind::Field => {
                let name = self.field_name(token);
                ExprKind::Field(self.ast.fields.add_all([name]))
            }
            Kind::Bool => ExprKind::Bool(self.token_text(token) == b"true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => {
                let number = number::parse(self.token_text(token), token.kind);
                ExprKind::Number(
                    self.ast
                        .numbers
                        .add(number.map_err(|message| self.error(message))?),
                )
            }
            Kind::LeftParen => ExprKind::Paren(self.parenthesized()?),
            Kind::String | Kind::RawString => {
                let value = Value::Str(self.unquote(token)?.into());
                let quoted = token.start..token.end;
                ExprKind::String(self.ast.strings.add(StringConst { value, quoted }))
            }
            _ => {
                self.unread.push(token);
                return Ok(None);
            }
        };
        Ok(Some(Expr {
            pos: token.start,
            kind,
        }))
    }

    /// The name of a field, without its dot.
    fn field_name(&self, token: Token) -> Str {
        Str::from(&self.token_text(token)[1..])
    }

    fn parenthesized(&mut self) -> Parse<Id<Pipe>> {
        if self.scope.parens >= MAX_PARENS {
            return Err(self.error("max expression depth exceeded"));
        }
        self.scope.parens += 1;
        let pipe = stack::grow(|| self.pipeline("parenthesized pipeline", Kind::RightParen))?;
        self.scope.parens -= 1;
        Ok(pipe)
    }

    /// The function of that name: a given one, else a built-in.
    fn function(&mut self, token: Token) -> Parse<Id<Callee>> {
        let name = self.token_text(token);
        // There are not many in one text, and never more than there are functions.
        if let Some(known) = self.ast.callees.find(|callee| *callee.name == *name) {
            return Ok(known);
        }
        let func = std::str::from_utf8(name)
            .ok()
            .and_then(|name| self.funcs.get(name));
        let target = match (func, builtins::find(name)) {
            (Some(func), _) => Target::Func(func.clone()),
            (None, Some(builtin)) => Target::Builtin(builtin),
            (None, None) => {
                return Err(self.error(format!("function {} not defined", quote(name))));
            }
        };
        Ok(self.ast.callees.add(Callee {
            name: name.into(),
            target,
        }))
    }

    fn variable(&mut self, token: Token) -> Parse<VarId> {
        let name = self.token_text(token);
        match self.var_id(name) {
            Some(id) if self.scope.vars.contains(&id) => Ok(id),
            _ => Err(self.error(format!("undefined variable {}", quote(name)))),
        }
    }

    pub(super) fn unquote(&self, token: Token) -> Parse<Vec<u8>> {
        quoting::unquote(self.token_text(token)).ok_or_else(|| self.error("invalid syntax"))
    }
}

/// Whether the token takes a field of what is right before it.
fn is_further_field(token: Token) -> bool {
    token.kind == Kind::Field && !token.spaced
}
