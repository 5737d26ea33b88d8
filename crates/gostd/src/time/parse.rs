//! Text to times.

use super::civil::{MONTHS, WEEKDAYS, days_before_month, days_in_month, is_leap};
use super::layout::{Element, Offset, first_piece};
use super::{Time, Zone, quote};

/// Why a text does not have a layout, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parsing time {0}")]
pub struct ParseError(String);

/// What is wrong with an element.
enum Fault {
    /// It is not there.
    Missing,
    /// It is beyond its range; what.
    Range(&'static str),
}

type Parsed<'t, T> = Result<(T, &'t [u8]), Fault>;

/// What has been read so far.
#[derive(Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: u32,
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i64>,
    zone_name: Vec<u8>,
}

pub(super) fn parse(
    layout: &[u8],
    text: &[u8],
    default: &Zone,
    local: &Zone,
) -> Result<Time, ParseError> {
    let fail = |message: String| ParseError(format!("{}{message}", quote(text)));
    let cannot = |value: &[u8], element: &[u8]| {
        let (value, element) = (quote(value), quote(element));
        fail(format!(
            " as {}: cannot parse {value} as {element}",
            quote(layout)
        ))
    };
    let mut fields = Fields::default();
    let (mut layout_rest, mut rest) = (layout, text);
    loop {
        let piece = first_piece(layout_rest);
        rest = skip(rest, piece.prefix).map_err(|at| cannot(at, piece.prefix))?;
        let Some((element, written)) = piece.element else {
            break;
        };
        layout_rest = piece.rest;
        rest = match fields.read(element, rest, layout_rest) {
            Ok(rest) => rest,
            Err(Fault::Missing) => return Err(cannot(rest, written)),
            Err(Fault::Range(what)) => return Err(fail(format!(": {what} out of range"))),
        };
    }
    if !rest.is_empty() {
        return Err(fail(format!(": extra text: {}", quote(rest))));
    }
    fields
        .settle_date()
        .map_err(|what| fail(format!(": {what}")))?;
    Ok(fields.time(default, local))
}

/// Skips the text between elements. A run of spaces in the layout stands for any number of them.
fn skip<'t>(mut text: &'t [u8], mut prefix: &[u8]) -> Result<&'t [u8], &'t [u8]> {
    while let Some((&wanted, rest)) = prefix.split_first() {
        match text.split_first() {
            _ if wanted == b' ' => {
                if text.first().is_some_and(|&b| b != b' ') {
                    return Err(text);
                }
                (prefix, text) = (without_spaces(prefix), without_spaces(text));
            }
            Some((&found, text_rest)) if found == wanted => (prefix, text) = (rest, text_rest),
            _ => return Err(text),
        }
    }
    Ok(text)
}

fn without_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|&&b| b == b' ').count();
    &text[spaces..]
}

impl Fields {
    /// Reads an element and gives what follows it.
    fn read<'t>(
        &mut self,
        element: Element,
        text: &'t [u8],
        layout: &[u8],
    ) -> Result<&'t [u8], Fault> {
        let rest;
        match element {
            Element::Year => {
                let (digits, after) = take(text, 2)?;
                let year = integer(digits).ok_or(Fault::Missing)?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
                rest = after;
            }
            Element::LongYear => {
                let (digits, after) = take(text, 4)?;
                if !digits[0].is_ascii_digit() {
                    return Err(Fault::Missing);
                }
                self.year = integer(digits).ok_or(Fault::Missing)?;
                rest = after;
            }
            Element::Month | Element::LongMonth => {
                let (index, after) = name(text, &MONTHS, element == Element::Month)?;
                self.month = Some(index + 1);
                rest = after;
            }
            Element::NumMonth | Element::ZeroMonth => {
                let (month, after) = number(text, element == Element::ZeroMonth)?;
                self.month = Some(within(month, 1..=12, "month")?);
                rest = after;
            }
            Element::Weekday | Element::LongWeekday => {
                rest = name(text, &WEEKDAYS, element == Element::Weekday)?.1;
            }
            Element::Day | Element::UnderDay | Element::ZeroDay => {
                let padded = element == Element::UnderDay;
                let text = text.strip_prefix(b" ").filter(|_| padded).unwrap_or(text);
                let (day, after) = number(text, element == Element::ZeroDay)?;
                self.day = Some(day);
                rest = after;
            }
            Element::UnderYearDay | Element::ZeroYearDay => {
                let (day, after) = year_day(text, element == Element::ZeroYearDay)?;
                self.year_day = Some(day);
                rest = after;
            }
            Element::Hour => {
                let (hour, after) = number(text, false)?;
                self.hour = within(hour, 0..=23, "hour")?;
                rest = after;
            }
            Element::Hour12 | Element::ZeroHour12 => {
                let (hour, after) = number(text, element == Element::ZeroHour12)?;
                self.hour = within(hour, 0..=12, "hour")?;
                rest = after;
            }
            Element::Minute | Element::ZeroMinute => {
                let (minute, after) = number(text, element == Element::ZeroMinute)?;
                self.minute = within(minute, 0..=59, "minute")?;
                rest = after;
            }
            Element::Second | Element::ZeroSecond => {
                let (second, after) = number(text, element == Element::ZeroSecond)?;
                self.second = within(second, 0..=59, "second")?;
                rest = self.unasked_fraction(after, layout)?;
            }
            Element::Upper12 | Element::Lower12 => {
                let (half, after) = take(text, 2)?;
                self.afternoon = Some(match (half, element == Element::Upper12) {
                    (b"PM", true) | (b"pm", false) => true,
                    (b"AM", true) | (b"am", false) => false,
                    _ => return Err(Fault::Missing),
                });
                rest = after;
            }
            Element::Offset(style) => rest = self.offset(text, style)?,
            Element::ZoneName => rest = self.zone(text)?,
            Element::Fraction {
                digits,
                trimmed: false,
                ..
            } => {
                let (fraction, after) = take(text, digits + 1)?;
                self.nanosecond = nanoseconds(fraction)?;
                rest = after;
            }
            Element::Fraction { trimmed: true, .. } => rest = self.fraction(text)?,
        }
        Ok(rest)
    }

    /// After seconds, a fraction is read even if the layout has none.
    fn unasked_fraction<'t>(&mut self, text: &'t [u8], layout: &[u8]) -> Result<&'t [u8], Fault> {
        let next = first_piece(layout).element;
        if matches!(next, Some((Element::Fraction { .. }, _))) {
            return Ok(text);
        }
        self.fraction(text)
    }

    /// Reads a fraction of any length, if there is one.
    fn fraction<'t>(&mut self, text: &'t [u8]) -> Result<&'t [u8], Fault> {
        let [b'.' | b',', b'0'..=b'9', ..] = text else {
            return Ok(text);
        };
        let digits = text[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        let (fraction, rest) = text.split_at(digits + 1);
        self.nanosecond = nanoseconds(fraction)?;
        Ok(rest)
    }

    fn offset<'t>(&mut self, text: &'t [u8], style: Offset) -> Result<&'t [u8], Fault> {
        if style.z && text.first() == Some(&b'Z') {
            self.utc = true;
            return Ok(&text[1..]);
        }
        let step = if style.colon { 3 } else { 2 };
        let (written, rest) = take(text, 1 + 2 + step * (style.parts - 1))?;
        let mut parts = [0; 3];
        for (i, part) in parts.iter_mut().enumerate().take(style.parts) {
            let at = 1 + i * step;
            if style.colon && i > 0 && written[at - 1] != b':' {
                return Err(Fault::Missing);
            }
            // A wrong digit is reported after ranges, as Go does.
            *part = number(&written[at..at + 2], true).map_or(-1, |(n, _)| n);
        }
        let [hours, minutes, seconds] = parts;
        let first_wrong = parts.iter().position(|&n| n < 0).unwrap_or(3);
        let limits = [
            (hours, 24, "hour"),
            (minutes, 60, "minute"),
            (seconds, 60, "second"),
        ];
        for (value, limit, what) in limits.into_iter().take(first_wrong) {
            if value > limit {
                return Err(Fault::Range(match what {
                    "hour" => "time zone offset hour",
                    "minute" => "time zone offset minute",
                    _ => "time zone offset second",
                }));
            }
        }
        if first_wrong < 3 {
            return Err(Fault::Missing);
        }
        let offset = (hours * 60 + minutes) * 60 + seconds;
        self.offset = Some(match written[0] {
            b'+' => offset,
            b'-' => -offset,
            _ => return Err(Fault::Missing),
        });
        Ok(rest)
    }

    fn zone<'t>(&mut self, text: &'t [u8]) -> Result<&'t [u8], Fault> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let len = zone_name_len(text).ok_or(Fault::Missing)?;
        let (name, rest) = text.split_at(len);
        self.zone_name = name.to_vec();
        Ok(rest)
    }

    /// Brings day of the year, month and day together.
    fn settle_date(&mut self) -> Result<(), &'static str> {
        match (self.afternoon, self.hour) {
            (Some(true), ..12) => self.hour += 12,
            (Some(false), 12) => self.hour = 0,
            _ => {}
        }
        let mut month = self.month.unwrap_or(1);
        let mut day = self.day.unwrap_or(1);
        if let Some(year_day) = self.year_day {
            if !(1..=365 + i64::from(is_leap(self.year))).contains(&year_day) {
                return Err("day-of-year out of range");
            }
            let starts_later = |&m: &i64| days_before_month(self.year, m + 1) < year_day;
            month = (1..12).take_while(starts_later).count() as i64 + 1;
            day = year_day - days_before_month(self.year, month);
            if self.month.is_some_and(|m| m != month) {
                return Err("day-of-year does not match month");
            }
            if self.day.is_some_and(|d| d != day) {
                return Err("day-of-year does not match day");
            }
        }
        if day < 1 || day > days_in_month(self.year, month) {
            return Err("day out of range");
        }
        (self.month, self.day) = (Some(month), Some(day));
        Ok(())
    }

    fn time(&self, default: &Zone, local: &Zone) -> Time {
        let in_zone = |zone: Zone| {
            let date = (self.year, self.month.unwrap_or(1), self.day.unwrap_or(1));
            let clock = (self.hour, self.minute, self.second);
            Time::from_date(date, clock, self.nanosecond, zone)
        };
        if self.utc {
            return in_zone(Zone::Utc);
        }
        let name = String::from_utf8_lossy(&self.zone_name);
        let as_utc = in_zone(Zone::Utc);
        // An offset of -1 second is how Go marks that there is none.
        if let Some(offset) = self.offset.filter(|&offset| offset != -1) {
            let seconds = as_utc.seconds - offset;
            let here = local.at(seconds);
            let is_here = here.offset == offset && (name.is_empty() || *here.name == *name);
            let zone = if is_here {
                local.clone()
            } else {
                Zone::Fixed((*name).into(), offset)
            };
            return Time::from_unix(seconds, self.nanosecond, zone);
        }
        if name.is_empty() {
            return in_zone(default.clone());
        }
        if let Some(offset) = local.offset_of(&name, as_utc.seconds) {
            let seconds = as_utc.seconds - offset;
            return Time::from_unix(seconds, self.nanosecond, local.clone());
        }
        // A zone that is not known here counts as UTC, except that GMT+3 tells its offset.
        let hours = name
            .strip_prefix("GMT")
            .and_then(|hours| integer(hours.as_bytes()));
        in_zone(Zone::Utc).in_zone(Zone::Fixed((*name).into(), hours.unwrap_or(0) * 3600))
    }
}

fn take(text: &[u8], len: usize) -> Parsed<'_, &[u8]> {
    text.split_at_checked(len).ok_or(Fault::Missing)
}

fn within(
    value: i64,
    range: std::ops::RangeInclusive<i64>,
    what: &'static str,
) -> Result<i64, Fault> {
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(Fault::Range(what))
    }
}

/// Reads two digits, or one if that is allowed.
fn number(text: &[u8], fixed: bool) -> Parsed<'_, i64> {
    let value = |digit: u8| i64::from(digit - b'0');
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Ok((value(*a) * 10 + value(*b), rest)),
        [a @ b'0'..=b'9', rest @ ..] if !fixed => Ok((value(*a), rest)),
        _ => Err(Fault::Missing),
    }
}

/// Reads three digits, or after up to two spaces fewer.
fn year_day(text: &[u8], fixed: bool) -> Parsed<'_, i64> {
    let mut digits = text;
    for _ in 0..2 {
        digits = digits
            .strip_prefix(b" ")
            .filter(|_| !fixed)
            .unwrap_or(digits);
    }
    let len = digits
        .iter()
        .take(3)
        .take_while(|b| b.is_ascii_digit())
        .count();
    if len == 0 || fixed && len < 3 {
        return Err(Fault::Missing);
    }
    let (digits, rest) = digits.split_at(len);
    Ok((integer(digits).ok_or(Fault::Missing)?, rest))
}

/// Reads one of the names, or of their first three letters, in any case.
fn name<'t>(text: &'t [u8], names: &[&str], short: bool) -> Parsed<'t, i64> {
    for (index, name) in (0..).zip(names) {
        let name = if short { &name[..3] } else { name };
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name.as_bytes())
        {
            return Ok((index, rest));
        }
    }
    Err(Fault::Missing)
}

/// Reads a separator and digits as nanoseconds; the digits after the ninth do not count.
fn nanoseconds(text: &[u8]) -> Result<u32, Fault> {
    let [b'.' | b',', digits @ ..] = text else {
        return Err(Fault::Missing);
    };
    let digits = &digits[..digits.len().min(9)];
    let value = integer(digits).ok_or(Fault::Missing)?;
    let missing = 9 - digits.len() as u32;
    u32::try_from(value)
        .map(|value| value * 10_u32.pow(missing))
        .map_err(|_| Fault::Range("fractional second"))
}

/// A decimal number with an optional sign, like Go's `Atoi`; no digits at all are 0.
fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let mut value = 0_i64;
    for digit in digits {
        let digit = char::from(*digit).to_digit(10)?;
        value = value.checked_mul(10)?.checked_add(digit.into())?;
    }
    Some(if negative { -value } else { value })
}

/// How long the abbreviation of a zone is that the text starts with.
fn zone_name_len(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_offset_len(rest));
    }
    if let b'+' | b'-' = text[0] {
        return Some(signed_offset_len(text)).filter(|&len| len > 0);
    }
    let capitals = text
        .iter()
        .take(6)
        .take_while(|b| b.is_ascii_uppercase())
        .count();
    let fits = match capitals {
        3 => true,
        4 => text[3] == b'T' || text.starts_with(b"WITA"),
        5 => text[4] == b'T',
        _ => false,
    };
    fits.then_some(capitals)
}

/// How long the sign and hours are that the text starts with; 0 if there are none.
fn signed_offset_len(text: &[u8]) -> usize {
    let [b'+' | b'-', rest @ ..] = text else {
        return 0;
    };
    let len = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    match integer(&rest[..len]) {
        Some(0..=23) if len > 0 => len + 1,
        _ => 0,
    }
}
