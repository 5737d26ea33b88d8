//! The parsed form of a template text: flat pools of small nodes that point to each other by index.
//!
//! Nodes of one kind lie side by side, a list is a range of them, and dropping a tree needs no
//! recursion, however deep the template nests.

use std::marker::PhantomData;
use std::ops::{Index, Range};

use goval::{Str, Value};

use crate::Func;
use crate::builtins::Builtin;

/// One parsed text: the template itself and everything it defines.
pub(crate) struct File {
    /// The name the text was parsed under, for the positions in errors.
    pub(crate) name: Str,
    pub(crate) text: Str,
    pub(crate) ast: Ast,
}

/// The nodes of a [`File`].
#[derive(Default)]
pub(crate) struct Ast {
    pub(crate) nodes: Pool<Node>,
    pub(crate) pipes: Pool<Pipe>,
    pub(crate) commands: Pool<Command>,
    pub(crate) exprs: Pool<Expr>,
    /// The names in chains of fields.
    pub(crate) fields: Pool<Str>,
    /// The variables that pipelines declare or assign.
    pub(crate) decls: Pool<VarId>,
    pub(crate) calls: Pool<TemplateCall>,
    pub(crate) numbers: Pool<Number>,
    pub(crate) strings: Pool<StringConst>,
    pub(crate) callees: Pool<Callee>,
    /// The names of variables, with their dollar sign; [`VarId`] counts in here.
    pub(crate) vars: Vec<Str>,
}

impl Ast {
    /// Room for about what a text of that many bytes has, most of it actions.
    pub(crate) fn for_text(length: usize) -> Ast {
        Ast {
            nodes: Pool::with_capacity(length / 40),
            pipes: Pool::with_capacity(length / 48),
            commands: Pool::with_capacity(length / 40),
            exprs: Pool::with_capacity(length / 24),
            fields: Pool::with_capacity(length / 40),
            ..Ast::default()
        }
    }

    /// The same without room for more: it stays as it is.
    pub(crate) fn finished(mut self) -> Ast {
        self.nodes.0.shrink_to_fit();
        self.pipes.0.shrink_to_fit();
        self.commands.0.shrink_to_fit();
        self.exprs.0.shrink_to_fit();
        self.fields.0.shrink_to_fit();
        self.numbers.0.shrink_to_fit();
        self.strings.0.shrink_to_fit();
        self.callees.0.shrink_to_fit();
        self
    }
}

/// A variable's name, interned per file. Zero is `$`.
pub(crate) type VarId = u32;

/// A byte offset into the text. Parsing refuses texts that are too long for it.
pub(crate) type Pos = u32;

/// What produces output or decides about it.
#[derive(Clone, Copy)]
pub(crate) enum Node {
    Text { start: Pos, end: Pos },
    Action(Id<Pipe>),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template(Id<TemplateCall>),
    Break,
    Continue,
}

/// The pipeline and bodies of `if`, `with` and `range`.
#[derive(Clone, Copy)]
pub(crate) struct Branch {
    pub(crate) pipe: Id<Pipe>,
    pub(crate) body: Seq<Node>,
    /// The `else` part; an empty one does as much as none.
    pub(crate) alt: Seq<Node>,
}

/// `{{template "name" pipeline}}`.
pub(crate) struct TemplateCall {
    pub(crate) pos: Pos,
    pub(crate) name: Str,
    pub(crate) pipe: Option<Id<Pipe>>,
}

/// Commands joined by `|`, with what they declare or assign.
#[derive(Clone, Copy)]
pub(crate) struct Pipe {
    pub(crate) pos: Pos,
    pub(crate) assign: bool,
    pub(crate) decls: Seq<VarId>,
    pub(crate) commands: Seq<Command>,
}

/// Operands side by side; the first one is what is evaluated or called.
#[derive(Clone, Copy)]
pub(crate) struct Command {
    pub(crate) pos: Pos,
    pub(crate) operands: Seq<Expr>,
}

#[derive(Clone, Copy)]
pub(crate) struct Expr {
    pub(crate) pos: Pos,
    pub(crate) kind: ExprKind,
}

#[derive(Clone, Copy)]
pub(crate) enum ExprKind {
    Dot,
    Nil,
    Bool(bool),
    Number(Id<Number>),
    String(Id<StringConst>),
    /// `.a.b`
    Field(Seq<Str>),
    /// `$x` or `$x.a.b`
    Var(VarId, Seq<Str>),
    Func(Id<Callee>),
    /// `(pipeline).a.b` or `function.a.b`
    Chain(Id<Expr>, Seq<Str>),
    /// `(pipeline)`
    Paren(Id<Pipe>),
}

/// A numeric constant, under every type that can hold it, like Go's untyped constants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Number {
    pub(crate) text: Str,
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
    /// What it is where nothing asks for a type; `None` if that overflows an `int`.
    pub(crate) ideal: Option<Ideal>,
}

/// The type that a numeric constant has by its looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ideal {
    Int(i64),
    Float(f64),
    Complex(f64, f64),
}

pub(crate) struct StringConst {
    pub(crate) value: Value,
    /// As it stands in the template, with its quotes.
    pub(crate) quoted: Range<Pos>,
}

/// A function in a template, found when the template was parsed.
pub(crate) struct Callee {
    pub(crate) name: Str,
    pub(crate) target: Target,
}

pub(crate) enum Target {
    Builtin(&'static Builtin),
    Func(Func),
}

/// The place of one item in a [`Pool`].
pub(crate) struct Id<T>(u32, PhantomData<fn() -> T>);

/// The place of consecutive items in a [`Pool`].
pub(crate) struct Seq<T>(u32, u32, PhantomData<fn() -> T>);

/// All items of one kind.
pub(crate) struct Pool<T>(Vec<T>);

impl<T> Pool<T> {
    fn with_capacity(items: usize) -> Pool<T> {
        Pool(Vec::with_capacity(items))
    }

    pub(crate) fn add(&mut self, item: T) -> Id<T> {
        self.0.push(item);
        Id(self.0.len() as u32 - 1, PhantomData)
    }

    pub(crate) fn add_all(&mut self, items: impl IntoIterator<Item = T>) -> Seq<T> {
        let start = self.0.len() as u32;
        self.0.extend(items);
        Seq(start, self.0.len() as u32, PhantomData)
    }
}

impl<T> Pool<T> {
    /// The first item that passes the test.
    pub(crate) fn find(&self, test: impl Fn(&T) -> bool) -> Option<Id<T>> {
        let place = self.0.iter().position(test)?;
        Some(Id(place as u32, PhantomData))
    }

    /// Adds an item to consecutive ones, which are the last ones in the pool, or none yet.
    pub(crate) fn append(&mut self, to: Seq<T>, item: T) -> Seq<T> {
        let end = self.0.len() as u32;
        let start = if to.is_empty() { end } else { to.0 };
        self.0.push(item);
        Seq(start, end + 1, PhantomData)
    }
}

impl<T> Seq<T> {
    pub(crate) const EMPTY: Seq<T> = Seq(0, 0, PhantomData);

    pub(crate) fn is_empty(self) -> bool {
        self.0 == self.1
    }
}

impl<T> Index<Id<T>> for Pool<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.0 as usize]
    }
}

impl<T> Index<Seq<T>> for Pool<T> {
    type Output = [T];
    fn index(&self, seq: Seq<T>) -> &[T] {
        &self.0[seq.0 as usize..seq.1 as usize]
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Pool(Vec::new())
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> Clone for Seq<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Seq<T> {}
