//! Times of releases as Go prints them.

use chart::Time;
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// Go's `time.ANSIC`: `Mon Jan _2 15:04:05 2006`, on the clock of the time's own offset.
pub(crate) fn ansic(time: &Time) -> String {
    format(time, "%a %b %e %H:%M:%S %Y")
}

/// Go's `time.RFC3339`: no fraction of a second.
pub(crate) fn rfc3339(time: &Time) -> String {
    Time::from_unix(time.unix(), 0)
        .with_offset(time.offset())
        .to_string()
}

/// Go's `Time.String`: `2006-01-02 15:04:05.999999999 -0700 MST`.
///
/// The zone is named if it is UTC or the local one; else the offset stands in its place.
pub(crate) fn string(time: &Time) -> String {
    let nanos = match time.nanos() {
        0 => String::new(),
        n => format!(".{}", format!("{n:09}").trim_end_matches('0')),
    };
    let offset = format(time, "%z");
    let zone = zone_name(time).unwrap_or_else(|| offset.clone());
    format!(
        "{}{nanos} {offset} {zone}",
        format(time, "%Y-%m-%d %H:%M:%S")
    )
}

fn format(time: &Time, layout: &str) -> String {
    let formatted = zoned(time).and_then(|z| strtime::format(layout, &z).ok());
    formatted.unwrap_or_else(|| time.to_string())
}

fn zoned(time: &Time) -> Option<Zoned> {
    let instant = Timestamp::new(time.unix(), i32::try_from(time.nanos()).ok()?).ok()?;
    let offset = Offset::from_seconds(time.offset()).ok()?;
    Some(instant.to_zoned(TimeZone::fixed(offset)))
}

fn zone_name(time: &Time) -> Option<String> {
    if time.offset() == 0 {
        return Some("UTC".to_owned());
    }
    let local = zoned(time)?.with_time_zone(TimeZone::system());
    let fits = local.offset().seconds() == time.offset();
    fits.then(|| strtime::format("%Z", &local).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expectations were printed by Go with TZ=UTC.
    #[test]
    fn formats_as_go() {
        let time: Time = "2016-01-06T02:03:04.0500+01:00".parse().unwrap();
        assert_eq!(ansic(&time), "Wed Jan  6 02:03:04 2016");
        assert_eq!(rfc3339(&time), "2016-01-06T02:03:04+01:00");
        let time: Time = "1977-09-02T22:04:05.0000001Z".parse().unwrap();
        assert_eq!(string(&time), "1977-09-02 22:04:05.0000001 +0000 UTC");
        assert_eq!(ansic(&Time::default()), "Mon Jan  1 00:00:00 0001");
    }
}
