//! The queries on recent contacts and favourites.

use std::collections::HashSet;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::base::clock;
use crate::book::contact::ContactSummary;
use crate::book::neighbours::Neighbours;
use crate::book::write;
use crate::db::schema::{accounts, contacts, favourite_contacts, recent_contacts};
use crate::db::{AnyConnection, account_name, lock_rows, on_backend};
use crate::error::AppResult;

/// Recent contacts that are kept per account.
pub const MOST_RECENT: i64 = 20;
/// The most favourites of an account, not counting those in the trash: a page of them.
pub const MOST_FAVOURITES: i64 = 50;
/// A contact that is opened again within this time is not stored again.
pub const OPENED_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// The contacts that an account opened, the latest first.
pub fn recent(conn: &mut AnyConnection, account: i64, limit: i64) -> AppResult<Vec<ContactSummary>> {
    Ok(recent_contacts::table
        .inner_join(contacts::table)
        .filter(recent_contacts::account_id.eq(account))
        .filter(contacts::deleted_at.is_null())
        .order((recent_contacts::seen_at.desc(), contacts::id.desc()))
        .limit(limit)
        .select(ContactSummary::as_select())
        .load(conn)?)
}

/// The favourites of an account, in the list's order.
pub fn favourites(conn: &mut AnyConnection, account: i64, limit: i64) -> AppResult<Vec<ContactSummary>> {
    Ok(favourite_contacts::table
        .inner_join(contacts::table)
        .filter(favourite_contacts::account_id.eq(account))
        .filter(contacts::deleted_at.is_null())
        .order((contacts::sort_key, contacts::id))
        .limit(limit)
        .select(ContactSummary::as_select())
        .load(conn)?)
}

/// The favourites beside this contact.
pub fn neighbours(conn: &mut AnyConnection, account: i64, contact: i64) -> AppResult<Neighbours> {
    let ids: Vec<i64> = favourites(conn, account, MOST_FAVOURITES)?.iter().map(|known| known.id).collect();
    let Some(place) = ids.iter().position(|id| *id == contact) else {
        return Ok(Neighbours::default());
    };
    let previous = place.checked_sub(1).map(|before| ids[before]);
    Ok(Neighbours { previous, next: ids.get(place + 1).copied(), total: None })
}

/// The ids of an account's favourites, including those in the trash: few enough to read all.
pub fn favourite_ids(conn: &mut AnyConnection, account: i64) -> AppResult<HashSet<i64>> {
    let ids: Vec<i64> = favourite_contacts::table
        .filter(favourite_contacts::account_id.eq(account))
        .select(favourite_contacts::contact_id)
        .load(conn)?;
    Ok(ids.into_iter().collect())
}

/// Returns `true` if the account has not opened this contact within the last minute.
pub fn is_to_be_noted(conn: &mut AnyConnection, account: i64, contact: i64) -> AppResult<bool> {
    let seen: Option<NaiveDateTime> = recent_contacts::table
        .find((account, contact))
        .select(recent_contacts::seen_at)
        .first(conn)
        .optional()?;
    Ok(seen.is_none_or(|at| at < clock::now() - OPENED_AGAIN))
}

/// Stores that an account opened a contact, and deletes all but the latest [`MOST_RECENT`].
pub fn note(conn: &mut AnyConnection, account: i64, contact: i64) -> AppResult<()> {
    // One transaction at a time, or each would count without the rows of the others. SQLite has one writer anyway.
    let row = accounts::table.find(account);
    let _: Vec<i64> = lock_rows!(conn, row, accounts::id, for_no_key_update);
    let row = (
        recent_contacts::account_id.eq(account),
        recent_contacts::contact_id.eq(contact),
        recent_contacts::seen_at.eq(clock::now()),
    );
    on_backend!(conn, |conn| diesel::insert_into(recent_contacts::table)
        .values(row)
        .on_conflict((recent_contacts::account_id, recent_contacts::contact_id))
        .do_update()
        .set(recent_contacts::seen_at.eq(excluded(recent_contacts::seen_at)))
        .execute(conn))?;
    let surplus: Vec<i64> = recent_contacts::table
        .filter(recent_contacts::account_id.eq(account))
        .order((recent_contacts::seen_at.desc(), recent_contacts::contact_id.desc()))
        .offset(MOST_RECENT)
        .limit(MOST_RECENT)
        .select(recent_contacts::contact_id)
        .load(conn)?;
    if !surplus.is_empty() {
        diesel::delete(
            recent_contacts::table
                .filter(recent_contacts::account_id.eq(account))
                .filter(recent_contacts::contact_id.eq_any(surplus)),
        )
        .execute(conn)?;
    }
    Ok(())
}

/// Adds a contact to the favourites of an account, if it is not among them. Returns `false` if there is no room. Two clicks at
/// the same moment may exceed the limit by one, which does no harm.
///
/// # Errors
/// [`crate::error::AppError::NotFound`], also for a deleted contact.
pub fn keep(conn: &mut AnyConnection, account: i64, contact: i64) -> AppResult<bool> {
    write::find(conn, contact)?;
    let others: i64 = favourite_contacts::table
        .inner_join(contacts::table)
        .filter(favourite_contacts::account_id.eq(account))
        .filter(favourite_contacts::contact_id.ne(contact))
        .filter(contacts::deleted_at.is_null())
        .count()
        .get_result(conn)?;
    if others >= MOST_FAVOURITES {
        return Ok(false);
    }
    let row = (
        favourite_contacts::account_id.eq(account),
        favourite_contacts::contact_id.eq(contact),
        favourite_contacts::created_at.eq(clock::now()),
    );
    on_backend!(conn, |conn| diesel::insert_into(favourite_contacts::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(true)
}

pub fn let_go(conn: &mut AnyConnection, account: i64, contact: i64) -> AppResult<()> {
    diesel::delete(favourite_contacts::table.find((account, contact))).execute(conn)?;
    Ok(())
}

/// The accounts that opened a contact last, and when: for the file with all data about a person.
pub fn opened_by(conn: &mut AnyConnection, contact: i64) -> AppResult<Vec<(String, NaiveDateTime)>> {
    Ok(recent_contacts::table
        .inner_join(accounts::table.on(accounts::id.eq(recent_contacts::account_id)))
        .filter(recent_contacts::contact_id.eq(contact))
        .order(recent_contacts::seen_at.desc())
        .select((account_name(), recent_contacts::seen_at))
        .load(conn)?)
}

/// The accounts that have a contact among their favourites, and since when: for the same file.
pub fn kept_by(conn: &mut AnyConnection, contact: i64) -> AppResult<Vec<(String, NaiveDateTime)>> {
    Ok(favourite_contacts::table
        .inner_join(accounts::table.on(accounts::id.eq(favourite_contacts::account_id)))
        .filter(favourite_contacts::contact_id.eq(contact))
        .order(favourite_contacts::created_at.desc())
        .select((account_name(), favourite_contacts::created_at))
        .load(conn)?)
}
