//! How Go's standard library reads and prints what stands on a command line.
//!
//! Only texts that a user sees depend on these: error messages, defaults in help, log lines.

mod csv;
mod duration;
mod number;

pub(crate) use chart::quote;
pub(crate) use csv::{read_record, write_record};
pub(crate) use duration::{format_duration, parse_duration};
pub(crate) use number::{format_float32, parse_bool, parse_float32, parse_int, parse_uint};
