//! Moments and durations as Go's package `time` reads, prints and computes them.
//!
//! The arithmetic on dates is our own, because Go's years have no bounds; `jiff` knows the zones.

mod civil;
mod duration;
mod format;
mod layout;
mod parse;
mod zone;

use std::cmp::Ordering;
use std::fmt;

pub use civil::{Month, Weekday};
pub use duration::{Duration, DurationError};
pub use parse::ParseError;
pub use zone::{Zone, ZoneError};

use civil::{Civil, days_of_civil};

const NANOS: i128 = 1_000_000_000;
const DAY: i64 = 86_400;
/// The seconds from Go's zero time, the first of January of the year 1, to 1970.
const ZERO_TO_UNIX: i64 = 62_135_596_800;

/// `Mon Jan _2 15:04:05 2006`
pub const ANSIC: &str = "Mon Jan _2 15:04:05 2006";
/// `2006-01-02T15:04:05Z07:00`
pub const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
/// `2006-01-02T15:04:05.999999999Z07:00`
pub const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";
/// The layout of Go's `Time.String`.
pub const STRING: &str = "2006-01-02 15:04:05.999999999 -0700 MST";

/// A moment with the zone in which it is shown. Go's `time.Time`, without its monotonic clock.
///
/// Equality and order are those of the moments; the zone does not count.
#[derive(Clone, Debug)]
pub struct Time {
    /// Seconds since 1970.
    seconds: i64,
    nanoseconds: u32,
    zone: Zone,
}

impl Time {
    /// So many seconds and nanoseconds after 1970.
    pub fn from_unix(seconds: i64, nanoseconds: u32, zone: Zone) -> Time {
        let carry = i64::from(nanoseconds / NANOS as u32);
        Time {
            seconds: seconds.wrapping_add(carry),
            nanoseconds: nanoseconds % NANOS as u32,
            zone,
        }
    }

    /// A moment of `jiff`'s.
    pub fn from_jiff(moment: jiff::Timestamp, zone: Zone) -> Time {
        let nanoseconds = moment.as_nanosecond();
        let seconds = nanoseconds.div_euclid(NANOS) as i64;
        Time::from_unix(seconds, nanoseconds.rem_euclid(NANOS) as u32, zone)
    }

    /// Go's zero time: the first of January of the year 1 in UTC.
    pub fn zero() -> Time {
        Time::from_unix(-ZERO_TO_UNIX, 0, Zone::Utc)
    }

    /// The moment of a date and time of day in a zone, which may overflow their usual ranges: the
    /// 32nd of January is the first of February. Go's `time.Date`.
    pub fn from_date(
        (year, month, day): (i64, i64, i64),
        (hour, minute, second): (i64, i64, i64),
        nanosecond: u32,
        zone: Zone,
    ) -> Time {
        let year = year.saturating_add((month - 1).div_euclid(12));
        let month = (month - 1).rem_euclid(12) + 1;
        let days = days_of_civil(year, month).saturating_add(day - 1);
        let clock = hour * 3600 + minute * 60 + second;
        let wall = days.saturating_mul(DAY).saturating_add(clock);
        // As in Go, a time that the zone skips or repeats goes by the offset found this way.
        let guess = wall.saturating_sub(zone.at(wall).offset);
        let seconds = wall.saturating_sub(zone.at(guess).offset);
        Time::from_unix(seconds, nanosecond, zone)
    }

    /// Reads a text by a layout; without a zone in it, the text is in the given one. Go's
    /// `time.ParseInLocation`.
    ///
    /// # Errors
    /// When the text does not have the layout, in Go's words.
    pub fn parse_in(
        layout: impl AsRef<[u8]>,
        text: impl AsRef<[u8]>,
        zone: &Zone,
    ) -> Result<Time, ParseError> {
        parse::parse(layout.as_ref(), text.as_ref(), zone, zone)
    }

    /// Reads a text by a layout; without a zone in it, the text is in UTC. Go's `time.Parse`, where
    /// an offset that the local zone has at that time makes the result local.
    ///
    /// # Errors
    /// When the text does not have the layout, in Go's words.
    pub fn parse(
        layout: impl AsRef<[u8]>,
        text: impl AsRef<[u8]>,
        local: &Zone,
    ) -> Result<Time, ParseError> {
        parse::parse(layout.as_ref(), text.as_ref(), &Zone::Utc, local)
    }

    /// Prints by a layout. Go's `Time.Format`.
    pub fn format(&self, layout: &str) -> String {
        let text = format::format(self, layout.as_bytes());
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Prints by a layout that need not be UTF-8.
    pub fn format_bytes(&self, layout: &[u8]) -> Vec<u8> {
        format::format(self, layout)
    }

    /// The seconds since 1970.
    pub fn unix(&self) -> i64 {
        self.seconds
    }

    /// The nanoseconds since 1970, wrapping around where they do not fit 64 bits.
    pub fn unix_nanos(&self) -> i64 {
        self.total_nanos() as i64
    }

    /// The nanoseconds within the second.
    pub fn nanosecond(&self) -> u32 {
        self.nanoseconds
    }

    /// The zone in which the moment is shown.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The same moment in another zone.
    pub fn in_zone(&self, zone: Zone) -> Time {
        Time {
            zone,
            ..self.clone()
        }
    }

    /// The year, month and day.
    pub fn date(&self) -> (i64, Month, u8) {
        let civil = self.civil();
        (civil.year, civil.month, civil.day)
    }

    /// The hour, minute and second.
    pub fn clock(&self) -> (u8, u8, u8) {
        let second = self.wall().rem_euclid(DAY);
        (
            (second / 3600) as u8,
            (second / 60 % 60) as u8,
            (second % 60) as u8,
        )
    }

    /// The day of the week.
    pub fn weekday(&self) -> Weekday {
        // The first day of 1970 was a Thursday.
        Weekday::from_number(self.days().rem_euclid(7) + 4)
    }

    /// The day of the year, counted from one.
    pub fn year_day(&self) -> u16 {
        self.civil().year_day
    }

    /// Whether it is Go's zero time, in any zone.
    pub fn is_zero(&self) -> bool {
        self.seconds == -ZERO_TO_UNIX && self.nanoseconds == 0
    }

    /// The moment that much later.
    pub fn add(&self, duration: Duration) -> Time {
        self.at_nanos(self.total_nanos() + i128::from(duration.nanoseconds()))
    }

    /// The date that many years, months and days later, at the same time of day. Go's `AddDate`.
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Time {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.clock();
        let date = (
            year.saturating_add(years),
            i64::from(month.number()).saturating_add(months),
            i64::from(day).saturating_add(days),
        );
        let clock = (hour.into(), minute.into(), second.into());
        Time::from_date(date, clock, self.nanoseconds, self.zone.clone())
    }

    /// How long after `earlier` it is, at most what a duration can hold. Go's `Sub`.
    pub fn since(&self, earlier: &Time) -> Duration {
        let nanos = self.total_nanos() - earlier.total_nanos();
        let bounded = nanos.clamp(i64::MIN.into(), i64::MAX.into());
        Duration::from_nanoseconds(bounded as i64)
    }

    /// Rounded down to a multiple of the duration since Go's zero time.
    pub fn truncate(&self, step: Duration) -> Time {
        self.at_nanos(self.total_nanos() - self.remainder(step))
    }

    /// Rounded to the nearest multiple of the duration since Go's zero time, half up.
    pub fn round(&self, step: Duration) -> Time {
        let rest = self.remainder(step);
        let step = i128::from(step.nanoseconds());
        let up = if rest + rest < step { 0 } else { step };
        let up = if step <= 0 { 0 } else { up };
        self.at_nanos(self.total_nanos() - rest + up)
    }

    fn remainder(&self, step: Duration) -> i128 {
        let step = i128::from(step.nanoseconds());
        let nanos = self.total_nanos() + i128::from(ZERO_TO_UNIX) * NANOS;
        if step <= 0 { 0 } else { nanos.rem_euclid(step) }
    }

    fn total_nanos(&self) -> i128 {
        i128::from(self.seconds) * NANOS + i128::from(self.nanoseconds)
    }

    fn at_nanos(&self, nanos: i128) -> Time {
        let seconds = nanos.div_euclid(NANOS) as i64;
        Time::from_unix(seconds, nanos.rem_euclid(NANOS) as u32, self.zone.clone())
    }

    /// The seconds since 1970 as a clock on the wall would have them.
    fn wall(&self) -> i64 {
        self.seconds
            .saturating_add(self.zone.at(self.seconds).offset)
    }

    fn days(&self) -> i64 {
        self.wall().div_euclid(DAY)
    }

    fn civil(&self) -> Civil {
        Civil::of_days(self.days())
    }
}

/// Go's `Time.String`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format(STRING))
    }
}

impl PartialEq for Time {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds))
    }
}

/// Quotes as Go's package `time` does in its errors: by bytes.
fn quote(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            0x20..0x80 => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}
