//! How Go's standard library reads and prints what stands on a command line.
//!
//! Only texts that a user sees depend on these: error messages, defaults in help, log lines.

mod csv;

use gostd::time::Duration;
use goval::strconv;

pub(crate) use csv::{read_record, write_record};

/// `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Result<bool, String> {
    strconv::parse_bool(text).map_err(|e| e.to_string())
}

/// `strconv.ParseInt`.
pub(crate) fn parse_int(text: &str, base: u32, bits: u32) -> Result<i64, String> {
    strconv::parse_int(text, base, bits).map_err(|e| e.to_string())
}

/// `strconv.Atoi`.
pub(crate) fn atoi(text: &str) -> Result<i64, String> {
    strconv::parse_int(text, 10, 64).map_err(|mut e| {
        e.func = "Atoi";
        e.to_string()
    })
}

/// `strconv.ParseUint` in any of Go's notations.
pub(crate) fn parse_uint(text: &str) -> Result<u64, String> {
    strconv::parse_uint(text, 0, 64).map_err(|e| e.to_string())
}

/// `strconv.ParseFloat` for 32 bits.
pub(crate) fn parse_float32(text: &str) -> Result<f32, String> {
    strconv::parse_float(text, 32)
        .map(|x| x as f32)
        .map_err(|e| e.to_string())
}

/// `strconv.FormatFloat` in the shortest form for 32 bits.
pub(crate) fn format_float32(value: f32) -> String {
    strconv::format_float(f64::from(value), b'g', -1, 32)
}

/// `time.ParseDuration`, in nanoseconds.
pub(crate) fn parse_duration(text: &str) -> Result<i64, String> {
    Duration::parse(text)
        .map(Duration::nanoseconds)
        .map_err(|e| e.to_string())
}

/// `time.Duration.String` of nanoseconds.
pub(crate) fn format_duration(nanoseconds: i64) -> String {
    Duration::from_nanoseconds(nanoseconds).to_string()
}
