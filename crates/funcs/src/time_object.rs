//! Go's `time.Time`, `time.Duration` and their kin as values with methods.

use std::any::Any;
use std::sync::Arc;

use gostd::time::{Duration, Month, RFC3339_NANO, Time, Weekday, Zone};
use goval::{IntKind, Method, Object, Str, Value, toml};

use crate::args::Args;

/// The time in a value.
pub(crate) fn as_time(value: &Value) -> Option<&Time> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref().map(|TimeObject(time)| time),
        _ => None,
    }
}

/// The duration that an object is.
pub(crate) fn as_duration(object: &dyn Object) -> Option<Duration> {
    object
        .as_any()
        .downcast_ref()
        .map(|DurationObject(duration)| *duration)
}

/// A duration as an argument: a constant in a template comes as the number it stands for.
fn step(arg: &Value) -> Duration {
    match arg {
        Value::Object(object) => as_duration(object.as_ref()).unwrap_or_default(),
        Value::Int(_, nanoseconds) => Duration::from_nanoseconds(*nanoseconds),
        _ => Duration::default(),
    }
}

/// The number behind a `time.Month` or `time.Weekday`, which spf13/cast converts.
pub(crate) fn named_int(object: &dyn Object) -> Option<i64> {
    object
        .as_any()
        .downcast_ref()
        .map(|named: &NamedInt| named.number)
}

const fn takes(params: &'static [&'static str]) -> Method {
    Method {
        params,
        variadic: false,
    }
}

// The zones in which Go's TOML library puts what has none.
const LOCAL_DATETIME: &str = "datetime-local";
const LOCAL_DATE: &str = "date-local";
const LOCAL_TIME: &str = "time-local";

pub(crate) struct TimeObject(Time);

impl TimeObject {
    pub(crate) fn value(time: Time) -> Value {
        Value::Object(Arc::new(TimeObject(time)))
    }

    /// A time of TOML with the methods of Go's.
    pub(crate) fn of_toml(time: &toml::Time) -> Value {
        let zone = match time.zone {
            toml::Zone::Utc | toml::Zone::Offset(0) => Zone::Utc,
            toml::Zone::Offset(minutes) => Zone::Fixed("".into(), i64::from(minutes) * 60),
            toml::Zone::LocalDatetime => Zone::Fixed(LOCAL_DATETIME.into(), 0),
            toml::Zone::LocalDate => Zone::Fixed(LOCAL_DATE.into(), 0),
            toml::Zone::LocalTime => Zone::Fixed(LOCAL_TIME.into(), 0),
        };
        let (year, month, day) = time.date;
        let (hour, minute, second) = time.clock;
        TimeObject::value(Time::from_date(
            (year.into(), month.into(), day.into()),
            (hour.into(), minute.into(), second.into()),
            time.nanosecond,
            zone,
        ))
    }
}

impl Object for TimeObject {
    fn type_name(&self) -> &str {
        "time.Time"
    }

    fn method(&self, name: &str) -> Option<Method> {
        Some(match name {
            "Day" | "GoString" | "Hour" | "IsDST" | "IsZero" | "Local" | "Location" | "Minute"
            | "Month" | "Nanosecond" | "Second" | "String" | "UTC" | "Unix" | "UnixMicro"
            | "UnixMilli" | "UnixNano" | "Weekday" | "Year" | "YearDay" => takes(&[]),
            "After" | "Before" | "Compare" | "Equal" | "Sub" => takes(&["time.Time"]),
            "Add" | "Round" | "Truncate" => takes(&["time.Duration"]),
            "AddDate" => takes(&["int", "int", "int"]),
            "Format" => takes(&["string"]),
            "In" => takes(&["*time.Location"]),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let time = &self.0;
        let other = || as_time(args.arg(0)).unwrap_or(time);
        let step = || step(args.arg(0));
        let (hour, minute, second) = time.clock();
        let (year, month, day) = time.date();
        let nanos = i128::from(time.unix()) * 1_000_000_000 + i128::from(time.nanosecond());
        Ok(match name {
            "Year" => Value::int(year),
            "Month" => NamedInt::month(month),
            "Day" => Value::int(day.into()),
            "Hour" => Value::int(hour.into()),
            "Minute" => Value::int(minute.into()),
            "Second" => Value::int(second.into()),
            "Nanosecond" => Value::int(time.nanosecond().into()),
            "Weekday" => NamedInt::weekday(time.weekday()),
            "YearDay" => Value::int(time.year_day().into()),
            "Unix" => Value::int64(time.unix()),
            "UnixMilli" => Value::int64(nanos.div_euclid(1_000_000) as i64),
            "UnixMicro" => Value::int64(nanos.div_euclid(1_000) as i64),
            "UnixNano" => Value::int64(time.unix_nanos()),
            "IsZero" => time.is_zero().into(),
            "IsDST" => time.zone().is_dst(time.unix()).into(),
            "After" => (time > other()).into(),
            "Before" => (time < other()).into(),
            "Equal" => (time == other()).into(),
            "Compare" => Value::int(time.cmp(other()) as i64),
            "Sub" => DurationObject::value(time.since(other())),
            "Add" => TimeObject::value(time.add(step())),
            "Round" => TimeObject::value(time.round(step())),
            "Truncate" => TimeObject::value(time.truncate(step())),
            "AddDate" => TimeObject::value(time.add_date(args.int(0), args.int(1), args.int(2))),
            "Format" => Value::str(time.format_bytes(args.bytes(0))),
            "UTC" => TimeObject::value(time.in_zone(Zone::Utc)),
            // A time knows no other local zone than the one it is in.
            "Local" => self.value_of(),
            "Location" => Value::Object(Arc::new(LocationObject(time.zone().clone()))),
            "In" => match args.arg(0) {
                Value::Object(object) => match object.as_any().downcast_ref() {
                    Some(LocationObject(zone)) => TimeObject::value(time.in_zone(zone.clone())),
                    None => self.value_of(),
                },
                _ => return Err("time: missing Location in call to Time.In".to_owned()),
            },
            _ => time.to_string().into(),
        })
    }

    fn display(&self) -> Str {
        self.0.to_string().into()
    }

    fn stringer(&self) -> Option<Str> {
        Some(self.display())
    }

    fn to_json(&self) -> Result<Value, String> {
        let (year, ..) = self.0.date();
        if !(0..10_000).contains(&year) {
            return Err("Time.MarshalJSON: year outside of range [0,9999]".to_owned());
        }
        Ok(self.0.format(RFC3339_NANO).into())
    }

    fn to_yaml(&self) -> Option<String> {
        Some(self.0.format(RFC3339_NANO))
    }

    fn to_toml(&self) -> Option<String> {
        let layout = match self.0.zone().name() {
            LOCAL_DATETIME => "2006-01-02T15:04:05.999999999",
            LOCAL_DATE => "2006-01-02",
            LOCAL_TIME => "15:04:05.999999999",
            _ => RFC3339_NANO,
        };
        Some(self.0.format(layout))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other: Option<&TimeObject> = other.as_any().downcast_ref();
        other.is_some_and(|o| o.0 == self.0 && o.0.zone().name() == self.0.zone().name())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl TimeObject {
    fn value_of(&self) -> Value {
        TimeObject::value(self.0.clone())
    }
}

pub(crate) struct DurationObject(Duration);

impl DurationObject {
    pub(crate) fn value(duration: Duration) -> Value {
        Value::Object(Arc::new(DurationObject(duration)))
    }
}

impl Object for DurationObject {
    fn type_name(&self) -> &str {
        "time.Duration"
    }

    fn kind(&self) -> &str {
        "int64"
    }

    fn method(&self, name: &str) -> Option<Method> {
        Some(match name {
            "Abs" | "Hours" | "Microseconds" | "Milliseconds" | "Minutes" | "Nanoseconds"
            | "Seconds" | "String" => takes(&[]),
            "Round" | "Truncate" => takes(&["time.Duration"]),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let duration = self.0;
        let step = || step(args.arg(0));
        Ok(match name {
            "Abs" => DurationObject::value(duration.abs()),
            "Round" => DurationObject::value(duration.round(step())),
            "Truncate" => DurationObject::value(duration.truncate(step())),
            "Hours" => duration.hours().into(),
            "Minutes" => duration.minutes().into(),
            "Seconds" => duration.seconds().into(),
            "Milliseconds" => Value::int64(duration.milliseconds()),
            "Microseconds" => Value::int64(duration.microseconds()),
            "Nanoseconds" => Value::int64(duration.nanoseconds()),
            _ => duration.to_string().into(),
        })
    }

    fn display(&self) -> Str {
        self.0.to_string().into()
    }

    fn stringer(&self) -> Option<Str> {
        Some(self.display())
    }

    fn truth(&self) -> bool {
        self.0 != Duration::default()
    }

    fn as_plain(&self) -> Option<Value> {
        Some(Value::Int(IntKind::Int64, self.0.nanoseconds()))
    }

    fn to_json(&self) -> Result<Value, String> {
        Ok(Value::int64(self.0.nanoseconds()))
    }

    fn to_toml(&self) -> Option<String> {
        Some(format!("\"{}\"", self.0))
    }

    fn to_yaml(&self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        as_duration(other) == Some(self.0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A `time.Month` or `time.Weekday`.
struct NamedInt {
    type_name: &'static str,
    number: i64,
    name: &'static str,
}

impl NamedInt {
    fn month(month: Month) -> Value {
        Value::Object(Arc::new(NamedInt {
            type_name: "time.Month",
            number: month.number().into(),
            name: month.name(),
        }))
    }

    fn weekday(day: Weekday) -> Value {
        Value::Object(Arc::new(NamedInt {
            type_name: "time.Weekday",
            number: day.number().into(),
            name: day.name(),
        }))
    }
}

impl Object for NamedInt {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn kind(&self) -> &str {
        "int"
    }

    fn method(&self, name: &str) -> Option<Method> {
        (name == "String").then_some(takes(&[]))
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, String> {
        Ok(self.name.into())
    }

    fn display(&self) -> Str {
        self.name.into()
    }

    fn stringer(&self) -> Option<Str> {
        Some(self.name.into())
    }

    fn truth(&self) -> bool {
        self.number != 0
    }

    fn as_plain(&self) -> Option<Value> {
        Some(Value::int(self.number))
    }

    fn to_json(&self) -> Result<Value, String> {
        Ok(Value::int(self.number))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        self.type_name == other.type_name() && named_int(other) == Some(self.number)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A `*time.Location`.
struct LocationObject(Zone);

impl Object for LocationObject {
    fn type_name(&self) -> &str {
        "*time.Location"
    }

    fn kind(&self) -> &str {
        "ptr"
    }

    fn method(&self, name: &str) -> Option<Method> {
        (name == "String").then_some(takes(&[]))
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, String> {
        Ok(self.0.name().into())
    }

    fn display(&self) -> Str {
        self.0.name().into()
    }

    fn stringer(&self) -> Option<Str> {
        Some(self.display())
    }

    fn to_json(&self) -> Result<Value, String> {
        Ok(goval::Map::new().into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
