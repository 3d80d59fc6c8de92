//! A question about many contacts that is asked again, since they are no longer the same ones.

use super::write;
use crate::db::AnyConnection;
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::i18n::{Catalogue, fl};

/// Names that are told of those who came and of those who left.
const TOLD: usize = 10;

/// Whom the question was about, and whom it is about now.
pub struct Changed {
    before: Headcount,
    now: Headcount,
    /// Those who came and those who left by name, where all are few enough to be told apart.
    pub came: Vec<String>,
    pub left: Vec<String>,
    pub has_more: bool,
}

impl Changed {
    /// # Errors
    /// Those of the database.
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
            name.unwrap_or_else(|| fl!(t, "audit-contact-gone", id = id.to_string()))
        };
        Ok(Self {
            before: before.clone(),
            now: now.clone(),
            came: came.into_iter().map(name).collect(),
            left: left.into_iter().map(name).collect(),
            has_more,
        })
    }

    /// The sentence that says so; the page shows the names below it.
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

/// How many contacts, in words.
pub fn in_words(t: &Catalogue, who: &Headcount) -> String {
    if who.is_more_than_most() {
        fl!(t, "contacts-more-than", count = Headcount::MOST)
    } else {
        fl!(t, "contacts-total", count = who.count())
    }
}
