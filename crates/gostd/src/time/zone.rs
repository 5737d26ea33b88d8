//! Zones: UTC, the local one, named ones, fixed offsets.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Where a time is shown. Go's `*time.Location`.
#[derive(Clone, Debug)]
pub enum Zone {
    /// UTC.
    Utc,
    /// The zone that Go calls `Local`.
    Local(TimeZone),
    /// A zone of the tz database.
    Named(TimeZone),
    /// An offset in seconds with a name, which may be empty.
    Fixed(Arc<str>, i64),
}

/// Why there is no zone of a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// The database does not have it.
    #[error("unknown time zone {0}")]
    Unknown(String),
    /// The name is a path that leads elsewhere.
    #[error("time: invalid location name")]
    Invalid,
}

/// What holds in a zone at a moment.
pub(super) struct Rule {
    /// In seconds, east of UTC.
    pub(super) offset: i64,
    pub(super) name: Arc<str>,
    pub(super) is_dst: bool,
}

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl Zone {
    /// The zone of a name. Go's `time.LoadLocation`, always with the built-in database.
    ///
    /// # Errors
    /// When there is no such zone, in Go's words.
    pub fn load(name: &str, local: &Zone) -> Result<Zone, ZoneError> {
        match name {
            "" | "UTC" => return Ok(Zone::Utc),
            "Local" => return Ok(local.clone()),
            _ => {}
        }
        if name.contains("..") || name.starts_with(['/', '\\']) {
            return Err(ZoneError::Invalid);
        }
        let unknown = || ZoneError::Unknown(name.to_owned());
        let zone = DATABASE.get(name).map_err(|_| unknown())?;
        // Go looks for a file of that name, so the case counts.
        if zone.iana_name() != Some(name) {
            return Err(unknown());
        }
        Ok(Zone::Named(zone))
    }

    /// The name that Go's `Location.String` gives.
    pub fn name(&self) -> &str {
        match self {
            Zone::Utc => "UTC",
            Zone::Local(_) => "Local",
            Zone::Named(zone) => zone.iana_name().unwrap_or_default(),
            Zone::Fixed(name, _) => name,
        }
    }

    /// Whether the moment, in seconds since 1970, is in daylight saving time.
    pub fn is_dst(&self, seconds: i64) -> bool {
        self.at(seconds).is_dst
    }

    /// The abbreviation and the offset in seconds at a moment, in seconds since 1970.
    pub fn abbreviation(&self, seconds: i64) -> (Arc<str>, i64) {
        let rule = self.at(seconds);
        (rule.name, rule.offset)
    }

    pub(super) fn at(&self, seconds: i64) -> Rule {
        match self {
            Zone::Utc => Rule {
                offset: 0,
                name: "UTC".into(),
                is_dst: false,
            },
            Zone::Fixed(name, offset) => Rule {
                offset: *offset,
                name: name.clone(),
                is_dst: false,
            },
            Zone::Local(zone) | Zone::Named(zone) => {
                let info = zone.to_offset_info(timestamp(seconds));
                Rule {
                    offset: info.offset().seconds().into(),
                    name: info.abbreviation().into(),
                    is_dst: info.dst().is_dst(),
                }
            }
        }
    }

    /// The offset that an abbreviation means at a time on the wall: the one that holds then, or
    /// else any that ever held.
    pub(super) fn offset_of(&self, name: &str, wall: i64) -> Option<i64> {
        let (Zone::Local(zone) | Zone::Named(zone)) = self else {
            let rule = self.at(wall);
            return (&*rule.name == name).then_some(rule.offset);
        };
        let moment = timestamp(wall);
        let rules = zone.following(moment).take(4).chain(zone.preceding(moment));
        let known = rules.filter(|rule| rule.abbreviation() == name);
        let mut offsets: Vec<i64> = known.map(|rule| rule.offset().seconds().into()).collect();
        let now = self.at(wall);
        if &*now.name == name {
            offsets.insert(0, now.offset);
        }
        let holds = |offset: &&i64| &*self.at(wall - **offset).name == name;
        offsets.iter().find(holds).or(offsets.first()).copied()
    }
}

/// The moment, or the nearest that `jiff` knows: zones do not change beyond.
fn timestamp(seconds: i64) -> Timestamp {
    let bounded = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(bounded).unwrap_or_default()
}
