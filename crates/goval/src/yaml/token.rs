//! What the scanner makes of a text.

use std::borrow::Cow;

use super::scanner::Mark;

/// A token and where it begins.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    pub(super) mark: Mark,
}

/// The tokens of YAML 1.1 as libyaml cuts them.
#[derive(Debug)]
pub(super) enum TokenKind<'a> {
    StreamStart,
    StreamEnd,
    /// `%YAML major.minor`.
    VersionDirective(u8, u8),
    TagDirective(Box<TagParts<'a>>),
    /// `---`
    DocumentStart,
    /// `...`
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    /// `-`
    BlockEntry,
    /// `,`
    FlowEntry,
    /// `?`, or put before a simple key once its `:` is seen.
    Key,
    /// `:`
    Value,
    Alias(&'a [u8]),
    Anchor(&'a [u8]),
    Tag(Box<TagParts<'a>>),
    Scalar {
        value: Cow<'a, [u8]>,
        style: ScalarStyle,
    },
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without anything around it.
    #[default]
    Plain,
    /// In single quotes.
    SingleQuoted,
    /// In double quotes.
    DoubleQuoted,
    /// As lines below a `|`.
    Literal,
    /// As lines below a `>`, which are joined.
    Folded,
}

/// The handle (such as `!` or `!!`) and the rest of a tag, or the prefix that a directive gives it.
#[derive(Debug)]
pub(super) struct TagParts<'a> {
    pub(super) handle: &'a [u8],
    pub(super) suffix: Cow<'a, [u8]>,
}
