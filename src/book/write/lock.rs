//! Locks contacts for the rest of the transaction, so that what is read about them remains true. Rows are locked in the order of
//! their ids, so that two transactions cannot wait for each other.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Locked;
use crate::book::contact::Contact;
use crate::db::schema::contacts;
use crate::db::{AnyConnection, lock_rows};
use crate::error::{AppError, AppResult};

/// Locks these contacts, including deleted ones.
pub fn lock(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<Vec<Contact>> {
    let rows = contacts::table.filter(contacts::id.eq_any(ids)).order(contacts::id);
    Ok(lock_rows!(conn, rows, Contact::as_select()))
}

/// Locks those of these contacts that are in the book. Returns them by id.
pub fn lock_present(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<HashMap<i64, Contact>> {
    let rows = contacts::table
        .filter(contacts::id.eq_any(ids))
        .filter(contacts::deleted_at.is_null())
        .order(contacts::id);
    let locked: Vec<Contact> = lock_rows!(conn, rows, Contact::as_select());
    Ok(locked.into_iter().map(|contact| (contact.id, contact)).collect())
}

/// Locks a contact in the book.
///
/// # Errors
/// [`AppError::NotFound`], also for a deleted contact.
pub fn lock_one(conn: &mut AnyConnection, id: i64) -> AppResult<Contact> {
    lock_present(conn, &[id])?.remove(&id).ok_or(AppError::NotFound)
}

/// Locks the next contacts after an id, including deleted ones.
pub(super) fn lock_next(conn: &mut AnyConnection, after: i64, limit: i64) -> AppResult<Vec<Contact>> {
    let rows = contacts::table.filter(contacts::id.gt(after)).order(contacts::id).limit(limit);
    Ok(lock_rows!(conn, rows, Contact::as_select()))
}

/// Locks the contacts of an organization, including those in the trash.
pub(super) fn lock_members(conn: &mut AnyConnection, organization: i64) -> AppResult<Vec<Locked>> {
    let rows = contacts::table.filter(contacts::organization_id.eq(organization)).order(contacts::id);
    let columns = (contacts::id, contacts::version, contacts::deleted_at.is_not_null());
    let members: Vec<(i64, i64, bool)> = lock_rows!(conn, rows, columns);
    let locked = |(id, version, is_deleted)| Locked { id, version, is_deleted };
    Ok(members.into_iter().map(locked).collect())
}
