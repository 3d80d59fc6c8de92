//! The removal of erased contacts.

use diesel::prelude::*;

use super::counted;
use crate::book::counts::Deltas;
use crate::book::search;
use crate::db::AnyConnection;
use crate::db::schema::contacts;
use crate::error::AppResult;

/// Deletes contacts that the transaction has locked, from the book or the trash, with their drafts, the reports on them, the values
/// of their types' fields, and their words in the search index. Returns the number of deleted contacts.
pub fn erase(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<usize> {
    let before = counted::now(conn, ids)?;
    search::remove(conn, ids)?;
    let erased = diesel::delete(contacts::table.filter(contacts::id.eq_any(ids))).execute(conn)?;
    let mut deltas = Deltas::default();
    for contact in before.values() {
        deltas.remove(contact);
    }
    deltas.store(conn)?;
    Ok(erased)
}
