//! Layouts, which say by an example how a time is written.

/// What an element of a layout stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    Upper12,
    Lower12,
    ZoneName,
    Offset(Offset),
    /// So many digits, with their separator.
    Fraction {
        digits: usize,
        separator: u8,
        trimmed: bool,
    },
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// Whether UTC is written as `Z`.
    pub(super) z: bool,
    pub(super) colon: bool,
    /// From hours alone (1) to seconds (3).
    pub(super) parts: usize,
}

const fn offset(z: bool, colon: bool, parts: usize) -> Element {
    Element::Offset(Offset { z, colon, parts })
}

/// Elements as written, where one is the start of another the longer first.
const ELEMENTS: [(&str, Element); 33] = [
    ("January", Element::LongMonth),
    ("Jan", Element::Month),
    ("Monday", Element::LongWeekday),
    ("Mon", Element::Weekday),
    ("MST", Element::ZoneName),
    ("01", Element::ZeroMonth),
    ("02", Element::ZeroDay),
    ("03", Element::ZeroHour12),
    ("04", Element::ZeroMinute),
    ("05", Element::ZeroSecond),
    ("06", Element::Year),
    ("002", Element::ZeroYearDay),
    ("15", Element::Hour),
    ("1", Element::NumMonth),
    ("2006", Element::LongYear),
    ("2", Element::Day),
    ("_2", Element::UnderDay),
    ("__2", Element::UnderYearDay),
    ("3", Element::Hour12),
    ("4", Element::Minute),
    ("5", Element::Second),
    ("PM", Element::Upper12),
    ("pm", Element::Lower12),
    ("-070000", offset(false, false, 3)),
    ("-07:00:00", offset(false, true, 3)),
    ("-0700", offset(false, false, 2)),
    ("-07:00", offset(false, true, 2)),
    ("-07", offset(false, false, 1)),
    ("Z070000", offset(true, false, 3)),
    ("Z07:00:00", offset(true, true, 3)),
    ("Z0700", offset(true, false, 2)),
    ("Z07:00", offset(true, true, 2)),
    ("Z07", offset(true, false, 1)),
];

/// A piece of a layout: a text, then an element unless the layout ends.
pub(super) struct Piece<'l> {
    pub(super) prefix: &'l [u8],
    /// The element, and how it is written.
    pub(super) element: Option<(Element, &'l [u8])>,
    pub(super) rest: &'l [u8],
}

/// Cuts the first piece off a layout.
pub(super) fn first_piece(layout: &[u8]) -> Piece<'_> {
    for at in 0..layout.len() {
        if let Some((element, len)) = element_at(&layout[at..]) {
            let (written, rest) = layout[at..].split_at(len);
            return Piece {
                prefix: &layout[..at],
                element: Some((element, written)),
                rest,
            };
        }
    }
    Piece {
        prefix: layout,
        element: None,
        rest: &[],
    }
}

fn element_at(text: &[u8]) -> Option<(Element, usize)> {
    match text.first()? {
        b'J' | b'M' | b'0'..=b'5' | b'P' | b'p' | b'-' | b'Z' => {}
        // An underscore before a year is itself.
        b'_' if !text.starts_with(b"_2006") => {}
        separator @ (b'.' | b',') => return fraction(*separator, &text[1..]),
        _ => return None,
    }
    let (written, element) = ELEMENTS.iter().find(|(written, element)| {
        let short = matches!(element, Element::Month | Element::Weekday);
        let is_word = |rest: &[u8]| rest.first().is_some_and(u8::is_ascii_lowercase);
        text.strip_prefix(written.as_bytes())
            .is_some_and(|rest| !(short && is_word(rest)))
    })?;
    Some((*element, written.len()))
}

/// Zeros or nines after a separator, with no other digit after them.
fn fraction(separator: u8, rest: &[u8]) -> Option<(Element, usize)> {
    let digit = *rest.first()?;
    let digits = rest.iter().take_while(|&&b| b == digit).count();
    let ends = !rest.get(digits).is_some_and(u8::is_ascii_digit);
    let trimmed = digit == b'9';
    (ends && (trimmed || digit == b'0')).then_some((
        Element::Fraction {
            digits,
            separator,
            trimmed,
        },
        digits + 1,
    ))
}
