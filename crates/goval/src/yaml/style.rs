//! In which style a scalar can be written.

use super::emitter::{Dialect, is_break, is_printable};

/// The styles of scalars that go-yaml chooses from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// What a text allows.
pub(super) struct Analysis {
    empty: bool,
    pub(super) multiline: bool,
    plain: bool,
    /// Plain within brackets or braces.
    flow_plain: bool,
    single_quoted: bool,
    literal: bool,
}

impl Analysis {
    pub(super) fn of(text: &str, dialect: Dialect) -> Analysis {
        let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
            return Analysis {
                empty: true,
                multiline: false,
                plain: true,
                flow_plain: false,
                single_quoted: true,
                literal: false,
            };
        };
        let found = Features::of(text, dialect);
        let outer = |c: char| c == ' ' || is_break(c);
        let mangled = found.space_before_break || found.special;
        let quoted = found.break_before_space || mangled || found.tabs;
        let bare = !(outer(first) || outer(last) || quoted || found.breaks);
        Analysis {
            empty: false,
            multiline: found.breaks,
            plain: bare && !found.indicators,
            flow_plain: bare && !found.flow_indicators,
            single_quoted: !quoted,
            literal: !(last == ' ' || mangled),
        }
    }

    /// The style nearest to the wish.
    pub(super) fn choose(&self, wish: Style, simple_key: bool) -> Style {
        match wish {
            _ if simple_key && self.multiline => Style::DoubleQuoted,
            Style::Plain if self.plain && !(self.empty && simple_key) => Style::Plain,
            Style::Plain | Style::SingleQuoted if self.single_quoted => Style::SingleQuoted,
            Style::Literal if self.literal && !simple_key => Style::Literal,
            _ => Style::DoubleQuoted,
        }
    }

    /// The style nearest to the wish for a part of a document that is written again.
    pub(super) fn choose_again(&self, wish: Style, simple_key: bool, in_flow: bool) -> Style {
        let plain = match in_flow {
            true => self.flow_plain,
            false => self.plain && !(self.empty && simple_key),
        };
        match wish {
            Style::Folded if self.literal && !simple_key && !in_flow => Style::Folded,
            Style::Folded | Style::Literal if in_flow => Style::DoubleQuoted,
            Style::Plain if !plain => self.choose(Style::SingleQuoted, simple_key),
            wish => self.choose(wish, simple_key),
        }
    }
}

#[derive(Default)]
struct Features {
    /// Something that a parser would take for more than text.
    indicators: bool,
    /// The same within brackets or braces.
    flow_indicators: bool,
    breaks: bool,
    break_before_space: bool,
    space_before_break: bool,
    /// Something that only an escape can show.
    special: bool,
    tabs: bool,
}

impl Features {
    fn of(text: &str, dialect: Dialect) -> Features {
        let marks = text.starts_with("---") || text.starts_with("...");
        let mut found = Features {
            indicators: marks,
            flow_indicators: marks,
            ..Features::default()
        };
        let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
        let mut rest = text.chars().peekable();
        let mut first = true;
        while let Some(c) = rest.next() {
            let before_blank = rest.peek().is_none_or(|&next| next == ' ' || next == '\t');
            let indicates = match c {
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' => first,
                '\'' | '"' | '%' | '@' | '`' => first,
                '?' | '-' => first && before_blank,
                ':' => before_blank,
                '#' => after_blank,
                _ => false,
            };
            found.indicators |= indicates;
            found.flow_indicators |= indicates
                || match c {
                    '?' | ':' => true,
                    ',' | '[' | ']' | '{' | '}' => !first,
                    _ => false,
                };
            if c == '\t' && dialect == Dialect::V3 {
                found.tabs = true;
            } else if !is_printable(c) {
                found.special = true;
            }
            let breaks = is_break(c);
            found.breaks |= breaks;
            found.break_before_space |= after_break && c == ' ';
            found.space_before_break |= after_space && breaks;
            (after_space, after_break) = (c == ' ', breaks);
            after_blank = breaks || matches!(c, ' ' | '\t' | '\0');
            first = false;
        }
        found
    }
}
