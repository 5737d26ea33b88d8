//! Points in time as Go's `time.Time` writes them to JSON.

use std::fmt;
use std::str::FromStr;

use goval::strconv::quote;
use serde::{Serialize, Serializer};

/// An instant with the offset it was written with.
///
/// Prints as RFC 3339 with as many digits of a second as needed, at most nine. The default is Go's
/// zero time, the first instant of the year 1. Comparison is by instant, then by offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanos: u32,
    offset: i32,
}

/// The zero time of Go, in seconds from 1970.
const ZERO_SECONDS: i64 = -62_135_596_800;

/// A text that is not a time of RFC 3339; worded as by Go's `time.Time.UnmarshalJSON`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parsing time {text} as \"2006-01-02T15:04:05Z07:00\": cannot parse {rest} as {expected}")]
pub struct TimeError {
    text: String,
    rest: String,
    expected: String,
}

impl Default for Time {
    fn default() -> Self {
        Time::from_unix(ZERO_SECONDS, 0)
    }
}

impl Time {
    /// An instant in UTC, from seconds and nanoseconds since 1970.
    pub fn from_unix(seconds: i64, nanos: u32) -> Time {
        Time {
            seconds,
            nanos: nanos.min(999_999_999),
            offset: 0,
        }
    }

    /// The same instant, written with an offset of so many seconds east of UTC.
    #[must_use]
    pub fn with_offset(self, seconds_east: i32) -> Time {
        Time {
            offset: seconds_east,
            ..self
        }
    }

    /// Seconds since 1970, rounded down.
    pub fn unix(&self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second.
    pub fn nanos(&self) -> u32 {
        self.nanos
    }

    /// The offset in seconds east of UTC.
    pub fn offset(&self) -> i32 {
        self.offset
    }

    /// Whether it is Go's zero time, which stands for "never" in records.
    pub fn is_zero(&self) -> bool {
        self.seconds == ZERO_SECONDS && self.nanos == 0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds + i64::from(self.offset);
        let (year, month, day) = civil_from_days(local.div_euclid(86_400));
        let second = local.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanos > 0 {
            let digits = format!("{:09}", self.nanos);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        let minutes = self.offset / 60;
        if minutes == 0 {
            return f.write_str("Z");
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Time {
    type Err = TimeError;

    /// Reads RFC 3339, with any number of digits of a second.
    fn from_str(text: &str) -> Result<Time, TimeError> {
        let mut scan = Scan { text, rest: text };
        let year = scan.number(4, "2006")?;
        scan.literal("-")?;
        let month = scan.number(2, "01")?;
        scan.literal("-")?;
        let day = scan.number(2, "02")?;
        scan.literal("T")?;
        let hour = scan.number(2, "15")?;
        scan.literal(":")?;
        let minute = scan.number(2, "04")?;
        scan.literal(":")?;
        let second = scan.number(2, "05")?;
        let nanos = scan.fraction();
        let offset = scan.offset()?;
        let in_range = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !in_range || !scan.rest.is_empty() {
            return Err(scan.error(""));
        }
        let days = days_from_civil(year, month, day);
        let local = days * 86_400 + hour * 3600 + minute * 60 + second;
        Ok(Time {
            seconds: local - i64::from(offset),
            nanos,
            offset,
        })
    }
}

struct Scan<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Scan<'_> {
    fn error(&self, expected: &str) -> TimeError {
        TimeError {
            text: quote(quote(self.text)),
            rest: quote(self.rest),
            expected: quote(expected),
        }
    }

    fn number(&mut self, digits: usize, expected: &str) -> Result<i64, TimeError> {
        let (head, rest) = self
            .rest
            .split_at_checked(digits)
            .filter(|(head, _)| head.bytes().all(|b| b.is_ascii_digit()))
            .ok_or_else(|| self.error(expected))?;
        let value = head.parse().map_err(|_| self.error(expected))?;
        self.rest = rest;
        Ok(value)
    }

    fn literal(&mut self, expected: &str) -> Result<(), TimeError> {
        self.rest = self
            .rest
            .strip_prefix(expected)
            .ok_or_else(|| self.error(expected))?;
        Ok(())
    }

    /// An optional fraction of a second in nanoseconds; digits beyond the ninth are dropped.
    fn fraction(&mut self) -> u32 {
        let Some(tail) = self.rest.strip_prefix('.') else {
            return 0;
        };
        let count = tail.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return 0;
        }
        let nanos = tail[..count]
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        self.rest = &tail[count..];
        nanos
    }

    fn offset(&mut self) -> Result<i32, TimeError> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let east = self.rest.starts_with('+');
        if !east && !self.rest.starts_with('-') {
            return Err(self.error("Z07:00"));
        }
        let at_sign = self.rest;
        self.rest = &self.rest[1..];
        let hours = self.number(2, "Z07:00")?;
        self.literal(":")?;
        let minutes = self.number(2, "Z07:00")?;
        if hours > 24 || minutes > 59 {
            self.rest = at_sign;
            return Err(self.error("Z07:00"));
        }
        let seconds = i32::try_from(hours * 3600 + minutes * 60).unwrap_or_default();
        Ok(if east { seconds } else { -seconds })
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970 of a date of the Gregorian calendar. Years start in March here, so that the
/// leap day is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_instant_survive() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999999Z",
            "2000-02-29T12:30:00.5+02:00",
            "2026-11-23T13:53:54.000001-09:30",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn zero_is_the_first_instant_of_the_year_one() {
        assert!("0001-01-01T00:00:00Z".parse::<Time>().unwrap().is_zero());
        assert_eq!(Time::default().to_string(), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn instants_are_seconds_since_1970() {
        let time: Time = "2026-11-23T15:53:54+02:00".parse().unwrap();
        assert_eq!(time.unix(), 1_795_442_034);
        assert_eq!(time.with_offset(0).to_string(), "2026-11-23T13:53:54Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "x",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00Zx",
            "2026-01-01T00:00:00+1é",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }
}
