//! The one place that reads the time.

use chrono::{DateTime, Local, NaiveDateTime, SubsecRound, TimeZone, Utc};

/// Now in UTC, to the microsecond: the finest step that both databases keep.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

/// A stored UTC time in the server's own time zone (environment variable `TZ`), for showing.
pub fn local(utc: NaiveDateTime) -> DateTime<Local> {
    Local.from_utc_datetime(&utc)
}
