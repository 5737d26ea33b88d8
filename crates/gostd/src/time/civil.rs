//! Dates of the proleptic Gregorian calendar.

/// A month of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month(u8);

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekday(u8);

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

impl Month {
    /// The number of the month, counted from one.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The English name.
    pub fn name(self) -> &'static str {
        MONTHS[usize::from(self.0 - 1) % 12]
    }
}

impl Weekday {
    pub(super) fn from_number(number: i64) -> Weekday {
        Weekday(number.rem_euclid(7) as u8)
    }

    /// The number of the day, Sunday being 0.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The English name.
    pub fn name(self) -> &'static str {
        WEEKDAYS[usize::from(self.0) % 7]
    }
}

/// A date.
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: Month,
    pub(super) day: u8,
    /// The day of the year, counted from one.
    pub(super) year_day: u16,
}

/// The days of 400 years.
const ERA: i64 = 146_097;
/// The days from the first of January of the year 0 to that of 1970.
const YEAR_0_TO_UNIX: i64 = 719_528;

impl Civil {
    /// The date so many days after the first of January 1970.
    pub(super) fn of_days(days: i64) -> Civil {
        let days = days.saturating_add(YEAR_0_TO_UNIX);
        let in_era = days.rem_euclid(ERA);
        // The year of the era: too large by one at most, since leap days come in time.
        let guess = in_era / 365;
        let year_of_era = guess - i64::from(in_era < days_before_year(guess));
        let year = days.div_euclid(ERA) * 400 + year_of_era;
        let year_day = in_era - days_before_year(year_of_era);
        let month = (1..12)
            .find(|&m| year_day < days_before_month(year, m + 1))
            .unwrap_or(12);
        Civil {
            year,
            month: Month(month as u8),
            day: (year_day - days_before_month(year, month) + 1) as u8,
            year_day: (year_day + 1) as u16,
        }
    }
}

/// The days from 1970 to the first of a month, which is counted from one to twelve.
pub(super) fn days_of_civil(year: i64, month: i64) -> i64 {
    let era = year.div_euclid(400).saturating_mul(ERA);
    let in_era = days_before_year(year.rem_euclid(400)) + days_before_month(year, month);
    era.saturating_add(in_era - YEAR_0_TO_UNIX)
}

/// The days from the start of an era to that of one of its years.
fn days_before_year(year: i64) -> i64 {
    // Leap years before it; the year 0 of an era is one.
    let leap = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    year * 365 + leap
}

/// The days from the start of a year to that of a month.
pub(super) fn days_before_month(year: i64, month: i64) -> i64 {
    const BEFORE: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    let index = usize::try_from(month - 1).unwrap_or(0).min(12);
    BEFORE[index] + i64::from(month > 2 && is_leap(year))
}

pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    days_before_month(year, month + 1) - days_before_month(year, month)
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        for days in (-800_000..800_000).step_by(13) {
            let civil = Civil::of_days(days);
            let month = i64::from(civil.month.number());
            let back = days_of_civil(civil.year, month) + i64::from(civil.day) - 1;
            assert_eq!(back, days);
            let first = days_of_civil(civil.year, 1);
            assert_eq!(days - first + 1, i64::from(civil.year_day));
        }
    }
}
