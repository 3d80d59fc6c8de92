//! What the page of a confirmation says when its contacts have changed since it was asked.

use super::write;
use crate::db::AnyConnection;
use crate::domain::{ChangedContacts, Headcount};
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};

/// Names shown of the contacts that were added, and of those that were removed.
const TOLD: usize = 10;

/// Compares the contacts with those `before`, whose confirmation was asked; `None` if it was not asked yet.
pub fn changed(
    conn: &mut AnyConnection,
    t: &Catalogue,
    before: Option<&Headcount>,
    now: &Headcount,
) -> AppResult<Option<ChangedContacts>> {
    let Some(before) = before else {
        return Ok(None);
    };
    let (mut came, mut left) = before.difference(now);
    let has_more = came.len() > TOLD || left.len() > TOLD;
    came.truncate(TOLD);
    left.truncate(TOLD);
    let ids: Vec<i64> = came.iter().chain(&left).copied().collect();
    let names = write::names(conn, &ids)?;
    let name = |id: i64| {
        let name = names.get(&id).cloned();
        name.unwrap_or_else(|| fl!(t, "audit-contact-gone"))
    };
    let message = if before.count() == now.count() {
        fl!(t, "confirm-others", before = in_words(t, before))
    } else {
        fl!(t, "confirm-changed", before = in_words(t, before), now = in_words(t, now))
    };
    let (came, left) = (came.into_iter().map(name).collect(), left.into_iter().map(name).collect());
    Ok(Some(ChangedContacts { message, came, left, has_more }))
}

/// The number of contacts, in words.
pub fn in_words(t: &Catalogue, who: &Headcount) -> String {
    if who.is_more_than_most() {
        fl!(t, "contacts-more-than", count = Headcount::MOST)
    } else {
        fl!(t, "contacts-total", count = who.count())
    }
}
