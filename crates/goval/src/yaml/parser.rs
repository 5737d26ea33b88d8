//! Tokens to a tree: the first document of a stream.

use std::borrow::Cow;
use std::collections::HashMap;

use super::YamlError;
use super::scanner::Scanner;
use super::token::{ScalarStyle, TagParts, Token, TokenKind};
use super::tree::{Node, NodeKind, Tree};
use crate::MAX_DEPTH;

/// Reads the first document; `None` if there is none.
pub(super) fn parse(scanner: Scanner<'_>) -> Result<Option<Tree<'_>>, YamlError> {
    // A node for every dozen bytes is what manifests and values files come to.
    let nodes = Vec::with_capacity(scanner.text.len() / 12 + 1);
    let mut parser = Parser {
        scanner,
        nodes,
        anchors: HashMap::new(),
        directives: Vec::new(),
        depth: 0,
    };
    let found = parser.document()?;
    let nodes = parser.nodes;
    Ok(found.then_some(Tree { nodes }))
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    nodes: Vec<Node<'a>>,
    anchors: HashMap<&'a [u8], usize>,
    /// The handles of tags and what they stand for, beside `!` and `!!`.
    directives: Vec<(&'a [u8], Cow<'a, [u8]>)>,
    depth: usize,
}

/// What may stand before the content of a node.
#[derive(Default)]
struct Properties<'a> {
    anchor: Option<&'a [u8]>,
    tag: Box<[u8]>,
    line: Option<u32>,
}

/// Where a node stands decides what it may be.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Block,
    /// A sequence may stand here without deeper indentation.
    BlockInMapping,
    Flow,
}

fn error(line: u32, problem: &str) -> YamlError {
    // Go counts from 0 here, and prints no line for the first.
    let error = match line {
        0 => YamlError::yaml(problem),
        line => YamlError::yaml(format_args!("line {line}: {problem}")),
    };
    error.at(line, None)
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Result<bool, YamlError> {
        self.scanner.next()?;
        match self.scanner.peek()?.kind {
            TokenKind::StreamEnd => return Ok(false),
            TokenKind::VersionDirective(..)
            | TokenKind::TagDirective(_)
            | TokenKind::DocumentStart => {
                self.read_directives()?;
                let token = self.scanner.peek()?;
                if !matches!(token.kind, TokenKind::DocumentStart) {
                    return Err(error(
                        token.mark.line,
                        "did not find expected <document start>",
                    ));
                }
                self.scanner.next()?;
                let token = self.scanner.peek()?;
                if matches!(
                    token.kind,
                    TokenKind::VersionDirective(..)
                        | TokenKind::TagDirective(_)
                        | TokenKind::DocumentStart
                        | TokenKind::DocumentEnd
                        | TokenKind::StreamEnd
                ) {
                    let line = token.mark.line;
                    self.empty(line);
                } else {
                    self.node(Place::Block)?;
                }
            }
            _ => self.node(Place::Block)?,
        }
        self.scanner.peek()?;
        Ok(true)
    }

    fn read_directives(&mut self) -> Result<(), YamlError> {
        let mut version = false;
        loop {
            let token = self.scanner.peek()?;
            let line = token.mark.line;
            match token.kind {
                TokenKind::VersionDirective(..) if version => {
                    return Err(error(line, "found duplicate %YAML directive"));
                }
                TokenKind::VersionDirective(1, 1) => version = true,
                TokenKind::VersionDirective(..) => {
                    return Err(error(line, "found incompatible YAML document"));
                }
                TokenKind::TagDirective(_) => {}
                _ => return Ok(()),
            }
            if let TokenKind::TagDirective(parts) = self.scanner.next()?.kind {
                let TagParts { handle, suffix } = *parts;
                if self.directives.iter().any(|(known, _)| *known == handle) {
                    return Err(error(line, "found duplicate %TAG directive"));
                }
                self.directives.push((handle, suffix));
            }
        }
    }

    fn node(&mut self, place: Place) -> Result<(), YamlError> {
        if matches!(self.scanner.peek()?.kind, TokenKind::Alias(_)) {
            return self.alias();
        }
        let properties = self.properties()?;
        let token = self.scanner.peek()?;
        let line = properties.line.unwrap_or(token.mark.line);
        match token.kind {
            TokenKind::BlockEntry if place == Place::BlockInMapping => self.collection(
                NodeKind::Sequence,
                line,
                properties,
                Self::indentless_sequence,
            ),
            TokenKind::Scalar { .. } => self.scalar(line, properties),
            TokenKind::FlowSequenceStart => {
                self.collection(NodeKind::Sequence, line, properties, Self::flow_sequence)
            }
            TokenKind::FlowMappingStart => {
                self.collection(NodeKind::Mapping, line, properties, Self::flow_mapping)
            }
            TokenKind::BlockSequenceStart if place != Place::Flow => {
                self.collection(NodeKind::Sequence, line, properties, Self::block_sequence)
            }
            TokenKind::BlockMappingStart if place != Place::Flow => {
                self.collection(NodeKind::Mapping, line, properties, Self::block_mapping)
            }
            _ if properties.anchor.is_some() || !properties.tag.is_empty() => {
                let implicit = properties.tag.is_empty();
                self.push(
                    NodeKind::Scalar,
                    line,
                    Cow::Borrowed(b""),
                    properties,
                    implicit,
                );
                Ok(())
            }
            _ => Err(error(token.mark.line, "did not find expected node content")),
        }
    }

    fn properties(&mut self) -> Result<Properties<'a>, YamlError> {
        let mut properties = Properties::default();
        let mut tag = None;
        loop {
            let token = self.scanner.peek()?;
            let fits = match token.kind {
                TokenKind::Anchor(_) => properties.anchor.is_none(),
                TokenKind::Tag(_) => tag.is_none(),
                _ => false,
            };
            if !fits {
                break;
            }
            let Token { kind, mark } = self.scanner.next()?;
            let line = mark.line;
            properties.line.get_or_insert(line);
            match kind {
                TokenKind::Anchor(name) => properties.anchor = Some(name),
                TokenKind::Tag(parts) => tag = Some((parts, line)),
                _ => {}
            }
        }
        if let Some((parts, line)) = tag {
            properties.tag = self
                .full_tag(&parts)
                .ok_or_else(|| error(line, "found undefined tag handle"))?;
        }
        Ok(properties)
    }

    fn full_tag(&self, parts: &TagParts<'a>) -> Option<Box<[u8]>> {
        let own = self
            .directives
            .iter()
            .find(|(handle, _)| *handle == parts.handle);
        let prefix: &[u8] = match (own, parts.handle) {
            (_, b"") => b"",
            (Some((_, prefix)), _) => prefix,
            (None, b"!") => b"!",
            (None, b"!!") => b"tag:yaml.org,2002:",
            (None, _) => return None,
        };
        Some([prefix, &parts.suffix].concat().into())
    }

    fn push(
        &mut self,
        kind: NodeKind,
        line: u32,
        value: Cow<'a, [u8]>,
        properties: Properties<'a>,
        implicit: bool,
    ) -> usize {
        let number = self.nodes.len();
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, number);
        }
        self.nodes.push(Node {
            kind,
            line,
            end: number as u32 + 1,
            value,
            tag: properties.tag,
            implicit,
        });
        number
    }

    fn empty(&mut self, line: u32) {
        let value = Cow::Borrowed(&b""[..]);
        self.push(NodeKind::Scalar, line, value, Properties::default(), true);
    }

    fn alias(&mut self) -> Result<(), YamlError> {
        let Token { kind, mark } = self.scanner.next()?;
        let TokenKind::Alias(name) = kind else {
            return Ok(());
        };
        let Some(&target) = self.anchors.get(name) else {
            let name = String::from_utf8_lossy(name);
            let error = YamlError::yaml(format_args!("unknown anchor '{name}' referenced"));
            return Err(error.at(mark.line, Some(mark.column)));
        };
        let value = Cow::Borrowed(name);
        self.push(
            NodeKind::Alias(target),
            mark.line,
            value,
            Properties::default(),
            false,
        );
        Ok(())
    }

    fn scalar(&mut self, line: u32, properties: Properties<'a>) -> Result<(), YamlError> {
        if let TokenKind::Scalar { value, style } = self.scanner.next()?.kind {
            let implicit = match &*properties.tag {
                b"" => style == ScalarStyle::Plain,
                tag => tag == b"!",
            };
            self.push(NodeKind::Scalar, line, value, properties, implicit);
        }
        Ok(())
    }

    fn collection(
        &mut self,
        kind: NodeKind,
        line: u32,
        properties: Properties<'a>,
        content: fn(&mut Self) -> Result<(), YamlError>,
    ) -> Result<(), YamlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let problem = format!("exceeded max depth of {MAX_DEPTH}");
            return Err(self.scanner.error(&problem));
        }
        let number = self.push(kind, line, Cow::Borrowed(b""), properties, false);
        content(self)?;
        self.nodes[number].end = self.nodes.len() as u32;
        self.depth -= 1;
        Ok(())
    }

    /// A node, or an empty one if the next token shows that there is none.
    fn node_unless(
        &mut self,
        place: Place,
        line: u32,
        absent: fn(&TokenKind<'a>) -> bool,
    ) -> Result<(), YamlError> {
        if absent(&self.scanner.peek()?.kind) {
            self.empty(line);
            return Ok(());
        }
        self.node(place)
    }

    fn block_sequence(&mut self) -> Result<(), YamlError> {
        self.scanner.next()?;
        loop {
            let line = self.scanner.peek()?.mark.line;
            match self.scanner.next()?.kind {
                TokenKind::BlockEntry => self.node_unless(Place::Block, line, |next| {
                    matches!(next, TokenKind::BlockEntry | TokenKind::BlockEnd)
                })?,
                TokenKind::BlockEnd => return Ok(()),
                _ => return Err(error(line, "did not find expected '-' indicator")),
            }
        }
    }

    fn indentless_sequence(&mut self) -> Result<(), YamlError> {
        while let TokenKind::BlockEntry = self.scanner.peek()?.kind {
            let line = self.scanner.next()?.mark.line;
            self.node_unless(Place::Block, line, |next| {
                matches!(next, TokenKind::BlockEntry) || ends_block_item(next)
            })?;
        }
        Ok(())
    }

    fn block_mapping(&mut self) -> Result<(), YamlError> {
        self.scanner.next()?;
        loop {
            let line = self.scanner.peek()?.mark.line;
            match self.scanner.next()?.kind {
                TokenKind::Key => {
                    self.node_unless(Place::BlockInMapping, line, ends_block_item)?;
                    let token = self.scanner.peek()?;
                    let line = token.mark.line;
                    if matches!(token.kind, TokenKind::Value) {
                        self.scanner.next()?;
                        self.node_unless(Place::BlockInMapping, line, ends_block_item)?;
                    } else {
                        self.empty(line);
                    }
                }
                TokenKind::BlockEnd => return Ok(()),
                _ => return Err(error(line, "did not find expected key")),
            }
        }
    }

    fn flow_sequence(&mut self) -> Result<(), YamlError> {
        self.scanner.next()?;
        let mut first = true;
        while !self.flow_end(first, "did not find expected ',' or ']'", |kind| {
            matches!(kind, TokenKind::FlowSequenceEnd)
        })? {
            first = false;
            let token = self.scanner.peek()?;
            if matches!(token.kind, TokenKind::Key) {
                let line = token.mark.line;
                let none = Properties::default();
                self.collection(NodeKind::Mapping, line, none, Self::flow_pair)?;
            } else {
                self.node(Place::Flow)?;
            }
        }
        Ok(())
    }

    /// A mapping of one pair that stands in a flow sequence without braces.
    fn flow_pair(&mut self) -> Result<(), YamlError> {
        let ends = |kind: &TokenKind<'_>| {
            matches!(kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd)
        };
        self.scanner.next()?;
        let token = self.scanner.peek()?;
        if ends(&token.kind) || matches!(token.kind, TokenKind::Value) {
            // libyaml passes over this token, whatever it is.
            let line = token.mark.line;
            self.scanner.next()?;
            self.empty(line);
        } else {
            self.node(Place::Flow)?;
        }
        let token = self.scanner.peek()?;
        let line = token.mark.line;
        if matches!(token.kind, TokenKind::Value) {
            self.scanner.next()?;
            return self.node_unless(Place::Flow, line, ends);
        }
        self.empty(line);
        Ok(())
    }

    fn flow_mapping(&mut self) -> Result<(), YamlError> {
        let ends =
            |kind: &TokenKind<'_>| matches!(kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd);
        self.scanner.next()?;
        let mut first = true;
        while !self.flow_end(first, "did not find expected ',' or '}'", |kind| {
            matches!(kind, TokenKind::FlowMappingEnd)
        })? {
            first = false;
            if !matches!(self.scanner.peek()?.kind, TokenKind::Key) {
                self.node(Place::Flow)?;
                let line = self.scanner.peek()?.mark.line;
                self.empty(line);
                continue;
            }
            self.scanner.next()?;
            let token = self.scanner.peek()?;
            let line = token.mark.line;
            if ends(&token.kind) || matches!(token.kind, TokenKind::Value) {
                self.empty(line);
            } else {
                self.node(Place::Flow)?;
            }
            let token = self.scanner.peek()?;
            let line = token.mark.line;
            if matches!(token.kind, TokenKind::Value) {
                self.scanner.next()?;
                self.node_unless(Place::Flow, line, ends)?;
            } else {
                self.empty(line);
            }
        }
        Ok(())
    }

    /// Passes the comma between two items of a flow collection, or its end, which gives true.
    fn flow_end(
        &mut self,
        first: bool,
        problem: &str,
        is_end: fn(&TokenKind<'a>) -> bool,
    ) -> Result<bool, YamlError> {
        let token = self.scanner.peek()?;
        if !first && !is_end(&token.kind) {
            if !matches!(token.kind, TokenKind::FlowEntry) {
                return Err(error(token.mark.line, problem));
            }
            self.scanner.next()?;
        }
        let ended = is_end(&self.scanner.peek()?.kind);
        if ended {
            self.scanner.next()?;
        }
        Ok(ended)
    }
}

fn ends_block_item(kind: &TokenKind<'_>) -> bool {
    matches!(
        kind,
        TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
    )
}
