//! A document as a tree of nodes.

use std::borrow::Cow;

/// The nodes of a document in the order of the text, each before what it contains.
#[derive(Debug, PartialEq)]
pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

/// A node of a document.
#[derive(Debug, PartialEq)]
pub(super) struct Node<'a> {
    pub(super) kind: NodeKind,
    /// The line it begins on, counted from 0.
    pub(super) line: u32,
    /// The node after this one and all it contains.
    pub(super) end: u32,
    /// The text of a scalar, the name of an alias.
    pub(super) value: Cow<'a, [u8]>,
    /// The full tag, such as `tag:yaml.org,2002:str`; empty if none is given.
    pub(super) tag: Box<[u8]>,
    /// Whether the text may mean something else than a string.
    pub(super) implicit: bool,
}

impl Node<'_> {
    /// Whether it is the key `<<`, whose value is merged into the map.
    pub(super) fn is_merge(&self) -> bool {
        self.kind == NodeKind::Scalar
            && &*self.value == b"<<"
            && (self.implicit || &*self.tag == b"tag:yaml.org,2002:merge")
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NodeKind {
    Scalar,
    Sequence,
    Mapping,
    /// Stands for the node of that number.
    Alias(usize),
}

impl<'a> Tree<'a> {
    /// The root is number 0.
    pub(super) fn node(&self, number: usize) -> &Node<'a> {
        &self.nodes[number]
    }

    /// The numbers of the nodes directly below that one; keys and values in turn for a mapping.
    pub(super) fn children(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[number].end as usize;
        let mut next = number + 1;
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.nodes[child].end as usize;
                child
            })
        })
    }

    /// How many nodes are directly below that one, at least; to reserve room.
    pub(super) fn size_hint(&self, number: usize) -> usize {
        let all = self.nodes[number].end as usize - number - 1;
        all.min(64)
    }
}
