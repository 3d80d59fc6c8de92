//! What the repair of stored values does with contacts.

use diesel::prelude::*;

use super::{read_phones_again, reindex, repair_text};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::error::AppResult;

/// What a batch of a repair did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repaired {
    /// The last contact of the batch.
    pub last: i64,
    /// Contacts in the book that were looked at.
    pub contacts: i64,
    /// Contacts with another value now.
    pub changed: i64,
    /// Phone numbers that are another number now.
    pub numbers: i64,
    /// Contacts that keep an e-mail as it was, since another has it in today's spelling.
    pub kept: i64,
}

/// Derives everything about the next contacts after an id again: texts, keys, numbers, and the words by which they are found.
/// Returns nothing when there are no more.
pub fn repair(conn: &mut AnyConnection, after: i64, limit: i64) -> AppResult<Option<Repaired>> {
    let text = repair_text(conn, after, limit)?;
    let Some(last) = text.last else {
        return Ok(None);
    };
    let country = settings::default_country(conn)?;
    let phones = read_phones_again(conn, after, limit, country)?;
    let in_book: Vec<i64> = contacts::table
        .filter(contacts::id.gt(after))
        .filter(contacts::id.le(last))
        .filter(contacts::deleted_at.is_null())
        .select(contacts::id)
        .load(conn)?;
    // All of them: which words an older version folded differently is not known.
    reindex(conn, &in_book)?;
    Ok(Some(Repaired {
        last,
        contacts: in_book.len() as i64,
        changed: text.changed,
        numbers: phones.changed,
        kept: text.kept.len() as i64,
    }))
}
