//! What the scanner makes of a text.

use std::borrow::Cow;

/// A token and the line it begins on, counted from 0.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    pub(super) line: u32,
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
        plain: bool,
    },
}

/// The handle (such as `!` or `!!`) and the rest of a tag, or the prefix that a directive gives it.
#[derive(Debug)]
pub(super) struct TagParts<'a> {
    pub(super) handle: &'a [u8],
    pub(super) suffix: Cow<'a, [u8]>,
}
