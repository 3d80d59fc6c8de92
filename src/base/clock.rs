//! The one place that reads the time.

use chrono::{
    DateTime, Local, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, TimeZone, Utc,
};

/// How far the clocks of two nodes may be apart, so that what one writes for later is believed by the other.
pub const APART: TimeDelta = TimeDelta::seconds(10);

/// Now in UTC, to the microsecond: the finest step that both databases keep.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

/// A stored UTC time in the server's own time zone (environment variable `TZ`), for showing.
pub fn local(utc: NaiveDateTime) -> DateTime<Local> {
    Local.from_utc_datetime(&utc)
}

/// The day that it is in the server's own time zone.
pub fn today() -> NaiveDate {
    local(now()).date_naive()
}

/// When a day begins in the server's own time zone, as a stored UTC time.
pub fn start_of_day(day: NaiveDate) -> NaiveDateTime {
    let midnight = day.and_time(NaiveTime::MIN);
    // Where the clocks go forward at midnight, the day begins at one o'clock.
    [midnight, midnight + TimeDelta::hours(1)]
        .into_iter()
        .find_map(|time| Local.from_local_datetime(&time).earliest())
        .map_or(midnight, |time| time.naive_utc())
}
