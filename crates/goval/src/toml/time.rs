//! Dates and times of TOML.

use std::any::Any;
use std::fmt::Write as _;

use crate::{Object, Str, Value};

/// A date or time that was read from TOML: a `time.Time` in Go.
///
/// What TOML leaves out is zero: a date has no hours, a time of day is on 1 January of year 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// Year, month and day.
    pub date: (i32, u32, u32),
    /// Hour, minute and second.
    pub clock: (u32, u32, u32),
    /// Nanoseconds within the second.
    pub nanosecond: u32,
    /// What the text said about the zone.
    pub zone: Zone,
}

/// What a text of TOML says about the zone of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// `Z`.
    Utc,
    /// Minutes east of UTC.
    Offset(i32),
    /// None: a local date and time, in Go the zone `datetime-local`.
    LocalDatetime,
    /// None: a local date, in Go the zone `date-local`.
    LocalDate,
    /// None: a local time of day, in Go the zone `time-local`.
    LocalTime,
}

impl Time {
    /// `2006-01-02`.
    fn write_date(&self, out: &mut String) {
        let (year, month, day) = self.date;
        // Writing to a string does not fail.
        let _ = write!(out, "{year:04}-{month:02}-{day:02}");
    }

    /// `15:04:05.999999999`, without zeros at the end.
    fn write_clock(&self, out: &mut String) {
        let (hour, minute, second) = self.clock;
        let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
        if self.nanosecond > 0 {
            let fraction = format!("{:09}", self.nanosecond);
            let _ = write!(out, ".{}", fraction.trim_end_matches('0'));
        }
    }

    /// The offset with that text between its hours and minutes.
    fn write_offset(&self, out: &mut String, colon: &str) {
        let minutes = match self.zone {
            Zone::Offset(minutes) => minutes,
            _ => 0,
        };
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.abs();
        let _ = write!(out, "{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60);
    }

    /// As it is written in TOML.
    fn literal(&self) -> String {
        let mut out = String::new();
        if self.zone != Zone::LocalTime {
            self.write_date(&mut out);
        }
        if !matches!(self.zone, Zone::LocalTime | Zone::LocalDate) {
            out.push('T');
        }
        if self.zone != Zone::LocalDate {
            self.write_clock(&mut out);
        }
        match self.zone {
            Zone::Utc | Zone::Offset(0) => out.push('Z'),
            Zone::Offset(_) => self.write_offset(&mut out, ":"),
            _ => {}
        }
        out
    }

    /// `time.RFC3339Nano`, as JSON has it.
    fn to_rfc3339(&self) -> String {
        let mut out = String::new();
        self.write_date(&mut out);
        out.push('T');
        self.write_clock(&mut out);
        match self.zone {
            Zone::Offset(minutes) if minutes != 0 => self.write_offset(&mut out, ":"),
            _ => out.push('Z'),
        }
        out
    }
}

impl Object for Time {
    fn type_name(&self) -> &str {
        "time.Time"
    }

    fn display(&self) -> Str {
        let mut out = String::new();
        self.write_date(&mut out);
        out.push(' ');
        self.write_clock(&mut out);
        out.push(' ');
        self.write_offset(&mut out, "");
        out.push(' ');
        match self.zone {
            Zone::Utc | Zone::Offset(0) => out.push_str("UTC"),
            Zone::Offset(_) => self.write_offset(&mut out, ""),
            Zone::LocalDatetime => out.push_str("datetime-local"),
            Zone::LocalDate => out.push_str("date-local"),
            Zone::LocalTime => out.push_str("time-local"),
        }
        out.into()
    }

    fn stringer(&self) -> Option<Str> {
        Some(self.display())
    }

    fn to_json(&self) -> Result<Value, String> {
        Ok(Value::str(self.to_rfc3339()))
    }

    fn to_toml(&self) -> Option<String> {
        Some(self.literal())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Time>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
