//! Lengths of time.

use std::fmt;

use super::quote;

/// A length of time in nanoseconds. Go's `time.Duration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Duration(i64);

/// Why a text is no duration, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("time: {0}")]
pub struct DurationError(String);

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
/// The most nanoseconds that a duration has, below zero.
const LIMIT: u64 = 1 << 63;

impl Duration {
    /// So many nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Duration {
        Duration(nanoseconds)
    }

    /// So many seconds, wrapping around as Go's multiplication does.
    pub const fn from_seconds(seconds: i64) -> Duration {
        Duration(seconds.wrapping_mul(SECOND as i64))
    }

    /// Reads a text such as `1h2m3.5s`. Go's `time.ParseDuration`.
    ///
    /// # Errors
    /// When the text is no duration, or it does not fit 64 bits.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Duration, DurationError> {
        parse(text.as_ref())
    }

    /// The nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// The whole microseconds.
    pub fn microseconds(self) -> i64 {
        self.0 / MICROSECOND as i64
    }

    /// The whole milliseconds.
    pub fn milliseconds(self) -> i64 {
        self.0 / MILLISECOND as i64
    }

    /// The seconds.
    pub fn seconds(self) -> f64 {
        self.units(SECOND)
    }

    /// The minutes.
    pub fn minutes(self) -> f64 {
        self.units(MINUTE)
    }

    /// The hours.
    pub fn hours(self) -> f64 {
        self.units(HOUR)
    }

    /// Without its sign; the shortest one has no opposite and gives the longest.
    pub fn abs(self) -> Duration {
        Duration(self.0.saturating_abs())
    }

    /// Rounded toward zero to a multiple of the step; as it is if that is not positive.
    pub fn truncate(self, step: Duration) -> Duration {
        if step.0 <= 0 {
            return self;
        }
        Duration(self.0 - self.0 % step.0)
    }

    /// Rounded to the nearest multiple of the step, half away from zero; as it is if that is not
    /// positive. What does not fit is the longest or shortest duration.
    pub fn round(self, step: Duration) -> Duration {
        if step.0 <= 0 {
            return self;
        }
        let (value, step) = (i128::from(self.0), i128::from(step.0));
        let rest = value % step;
        let away = if rest.abs() * 2 < step {
            0
        } else {
            step * value.signum()
        };
        let rounded = value - rest + away;
        Duration(rounded.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    }

    /// As Go divides: whole units, and the rest as a fraction of one.
    fn units(self, unit: u64) -> f64 {
        let unit = unit as i64;
        (self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let (unit, name) = match nanos {
            0 => return f.write_str("0s"),
            1..MICROSECOND => return write!(f, "{sign}{nanos}ns"),
            MICROSECOND..MILLISECOND => (MICROSECOND, "µs"),
            MILLISECOND..SECOND => (MILLISECOND, "ms"),
            _ => (SECOND, "s"),
        };
        f.write_str(sign)?;
        let mut whole = nanos / unit;
        if name == "s" && whole >= 3600 {
            write!(f, "{}h", whole / 3600)?;
        }
        if name == "s" && whole >= 60 {
            write!(f, "{}m", whole / 60 % 60)?;
            whole %= 60;
        }
        write!(f, "{whole}")?;
        let fraction = nanos % unit;
        if fraction > 0 {
            let width = unit.ilog10() as usize;
            let digits = format!("{fraction:0width$}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str(name)
    }
}

fn parse(text: &[u8]) -> Result<Duration, DurationError> {
    let invalid = || DurationError(format!("invalid duration {}", quote(text)));
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(Duration(0));
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (whole, after) = whole_number(rest).ok_or_else(invalid)?;
        let (fraction, scale, after_fraction) = fraction(after);
        // Neither `.` alone nor a unit without a number.
        let digits = (rest.len() - after.len()) + (after.len() - after_fraction.len());
        if digits == 0 || digits == 1 && rest[0] == b'.' {
            return Err(invalid());
        }
        let is_number = |b: &u8| *b == b'.' || b.is_ascii_digit();
        let end = after_fraction.iter().position(is_number);
        let (name, next) = after_fraction.split_at(end.unwrap_or(after_fraction.len()));
        let problem = |what: String| DurationError(format!("{what} in duration {}", quote(text)));
        if name.is_empty() {
            return Err(problem("missing unit".to_owned()));
        }
        let unit = unit(name).ok_or_else(|| problem(format!("unknown unit {}", quote(name))))?;
        let mut value = whole
            .checked_mul(unit)
            .filter(|&v| v <= LIMIT)
            .ok_or_else(invalid)?;
        if fraction > 0 {
            value += (fraction as f64 * (unit as f64 / scale)) as u64;
        }
        total = total.saturating_add(value);
        if value > LIMIT || total > LIMIT {
            return Err(invalid());
        }
        rest = next;
    }
    if negative {
        return Ok(Duration((total as i64).wrapping_neg()));
    }
    i64::try_from(total).map(Duration).map_err(|_| invalid())
}

/// Reads digits, possibly none, up to 2^63.
fn whole_number(text: &[u8]) -> Option<(u64, &[u8])> {
    let len = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut number = 0_u64;
    for digit in &text[..len] {
        number = number
            .checked_mul(10)?
            .checked_add(u64::from(digit - b'0'))?;
        if number > LIMIT {
            return None;
        }
    }
    Some((number, &text[len..]))
}

/// Reads a point and digits, if they are there; digits beyond 63 bits do not count.
fn fraction(text: &[u8]) -> (u64, f64, &[u8]) {
    let Some(digits) = text.strip_prefix(b".") else {
        return (0, 1.0, text);
    };
    let len = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (mut number, mut scale) = (0_u64, 1.0);
    for digit in &digits[..len] {
        if number > (LIMIT - 1) / 10 {
            break;
        }
        let next = number * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale, &digits[len..])
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match std::str::from_utf8(name).ok()? {
        "ns" => 1,
        // The micro sign and the small Greek letter.
        "us" | "\u{b5}s" | "\u{3bc}s" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    })
}
