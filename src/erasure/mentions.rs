//! Erasure of what accounts typed outside the contacts and what names an erased person. Texts about others stay: notes and
//! fields of other contacts, and names of organizations, imports and accounts.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::Value;

use crate::audit;
use crate::book::filter::Filter;
use crate::book::search::vocabulary;
use crate::book::{drafts, saved_filters};
use crate::db::schema::bulk_changes;
use crate::db::{AnyConnection, sessions};
use crate::domain::folded_words;
use crate::error::AppResult;
use crate::imports::Marks;

/// The shortest beginning of a name, in characters, that counts as a search for that name.
const BEGINNING: usize = 3;
/// Replaces an erased text. It contains no word, so it finds nobody.
const FORGOTTEN: &str = "…";

/// What texts can mention of the erased people.
pub struct Mentioned {
    pub marks: Marks,
    /// The words of their names that no other contact has.
    pub names: BTreeSet<String>,
    /// The words of each of their external ids, in their order.
    pub ids: Vec<Vec<String>>,
}

/// Removes people from drafts, saved filters, bulk changes, messages waiting to be shown, and filters in the history.
pub fn forget(conn: &mut AnyConnection, of: &Mentioned) -> AppResult<()> {
    if of.marks.is_empty() && of.names.is_empty() && of.ids.is_empty() {
        return Ok(());
    }
    let is_about = |conn: &mut AnyConnection, text: &str| is_about(conn, of, text);
    drafts::forget(conn, is_about)?;
    saved_filters::forget(conn, is_about)?;
    forget_bulk_changes(conn, is_about)?;
    sessions::forget_words_to_show(conn, is_about)?;
    audit::forgetting::forget_filters(conn, is_about)
}

/// Returns `true` if a text names one of the people: by an e-mail, a number, a first and last name together, or a name that
/// only they have. The beginning of such a name counts too, unless a word of the book begins with it. A whole external id counts.
fn is_about(conn: &mut AnyConnection, of: &Mentioned, text: &str) -> AppResult<bool> {
    let Mentioned { marks, names, ids } = of;
    if marks.are_in(text) {
        return Ok(true);
    }
    let words = folded_words(text);
    if ids.iter().any(|id| words.windows(id.len()).any(|window| window == id)) {
        return Ok(true);
    }
    for word in words {
        if names.contains(&word) {
            return Ok(true);
        }
        let is_beginning =
            word.chars().count() >= BEGINNING && names.iter().any(|name| name.starts_with(&word));
        if is_beginning && !vocabulary::has_beginning(conn, &word)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Replaces the typed texts in the filters of bulk changes that name an erased person, and empties the topics that do. A change
/// without topics changes nothing more, and its undo does not need them. Bulk changes are few, so all are read.
fn forget_bulk_changes(
    conn: &mut AnyConnection,
    is_about: impl Fn(&mut AnyConnection, &str) -> AppResult<bool>,
) -> AppResult<()> {
    let rows: Vec<(i64, String, String)> = bulk_changes::table
        .select((bulk_changes::id, bulk_changes::query, bulk_changes::action))
        .load(conn)?;
    for (id, query, action) in rows {
        let filter = Filter::parse(&query);
        if is_about(conn, &filter.typed())? {
            diesel::update(bulk_changes::table.find(id))
                .set(bulk_changes::query.eq(filter.replaced(FORGOTTEN).query()))
                .execute(conn)?;
        }
        // With the key of the form that began it.
        let mut action: Value = serde_json::from_str(&action)?;
        if let Some(topics) = action.pointer_mut("/1/topics/topics")
            && is_about(conn, topics.as_str().unwrap_or_default())?
        {
            *topics = Value::from("");
            diesel::update(bulk_changes::table.find(id))
                .set(bulk_changes::action.eq(action.to_string()))
                .execute(conn)?;
        }
    }
    Ok(())
}
