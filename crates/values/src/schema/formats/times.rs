//! Formats of times and durations.

use gostd::time::{Time, Zone};

use super::{Judged, ensure, number, quoted};

pub(super) fn date(text: &str) -> Judged {
    date_of(text.as_bytes())
}

fn date_of(text: &[u8]) -> Judged {
    let date = Time::parse("2006-01-02", text, &Zone::Utc);
    date.map(drop).map_err(|error| error.to_string())
}

pub(super) fn time(text: &str) -> Judged {
    time_of(text.as_bytes())
}

/// Two digits each for hour, minute and second, maybe a fraction, and `Z` or an offset.
fn time_of(text: &[u8]) -> Judged {
    ensure(text.len() >= 9, "less than 9 characters long")?;
    ensure(
        text[2] == b':' && text[5] == b':',
        "missing colon in correct place",
    )?;
    let (clock, mut rest) = text.split_at(8);
    let mut numbers = [0; 3];
    for (number, text) in numbers
        .iter_mut()
        .zip(clock.splitn(3, |byte| *byte == b':'))
    {
        *number = part(text, "hour/min/sec")?;
    }
    let [hour, minute, second] = numbers;
    ensure(
        hour <= 23 && minute <= 59 && second <= 60,
        "hour/min/sec out of range",
    )?;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        ensure(digits > 0, "no digits in second fraction")?;
        rest = &fraction[digits..];
    }
    let minute_in_utc = hour * 60 + minute - offset(rest)?;
    let minute_in_utc = match minute_in_utc {
        ..0 => minute_in_utc + 24 * 60,
        _ => minute_in_utc,
    };
    ensure(
        second < 60 || minute_in_utc == 23 * 60 + 59,
        "invalid leap second",
    )
}

/// The minutes that a zone is ahead.
fn offset(text: &[u8]) -> Result<i64, String> {
    if matches!(text, b"z" | b"Z") {
        return Ok(0);
    }
    ensure(text.len() == 6, "offset must be 6 characters long")?;
    let sign = match text[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return Err("offset must begin with plus/minus".to_owned()),
    };
    ensure(text[3] == b':', "missing colon in offset in correct place")?;
    let hour = part(&text[1..3], "hour/min in offset")?;
    let minute = part(&text[4..], "hour/min in offset")?;
    ensure(
        hour <= 23 && minute <= 59,
        "hour/min in offset out of range",
    )?;
    Ok(sign * (hour * 60 + minute))
}

/// A number in a time; what is named is what it is a part of.
fn part(text: &[u8], name: &str) -> Result<i64, String> {
    let text = std::str::from_utf8(text).ok();
    let number = text.and_then(|text| number(text).ok());
    let number = number.ok_or_else(|| format!("invalid {name}"))?;
    ensure(number >= 0, &format!("non-positive {name}"))?;
    Ok(number)
}

pub(super) fn date_time(text: &str) -> Judged {
    let text = text.as_bytes();
    ensure(text.len() >= 20, "less than 20 characters long")?;
    ensure(
        matches!(text[10], b't' | b'T'),
        "11th character must be t or T",
    )?;
    date_of(&text[..10]).map_err(|error| format!("invalid date element: {error}"))?;
    time_of(&text[11..]).map_err(|error| format!("invalid time element: {error}"))
}

pub(super) fn duration(text: &str) -> Judged {
    let rest = text.strip_prefix('P').ok_or("must start with P")?;
    ensure(!rest.is_empty(), "nothing after P")?;
    if let Some(weeks) = rest.strip_suffix('W') {
        ensure(!weeks.is_empty(), "no number in week")?;
        return ensure(
            weeks.bytes().all(|byte| byte.is_ascii_digit()),
            "invalid week",
        );
    }
    for (i, part) in rest.split('T').enumerate() {
        ensure(i == 0 || !part.is_empty(), "no time elements")?;
        let units = *["YMD", "HMS"].get(i).ok_or("more than one T")?;
        elements(part, units)?;
    }
    Ok(())
}

/// Numbers with units behind them, in the order of the units.
fn elements(mut text: &str, all_units: &str) -> Judged {
    let mut units = all_units;
    while !text.is_empty() {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        ensure(rest.len() < text.len(), "missing number")?;
        let unit = *rest.as_bytes().first().ok_or("missing unit")?;
        // Go looks at the first byte alone.
        let unit = char::from(unit);
        match units.find(unit) {
            Some(at) => units = &units[at + 1..],
            None if all_units.contains(unit) => {
                return Err(format!("unit {} out of order", quoted(unit)));
            }
            None => return Err(format!("invalid unit {}", quoted(unit))),
        }
        text = &rest[1..];
    }
    Ok(())
}

pub(super) fn period(text: &str) -> Judged {
    let (start, end) = text.split_once('/').ok_or("missing slash")?;
    let named = |what: &'static str| move |error: String| format!("invalid {what}: {error}");
    if start.starts_with('P') {
        duration(start).map_err(named("start duration"))?;
        return date_time(end).map_err(named("end date-time"));
    }
    date_time(start).map_err(named("start date-time"))?;
    if end.starts_with('P') {
        return duration(end).map_err(named("end duration"));
    }
    date_time(end).map_err(named("end date-time"))
}
