//! The zone of this machine, found where Go looks for it: Go's `initLocal`.
//!
//! The tz database of the system is not searched: to list it takes longer than to render a small chart.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::tz::TimeZone;

/// Where systems keep the files of zones.
const SOURCES: [&str; 4] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/usr/lib/locale/TZ",
    "/etc/zoneinfo",
];

/// The local zone; UTC where there is none. It is looked for once.
pub(crate) fn local() -> TimeZone {
    static LOCAL: OnceLock<TimeZone> = OnceLock::new();
    LOCAL.get_or_init(find).clone()
}

fn find() -> TimeZone {
    if cfg!(windows) {
        return TimeZone::system();
    }
    let named = std::env::var_os("TZ").map(|name| name.to_string_lossy().into_owned());
    of(named.as_deref()).unwrap_or(TimeZone::UTC)
}

/// The zone that the variable `TZ` stands for.
fn of(variable: Option<&str>) -> Option<TimeZone> {
    let Some(name) = variable else {
        return read(Path::new("/etc/localtime"));
    };
    let name = name.strip_prefix(':').unwrap_or(name);
    match name {
        "" | "UTC" => None,
        path if path.starts_with('/') => read(Path::new(path)),
        name => SOURCES
            .iter()
            .find_map(|source| read(&PathBuf::from(source).join(name))),
    }
}

fn read(path: &Path) -> Option<TimeZone> {
    let bytes = fs::read(path).ok()?;
    TimeZone::tzif("Local", &bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn offset(variable: &str) -> Option<i32> {
        let zone = of(Some(variable))?;
        Some(zone.to_offset(Timestamp::UNIX_EPOCH).seconds())
    }

    #[test]
    fn only_files_of_zones_count() {
        for name in ["", "UTC", ":", "NoSuch/Zone", "/dev/null", "<+03>-3"] {
            assert_eq!(offset(name), None, "{name}");
        }
    }

    #[test]
    fn names_are_looked_up_where_systems_keep_them() {
        if Path::new("/usr/share/zoneinfo/Asia/Tokyo").exists() {
            for name in [
                "Asia/Tokyo",
                ":Asia/Tokyo",
                "/usr/share/zoneinfo/Asia/Tokyo",
            ] {
                assert_eq!(offset(name), Some(9 * 3600), "{name}");
            }
        }
    }
}
