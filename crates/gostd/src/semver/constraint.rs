//! A constraint: `>=1.2, <3 || ^4.0.0-0`.

use std::cmp::Ordering;
use std::fmt;

use super::version::compare_prerelease;
use super::{Cursor, Version};
use goval::strconv::quote;

/// The longest constraint text that is read, in bytes.
const MAX_LEN: usize = 512;
/// The most groups that `||` may separate.
const MAX_GROUPS: usize = 32;

/// Groups of comparisons; a version satisfies the constraint if it satisfies all of one group.
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Group>,
    /// Whether prereleases are looked at even where no comparison names one.
    pub include_prerelease: bool,
}

#[derive(Clone, Debug)]
struct Group {
    comparisons: Vec<Comparison>,
    names_prerelease: bool,
}

/// Why a text is no constraint, in the words of Masterminds/semver.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConstraintError {
    /// The form is wrong; the part that is.
    #[error("improper constraint: {}", quote(.0))]
    Improper(String),
    /// The form is right but the version in it cannot be read.
    #[error("constraint parser error")]
    Version,
    /// More than 512 bytes.
    #[error("constraint string is too long (max {MAX_LEN} bytes)")]
    TooLong,
    /// More than 32 groups.
    #[error("too many constraint groups (max {MAX_GROUPS})")]
    TooManyGroups,
}

impl Constraint {
    /// Reads a constraint, as Go's `semver.NewConstraint` does.
    ///
    /// # Errors
    /// When the text is too long or malformed.
    pub fn parse(text: &str) -> Result<Constraint, ConstraintError> {
        if text.len() > MAX_LEN {
            return Err(ConstraintError::TooLong);
        }
        let text = rewrite_hyphen_ranges(text);
        let parts: Vec<&str> = text.split("||").collect();
        if parts.len() > MAX_GROUPS {
            return Err(ConstraintError::TooManyGroups);
        }
        Ok(Constraint {
            groups: parts
                .into_iter()
                .map(parse_group)
                .collect::<Result<_, _>>()?,
            include_prerelease: false,
        })
    }

    /// Whether the version satisfies the constraint. Go's `Constraints.Check`.
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            let prerelease = self.include_prerelease || group.names_prerelease;
            let holds = |c: &Comparison| c.check(version, prerelease).is_ok();
            group.comparisons.iter().all(holds)
        })
    }

    /// Tells for each comparison that fails why it does. Go's `Constraints.Validate`.
    ///
    /// # Errors
    /// The reasons, when no group is satisfied.
    pub fn validate(&self, version: &Version) -> Result<(), Vec<String>> {
        let mut reasons = Vec::new();
        let mut told_prerelease = false;
        for group in &self.groups {
            let prerelease = self.include_prerelease || group.names_prerelease;
            if !prerelease && !version.prerelease().is_empty() {
                if !told_prerelease {
                    reasons.push(only_releases(version));
                    told_prerelease = true;
                }
                continue;
            }
            let before = reasons.len();
            let failures = group.comparisons.iter();
            reasons.extend(failures.filter_map(|c| c.check(version, prerelease).err()));
            if reasons.len() == before {
                return Ok(());
            }
        }
        Err(reasons)
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, group) in self.groups.iter().enumerate() {
            f.write_str(if i > 0 { " || " } else { "" })?;
            for (j, comparison) in group.comparisons.iter().enumerate() {
                f.write_str(if j > 0 { " " } else { "" })?;
                write!(f, "{}{}", comparison.op_text, comparison.text)?;
            }
        }
        Ok(())
    }
}

/// One comparison, such as `>=1.2`.
#[derive(Clone, Debug)]
struct Comparison {
    op: Op,
    op_text: &'static str,
    /// The version as written.
    text: String,
    version: Version,
    given: Given,
}

/// How many segments the version of a comparison gives; the rest is missing or a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Nothing,
    Major,
    Minor,
    All,
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// The operators, the longer before their prefixes; none at all is `=`.
const OPS: [(&str, Op); 12] = [
    ("!=", Op::NotEqual),
    (">=", Op::GreaterEqual),
    ("=>", Op::GreaterEqual),
    ("<=", Op::LessEqual),
    ("=<", Op::LessEqual),
    ("~>", Op::Tilde),
    ("=", Op::Equal),
    (">", Op::Greater),
    ("<", Op::Less),
    ("~", Op::Tilde),
    ("^", Op::Caret),
    ("", Op::Equal),
];

/// Reads comparisons separated by white space or a comma.
fn parse_group(text: &str) -> Result<Group, ConstraintError> {
    let improper = || ConstraintError::Improper(text.to_owned());
    let mut cursor = Cursor::new(text);
    let mut written = Vec::new();
    cursor.take_space();
    loop {
        let (op_text, op) = take_op(&mut cursor);
        cursor.take_space();
        let pattern = take_pattern(&mut cursor).ok_or_else(improper)?;
        written.push((op_text, op, pattern));
        let mut separated = cursor.take_space();
        if cursor.at_end() {
            break;
        }
        separated |= cursor.take(",");
        cursor.take_space();
        // A comma at the very end wants another comparison, which is then found missing.
        if !separated {
            return Err(improper());
        }
    }
    let comparisons = written
        .into_iter()
        .map(|(op_text, op, pattern)| pattern.comparison(op_text, op))
        .collect::<Result<Vec<_>, _>>()?;
    let names_prerelease = |c: &Comparison| !c.version.prerelease().is_empty();
    Ok(Group {
        names_prerelease: comparisons.iter().any(names_prerelease),
        comparisons,
    })
}

fn take_op(cursor: &mut Cursor<'_>) -> (&'static str, Op) {
    OPS.into_iter()
        .find(|(text, _)| cursor.take(text))
        .unwrap_or(("", Op::Equal))
}

/// A version with wildcards, as written.
struct Pattern<'a> {
    text: &'a str,
    segments: [Option<&'a str>; 3],
    pre: Option<&'a str>,
}

/// Reads a version with wildcards, or nothing.
fn take_pattern<'a>(cursor: &mut Cursor<'a>) -> Option<Pattern<'a>> {
    let start = cursor.at;
    cursor.take("v");
    let major = cursor.take_while(is_segment);
    if major.is_empty() {
        cursor.at = start;
        return None;
    }
    let minor = cursor.take_led(".", is_segment);
    let patch = cursor.take_led(".", is_segment);
    let pre = cursor.take_identifiers("-");
    cursor.take_identifiers("+");
    Some(Pattern {
        text: &cursor.text[start..cursor.at],
        segments: [Some(major), minor, patch],
        pre,
    })
}

/// The bar belongs to the class by an oversight in the original, which is kept: `1.0|2` is
/// accepted here and refused later, with another error.
fn is_segment(b: u8) -> bool {
    b.is_ascii_digit() || matches!(b, b'x' | b'X' | b'*' | b'|')
}

impl Pattern<'_> {
    fn comparison(&self, op_text: &'static str, op: Op) -> Result<Comparison, ConstraintError> {
        let is_open = |s: &Option<&str>| s.is_none_or(|s| matches!(s, "x" | "X" | "*"));
        let (given, known) = match self.segments.iter().position(is_open) {
            Some(0) => (Given::Nothing, 0),
            Some(1) => (Given::Major, 1),
            Some(_) => (Given::Minor, 2),
            None => (Given::All, 3),
        };
        let version = if given == Given::All {
            Version::parse(self.text)
        } else {
            let known = self.segments[..known].iter().flatten().copied();
            let zeros = std::iter::repeat("0");
            let numbers: Vec<&str> = known.chain(zeros).take(3).collect();
            let pre = self.pre.map(|pre| format!("-{pre}")).unwrap_or_default();
            Version::parse(&format!("{}{pre}", numbers.join(".")))
        };
        Ok(Comparison {
            op,
            op_text,
            text: self.text.to_owned(),
            version: version.map_err(|_| ConstraintError::Version)?,
            given,
        })
    }
}

/// Replaces each `A - B` by `>= A, <= B `, in the whole text before it is cut at `||`.
fn rewrite_hyphen_ranges(text: &str) -> String {
    let mut out = text.to_owned();
    let mut start = 0;
    while start < text.len() {
        match match_hyphen_range(text, start) {
            Some((low, high, end)) => {
                let range = format!(">= {low}, <= {high} ");
                out = out.replacen(&text[start..end], &range, 1);
                start = end;
            }
            None => start += text[start..].chars().next().map_or(1, char::len_utf8),
        }
    }
    out
}

/// Reads `A - B` with the white space around it; gives both versions and where it ends.
fn match_hyphen_range(text: &str, start: usize) -> Option<(&str, &str, usize)> {
    let mut cursor = Cursor { text, at: start };
    cursor.take_space();
    let low = take_pattern(&mut cursor)?.text;
    let spaced = cursor.take_space() && cursor.take("-") && cursor.take_space();
    if !spaced {
        return None;
    }
    let high = take_pattern(&mut cursor)?.text;
    cursor.take_space();
    Some((low, high, cursor.at))
}

impl Comparison {
    /// Whether the version satisfies it; otherwise why not.
    fn check(&self, v: &Version, prerelease: bool) -> Result<(), String> {
        if !v.prerelease().is_empty() && !prerelease {
            return Err(only_releases(v));
        }
        match self.op {
            Op::Equal if self.given == Given::All => {
                self.require(v == &self.version, v, "is not equal to")
            }
            Op::Equal | Op::Tilde => self.tilde(v),
            Op::NotEqual => self.require(self.differs(v), v, "is equal to"),
            Op::Greater => self.require(self.is_beyond(v), v, "is less than or equal to"),
            Op::Less => self.require(v < &self.version, v, "is greater than or equal to"),
            Op::GreaterEqual => self.require(v >= &self.version, v, "is less than"),
            Op::LessEqual => self.require(self.is_within(v), v, "is greater than"),
            Op::Caret => self.caret(v),
        }
    }

    fn require(&self, holds: bool, v: &Version, relation: &str) -> Result<(), String> {
        if holds {
            return Ok(());
        }
        Err(format!(
            "{} {relation} {}",
            quote(v.to_string()),
            quote(&self.text)
        ))
    }

    fn differs(&self, v: &Version) -> bool {
        let c = &self.version;
        match self.given {
            Given::All => v != c,
            Given::Nothing => {
                // `!=*` is no wildcard in the original: it compares the numbers with 0.0.0.
                (v.major(), v.minor(), v.patch()) != (0, 0, 0) || v != c
            }
            Given::Major => v.major() != c.major(),
            Given::Minor => {
                (v.major(), v.minor()) != (c.major(), c.minor())
                    || compare_prerelease(v.prerelease(), c.prerelease()) != Ordering::Equal
            }
        }
    }

    /// `>`: with segments left open, beyond all that they could be.
    fn is_beyond(&self, v: &Version) -> bool {
        let c = &self.version;
        match self.given {
            Given::All | Given::Nothing => v > c,
            Given::Major => v.major() > c.major(),
            Given::Minor => (v.major(), v.minor()) > (c.major(), c.minor()),
        }
    }

    /// `<=`: with segments left open, up to all that they could be.
    fn is_within(&self, v: &Version) -> bool {
        let c = &self.version;
        match self.given {
            Given::All => v <= c,
            Given::Major => v.major() <= c.major(),
            Given::Nothing | Given::Minor => (v.major(), v.minor()) <= (c.major(), c.minor()),
        }
    }

    /// `~`: patch releases of the minor version, or minor ones if only the major one is given.
    fn tilde(&self, v: &Version) -> Result<(), String> {
        let c = &self.version;
        self.require(v >= c, v, "is less than")?;
        let numbers = (c.major(), c.minor(), c.patch());
        if numbers == (0, 0, 0) && matches!(self.given, Given::All | Given::Nothing) {
            return Ok(());
        }
        let same_major = v.major() == c.major();
        self.require(same_major, v, "does not have same major version as")?;
        let same_minor = v.minor() == c.minor() || self.given == Given::Major;
        self.require(
            same_minor,
            v,
            "does not have same major and minor version as",
        )
    }

    /// `^`: all that keeps the leftmost number that is not zero.
    fn caret(&self, v: &Version) -> Result<(), String> {
        let c = &self.version;
        self.require(v >= c, v, "is less than")?;
        let same_major = v.major() == c.major();
        self.require(same_major, v, "does not have same major version as")?;
        if c.major() > 0 || self.given == Given::Major {
            return Ok(());
        }
        let same_minor = v.minor() == c.minor();
        if c.minor() > 0 || self.given == Given::Minor {
            return self
                .require(same_minor, v, "does not have same minor version as")
                .map_err(|text| {
                    text + ". Expected minor versions to match when constraint major version is 0"
                });
        }
        self.require(same_minor, v, "does not have same minor version as")?;
        self.require(v.patch() == c.patch(), v, "does not equal")
            .map_err(|text| {
                text + ". Expect version and constraint to equal when major and minor versions are 0"
            })
    }
}

fn only_releases(v: &Version) -> String {
    let v = quote(v.to_string());
    format!("{v} is a prerelease version and the constraint is only looking for release versions")
}
