//! The repair of the stored values of contacts.

use diesel::prelude::*;

use super::{read_phones_again, reindex, repair_text};
use crate::db::schema::contacts;
use crate::db::{AnyConnection, settings};
use crate::error::AppResult;

/// The result of one batch of a repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repaired {
    /// The last contact of the batch.
    pub last: i64,
    /// The number of contacts in the book that were examined.
    pub contacts: i64,
    /// The number of contacts with a changed value.
    pub changed: i64,
    /// The number of changed phone numbers.
    pub numbers: i64,
    /// The number of contacts that keep an e-mail as it was, because another contact has it in the current spelling.
    pub kept: i64,
}

/// Recomputes everything that is derived for the next contacts after an id: texts, keys, phone numbers, and the words of the
/// search index. Returns `None` if there are no more contacts.
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
    // All of them, because it is not known which words an older version folded differently.
    reindex(conn, &in_book)?;
    Ok(Some(Repaired {
        last,
        contacts: in_book.len() as i64,
        changed: text.changed,
        numbers: phones.changed,
        kept: text.kept.len() as i64,
    }))
}
