//! The order in which go-yaml writes the keys of a map.

use std::iter::Peekable;
use std::str::Chars;

use super::emitter::Dialect;
use crate::unicode::{is_digit, is_letter};

/// Sorts as go-yaml does: numbers in keys by their value, letters after everything else.
///
/// Go's order is not a proper one for every set of keys, and the standard library may panic on
/// those; so the sort is our own, a stable merge.
pub(super) fn sort<T>(entries: Vec<(&str, T)>, dialect: Dialect) -> Vec<(&str, T)> {
    if entries.is_sorted_by(|a, b| !less(b.0, a.0, dialect)) {
        return entries;
    }
    merge_sort(entries, &|a, b| less(a.0, b.0, dialect))
}

fn merge_sort<T>(mut items: Vec<T>, less: &impl Fn(&T, &T) -> bool) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let right = items.split_off(items.len() / 2);
    let mut merged = Vec::with_capacity(items.len() + right.len());
    let mut left = merge_sort(items, less).into_iter().peekable();
    let mut right = merge_sort(right, less).into_iter().peekable();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        merged.extend(if less(b, a) {
            right.next()
        } else {
            left.next()
        });
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Whether key `a` comes before key `b`.
pub(super) fn less(a: &str, b: &str, dialect: Dialect) -> bool {
    let common = common_prefix(a, b);
    let (prefix, a, b) = (&a[..common], &a[common..], &b[common..]);
    let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
        return a.len() < b.len();
    };
    let letters = (is_letter(x.into()), is_letter(y.into()));
    match letters {
        (true, true) => return x < y,
        (false, false) => {}
        // The newer library lets the longer number come later: `a1b` before `a10`.
        (x_is_letter, _) => {
            let after_digit = prefix
                .chars()
                .next_back()
                .is_some_and(|c| is_digit(c.into()));
            return match dialect {
                Dialect::V3 if after_digit => x_is_letter,
                _ => !x_is_letter,
            };
        }
    }
    // Zeros inside of a number count, zeros before it do not.
    let inside = (x == '0' || y == '0') && follows_number(prefix);
    let (number_a, length_a) = leading_number(a, inside);
    let (number_b, length_b) = leading_number(b, inside);
    (number_a, length_a, x) < (number_b, length_b, y)
}

/// The length in bytes of the characters that both begin with.
fn common_prefix(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    (0..=same)
        .rev()
        .find(|&end| a.is_char_boundary(end))
        .unwrap_or(0)
}

fn follows_number(prefix: &str) -> bool {
    prefix
        .chars()
        .rev()
        .take_while(|&c| is_digit(c.into()))
        .any(|c| c != '0')
}

fn leading_number(text: &str, inside: bool) -> (i64, usize) {
    let mut chars: Peekable<Chars<'_>> = text.chars().peekable();
    let (mut number, mut length) = (i64::from(inside), 0);
    while let Some(c) = chars.next_if(|&c| is_digit(c.into())) {
        let digit = i64::from(u32::from(c)) - i64::from(b'0');
        number = number.wrapping_mul(10).wrapping_add(digit);
        length += 1;
    }
    (number, length)
}
