//! Times of releases as Go prints them.

use chart::Time;
use funcs::World as _;
use gostd::time::{self, Zone};
use jiff::Timestamp;

use crate::env::Env;
use crate::error::Failure;
use crate::session::Session;
use crate::world::Machine;

/// The time on this machine's clock, with the offset of its zone.
pub(crate) fn now(session: &Session) -> Time {
    let machine = Machine::new(&session.env, false);
    let now = machine.now();
    let offset = machine.local_zone().to_offset(now);
    Time::from_unix(now.as_second(), now.subsec_nanosecond().unsigned_abs())
        .with_offset(offset.seconds())
}

/// A time with the offset that this machine's zone has then.
pub(crate) fn local(session: &Session, time: Time) -> Time {
    let machine = Machine::new(&session.env, false);
    let instant = Timestamp::from_second(time.unix()).unwrap_or_default();
    let offset = machine.local_zone().to_offset(instant);
    time.with_offset(offset.seconds())
}

/// The time of SOURCE_DATE_EPOCH, which makes archives the same every time.
///
/// # Errors
/// It is set, and no time after 1970.
pub(crate) fn source_date_epoch(env: &Env) -> Result<Option<Time>, Failure> {
    let invalid = |why: &str| Failure::new(format!("invalid SOURCE_DATE_EPOCH: {why}"));
    match env.text("SOURCE_DATE_EPOCH") {
        "" => Ok(None),
        text => match crate::go::parse_int(text, 10, 64) {
            Err(why) => Err(invalid(&why)),
            Ok(..0) => Err(invalid("must not be negative")),
            Ok(seconds) => Ok(Some(Time::from_unix(seconds, 0))),
        },
    }
}

/// Go's `time.ANSIC`: `Mon Jan _2 15:04:05 2006`, on the clock of the time's own offset.
pub(crate) fn ansic(time: &Time) -> String {
    layout(time, time::ANSIC)
}

/// Go's `time.RFC3339`: no fraction of a second.
pub(crate) fn rfc3339(time: &Time) -> String {
    layout(time, time::RFC3339)
}

/// Go's `Time.String`: `2006-01-02 15:04:05.999999999 -0700 MST`.
pub(crate) fn string(time: &Time) -> String {
    layout(time, time::STRING)
}

/// The time in a layout of Go's.
pub(crate) fn layout(time: &Time, layout: &str) -> String {
    time::Time::from_unix(time.unix(), time.nanos(), zone(time)).format(layout)
}

/// The zone that Go gives a time that it reads from a record: UTC, the local one if that has the
/// same offset then, else one without a name.
fn zone(time: &Time) -> Zone {
    if time.offset() == 0 {
        return Zone::Utc;
    }
    let local = crate::zone::local();
    let fits = Timestamp::from_second(time.unix())
        .is_ok_and(|instant| local.to_offset(instant).seconds() == time.offset());
    if fits {
        Zone::Local(local)
    } else {
        Zone::Fixed("".into(), i64::from(time.offset()))
    }
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
