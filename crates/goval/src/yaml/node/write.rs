//! Nodes to text, as go-yaml v3's encoder writes them with an indentation of two.
//!
//! Comments wait until there is a place where they can stand. Where that is depends on what has been
//! written last, so a comment may come out later than its node, and more than one document shares a
//! writer.

use std::mem::{replace, take};

use super::super::emitter::{Dialect, Emitter, is_break};
use super::super::style::{Analysis, Style};
use super::{Document, Node, NodeKind, ScalarStyle};

/// How long a key may be, with anchor and tag, to stand on a line with its value.
const MAX_SIMPLE_KEY: usize = 128;

const INDENT: i32 = 2;

/// Writes documents one behind the other.
pub struct Writer {
    emitter: Emitter,
    /// Whether sequences are indented below their keys.
    wide: bool,
    first: bool,
    indent: i32,
    flow_level: usize,
    head: String,
    line: String,
    foot: String,
    /// The foot of the field before.
    tail: String,
    /// The comment beside a key, which may have to go beside its value.
    key_line: String,
}

/// Where a node stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// It is an item of a sequence that is not in brackets.
    block_item: bool,
    in_mapping: bool,
    simple_key: bool,
}

const ROOT: Place = Place {
    block_item: false,
    in_mapping: false,
    simple_key: false,
};
const ITEM: Place = Place {
    block_item: true,
    ..ROOT
};
const FLOW_ITEM: Place = ROOT;
const VALUE: Place = Place {
    in_mapping: true,
    ..ROOT
};
const SIMPLE_KEY: Place = Place {
    simple_key: true,
    ..VALUE
};

impl Default for Writer {
    fn default() -> Writer {
        Writer {
            emitter: Emitter::new(Dialect::V3),
            wide: false,
            first: true,
            indent: -1,
            flow_level: 0,
            head: String::new(),
            line: String::new(),
            foot: String::new(),
            tail: String::new(),
            key_line: String::new(),
        }
    }
}

impl Writer {
    /// Writes a document, after `---` unless it is the first. Sequences stand at the column of their
    /// keys, or two further if `wide`.
    pub fn write(&mut self, document: &Document, wide: bool) {
        self.wide = wide;
        self.wait_head(&document.head);
        if !replace(&mut self.first, false) {
            self.write_indent();
            self.emitter.indicator("---", false);
            self.write_indent();
        }
        if !self.head.is_empty() {
            self.write_head();
            self.emitter.end_line();
        }
        self.announce(&document.root);
        self.write_head();
        self.begin(&document.root, ROOT);
        self.write_line_and_foot();
        self.contents(&document.root, ROOT);
        set_unless_empty(&mut self.foot, &document.foot);
        // An empty line stands before the foot of a document.
        self.emitter.foot_indent = Some(0);
        self.write_foot();
        self.emitter.foot_indent = None;
        self.write_indent();
    }

    /// The text of all documents.
    pub fn finish(self) -> String {
        self.emitter.into_text()
    }

    // Comments.

    fn wait_head(&mut self, text: &str) {
        set_unless_empty(&mut self.head, text);
    }

    /// Takes the comments of a node that comes next. Those beside and below a collection belong to
    /// its end.
    fn announce(&mut self, node: &Node) {
        self.wait_head(&node.comments.head);
        if !is_collection(node) {
            set_unless_empty(&mut self.line, &node.comments.line);
            set_unless_empty(&mut self.foot, &node.comments.foot);
        }
    }

    /// [`Self::announce`] for a key: its foot comes before the next one.
    fn announce_key(&mut self, key: &Node, tail: &str) {
        self.wait_head(&key.comments.head);
        if !is_collection(key) {
            set_unless_empty(&mut self.line, &key.comments.line);
        }
        if !matches!(key.kind, NodeKind::Sequence(..) | NodeKind::Alias(_)) {
            set_unless_empty(&mut self.tail, tail);
        }
    }

    fn announce_end(&mut self, node: &Node, tail: &str) {
        set_unless_empty(&mut self.tail, tail);
        set_unless_empty(&mut self.line, &node.comments.line);
        set_unless_empty(&mut self.foot, &node.comments.foot);
    }

    fn write_head(&mut self) {
        let (tail, head) = (take(&mut self.tail), take(&mut self.head));
        if !tail.is_empty() {
            self.write_indent();
            self.emitter.comment(&tail, self.indent);
            self.emitter.foot_indent = Some(self.indent.max(0));
        }
        if !head.is_empty() {
            self.write_indent();
            self.emitter.comment(&head, self.indent);
        }
    }

    fn write_line(&mut self) {
        let line = take(&mut self.line);
        if !line.is_empty() {
            self.emitter.comment_beside(&line, self.indent);
        }
    }

    fn write_foot(&mut self) {
        let foot = take(&mut self.foot);
        if !foot.is_empty() {
            self.write_indent();
            self.emitter.comment(&foot, self.indent);
            self.emitter.foot_indent = Some(self.indent.max(0));
        }
    }

    fn write_line_and_foot(&mut self) {
        self.write_line();
        self.write_foot();
    }

    fn has_comments_after(&self) -> bool {
        !(self.line.is_empty() && self.foot.is_empty() && self.tail.is_empty())
    }

    // Nodes.

    fn write_indent(&mut self) {
        self.emitter.write_indent(self.indent);
    }

    /// The indentation of what is inside of something here.
    fn deeper(&self, place: Place, in_flow: bool) -> i32 {
        match self.indent {
            ..0 if in_flow => INDENT,
            ..0 => 0,
            indent if place.block_item => indent + 2,
            indent => INDENT * ((indent + INDENT) / INDENT),
        }
    }

    /// A scalar or an alias; of a collection only what stands before it.
    fn begin(&mut self, node: &Node, place: Place) {
        if let NodeKind::Alias(name) = &node.kind {
            self.emitter.indicator("*", false);
            self.emitter.attach(name);
            return;
        }
        if let Some(anchor) = &node.anchor {
            self.emitter.indicator("&", false);
            self.emitter.attach(anchor);
        }
        if let Some(tag) = tag_of(node) {
            self.write_tag(tag);
        }
        if let NodeKind::Scalar(text, style) = &node.kind {
            let indent = self.deeper(place, true);
            self.scalar(text, *style, place.simple_key, indent);
        }
    }

    fn write_tag(&mut self, tag: &str) {
        let (handle, suffix) = match tag.strip_prefix("!!") {
            Some(suffix) => ("!!", suffix),
            None => match tag.strip_prefix('!') {
                Some(suffix) => ("!", suffix),
                None => ("", tag),
            },
        };
        let suffix = escaped_tag(suffix);
        if handle.is_empty() {
            self.emitter.indicator("!<", false);
            self.emitter.attach(&suffix);
            self.emitter.attach(">");
        } else {
            self.emitter.word(handle);
            self.emitter.attach(&suffix);
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, simple_key: bool, indent: i32) {
        let wish = match style {
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
            ScalarStyle::Plain if text.contains('\n') => Style::Literal,
            ScalarStyle::Plain => Style::Plain,
        };
        let analysis = Analysis::of(text, Dialect::V3);
        match analysis.choose_again(wish, simple_key, self.flow_level > 0) {
            Style::Plain => self.emitter.plain(text, !simple_key, indent),
            Style::SingleQuoted => self.emitter.single_quoted(text, !simple_key, indent),
            Style::DoubleQuoted => self.emitter.double_quoted(text, !simple_key, indent),
            Style::Literal => {
                let comment = take(&mut self.line);
                self.emitter.literal(text, &comment, indent);
            }
            Style::Folded => {
                let comment = take(&mut self.line);
                self.emitter.folded(text, &comment, indent);
            }
        }
    }

    /// What is in a collection; nothing for other nodes.
    fn contents(&mut self, node: &Node, place: Place) {
        let in_flow = self.flow_level > 0;
        match &node.kind {
            NodeKind::Sequence(items, flow) if in_flow || *flow || items.is_empty() => {
                self.flow_sequence(node, items, place);
            }
            NodeKind::Sequence(items, _) => self.block_sequence(node, items, place),
            NodeKind::Mapping(fields, flow) if in_flow || *flow || fields.is_empty() => {
                self.flow_mapping(node, fields, place);
            }
            NodeKind::Mapping(fields, _) => self.block_mapping(node, fields, place),
            NodeKind::Scalar(..) | NodeKind::Alias(_) => {}
        }
    }

    fn block_sequence(&mut self, node: &Node, items: &[Node], place: Place) {
        let beside_key = self.emitter.at_line_start() || !self.emitter.indention;
        let compact = place.in_mapping && beside_key && !self.wide;
        let mut indent = self.deeper(place, false);
        if compact && self.indent >= 0 && !place.block_item {
            indent -= 2;
        }
        let outer = replace(&mut self.indent, indent);
        for item in items {
            self.announce(item);
            self.write_head();
            self.write_indent();
            self.emitter.indicator("-", true);
            self.begin(item, ITEM);
            self.write_line_and_foot();
            self.contents(item, ITEM);
        }
        self.announce_end(node, "");
        self.indent = outer;
    }

    fn block_mapping(&mut self, node: &Node, fields: &[(Node, Node)], place: Place) {
        let indent = self.deeper(place, false);
        let outer = replace(&mut self.indent, indent);
        let mut tail = "";
        for (key, value) in fields {
            self.announce_key(key, tail);
            self.write_head();
            self.write_indent();
            if !self.line.is_empty() {
                self.key_line = take(&mut self.line);
            }
            let simple = is_simple_key(key);
            if simple {
                self.key(key, SIMPLE_KEY);
            } else {
                self.emitter.indicator("?", true);
                self.key(key, VALUE);
            }
            tail = &key.comments.foot;
            self.announce(value);
            if simple {
                self.emitter.colon();
            } else {
                self.write_indent();
                self.emitter.indicator(":", true);
            }
            self.place_key_line(value);
            self.begin(value, VALUE);
            self.write_line_and_foot();
            self.contents(value, VALUE);
        }
        self.announce_end(node, tail);
        self.write_head();
        self.indent = outer;
    }

    fn key(&mut self, key: &Node, place: Place) {
        self.begin(key, place);
        if is_collection(key) && !key.comments.foot.is_empty() {
            let mut key = key.clone();
            key.comments.foot.clear();
            return self.contents(&key, place);
        }
        self.contents(key, place);
    }

    /// Writes the comment beside a key whose value begins on the next line, or leaves it to the value.
    fn place_key_line(&mut self, value: &Node) {
        if self.key_line.is_empty() {
            return;
        }
        match value.kind {
            NodeKind::Scalar(..) if self.line.is_empty() => self.line = take(&mut self.key_line),
            NodeKind::Sequence(_, false) | NodeKind::Mapping(_, false) => {
                let comment = take(&mut self.key_line);
                self.emitter.comment_beside(&comment, self.indent);
            }
            _ => {}
        }
    }

    fn flow_sequence(&mut self, node: &Node, items: &[Node], place: Place) {
        let outer = self.open_flow("[", place);
        let mut comma = false;
        for item in items {
            self.announce(item);
            if comma {
                self.emitter.attach(",");
            }
            self.write_head();
            if self.emitter.at_line_start() {
                self.write_indent();
            }
            self.begin(item, FLOW_ITEM);
            comma = self.end_flow_item();
            self.contents(item, FLOW_ITEM);
        }
        self.announce_end(node, "");
        self.close_flow(outer);
        if self.emitter.at_line_start() {
            self.write_indent();
        }
        self.emitter.attach("]");
        self.write_line_and_foot();
    }

    fn flow_mapping(&mut self, node: &Node, fields: &[(Node, Node)], place: Place) {
        let outer = self.open_flow("{", place);
        let (mut comma, mut tail) = (false, "");
        for (key, value) in fields {
            self.announce_key(key, tail);
            if comma {
                self.emitter.attach(",");
            }
            self.write_head();
            if self.emitter.at_line_start() {
                self.write_indent();
            }
            let simple = is_simple_key(key);
            let place = if simple { SIMPLE_KEY } else { VALUE };
            if !simple {
                self.emitter.indicator("?", false);
            }
            self.key(key, place);
            tail = &key.comments.foot;
            self.announce(value);
            if simple {
                self.emitter.colon();
            } else {
                self.emitter.indicator(":", false);
            }
            self.begin(value, VALUE);
            comma = self.end_flow_item();
            self.contents(value, VALUE);
        }
        self.announce_end(node, tail);
        let has_below = !(self.head.is_empty() && self.foot.is_empty() && self.tail.is_empty());
        if comma && has_below {
            self.emitter.attach(",");
        }
        self.write_head();
        self.close_flow(outer);
        self.emitter.attach("}");
        self.write_line_and_foot();
    }

    fn open_flow(&mut self, bracket: &str, place: Place) -> i32 {
        self.emitter.open(bracket);
        self.flow_level += 1;
        let indent = self.deeper(place, true);
        replace(&mut self.indent, indent)
    }

    fn close_flow(&mut self, outer: i32) {
        self.flow_level -= 1;
        self.indent = outer;
    }

    /// Writes what stands after an item; true if the comma is still to come.
    fn end_flow_item(&mut self) -> bool {
        let comma_now = self.has_comments_after();
        if comma_now {
            self.emitter.attach(",");
        }
        self.write_line_and_foot();
        !comma_now
    }
}

fn set_unless_empty(place: &mut String, text: &str) {
    if !text.is_empty() {
        text.clone_into(place);
    }
}

fn is_collection(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Sequence(..) | NodeKind::Mapping(..))
}

/// The tag that is written: a plain `<<` gets one, since it would else be read as a text.
fn tag_of(node: &Node) -> Option<&str> {
    match &node.kind {
        NodeKind::Scalar(text, ScalarStyle::Plain) if node.tag.is_none() && text == "<<" => {
            Some("!!merge")
        }
        _ => node.tag.as_deref(),
    }
}

/// Whether a key can stand on one line with its value.
fn is_simple_key(key: &Node) -> bool {
    let tag = || tag_of(key).map_or(0, str::len);
    let anchor = || key.anchor.as_ref().map_or(0, String::len);
    let length = match &key.kind {
        NodeKind::Alias(name) => name.len(),
        NodeKind::Scalar(text, _) if text.contains(is_break) => return false,
        NodeKind::Scalar(text, _) => anchor() + tag() + text.len(),
        NodeKind::Sequence(items, _) if !items.is_empty() => return false,
        NodeKind::Mapping(fields, _) if !fields.is_empty() => return false,
        NodeKind::Sequence(..) | NodeKind::Mapping(..) => anchor() + tag(),
    };
    length <= MAX_SIMPLE_KEY
}

/// A tag with `%` escapes for what may not stand in one.
fn escaped_tag(tag: &str) -> String {
    let mut out = String::with_capacity(tag.len());
    for c in tag.chars() {
        if c.is_ascii_alphanumeric() || "-;/?:@&=+$,_.~*'()[]".contains(c) {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            out += &format!("%{byte:02X}");
        }
    }
    out
}
