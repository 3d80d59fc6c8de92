//! What the page of a confirmation says when its contacts have changed since it was asked.

use super::write;
use crate::db::AnyConnection;
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};

/// Names shown of the contacts that were added, and of those that were removed.
const TOLD: usize = 10;

/// The contacts when the confirmation was asked, and the contacts now.
pub struct Changed {
    before: Headcount,
    now: Headcount,
    /// The names of the added and of the removed contacts, if there are few enough to compare them.
    pub came: Vec<String>,
    pub left: Vec<String>,
    pub has_more: bool,
}

impl Changed {
    pub fn load(
        conn: &mut AnyConnection,
        t: &Catalogue,
        before: &Headcount,
        now: &Headcount,
    ) -> AppResult<Self> {
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
        Ok(Self {
            before: before.clone(),
            now: now.clone(),
            came: came.into_iter().map(name).collect(),
            left: left.into_iter().map(name).collect(),
            has_more,
        })
    }

    /// The sentence about the difference; the page shows the names below it.
    pub fn message(&self, t: &Catalogue) -> String {
        let before = in_words(t, &self.before);
        if self.before.count() == self.now.count() {
            fl!(t, "confirm-others", before = before)
        } else {
            let now = in_words(t, &self.now);
            fl!(t, "confirm-changed", before = before, now = now)
        }
    }
}

/// The number of contacts, in words.
pub fn in_words(t: &Catalogue, who: &Headcount) -> String {
    if who.is_more_than_most() {
        fl!(t, "contacts-more-than", count = Headcount::MOST)
    } else {
        fl!(t, "contacts-total", count = who.count())
    }
}
