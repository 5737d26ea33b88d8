//! Times to text.

use super::layout::{Element, Offset, first_piece};
use super::{NANOS, Time};

pub(super) fn format(time: &Time, layout: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(layout.len() + 10);
    let mut rest = layout;
    while !rest.is_empty() {
        let piece = first_piece(rest);
        out.extend_from_slice(piece.prefix);
        if let Some((element, _)) = piece.element {
            out.extend_from_slice(element_text(time, element).as_bytes());
        }
        rest = piece.rest;
    }
    out
}

fn element_text(time: &Time, element: Element) -> String {
    let (hour, minute, second) = time.clock();
    let hour12 = (hour + 11) % 12 + 1;
    let (year, month, day) = time.date();
    match element {
        Element::LongYear => padded(year, 4),
        Element::Year => padded(year.abs() % 100, 2),
        Element::LongMonth => month.name().to_owned(),
        Element::Month => month.name()[..3].to_owned(),
        Element::NumMonth => month.number().to_string(),
        Element::ZeroMonth => padded(month.number().into(), 2),
        Element::LongWeekday => time.weekday().name().to_owned(),
        Element::Weekday => time.weekday().name()[..3].to_owned(),
        Element::Day => day.to_string(),
        Element::UnderDay => format!("{day:2}"),
        Element::ZeroDay => padded(day.into(), 2),
        Element::UnderYearDay => format!("{:3}", time.year_day()),
        Element::ZeroYearDay => padded(time.year_day().into(), 3),
        Element::Hour => padded(hour.into(), 2),
        Element::Hour12 => hour12.to_string(),
        Element::ZeroHour12 => padded(hour12.into(), 2),
        Element::Minute => minute.to_string(),
        Element::ZeroMinute => padded(minute.into(), 2),
        Element::Second => second.to_string(),
        Element::ZeroSecond => padded(second.into(), 2),
        Element::Upper12 => if hour >= 12 { "PM" } else { "AM" }.to_owned(),
        Element::Lower12 => if hour >= 12 { "pm" } else { "am" }.to_owned(),
        Element::ZoneName => zone_name(time),
        Element::Offset(style) => offset_text(time.zone.at(time.seconds).offset, style),
        Element::Fraction {
            digits,
            separator,
            trimmed,
        } => fraction(time.nanoseconds, digits, separator, trimmed),
    }
}

/// At least so many digits; the sign does not count.
fn padded(number: i64, width: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{:0width$}", number.unsigned_abs())
}

/// The abbreviation of the zone; its offset where there is none.
fn zone_name(time: &Time) -> String {
    let rule = time.zone.at(time.seconds);
    if rule.name.is_empty() {
        return offset_text(
            rule.offset,
            Offset {
                z: false,
                colon: false,
                parts: 2,
            },
        );
    }
    rule.name.to_string()
}

fn offset_text(offset: i64, style: Offset) -> String {
    if style.z && offset == 0 {
        return "Z".to_owned();
    }
    // The sign is that of the whole minutes, as in Go.
    let minutes = offset / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let seconds = if minutes < 0 {
        -offset % 60
    } else {
        offset % 60
    };
    let numbers = [minutes.abs() / 60, minutes.abs() % 60, seconds];
    let parts: Vec<String> = numbers[..style.parts]
        .iter()
        .map(|&n| padded(n, 2))
        .collect();
    format!("{sign}{}", parts.join(if style.colon { ":" } else { "" }))
}

fn fraction(nanoseconds: u32, digits: usize, separator: u8, trimmed: bool) -> String {
    debug_assert!(i128::from(nanoseconds) < NANOS);
    let mut text = format!("{}{nanoseconds:09}", char::from(separator));
    text.truncate(digits.min(9) + 1);
    if trimmed {
        let kept = text.trim_end_matches('0').len();
        text.truncate(kept);
        if kept == 1 {
            text.clear();
        }
    }
    text
}
