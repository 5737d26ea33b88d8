//! Semantic versions and constraints as Masterminds/semver v3.5.0 reads them.
//!
//! Charts rely on its leniency: a `v` in front, one or two segments, leading zeros; constraints
//! with wildcards, hyphen ranges and `||`; and the rule that a constraint admits prereleases only
//! if it names one itself.

mod constraint;
mod version;

pub use constraint::{Constraint, ConstraintError};
pub use version::{Version, VersionError};

/// A position in a text that is read from left to right.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Cursor { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Takes a literal, and tells whether it was there.
    fn take(&mut self, literal: &str) -> bool {
        let found = self.rest().starts_with(literal);
        if found {
            self.at += literal.len();
        }
        found
    }

    /// Takes the longest run of ASCII bytes of a class.
    fn take_while(&mut self, class: fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.bytes().take_while(|&b| class(b)).count();
        self.at += len;
        &rest[..len]
    }

    /// Takes white space as RE2's `\s` knows it, and tells whether there was any.
    fn take_space(&mut self) -> bool {
        !self
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0c))
            .is_empty()
    }

    /// Takes `lead` and a class's run, or nothing.
    fn take_led(&mut self, lead: &str, class: fn(u8) -> bool) -> Option<&'a str> {
        let start = self.at;
        if self.take(lead) {
            let run = self.take_while(class);
            if !run.is_empty() {
                return Some(run);
            }
        }
        self.at = start;
        None
    }

    /// Takes `lead` and identifiers separated by dots, or nothing; the lead is not in the result.
    fn take_identifiers(&mut self, lead: &str) -> Option<&'a str> {
        let start = self.at + lead.len();
        self.take_led(lead, is_identifier)?;
        while self.take_led(".", is_identifier).is_some() {}
        Some(&self.text[start..self.at])
    }
}

fn is_digit(b: u8) -> bool {
    b.is_ascii_digit()
}

fn is_identifier(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-'
}
