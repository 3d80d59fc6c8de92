//! The trash: deleted contacts, which can be restored for a limited time.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::base::clock;
use crate::book::contact::Contact;
use crate::db::AnyConnection;
use crate::db::schema::{accounts, contacts};
use crate::domain::Headcount;
use crate::error::AppResult;

/// How long a deleted contact can be restored.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// A contact in the trash.
#[derive(Queryable)]
pub struct Trashed {
    pub contact: Contact,
    pub deleted_at: NaiveDateTime,
    /// The name of the account that deleted the contact.
    pub by: Option<String>,
}

impl Trashed {
    /// The number of days for which the contact can still be restored; a day that has begun counts.
    pub fn days_left(&self) -> i64 {
        let left = self.deleted_at + KEPT - clock::now();
        (left.num_seconds().max(0) + 86_399) / 86_400
    }

    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.deleted_at, id: self.contact.id }
    }
}

/// A position in a list sorted by time. It remains right when contacts are added or removed. Its text is the microseconds and the
/// id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeCursor {
    pub at: NaiveDateTime,
    pub id: i64,
}

impl TimeCursor {
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('-')?;
        Some(Self {
            at: DateTime::from_timestamp_micros(at.parse().ok()?)?.naive_utc(),
            id: id.parse().ok()?,
        })
    }
}

impl fmt::Display for TimeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.and_utc().timestamp_micros(), self.id)
    }
}

/// The contacts in the trash after a position (`None`: from the latest), the last deleted first.
pub fn trash(conn: &mut AnyConnection, beyond: Option<TimeCursor>, limit: i64) -> AppResult<Vec<Trashed>> {
    let mut query = contacts::table
        .left_join(accounts::table.on(contacts::updated_by.eq(accounts::id.nullable())))
        .filter(contacts::deleted_at.is_not_null())
        .order((contacts::deleted_at.desc(), contacts::id.desc()))
        .limit(limit)
        // The last change of a contact in the trash is its deletion.
        .select((Contact::as_select(), contacts::deleted_at.assume_not_null(), accounts::username.nullable()))
        .into_boxed();
    if let Some(TimeCursor { at, id }) = beyond {
        query = query
            .filter(contacts::deleted_at.le(at))
            .filter(contacts::deleted_at.lt(at).or(contacts::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// The contacts in the trash that were deleted at or before a time.
pub fn trashed(conn: &mut AnyConnection, until: NaiveDateTime) -> AppResult<Headcount> {
    let ids = contacts::table
        .filter(contacts::deleted_at.le(until))
        .select(contacts::id)
        .limit(Headcount::MOST + 1);
    Ok(Headcount::of(ids.load(conn)?))
}

/// The number of contacts in the trash that were deleted after a time (`None`: at any time), and at or before another.
pub fn count_trash(
    conn: &mut AnyConnection,
    after: Option<NaiveDateTime>,
    until: NaiveDateTime,
) -> AppResult<i64> {
    let mut query = contacts::table.filter(contacts::deleted_at.le(until)).count().into_boxed();
    if let Some(after) = after {
        query = query.filter(contacts::deleted_at.gt(after));
    }
    Ok(query.get_result(conn)?)
}
