//! Documents with everything that is written in them: comments, styles, tags, anchors and order.
//!
//! This is what `go.yaml.in/yaml/v3` reads into its `Node`, and writes from it with an indentation
//! of two: for tools that change a part of a document and leave the rest as users wrote it.

mod parse;
mod write;

pub use super::token::ScalarStyle;
pub use write::Writer;

use super::YamlError;
use super::input::Input;
use super::scanner::Scanner;

/// How deep collections may be nested in a document that is read; Go's library stops at 10,000 levels.
pub const MAX_DEPTH: usize = 400;

/// A document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The comment above it, apart from the one of its first node.
    pub head: String,
    /// The comment below it.
    pub foot: String,
    /// What it holds.
    pub root: Node,
}

/// A part of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// The tag that is written with it, in short form such as `!!str`.
    pub tag: Option<String>,
    /// The name that aliases call it by.
    pub anchor: Option<String>,
    /// The comments around it.
    pub comments: NodeComments,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A text, and how it is written.
    Scalar(String, ScalarStyle),
    /// Items; whether they are written in brackets.
    Sequence(Vec<Node>, bool),
    /// Keys and values; whether they are written in braces.
    Mapping(Vec<(Node, Node)>, bool),
    /// What has that anchor.
    Alias(String),
}

/// The comments around a node, with their `#`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeComments {
    /// Above it.
    pub head: String,
    /// Beside it.
    pub line: String,
    /// Below it.
    pub foot: String,
}

impl Default for NodeKind {
    fn default() -> NodeKind {
        NodeKind::Scalar(String::new(), ScalarStyle::Plain)
    }
}

impl From<NodeKind> for Node {
    fn from(kind: NodeKind) -> Node {
        Node {
            kind,
            ..Node::default()
        }
    }
}

impl From<Node> for Document {
    fn from(root: Node) -> Document {
        Document {
            root,
            ..Document::default()
        }
    }
}

impl Node {
    /// A scalar.
    pub fn scalar(text: &str, style: ScalarStyle) -> Node {
        NodeKind::Scalar(text.to_owned(), style).into()
    }

    /// The text of a scalar, or the name of an alias; empty for what is neither.
    pub fn text(&self) -> &str {
        match &self.kind {
            NodeKind::Scalar(text, _) | NodeKind::Alias(text) => text,
            NodeKind::Sequence(..) | NodeKind::Mapping(..) => "",
        }
    }

    /// Whether it has the tag of null, or is a plain scalar that means it.
    pub fn is_null(&self) -> bool {
        match (&self.tag, &self.kind) {
            (Some(tag), _) => tag == "!!null",
            (None, NodeKind::Scalar(text, ScalarStyle::Plain)) => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// The keys and values of a mapping; none of anything else.
    pub fn fields(&self) -> &[(Node, Node)] {
        match &self.kind {
            NodeKind::Mapping(fields, _) => fields,
            _ => &[],
        }
    }

    /// The first value with that key, if this is a mapping that has one.
    pub fn field(&self, name: &str) -> Option<&Node> {
        let mut fields = self.fields().iter();
        fields
            .find(|(key, _)| key.text() == name)
            .map(|(_, value)| value)
    }
}

/// Reads the first document of a text with its comments; `None` if there is none.
///
/// # Errors
/// The text is not YAML, in the words of `go.yaml.in/yaml/v3`.
pub fn read(text: &[u8]) -> Result<Option<Document>, YamlError> {
    let input = Input::new(text);
    parse::parse(Scanner::with_comments(&input))
}
