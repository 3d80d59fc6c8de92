//! The verification of contacts: which person confirmed that a contact's data is right, and when.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamp};

use super::{Columns, ContactWrite, Revision, TimeCursor, apply, lock_present};
use crate::audit::Kind;
use crate::base::clock;
use crate::book::contact::Contact;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::error::AppResult;

/// A second click within this time is not a second verification.
const CLICKS: TimeDelta = TimeDelta::minutes(1);

/// Records that a person has verified a contact. Writes nothing for a second click, or if the contact is not in the book.
pub fn check(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<()> {
    let Some(contact) = lock_present(conn, &[id])?.remove(&id) else {
        return Ok(());
    };
    let now = clock::now();
    let is_second_click =
        contact.checked_by == Some(account) && contact.checked_at.is_some_and(|at| at >= now - CLICKS);
    if is_second_click {
        return Ok(());
    }
    let columns =
        Columns { checked_at: Some(Some(now)), checked_by: Some(Some(account)), ..Columns::default() };
    let write = ContactWrite::new(&contact, columns, Kind::ContactChecked, Vec::new());
    apply(conn, &[write.revision(Revision::None)], Some(account))
}

diesel::define_sql_function! {
    /// The first value that is not null.
    fn coalesce(first: Nullable<Timestamp>, second: Timestamp) -> Timestamp;
}

/// The contacts after a position (`None`: from the beginning) that nobody has verified or added since `since`, the longest
/// unverified first.
pub fn unchecked(
    conn: &mut AnyConnection,
    since: NaiveDateTime,
    beyond: Option<TimeCursor>,
    limit: i64,
) -> AppResult<Vec<Contact>> {
    // The expression of the index.
    let at = || coalesce(contacts::checked_at, contacts::created_at);
    let mut query = contacts::table
        .filter(contacts::deleted_at.is_null())
        .filter(at().lt(since))
        .order((at().asc(), contacts::id.asc()))
        .select(Contact::as_select())
        .limit(limit)
        .into_boxed();
    if let Some(place) = beyond {
        query = query.filter(at().ge(place.at)).filter(at().gt(place.at).or(contacts::id.gt(place.id)));
    }
    Ok(query.load(conn)?)
}
