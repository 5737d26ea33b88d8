//! Tokens to nodes, by the rules of go-yaml v3 about which comment belongs to which node.

use std::collections::HashSet;
use std::mem::take;

use super::super::YamlError;
use super::super::comments::Pending;
use super::super::scanner::{Mark, Scanner};
use super::super::token::{TagParts, Token, TokenKind};
use super::{Document, MAX_DEPTH, Node, NodeComments, NodeKind};

/// Reads the first document; `None` if there is none.
pub(super) fn parse(scanner: Scanner<'_>) -> Result<Option<Document>, YamlError> {
    let mut parser = Parser {
        scanner,
        pending: Pending::default(),
        stem: Vec::new(),
        anchors: HashSet::new(),
        directives: Vec::new(),
        depth: 0,
    };
    parser.document()
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    /// Comments that no node has taken yet.
    pending: Pending,
    /// The comment above a `-`, which belongs to the collection behind it.
    stem: Vec<u8>,
    anchors: HashSet<&'a [u8]>,
    /// The handles of tags and what they stand for, beside `!` and `!!`.
    directives: Vec<(&'a [u8], String)>,
    depth: usize,
}

/// Where a node stands decides what it may be.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Block,
    /// A sequence may stand here without deeper indentation.
    BlockInMapping,
    Flow,
}

/// What may stand before the content of a node.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
    /// Whether there is a tag at all; `!` is none that is kept.
    tagged: bool,
    mark: Option<Mark>,
}

/// An error of the parser; it names the line of the context, if that is not the first.
fn error(context: Mark, mark: Mark, problem: &str) -> YamlError {
    // Go counts from 0 here, and prints no line for the first.
    match [context.line, mark.line].into_iter().find(|&line| line > 0) {
        None => YamlError::yaml(problem),
        Some(line) => YamlError::yaml(format_args!("line {line}: {problem}")),
    }
}

fn owned(text: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(text.as_ref()).into_owned()
}

impl<'a> Parser<'a> {
    fn peek(&mut self) -> Result<&Token<'a>, YamlError> {
        self.scanner.peek_with(&mut self.pending)
    }

    /// Passes the next token.
    fn skip(&mut self) -> Result<(), YamlError> {
        self.scanner.next().map(drop)
    }

    /// Passes the next token and looks at the one behind it.
    fn peek_behind(&mut self) -> Result<&Token<'a>, YamlError> {
        self.skip()?;
        self.peek()
    }

    /// The comments that are pending; nobody else gets them.
    fn take_comments(&mut self) -> NodeComments {
        self.stem.clear();
        let Pending { head, line, foot } = take(&mut self.pending);
        NodeComments {
            head: owned(head),
            line: owned(line),
            foot: owned(foot),
        }
    }

    fn document(&mut self) -> Result<Option<Document>, YamlError> {
        self.peek()?;
        let mut document = Document::default();
        match self.peek_behind()?.kind {
            TokenKind::StreamEnd => return Ok(None),
            TokenKind::VersionDirective(..)
            | TokenKind::TagDirective(_)
            | TokenKind::DocumentStart => {
                self.read_directives()?;
                let token = self.peek()?;
                if !matches!(token.kind, TokenKind::DocumentStart) {
                    let problem = "did not find expected <document start>";
                    return Err(error(Mark::default(), token.mark, problem));
                }
                document.root = match self.peek_behind()?.kind {
                    TokenKind::VersionDirective(..)
                    | TokenKind::TagDirective(_)
                    | TokenKind::DocumentStart
                    | TokenKind::DocumentEnd
                    | TokenKind::StreamEnd => Node::default(),
                    _ => self.node(Place::Block)?,
                };
            }
            _ => {
                document.head = owned(split_head(&mut self.pending.head));
                document.root = self.node(Place::Block)?;
            }
        }
        if matches!(self.peek()?.kind, TokenKind::DocumentEnd) {
            self.skip()?;
        }
        let NodeComments { head, foot, .. } = self.take_comments();
        document.foot = if foot.is_empty() { head } else { foot };
        Ok(Some(document))
    }

    fn read_directives(&mut self) -> Result<(), YamlError> {
        let mut version = false;
        loop {
            let token = self.peek()?;
            let mark = token.mark;
            let wrong = |problem| Err(error(Mark::default(), mark, problem));
            match token.kind {
                TokenKind::VersionDirective(..) if version => {
                    return wrong("found duplicate %YAML directive");
                }
                TokenKind::VersionDirective(1, 1) => version = true,
                TokenKind::VersionDirective(..) => {
                    return wrong("found incompatible YAML document");
                }
                TokenKind::TagDirective(_) => {}
                _ => return Ok(()),
            }
            if let TokenKind::TagDirective(parts) = self.scanner.next()?.kind {
                let TagParts { handle, suffix } = *parts;
                if self.directives.iter().any(|(known, _)| *known == handle) {
                    return wrong("found duplicate %TAG directive");
                }
                self.directives.push((handle, owned(suffix)));
            }
        }
    }

    fn node(&mut self, place: Place) -> Result<Node, YamlError> {
        if matches!(self.peek()?.kind, TokenKind::Alias(_)) {
            return self.alias();
        }
        let properties = self.properties()?;
        let token = self.peek()?;
        let start = properties.mark.unwrap_or(token.mark);
        match token.kind {
            TokenKind::BlockEntry if place == Place::BlockInMapping => {
                self.collection(properties, Vec::new(), Self::indentless_sequence)
            }
            TokenKind::Scalar { .. } => self.scalar(properties),
            TokenKind::FlowSequenceStart => {
                let head = self.flow_head();
                self.collection(properties, head, Self::flow_sequence)
            }
            TokenKind::FlowMappingStart => {
                let head = self.flow_head();
                self.collection(properties, head, Self::flow_mapping)
            }
            TokenKind::BlockSequenceStart if place != Place::Flow => {
                let head = take(&mut self.stem);
                self.collection(properties, head, Self::block_sequence)
            }
            TokenKind::BlockMappingStart if place != Place::Flow => {
                let head = take(&mut self.stem);
                self.collection(properties, head, Self::block_mapping)
            }
            _ if properties.anchor.is_some() || properties.tagged => {
                Ok(self.with(properties, Node::default()))
            }
            _ => {
                let mark = token.mark;
                Err(error(start, mark, "did not find expected node content"))
            }
        }
    }

    fn flow_head(&mut self) -> Vec<u8> {
        self.take_comments().head.into_bytes()
    }

    fn properties(&mut self) -> Result<Properties, YamlError> {
        let mut properties = Properties::default();
        let mut tag = None;
        loop {
            let token = self.peek()?;
            let fits = match token.kind {
                TokenKind::Anchor(_) => properties.anchor.is_none(),
                TokenKind::Tag(_) => tag.is_none(),
                _ => false,
            };
            if !fits {
                break;
            }
            let Token { kind, mark } = self.scanner.next()?;
            properties.mark.get_or_insert(mark);
            match kind {
                TokenKind::Anchor(name) => {
                    properties.anchor = Some(owned(name));
                    self.anchors.insert(name);
                }
                TokenKind::Tag(parts) => tag = Some((parts, mark)),
                _ => {}
            }
        }
        if let (Some((parts, mark)), Some(start)) = (tag, properties.mark) {
            let full = self
                .full_tag(&parts)
                .ok_or_else(|| error(start, mark, "found undefined tag handle"))?;
            properties.tagged = true;
            properties.tag = (full != "!").then(|| short_tag(&full));
        }
        Ok(properties)
    }

    fn full_tag(&self, parts: &TagParts<'a>) -> Option<String> {
        let mut own = self.directives.iter();
        let own = own.find(|(handle, _)| *handle == parts.handle);
        let prefix = match (own, parts.handle) {
            (_, b"") => "",
            (Some((_, prefix)), _) => prefix,
            (None, b"!") => "!",
            (None, b"!!") => LONG_TAG,
            (None, _) => return None,
        };
        let full = format!("{prefix}{}", owned(&parts.suffix));
        (!full.is_empty()).then_some(full)
    }

    fn with(&mut self, properties: Properties, node: Node) -> Node {
        Node {
            tag: properties.tag,
            anchor: properties.anchor,
            ..node
        }
    }

    fn alias(&mut self) -> Result<Node, YamlError> {
        let comments = self.take_comments();
        let TokenKind::Alias(name) = self.scanner.next()?.kind else {
            return Ok(Node::default());
        };
        if !self.anchors.contains(name) {
            let name = owned(name);
            let problem = format_args!("unknown anchor '{name}' referenced");
            return Err(YamlError::yaml(problem));
        }
        Ok(Node {
            comments,
            ..NodeKind::Alias(owned(name)).into()
        })
    }

    fn scalar(&mut self, properties: Properties) -> Result<Node, YamlError> {
        let comments = self.take_comments();
        let TokenKind::Scalar { value, style } = self.scanner.next()?.kind else {
            return Ok(Node::default());
        };
        let node = Node::from(NodeKind::Scalar(owned(value), style));
        Ok(self.with(properties, Node { comments, ..node }))
    }

    /// A collection. What reads it begins at its first token, and gives the comments at its end.
    fn collection(
        &mut self,
        properties: Properties,
        head: Vec<u8>,
        read: fn(&mut Self) -> Result<(NodeKind, NodeComments), YamlError>,
    ) -> Result<Node, YamlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let problem = format!("exceeded max depth of {MAX_DEPTH}");
            return Err(self.scanner.error(&problem));
        }
        let (kind, end) = read(self)?;
        self.depth -= 1;
        let comments = NodeComments {
            head: owned(head),
            ..end
        };
        let node = Node {
            comments,
            ..kind.into()
        };
        Ok(self.with(properties, node))
    }

    /// A node, or an empty one if the next token shows that there is none.
    fn node_unless(
        &mut self,
        place: Place,
        absent: fn(&TokenKind<'a>) -> bool,
    ) -> Result<Node, YamlError> {
        match absent(&self.peek()?.kind) {
            true => Ok(Node::default()),
            false => self.node(place),
        }
    }

    fn block_sequence(&mut self) -> Result<(NodeKind, NodeComments), YamlError> {
        let start = self.peek()?.mark;
        self.skip()?;
        let mut items = Vec::new();
        loop {
            let token = self.peek()?;
            match token.kind {
                TokenKind::BlockEntry => {
                    self.pass_entry()?;
                    items.push(self.node_unless(Place::Block, |next| {
                        matches!(next, TokenKind::BlockEntry | TokenKind::BlockEnd)
                    })?);
                }
                TokenKind::BlockEnd => break,
                _ => {
                    let mark = token.mark;
                    return Err(error(start, mark, "did not find expected '-' indicator"));
                }
            }
        }
        self.skip()?;
        Ok((NodeKind::Sequence(items, false), NodeComments::default()))
    }

    fn indentless_sequence(&mut self) -> Result<(NodeKind, NodeComments), YamlError> {
        let mut items = Vec::new();
        while let TokenKind::BlockEntry = self.peek()?.kind {
            self.pass_entry()?;
            items.push(self.node_unless(Place::Block, |next| {
                matches!(next, TokenKind::BlockEntry) || ends_block_item(next)
            })?);
        }
        Ok((NodeKind::Sequence(items, false), NodeComments::default()))
    }

    /// Passes a `-`. The comment above it belongs to the collection behind it, if there is one, and
    /// not to the first thing in that.
    fn pass_entry(&mut self) -> Result<(), YamlError> {
        let above = self.pending.head.len();
        self.skip()?;
        let starts = above > 0
            && matches!(
                self.peek()?.kind,
                TokenKind::BlockSequenceStart | TokenKind::BlockMappingStart
            );
        if starts {
            let head = take(&mut self.pending.head);
            self.stem = head[..above].to_vec();
            self.pending.head = head.get(above + 1..).unwrap_or_default().to_vec();
        }
        Ok(())
    }

    fn block_mapping(&mut self) -> Result<(NodeKind, NodeComments), YamlError> {
        let start = self.peek()?.mark;
        self.skip()?;
        let mut fields: Vec<(Node, Node)> = Vec::new();
        loop {
            let token = self.peek()?;
            match token.kind {
                TokenKind::Key => {
                    self.skip()?;
                    let mut key = self.node_unless(Place::BlockInMapping, ends_block_item)?;
                    // A foot of a key stands below the field before it.
                    if let Some((last, _)) = fields.last_mut()
                        && !key.comments.foot.is_empty()
                    {
                        last.comments.foot = take(&mut key.comments.foot);
                    }
                    let value = self.block_value()?;
                    fields.push(field(key, value));
                }
                TokenKind::BlockEnd => break,
                _ => {
                    let mark = token.mark;
                    return Err(error(start, mark, "did not find expected key"));
                }
            }
        }
        let mut end = self.take_comments();
        self.skip()?;
        if let Some((last, _)) = fields.last_mut()
            && !end.foot.is_empty()
        {
            last.comments.foot = take(&mut end.foot);
        }
        Ok((NodeKind::Mapping(fields, false), end))
    }

    fn block_value(&mut self) -> Result<Node, YamlError> {
        if !matches!(self.peek()?.kind, TokenKind::Value) {
            return Ok(Node::default());
        }
        self.skip()?;
        self.node_unless(Place::BlockInMapping, ends_block_item)
    }

    fn flow_sequence(&mut self) -> Result<(NodeKind, NodeComments), YamlError> {
        let start = self.peek()?.mark;
        self.skip()?;
        let mut items = Vec::new();
        let problem = "did not find expected ',' or ']'";
        while self.is_flow_item(items.is_empty(), (start, problem), |kind| {
            matches!(kind, TokenKind::FlowSequenceEnd)
        })? {
            items.push(match self.peek()?.kind {
                TokenKind::Key => {
                    self.collection(Properties::default(), Vec::new(), Self::flow_pair)?
                }
                _ => self.node(Place::Flow)?,
            });
        }
        let end = self.take_comments();
        self.skip()?;
        Ok((NodeKind::Sequence(items, true), end))
    }

    /// A mapping of one pair that stands in a flow sequence without braces.
    fn flow_pair(&mut self) -> Result<(NodeKind, NodeComments), YamlError> {
        let ends = |kind: &TokenKind<'_>| {
            matches!(kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd)
        };
        self.skip()?;
        let token = self.peek()?;
        let key = if ends(&token.kind) || matches!(token.kind, TokenKind::Value) {
            // libyaml passes over this token, whatever it is.
            self.skip()?;
            Node::default()
        } else {
            self.node(Place::Flow)?
        };
        let value = match self.peek()?.kind {
            TokenKind::Value => {
                self.skip()?;
                self.node_unless(Place::Flow, ends)?
            }
            _ => Node::default(),
        };
        self.peek()?;
        let fields = vec![field(key, value)];
        Ok((NodeKind::Mapping(fields, true), NodeComments::default()))
    }

    fn flow_mapping(&mut self) -> Result<(NodeKind, NodeComments), YamlError> {
        let start = self.peek()?.mark;
        self.skip()?;
        let mut fields = Vec::new();
        let problem = "did not find expected ',' or '}'";
        while self.is_flow_item(fields.is_empty(), (start, problem), |kind| {
            matches!(kind, TokenKind::FlowMappingEnd)
        })? {
            fields.push(self.flow_field()?);
        }
        let end = self.take_comments();
        self.skip()?;
        Ok((NodeKind::Mapping(fields, true), end))
    }

    fn flow_field(&mut self) -> Result<(Node, Node), YamlError> {
        let ends =
            |kind: &TokenKind<'_>| matches!(kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd);
        if !matches!(self.peek()?.kind, TokenKind::Key) {
            let key = self.node(Place::Flow)?;
            self.peek()?;
            return Ok(field(key, Node::default()));
        }
        self.skip()?;
        let key = self.node_unless(Place::Flow, |kind| {
            matches!(
                kind,
                TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd
            )
        })?;
        let value = match self.peek()?.kind {
            TokenKind::Value => {
                self.skip()?;
                self.node_unless(Place::Flow, ends)?
            }
            _ => Node::default(),
        };
        Ok(field(key, value))
    }

    /// Passes the comma before an item of a flow collection; false at its end.
    fn is_flow_item(
        &mut self,
        first: bool,
        (start, problem): (Mark, &str),
        is_end: fn(&TokenKind<'a>) -> bool,
    ) -> Result<bool, YamlError> {
        let token = self.peek()?;
        if !first && !is_end(&token.kind) {
            if !matches!(token.kind, TokenKind::FlowEntry) {
                return Err(error(start, token.mark, problem));
            }
            self.skip()?;
        }
        Ok(!is_end(&self.peek()?.kind))
    }
}

const LONG_TAG: &str = "tag:yaml.org,2002:";

fn short_tag(tag: &str) -> String {
    match tag.strip_prefix(LONG_TAG) {
        Some(short) => format!("!!{short}"),
        None => tag.to_owned(),
    }
}

/// A key and its value; what stands below the value stands below both.
fn field(mut key: Node, mut value: Node) -> (Node, Node) {
    if key.comments.foot.is_empty() {
        key.comments.foot = take(&mut value.comments.foot);
    }
    (key, value)
}

/// Cuts off what stands above the last empty line of a comment: that is the document's.
fn split_head(head: &mut Vec<u8>) -> Vec<u8> {
    for at in (1..head.len()).rev() {
        if head[at] != b'\n' {
            continue;
        }
        let above = match head[at - 1] {
            _ if at == head.len() - 1 => at,
            b'\n' => at - 1,
            _ => continue,
        };
        let below = head.split_off(at + 1);
        head.truncate(above);
        return std::mem::replace(head, below);
    }
    Vec::new()
}

fn ends_block_item(kind: &TokenKind<'_>) -> bool {
    matches!(
        kind,
        TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
    )
}
