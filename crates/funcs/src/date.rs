//! Dates: now, formats, zones, ages.

use gostd::time::{Duration, Time, Zone};
use gotmpl::Ty::{self, Any, Str};
use goval::{IntKind, Object, Value};

use crate::World;
use crate::args::Args;
use crate::convert::atoi;
use crate::table::{Entry, Outcome, impure, pure};
pub(crate) use crate::time_object::named_int;
use crate::time_object::{DurationObject, TimeObject, as_duration, as_time};

const TIME: Ty = Ty::Named("time.Time");

pub(crate) const FUNCS: &[Entry] = &[
    impure("now", &[], TIME, |w, _| Ok(TimeObject::value(now(w)))),
    impure("date", &[Str, Any], Str, |w, a| {
        Ok(in_zone(w, a.bytes(0), a.arg(1), "Local"))
    }),
    impure("dateInZone", &[Str, Any, Str], Str, date_in_zone),
    impure("date_in_zone", &[Str, Any, Str], Str, date_in_zone),
    impure("htmlDate", &[Any], Str, |w, a| {
        Ok(in_zone(w, HTML, a.arg(0), "Local"))
    }),
    impure("htmlDateInZone", &[Any, Str], Str, |w, a| {
        Ok(in_zone(w, HTML, a.arg(0), &a.text(1)))
    }),
    pure("dateModify", &[Str, TIME], TIME, |a| {
        Ok(modified(a).unwrap_or_else(|_| a.arg(1).clone()))
    }),
    pure("date_modify", &[Str, TIME], TIME, |a| {
        Ok(modified(a).unwrap_or_else(|_| a.arg(1).clone()))
    }),
    pure("mustDateModify", &[Str, TIME], TIME, |a| Ok(modified(a)?)),
    pure("must_date_modify", &[Str, TIME], TIME, |a| Ok(modified(a)?)),
    impure("toDate", &[Str, Str], TIME, |w, a| {
        Ok(TimeObject::value(
            parsed(w, a).unwrap_or_else(|_| Time::zero()),
        ))
    }),
    impure("mustToDate", &[Str, Str], TIME, |w, a| {
        Ok(TimeObject::value(parsed(w, a)?))
    }),
    pure("unixEpoch", &[TIME], Str, |a| {
        Ok(as_time(a.arg(0)).map_or(0, Time::unix).to_string().into())
    }),
    impure("ago", &[Any], Str, ago),
    pure("duration", &[Any], Str, |a| {
        Ok(duration(a.arg(0)).to_string().into())
    }),
    impure("durationRound", &[Any], Str, duration_round),
];

const HTML: &[u8] = b"2006-01-02";

fn now(world: &dyn World) -> Time {
    Time::from_jiff(world.now(), local(world))
}

fn local(world: &dyn World) -> Zone {
    Zone::Local(world.local_zone())
}

fn date_in_zone(world: &dyn World, a: &[Value]) -> Outcome {
    Ok(in_zone(world, a.bytes(0), a.arg(1), &a.text(2)))
}

/// Formats a time, or seconds since 1970, or for anything else the present; a zone that does not
/// exist is UTC.
fn in_zone(world: &dyn World, layout: &[u8], date: &Value, zone: &str) -> Value {
    let local = local(world);
    let time = match date {
        Value::Int(IntKind::Int | IntKind::Int32 | IntKind::Int64, seconds) => {
            Time::from_unix(*seconds, 0, local.clone())
        }
        other => as_time(other).cloned().unwrap_or_else(|| now(world)),
    };
    let zone = Zone::load(zone, &local).unwrap_or(Zone::Utc);
    Value::str(time.in_zone(zone).format_bytes(layout))
}

fn modified(a: &[Value]) -> Result<Value, String> {
    let duration = Duration::parse(a.bytes(0)).map_err(|e| e.to_string())?;
    let time = as_time(a.arg(1)).ok_or("not a time")?;
    Ok(TimeObject::value(time.add(duration)))
}

fn parsed(world: &dyn World, a: &[Value]) -> Result<Time, String> {
    Time::parse_in(a.bytes(0), a.bytes(1), &local(world)).map_err(|e| e.to_string())
}

fn ago(world: &dyn World, a: &[Value]) -> Outcome {
    let now = now(world);
    let age = match a.arg(0) {
        Value::Int(IntKind::Int | IntKind::Int64, seconds) => {
            now.since(&Time::from_unix(*seconds, 0, Zone::Utc))
        }
        other => as_time(other).map_or_else(Duration::default, |time| now.since(time)),
    };
    Ok(age.round(Duration::from_seconds(1)).to_string().into())
}

/// So many seconds, given as a string or an `int64`; other types count as none.
fn duration(seconds: &Value) -> Duration {
    match seconds {
        Value::Str(text) => Duration::from_seconds(atoi(&text.to_str_lossy())),
        Value::Int(IntKind::Int64, seconds) => Duration::from_seconds(*seconds),
        _ => Duration::default(),
    }
}

/// The largest whole unit that a duration, or the time since a moment, exceeds.
fn duration_round(world: &dyn World, a: &[Value]) -> Outcome {
    let duration = match a.arg(0) {
        Value::Str(text) => Duration::parse(text).unwrap_or_default(),
        Value::Int(IntKind::Int64, nanoseconds) => Duration::from_nanoseconds(*nanoseconds),
        other => as_time(other).map_or_else(Duration::default, |time| now(world).since(time)),
    };
    const HOUR: u64 = 3_600_000_000_000;
    const UNITS: [(u64, &str); 6] = [
        (365 * 24 * HOUR, "y"),
        (30 * 24 * HOUR, "mo"),
        (24 * HOUR, "d"),
        (HOUR, "h"),
        (HOUR / 60, "m"),
        (HOUR / 3600, "s"),
    ];
    let nanoseconds = duration.nanoseconds().unsigned_abs();
    let unit = UNITS.iter().find(|(unit, _)| nanoseconds > *unit);
    let text = unit.map_or_else(
        || "0s".to_owned(),
        |(unit, name)| format!("{}{name}", nanoseconds / unit),
    );
    Ok(text.into())
}

/// A duration among the arguments of Helm's functions on durations.
pub(crate) fn duration_of(object: &dyn Object) -> Option<Duration> {
    as_duration(object)
}

/// A duration for templates.
pub(crate) fn duration_value(duration: Duration) -> Value {
    DurationObject::value(duration)
}
