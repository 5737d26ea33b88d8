//! The replacement templates of `ReplaceAll`: `$1`, `${name}`, `$$`.

use std::ops::Range;

use crate::unicode;

/// A piece of a template.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'t> {
    /// A text.
    Text(&'t [u8]),
    /// The text of the first of these groups that took part in the match.
    Groups(Vec<usize>),
}

impl Piece<'_> {
    /// Appends what the piece stands for in a match.
    pub(super) fn expand(&self, text: &[u8], groups: &[Option<Range<usize>>], out: &mut Vec<u8>) {
        match self {
            Piece::Text(piece) => out.extend_from_slice(piece),
            Piece::Groups(numbers) => {
                let mut taken = numbers.iter().filter_map(|&n| groups.get(n)?.clone());
                if let Some(range) = taken.next() {
                    out.extend_from_slice(&text[range]);
                }
            }
        }
    }
}

/// Cuts a template into pieces. A dollar sign that begins no reference stands for itself.
pub(super) fn parse<'t>(template: &'t [u8], names: &[String]) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(dollar) = rest.iter().position(|&b| b == b'$') {
        pieces.push(Piece::Text(&rest[..dollar]));
        let after = &rest[dollar + 1..];
        if after.first() == Some(&b'$') {
            pieces.push(Piece::Text(b"$"));
            rest = &after[1..];
        } else if let Some((name, after)) = reference(after) {
            pieces.push(Piece::Groups(groups_of(name, names)));
            rest = after;
        } else {
            pieces.push(Piece::Text(b"$"));
            rest = after;
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Reads `name` or `{name}`.
fn reference(text: &[u8]) -> Option<(&str, &[u8])> {
    let braced = text.first() == Some(&b'{');
    let text = if braced { &text[1..] } else { text };
    // No further than a name can go.
    let may_be_name = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_' || !b.is_ascii();
    let end = text.iter().take_while(may_be_name).count();
    let valid = text[..end].utf8_chunks().next()?.valid();
    let is_name = |c: char| c == '_' || unicode::is_letter(c) || unicode::is_digit(c);
    let len = valid.find(|c| !is_name(c)).unwrap_or(valid.len());
    let (name, rest) = (&valid[..len], &text[len..]);
    if name.is_empty() || braced && rest.first() != Some(&b'}') {
        return None;
    }
    Some((name, if braced { &rest[1..] } else { rest }))
}

/// The groups that a name or number means; several groups may have the same name.
fn groups_of(name: &str, names: &[String]) -> Vec<usize> {
    let is_number = name.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = name.len() > 1 && name.starts_with('0');
    if is_number && !leading_zero && name.len() <= 9 {
        return name.parse().into_iter().collect();
    }
    let named = names.iter().enumerate().filter(|(_, n)| *n == name);
    named.map(|(i, _)| i).collect()
}
