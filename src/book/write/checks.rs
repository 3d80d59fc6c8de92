//! Who saw to it that a contact is right, and when.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamp};

use super::Place;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::book::contact::Contact;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::error::AppResult;

/// A second click within this is no second check.
const CLICKS: TimeDelta = TimeDelta::minutes(1);

/// Notes that somebody saw to it that a contact is right. A second click is no second check.
///
/// # Errors
/// Those of the database.
pub fn check(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<()> {
    let now = clock::now();
    let row = contacts::table
        .find(id)
        .filter(contacts::deleted_at.is_null())
        .filter(
            contacts::checked_at
                .is_null()
                .or(contacts::checked_at.lt(now - CLICKS))
                .or(contacts::checked_by.is_null())
                .or(contacts::checked_by.ne(account)),
        );
    let written = diesel::update(row)
        .set((
            contacts::checked_at.eq(now),
            contacts::checked_by.eq(account),
        ))
        .execute(conn)?;
    if written == 0 {
        return Ok(());
    }
    let entry = Entry::new(Kind::ContactChecked, Some(account));
    audit::record(conn, &[entry.contact(id)])
}

diesel::define_sql_function! {
    /// The first that is not null.
    fn coalesce(first: Nullable<Timestamp>, second: Timestamp) -> Timestamp;
}

/// The contacts beyond a place (none: from the beginning) that nobody has checked or added since, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn unchecked(
    conn: &mut AnyConnection,
    since: NaiveDateTime,
    beyond: Option<Place>,
    limit: i64,
) -> AppResult<Vec<Contact>> {
    // As the index has it.
    let at = || coalesce(contacts::checked_at, contacts::created_at);
    let mut query = contacts::table
        .filter(contacts::deleted_at.is_null())
        .filter(at().lt(since))
        .order((at().asc(), contacts::id.asc()))
        .select(Contact::as_select())
        .limit(limit)
        .into_boxed();
    if let Some(place) = beyond {
        query = query
            .filter(at().ge(place.at))
            .filter(at().gt(place.at).or(contacts::id.gt(place.id)));
    }
    Ok(query.load(conn)?)
}
