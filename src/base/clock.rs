//! The only place that reads the time.

use std::cell::Cell;

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, TimeZone, Utc};

/// The largest difference between the clocks of two nodes: a time in the future that one node wrote is accepted by another
/// node within this limit.
pub const APART: TimeDelta = TimeDelta::seconds(10);

thread_local! {
    /// How far this thread's clock is behind; see [`in_the_past`].
    static BEHIND: Cell<TimeDelta> = const { Cell::new(TimeDelta::zero()) };
}

/// The current time in UTC, to the microsecond: the finest resolution that both databases store.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> NaiveDateTime {
    (Utc::now().naive_utc() - BEHIND.get()).trunc_subsecs(6)
}

/// Runs `work` on this thread with a clock that is behind by `behind`, so that the demonstration's book has a past.
pub fn in_the_past<T>(behind: TimeDelta, work: impl FnOnce() -> T) -> T {
    let before = BEHIND.replace(behind);
    let done = work();
    BEHIND.set(before);
    done
}

/// A stored time as RFC 3339 in UTC, for programs.
pub fn rfc3339(utc: NaiveDateTime) -> String {
    utc.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// A stored UTC time in the server's time zone (environment variable `TZ`), for display.
pub fn local(utc: NaiveDateTime) -> DateTime<Local> {
    Local.from_utc_datetime(&utc)
}

/// The current day in the server's time zone.
pub fn today() -> NaiveDate {
    local(now()).date_naive()
}

/// The beginning of a day in the server's time zone, as a stored UTC time.
pub fn start_of_day(day: NaiveDate) -> NaiveDateTime {
    let midnight = day.and_time(NaiveTime::MIN);
    // Where the clocks go forward at midnight, the day begins at one o'clock.
    [midnight, midnight + TimeDelta::hours(1)]
        .into_iter()
        .find_map(|time| Local.from_local_datetime(&time).earliest())
        .map_or(midnight, |time| time.naive_utc())
}
