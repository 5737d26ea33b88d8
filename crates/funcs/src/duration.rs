//! Helm's own functions on durations.

use gostd::time::Duration;
use gotmpl::Ty::{self, Any, Float64, Int64};
use goval::Value;
use goval::strconv::{parse_float, quote};

use crate::args::Args;
use crate::convert::display;
use crate::date::{duration_of, duration_value, named_int};
use crate::table::{Entry, Outcome, panic, pure};

const DURATION: Ty = Ty::Named("time.Duration");
const SECOND: i64 = 1_000_000_000;

pub(crate) const FUNCS: &[Entry] = &[
    pure("mustToDuration", &[Any], DURATION, |a| {
        Ok(duration_value(read(a.arg(0)).map_err(panic)?))
    }),
    pure("durationSeconds", &[Any], Float64, |a| {
        float(a, Duration::seconds)
    }),
    pure("durationMinutes", &[Any], Float64, |a| {
        float(a, Duration::minutes)
    }),
    pure("durationHours", &[Any], Float64, |a| {
        float(a, Duration::hours)
    }),
    pure("durationDays", &[Any], Float64, |a| {
        float(a, |d| d.hours() / 24.0)
    }),
    pure("durationWeeks", &[Any], Float64, |a| {
        float(a, |d| d.hours() / 24.0 / 7.0)
    }),
    pure("durationMilliseconds", &[Any], Int64, |a| {
        int(a, Duration::milliseconds)
    }),
    pure("durationMicroseconds", &[Any], Int64, |a| {
        int(a, Duration::microseconds)
    }),
    pure("durationNanoseconds", &[Any], Int64, |a| {
        int(a, Duration::nanoseconds)
    }),
    pure("durationRoundTo", &[Any, Any], DURATION, |a| {
        stepped(a, Duration::round)
    }),
    pure("durationTruncateTo", &[Any, Any], DURATION, |a| {
        stepped(a, Duration::truncate)
    }),
];

/// What is no duration counts as none.
fn float(a: &[Value], unit: fn(Duration) -> f64) -> Outcome {
    Ok(read(a.arg(0)).map_or(0.0, unit).into())
}

fn int(a: &[Value], unit: fn(Duration) -> i64) -> Outcome {
    Ok(Value::int64(read(a.arg(0)).map_or(0, unit)))
}

/// A step that is no duration changes nothing.
fn stepped(a: &[Value], change: fn(Duration, Duration) -> Duration) -> Outcome {
    let duration = read(a.arg(0)).unwrap_or_default();
    let changed = read(a.arg(1)).map_or(duration, |step| change(duration, step));
    Ok(duration_value(changed))
}

/// Durations, their texts, and numbers or texts of numbers as seconds. Helm's `asDuration`.
fn read(value: &Value) -> Result<Duration, String> {
    match value {
        Value::Nil => Err("invalid duration".to_owned()),
        Value::Str(text) => {
            let trimmed = text.to_str_lossy();
            let trimmed = trimmed.trim();
            if trimmed.is_empty() {
                return Err("empty duration".to_owned());
            }
            if let Ok(duration) = Duration::parse(trimmed) {
                return Ok(duration);
            }
            match parse_float(trimmed, 64) {
                Ok(seconds) => from_float(seconds),
                Err(_) => Err(format!("could not parse duration {}", quote(text))),
            }
        }
        Value::Int(kind, i) if kind.is_unsigned() => from_unsigned(*i as u64),
        Value::Int(_, i) => from_int(*i),
        Value::Float(x) => from_float(*x),
        Value::Object(object) => {
            let unsupported = || format!("unsupported duration type {}", object.type_name());
            match (duration_of(object.as_ref()), named_int(object.as_ref())) {
                (Some(duration), _) => Ok(duration),
                (None, Some(seconds)) => from_int(seconds),
                (None, None) => Err(unsupported()),
            }
        }
        other => Err(format!("unsupported duration type {}", other.type_name())),
    }
}

fn from_int(seconds: i64) -> Result<Duration, String> {
    match seconds.checked_mul(SECOND) {
        Some(nanoseconds) => Ok(Duration::from_nanoseconds(nanoseconds)),
        None => Err(format!("duration seconds overflow: {seconds}")),
    }
}

fn from_unsigned(seconds: u64) -> Result<Duration, String> {
    let overflow = |_| format!("duration seconds overflow: {seconds}");
    from_int(i64::try_from(seconds).map_err(overflow)?)
}

fn from_float(seconds: f64) -> Result<Duration, String> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let shown = |x: f64| display(&x.into());
    if !seconds.is_finite() {
        return Err(format!("invalid duration seconds: {}", shown(seconds)));
    }
    if seconds.abs() > LIMIT / SECOND as f64 {
        return Err(format!("duration seconds overflow: {}", shown(seconds)));
    }
    let nanoseconds = seconds * SECOND as f64;
    if nanoseconds.abs() > LIMIT {
        return Err(format!(
            "duration nanoseconds overflow: {}",
            shown(nanoseconds)
        ));
    }
    Ok(Duration::from_nanoseconds(crate::convert::truncate(
        nanoseconds,
    )))
}
