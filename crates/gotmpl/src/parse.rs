//! Template texts to trees: text, actions and control structures. Pipelines are in [`expr`].

mod expr;

use std::collections::HashMap;
use std::sync::Arc;

use goval::Str;

use crate::ast::{Ast, Branch, Command, Expr, File, Id, Node, Pipe, Pos, Seq, TemplateCall, VarId};
use crate::fmt::quote_start;
use crate::lex::{Keyword, Kind, Lexer, Reserved, Token};
use crate::set::{Parsed, Template};
use crate::{FuncMap, ParseError, stack};
use goval::strconv::quote;

/// How deep control structures may nest; Go has no limit but its stack.
const MAX_NESTING: u32 = 10_000;

/// Parses a text and the templates that it defines.
pub(crate) fn parse(name: &str, text: Str, funcs: &FuncMap) -> Result<Parsed, Box<ParseError>> {
    let reserved = Reserved {
        r#break: !funcs.contains_key("break"),
        r#continue: !funcs.contains_key("continue"),
    };
    let mut parser = Parser {
        name,
        text: &text,
        funcs,
        lexer: Lexer::new(&text, reserved),
        last: Token::default(),
        unread: Unread::default(),
        nodes: Vec::new(),
        commands: Vec::new(),
        operands: Vec::new(),
        ast: Ast {
            vars: vec![Str::from("$")],
            ..Ast::for_text(text.len())
        },
        var_ids: HashMap::new(),
        scope: Scope::new(),
        nesting: 0,
        defined: Vec::new(),
    };
    if Pos::try_from(text.len()).is_err() {
        return Err(parser.error("template is too long"));
    }
    let root = parser.top_level()?;
    parser.define(name.as_bytes().into(), root)?;
    let (ast, defined) = (parser.ast.finished(), parser.defined);
    let file = Arc::new(File {
        name: name.into(),
        text,
        ast,
    });
    let template = |def: Definition| Template {
        file: Arc::clone(&file),
        name: def.name,
        root: def.root,
        empty: def.empty,
    };
    Ok(Parsed::from_templates(
        name,
        defined.into_iter().map(template).collect(),
    ))
}

/// The error is rare and large, the results are many and small.
type Parse<T> = Result<T, Box<ParseError>>;

struct Parser<'s> {
    name: &'s str,
    text: &'s [u8],
    funcs: &'s FuncMap,
    lexer: Lexer<'s>,
    /// The token that was read last from the lexer: errors are on its line.
    last: Token,
    /// Tokens that were put back, the next one last.
    unread: Unread,
    // What belongs to lists that are still being read; inner ones are behind outer ones.
    nodes: Vec<Node>,
    commands: Vec<Command>,
    operands: Vec<Expr>,
    ast: Ast,
    /// The variables other than `$`.
    var_ids: HashMap<&'s [u8], VarId>,
    scope: Scope,
    nesting: u32,
    defined: Vec<Definition>,
}

/// The few tokens that were put back, the next one last: no rule looks further ahead than three.
#[derive(Default)]
struct Unread {
    tokens: [Token; 4],
    count: usize,
}

impl Unread {
    fn push(&mut self, token: Token) {
        self.tokens[self.count] = token;
        self.count += 1;
    }

    fn pop(&mut self) -> Option<Token> {
        self.count = self.count.checked_sub(1)?;
        Some(self.tokens[self.count])
    }

    fn last(&self) -> Option<Token> {
        Some(self.tokens[self.count.checked_sub(1)?])
    }
}

/// What is known inside of one template: definitions see nothing of what is around them.
struct Scope {
    /// The variables that may be used, `$` first.
    vars: Vec<VarId>,
    ranges: u32,
    parens: u32,
    /// Where the action starts that is being read, for errors on a later line.
    action: Option<Pos>,
}

struct Definition {
    name: Str,
    root: Seq<Node>,
    empty: bool,
}

/// What stands between two texts.
enum Item {
    Node(Node),
    End,
    Else,
}

impl Item {
    fn text(&self) -> &'static str {
        if matches!(self, Item::Else) {
            "{{else}}"
        } else {
            "{{end}}"
        }
    }
}

impl Scope {
    fn new() -> Scope {
        Scope {
            vars: vec![0],
            ranges: 0,
            parens: 0,
            action: None,
        }
    }
}

impl<'s> Parser<'s> {
    /// The whole text, to its end.
    fn top_level(&mut self) -> Parse<Seq<Node>> {
        let first = self.nodes.len();
        loop {
            let token = self.peek();
            if token.kind == Kind::Eof {
                return Ok(self.ast.nodes.add_all(self.nodes.drain(first..)));
            }
            if token.kind == Kind::LeftDelim {
                self.next();
                let first = self.next();
                if first.kind == Kind::Keyword(Keyword::Define) {
                    self.definition()?;
                    continue;
                }
                self.unread.push(first);
                self.unread.push(token);
            }
            match self.text_or_action()? {
                Item::Node(node) => self.nodes.push(node),
                other => return Err(self.error(format!("unexpected {}", other.text()))),
            }
        }
    }

    /// `{{define "name"}} … {{end}}`, of which the keyword was read.
    fn definition(&mut self) -> Parse<()> {
        const CONTEXT: &str = "define clause";
        let outer = std::mem::replace(&mut self.scope, Scope::new());
        let token = self.next();
        let name = self.template_name(token, CONTEXT)?;
        self.expect(Kind::RightDelim, CONTEXT)?;
        let (root, end) = self.item_list()?;
        if let Item::Else = end {
            return Err(self.error(format!("unexpected {} in {CONTEXT}", end.text())));
        }
        self.define(name, root)?;
        self.scope = outer;
        Ok(())
    }

    /// Adds a template. Of two with a name in one text, one must be empty.
    fn define(&mut self, name: Str, root: Seq<Node>) -> Parse<()> {
        let empty = self.is_empty(root);
        let new = Definition { name, root, empty };
        match self.defined.iter_mut().find(|known| known.name == new.name) {
            None => self.defined.push(new),
            Some(known) if known.empty => *known = new,
            Some(_) if empty => {}
            Some(known) => {
                let name = quote(&known.name);
                return Err(self.error(format!("template: multiple definition of template {name}")));
            }
        }
        Ok(())
    }

    /// Whether there is nothing but spaces; comments have left no trace.
    fn is_empty(&self, root: Seq<Node>) -> bool {
        self.ast.nodes[root].iter().all(|node| match *node {
            Node::Text { start, end } => {
                String::from_utf8_lossy(&self.text[start as usize..end as usize])
                    .trim()
                    .is_empty()
            }
            _ => false,
        })
    }

    /// Everything up to an `end` or `else`, which is given too.
    fn item_list(&mut self) -> Parse<(Seq<Node>, Item)> {
        let first = self.nodes.len();
        while self.peek().kind != Kind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => self.nodes.push(node),
                other => {
                    let nodes = self.ast.nodes.add_all(self.nodes.drain(first..));
                    return Ok((nodes, other));
                }
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Parse<Item> {
        let token = self.next();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text {
                start: token.start,
                end: token.end,
            })),
            Kind::LeftDelim => {
                self.scope.action = Some(token.start);
                let item = self.action();
                if item.is_ok() {
                    self.scope.action = None;
                }
                item
            }
            _ => Err(self.unexpected(token, "input")),
        }
    }

    /// What follows a left delimiter.
    fn action(&mut self) -> Parse<Item> {
        let token = self.next();
        let node = match token.kind {
            Kind::Keyword(Keyword::Block) => self.block()?,
            Kind::Keyword(Keyword::Break) => self.leave_range("{{break}}", Node::Break)?,
            Kind::Keyword(Keyword::Continue) => self.leave_range("{{continue}}", Node::Continue)?,
            Kind::Keyword(Keyword::Else) => return self.else_control(),
            Kind::Keyword(Keyword::End) => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Item::End);
            }
            Kind::Keyword(Keyword::If) => Node::If(self.branch("if")?),
            Kind::Keyword(Keyword::With) => Node::With(self.branch("with")?),
            Kind::Keyword(Keyword::Range) => Node::Range(self.branch("range")?),
            Kind::Keyword(Keyword::Template) => self.template()?,
            _ => {
                self.unread.push(token);
                Node::Action(self.pipeline("command", Kind::RightDelim)?)
            }
        };
        Ok(Item::Node(node))
    }

    fn leave_range(&mut self, keyword: &str, node: Node) -> Parse<Node> {
        self.expect(Kind::RightDelim, keyword)?;
        if self.scope.ranges == 0 {
            return Err(self.error(format!("{keyword} outside {{{{range}}}}")));
        }
        Ok(node)
    }

    /// `{{else}}`; of `{{else if …}}` and `{{else with …}}` the rest is left to the caller.
    fn else_control(&mut self) -> Parse<Item> {
        let next = self.peek().kind;
        if !matches!(next, Kind::Keyword(Keyword::If | Keyword::With)) {
            self.expect(Kind::RightDelim, "else")?;
        }
        Ok(Item::Else)
    }

    /// The rest of `if`, `with` or `range`, to its `end`.
    fn branch(&mut self, context: &'static str) -> Parse<Branch> {
        if self.nesting == MAX_NESTING {
            return Err(self.error("max nesting depth exceeded"));
        }
        self.nesting += 1;
        let vars = self.scope.vars.len();
        let branch = stack::grow(|| self.branch_body(context))?;
        self.scope.vars.truncate(vars);
        self.nesting -= 1;
        Ok(branch)
    }

    fn branch_body(&mut self, context: &'static str) -> Parse<Branch> {
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let is_range = u32::from(context == "range");
        self.scope.ranges += is_range;
        let (body, end) = self.item_list()?;
        self.scope.ranges -= is_range;
        let alt = match end {
            Item::Else => self.else_body(context)?,
            _ => Seq::EMPTY,
        };
        Ok(Branch { pipe, body, alt })
    }

    /// What follows an `else`: its body, or an `if` or `with` that shares the `end`.
    fn else_body(&mut self, context: &'static str) -> Parse<Seq<Node>> {
        let chained = match (context, self.peek().kind) {
            ("if", Kind::Keyword(Keyword::If)) => Node::If,
            ("with", Kind::Keyword(Keyword::With)) => Node::With,
            _ => {
                let (body, end) = self.item_list()?;
                if let Item::Else = end {
                    return Err(self.error(format!("expected end; found {}", end.text())));
                }
                return Ok(body);
            }
        };
        self.next();
        let branch = self.branch(context)?;
        Ok(self.ast.nodes.add_all([chained(branch)]))
    }

    /// `{{block "name" pipeline}} … {{end}}`: a definition and a call of it.
    fn block(&mut self) -> Parse<Node> {
        const CONTEXT: &str = "block clause";
        let token = self.next();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Kind::RightDelim)?;
        let head = self.last;
        let outer = std::mem::replace(&mut self.scope, Scope::new());
        if self.nesting == MAX_NESTING {
            return Err(self.error("max nesting depth exceeded"));
        }
        self.nesting += 1;
        let (root, end) = stack::grow(|| self.item_list())?;
        self.nesting -= 1;
        if let Item::Else = end {
            self.last = head; // Go, too, reports the line of the clause here
            return Err(self.error(format!("unexpected {} in {CONTEXT}", end.text())));
        }
        self.define(name.clone(), root)?;
        self.scope = outer;
        Ok(self.template_call(token, name, Some(pipe)))
    }

    fn template(&mut self) -> Parse<Node> {
        const CONTEXT: &str = "template clause";
        let token = self.next();
        let name = self.template_name(token, CONTEXT)?;
        let next = self.next();
        if next.kind == Kind::RightDelim {
            return Ok(self.template_call(token, name, None));
        }
        self.unread.push(next);
        let pipe = self.pipeline(CONTEXT, Kind::RightDelim)?;
        Ok(self.template_call(token, name, Some(pipe)))
    }

    fn template_call(&mut self, at: Token, name: Str, pipe: Option<Id<Pipe>>) -> Node {
        let pos = at.start;
        Node::Template(self.ast.calls.add(TemplateCall { pos, name, pipe }))
    }

    fn template_name(&mut self, token: Token, context: &str) -> Parse<Str> {
        match token.kind {
            Kind::String | Kind::RawString => self.unquote(token).map(Str::from),
            _ => Err(self.unexpected(token, context)),
        }
    }

    // Tokens.

    fn next(&mut self) -> Token {
        self.unread.pop().unwrap_or_else(|| {
            self.last = self.lexer.next_token();
            self.last
        })
    }

    fn peek(&mut self) -> Token {
        self.unread.last().unwrap_or_else(|| {
            self.last = self.lexer.next_token();
            self.unread.push(self.last);
            self.last
        })
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parse<Token> {
        let token = self.next();
        if token.kind == kind {
            Ok(token)
        } else {
            Err(self.unexpected(token, context))
        }
    }

    fn token_text(&self, token: Token) -> &'s [u8] {
        &self.text[token.range()]
    }

    // Errors.

    fn error(&self, message: impl Into<String>) -> Box<ParseError> {
        Box::new(ParseError {
            name: self.name.to_owned(),
            line: self.line(self.last.start),
            column: self.column(self.last.start),
            message: message.into(),
        })
    }

    fn line(&self, pos: Pos) -> usize {
        1 + self.text[..pos as usize]
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
    }

    fn column(&self, pos: Pos) -> usize {
        let before = self.text[..pos as usize].iter().rev();
        before.take_while(|&&b| b != b'\n').count()
    }

    fn unexpected(&self, token: Token, context: &str) -> Box<ParseError> {
        match token.kind {
            Kind::Error => self.lexer_error(token),
            _ => self.error(format!("unexpected {} in {context}", self.describe(token))),
        }
    }

    /// What the lexer found wrong, and where the action starts if that is another line.
    fn lexer_error(&self, token: Token) -> Box<ParseError> {
        let mut message = self.lexer.error().to_owned();
        if let Some(action) = self.scope.action.map(|start| self.line(start))
            && action != self.line(token.start)
        {
            // Go avoids "action in action".
            let word = if message.ends_with(" action") {
                ""
            } else {
                " in action"
            };
            message += &format!("{word} started at {}:{action}", self.name);
        }
        self.error(message)
    }

    fn describe(&self, token: Token) -> String {
        let text = self.token_text(token);
        match token.kind {
            Kind::Eof => "EOF".to_owned(),
            Kind::Keyword(_) => format!("<{}>", String::from_utf8_lossy(text)),
            _ if text.len() > 10 => format!("{}...", quote_start(text, 10)),
            _ => quote(text),
        }
    }
}
