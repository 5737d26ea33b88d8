//! Scalars and indicators to text, with libyaml's rules for styles, folding and indentation.

use super::style::{Analysis, Style};

/// Whose output is to be matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Dialect {
    /// go-yaml v2: lines folded after column 80, sequences not indented below their key.
    V2,
    /// go-yaml v3 with an indentation of two: nothing folded, sequences indented.
    V3,
}

/// What a scalar is to the collection it stands in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    Value,
    /// A key that has to stay on its line.
    SimpleKey,
}

const INDENT: i32 = 2;

pub(super) struct Emitter {
    out: String,
    pub(super) dialect: Dialect,
    /// In characters.
    column: usize,
    /// Whether the last thing written was a space, or as good as one.
    whitespace: bool,
    /// Whether only indentation and indicators such as `- ` stand on the line.
    pub(super) indention: bool,
    /// The indentation that an empty line comes before, as the last thing written was a foot comment.
    pub(super) foot_indent: Option<i32>,
}

impl Emitter {
    pub(super) fn new(dialect: Dialect) -> Emitter {
        Emitter {
            out: String::new(),
            dialect,
            column: 0,
            whitespace: true,
            indention: true,
            foot_indent: None,
        }
    }

    /// How many bytes there are so far.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Ends the document and gives its text.
    pub(super) fn finish(mut self) -> String {
        self.write_indent(0);
        self.out
    }

    /// The text as it is.
    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// Goes to the column, on a new line unless only indentation has been written on this one.
    pub(super) fn write_indent(&mut self, indent: i32) {
        let indent = indent.max(0) as usize;
        let here = self.column == indent && !self.whitespace;
        if !self.indention || self.column > indent || here {
            self.new_line();
        }
        if self.foot_indent.take() == Some(indent as i32) {
            self.new_line();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        if self.dialect == Dialect::V2 {
            self.indention = true;
        }
    }

    /// Writes an indicator that has a space before it.
    pub(super) fn indicator(&mut self, text: &str, keeps_indention: bool) {
        if !self.whitespace {
            self.put(' ');
        }
        self.close(text);
        self.indention &= keeps_indention;
    }

    /// Writes an indicator that follows directly.
    pub(super) fn close(&mut self, text: &str) {
        let indention = self.indention;
        self.put_str(text);
        self.whitespace = false;
        self.indention = indention;
    }

    /// The `:` after a simple key.
    pub(super) fn colon(&mut self) {
        self.close(":");
        self.indention = false;
    }

    /// Writes a scalar of a collection with that indentation; the style is a wish.
    pub(super) fn scalar(&mut self, text: &str, wish: Style, role: Role, indent: i32) {
        let analysis = Analysis::of(text, self.dialect);
        let key = role == Role::SimpleKey;
        let indent = if indent < 0 { INDENT } else { indent + INDENT };
        match analysis.choose(wish, key) {
            Style::Plain => self.plain(text, !key, indent),
            Style::SingleQuoted => self.single_quoted(text, !key, indent),
            Style::DoubleQuoted => self.double_quoted(text, !key, indent),
            Style::Literal => self.literal(text, "", indent),
            Style::Folded => self.folded(text, "", indent),
        }
    }

    /// Whether a line has just begun.
    pub(super) fn at_line_start(&self) -> bool {
        self.column == 0
    }

    /// Writes a word with a space before it, such as the handle of a tag.
    pub(super) fn word(&mut self, text: &str) {
        if !self.whitespace {
            self.put(' ');
        }
        self.attach(text);
    }

    /// Writes a word that follows directly.
    pub(super) fn attach(&mut self, text: &str) {
        self.put_str(text);
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes the bracket that opens a flow collection; no space has to follow.
    pub(super) fn open(&mut self, text: &str) {
        self.indicator(text, false);
        self.whitespace = true;
    }

    /// Writes an empty line, or ends the line.
    pub(super) fn end_line(&mut self) {
        self.new_line();
    }

    /// Writes a comment with its line break; each of its lines begins with a `#`.
    pub(super) fn comment(&mut self, text: &str, indent: i32) {
        let (mut breaks, mut marked) = (false, false);
        for c in text.chars() {
            if is_break(c) {
                self.put_break(c);
                (breaks, marked) = (true, false);
                continue;
            }
            if breaks {
                self.write_indent(indent);
            }
            if !marked && c != '#' {
                self.put_str("# ");
            }
            marked = true;
            self.put(c);
            self.indention = false;
            breaks = false;
        }
        if !breaks {
            self.new_line();
        }
        self.whitespace = true;
    }

    /// Writes a comment beside what stands on the line.
    pub(super) fn comment_beside(&mut self, text: &str, indent: i32) {
        if !self.whitespace {
            self.put(' ');
        }
        self.comment(text, indent);
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn put_str(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        self.column = 0;
        if self.dialect == Dialect::V3 {
            self.indention = true;
        }
    }

    /// Writes a line break that belongs to the text.
    fn put_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
        self.indention = true;
    }

    fn must_fold(&self) -> bool {
        self.dialect == Dialect::V2 && self.column > 80
    }

    pub(super) fn plain(&mut self, text: &str, may_fold: bool, indent: i32) {
        if text.is_empty() {
            self.indention = false;
            return;
        }
        if !self.whitespace {
            self.put(' ');
        }
        if !may_fold || self.fits(text) {
            self.put_str(text);
        } else {
            self.folded_words(text, indent, |_| "");
        }
        self.whitespace = false;
        self.indention = false;
    }

    /// Whether no line would be folded.
    fn fits(&self, text: &str) -> bool {
        self.dialect == Dialect::V3 || self.column + text.len() <= 80
    }

    /// Text without line breaks, folded at single spaces; `before` gives what is to be put before
    /// a character.
    fn folded_words(&mut self, text: &str, indent: i32, before: impl Fn(char) -> &'static str) {
        let mut after_space = false;
        for (at, c) in text.char_indices() {
            let next = text.as_bytes().get(at + 1);
            let inner = at > 0 && next.is_some_and(|&next| next != b' ');
            if c == ' ' && !after_space && inner && self.must_fold() {
                self.write_indent(indent);
            } else {
                self.put_str(before(c));
                self.put(c);
                self.indention &= c == ' ';
            }
            after_space = c == ' ';
        }
    }

    pub(super) fn single_quoted(&mut self, text: &str, may_fold: bool, indent: i32) {
        self.indicator("'", false);
        let mut breaks = false;
        let mut after_space = false;
        for (at, c) in text.char_indices() {
            if is_break(c) {
                if !breaks && c == '\n' {
                    self.new_line();
                }
                self.put_break(c);
                breaks = true;
                continue;
            }
            if c == ' ' {
                let next = text.as_bytes().get(at + 1);
                let inner = at > 0 && next.is_some_and(|&next| next != b' ');
                if may_fold && !after_space && inner && self.must_fold() {
                    self.write_indent(indent);
                } else {
                    self.put(c);
                }
                after_space = true;
                continue;
            }
            if breaks {
                self.write_indent(indent);
            }
            if c == '\'' {
                self.put(c);
            }
            self.put(c);
            self.indention = false;
            (after_space, breaks) = (false, false);
        }
        self.close("'");
        self.indention = false;
    }

    pub(super) fn double_quoted(&mut self, text: &str, may_fold: bool, indent: i32) {
        self.indicator("\"", false);
        // Go looks for a byte order mark at the beginning of the text, whatever character it is at.
        let all = text.starts_with('\u{feff}');
        let mut after_space = false;
        for (at, c) in text.char_indices() {
            if all || c == '"' || c == '\\' || is_break(c) || !is_printable(c) {
                self.escaped(c);
                after_space = false;
            } else if c == ' ' {
                let next = text.as_bytes().get(at + 1);
                if may_fold && !after_space && at > 0 && next.is_some() && self.must_fold() {
                    self.write_indent(indent);
                    if next == Some(&b' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                after_space = true;
            } else {
                self.put(c);
                after_space = false;
            }
        }
        self.close("\"");
        self.indention = false;
    }

    fn escaped(&mut self, c: char) {
        self.put('\\');
        match c {
            '\0' => self.put('0'),
            '\x07' => self.put('a'),
            '\x08' => self.put('b'),
            '\t' => self.put('t'),
            '\n' => self.put('n'),
            '\x0b' => self.put('v'),
            '\x0c' => self.put('f'),
            '\r' => self.put('r'),
            '\x1b' => self.put('e'),
            '"' | '\\' => self.put(c),
            '\u{85}' => self.put('N'),
            '\u{a0}' => self.put('_'),
            '\u{2028}' => self.put('L'),
            '\u{2029}' => self.put('P'),
            c => {
                let code = u32::from(c);
                let text = match code {
                    0..=0xff => format!("x{code:02X}"),
                    0x100..=0xffff => format!("u{code:04X}"),
                    _ => format!("U{code:08X}"),
                };
                self.put_str(&text);
            }
        }
    }

    /// Writes lines below a `|`, with a comment beside that.
    pub(super) fn literal(&mut self, text: &str, comment: &str, indent: i32) {
        self.block_header("|", text, comment, indent);
        for line in text.split_inclusive(is_break) {
            let content = line.trim_end_matches(is_break);
            if !content.is_empty() {
                self.write_indent(indent);
                self.put_str(content);
                self.indention = false;
            }
            if let Some(c) = line.chars().next_back().filter(|&c| is_break(c)) {
                self.put_break(c);
            }
        }
    }

    /// Writes lines below a `>`, with a comment beside that. A line break that would be read as a
    /// space is written twice.
    pub(super) fn folded(&mut self, text: &str, comment: &str, indent: i32) {
        self.block_header(">", text, comment, indent);
        // go-yaml looks behind the first breaks of the whole text here, not behind those at hand.
        let leading = text.trim_start_matches(is_break).chars().next();
        let doubles = !leading.is_none_or(|c| matches!(c, ' ' | '\t' | '\0'));
        let (mut breaks, mut leading_space) = (true, true);
        for c in text.chars() {
            if is_break(c) {
                if !breaks && !leading_space && c == '\n' && doubles {
                    self.new_line();
                }
                self.put_break(c);
                breaks = true;
                continue;
            }
            if breaks {
                self.write_indent(indent);
                leading_space = matches!(c, ' ' | '\t');
            }
            self.put(c);
            self.indention = false;
            breaks = false;
        }
    }

    fn block_header(&mut self, indicator: &str, text: &str, comment: &str, indent: i32) {
        self.indicator(indicator, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.close("2");
        }
        let mut from_end = text.chars().rev();
        match from_end.next().is_some_and(is_break) {
            false => self.close("-"),
            true if from_end.next().is_none_or(is_break) => self.close("+"),
            true => {}
        }
        match comment {
            "" => self.new_line(),
            comment => self.comment_beside(comment, indent),
        }
        self.indention = true;
        self.whitespace = true;
    }
}

/// The line breaks of YAML 1.1.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What go-yaml writes as it is; nothing beyond the basic plane.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}
