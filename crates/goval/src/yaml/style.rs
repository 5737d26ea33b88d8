//! In which style a scalar can be written.

use super::emitter::{Dialect, is_break, is_printable};

/// The styles of scalars that go-yaml chooses from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// What a text allows.
pub(super) struct Analysis {
    empty: bool,
    pub(super) multiline: bool,
    plain: bool,
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
                single_quoted: true,
                literal: false,
            };
        };
        let found = Features::of(text, dialect);
        let outer = |c: char| c == ' ' || is_break(c);
        let mangled = found.space_before_break || found.special;
        let quoted = found.break_before_space || mangled || found.tabs;
        Analysis {
            empty: false,
            multiline: found.breaks,
            plain: !(outer(first) || outer(last) || quoted || found.breaks || found.indicators),
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
}

#[derive(Default)]
struct Features {
    /// Something that a parser would take for more than text.
    indicators: bool,
    breaks: bool,
    break_before_space: bool,
    space_before_break: bool,
    /// Something that only an escape can show.
    special: bool,
    tabs: bool,
}

impl Features {
    fn of(text: &str, dialect: Dialect) -> Features {
        let mut found = Features {
            indicators: text.starts_with("---") || text.starts_with("..."),
            ..Features::default()
        };
        let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
        let mut rest = text.chars().peekable();
        let mut first = true;
        while let Some(c) = rest.next() {
            let before_blank = rest.peek().is_none_or(|&next| next == ' ' || next == '\t');
            found.indicators |= match c {
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' => first,
                '\'' | '"' | '%' | '@' | '`' => first,
                '?' | '-' => first && before_blank,
                ':' => before_blank,
                '#' => after_blank,
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
