//! The queries on the contacts of a bulk change.

use diesel::prelude::*;

use super::action::Before;
use super::state::State;
use super::store::{Bulk, at};
use crate::db::schema::{bulk_changes, bulk_items};
use crate::db::{AnyConnection, on_backend};
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::jobs;

/// Adds contacts to a bulk change that is still gathering.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the bulk change is in a later state.
pub fn add(conn: &mut AnyConnection, id: i64, contacts: &[i64]) -> AppResult<()> {
    let rows: Vec<_> = contacts
        .iter()
        .map(|contact| (bulk_items::bulk_id.eq(id), bulk_items::contact_id.eq(contact)))
        .collect();
    let added = on_backend!(conn, |conn| diesel::insert_into(bulk_items::table)
        .values(&rows)
        .on_conflict_do_nothing()
        .execute(conn))?;
    let gathering = bulk_changes::table.filter(at(id, State::Gathering));
    jobs::advance(
        conn,
        diesel::update(gathering).set(bulk_changes::total.eq(bulk_changes::total + added as i64)),
    )
}

/// Returns the contacts of a bulk change, once all are gathered.
pub fn headcount(conn: &mut AnyConnection, id: i64) -> AppResult<Headcount> {
    let ids = bulk_items::table
        .filter(bulk_items::bulk_id.eq(id))
        .select(bulk_items::contact_id)
        .limit(Headcount::MOST + 1);
    Ok(Headcount::of(ids.load(conn)?))
}

/// A contact of a bulk change.
#[derive(Debug, Clone)]
pub struct Item {
    pub contact: i64,
    /// The former value and the version after the change; `None` if nothing was changed.
    pub changed: Option<(Before, i64)>,
}

/// Returns the next contacts after the cursor; for an undo, only changed ones.
pub fn next(conn: &mut AnyConnection, bulk: &Bulk, limit: i64) -> AppResult<Vec<Item>> {
    let items = bulk_items::table
        .filter(bulk_items::bulk_id.eq(bulk.id))
        .filter(bulk_items::contact_id.gt(bulk.cursor))
        .order(bulk_items::contact_id)
        .limit(limit)
        .select((bulk_items::contact_id, bulk_items::before, bulk_items::version))
        .into_boxed();
    let items = match bulk.state {
        State::Undoing => items.filter(bulk_items::before.is_not_null()),
        _ => items,
    };
    let rows: Vec<(i64, Option<String>, Option<i64>)> = items.load(conn)?;
    rows.into_iter()
        .map(|(contact, before, version)| {
            let before = before.map(|before| serde_json::from_str(&before)).transpose()?;
            Ok(Item { contact, changed: before.zip(version) })
        })
        .collect()
}

/// Stores a contact's former value, and its version after the change.
pub fn note(
    conn: &mut AnyConnection,
    bulk: i64,
    contact: i64,
    before: &Before,
    version: i64,
) -> AppResult<()> {
    diesel::update(bulk_items::table.find((bulk, contact)))
        .set((bulk_items::before.eq(serde_json::to_string(before)?), bulk_items::version.eq(version)))
        .execute(conn)?;
    Ok(())
}
