//! What accounts typed that names the people who go, beside the book: it goes with them. What they wrote about others stays
//! as it is: notes and fields of other contacts, names of organizations, of imports and of accounts.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::audit;
use crate::book::filter::Filter;
use crate::book::search::vocabulary;
use crate::book::{drafts, saved_filters};
use crate::db::schema::bulk_changes;
use crate::db::{AnyConnection, sessions};
use crate::domain::folded_words;
use crate::error::AppResult;
use crate::imports::Marks;

/// Letters of a name by which somebody may be looked for.
const BEGINNING: usize = 3;
/// In place of what was typed and may not be kept: it has no word, so nobody is found by it.
const FORGOTTEN: &str = "…";

/// Takes people out of half-filled forms, filters, changes of many contacts, and words that wait to be shown. `names` are the
/// words of their names that nobody else in the book has.
///
/// # Errors
/// Those of the database.
pub fn forget(conn: &mut AnyConnection, marks: &Marks, names: &BTreeSet<String>) -> AppResult<()> {
    if marks.is_empty() && names.is_empty() {
        return Ok(());
    }
    let is_about = |conn: &mut AnyConnection, text: &str| is_about(conn, marks, names, text);
    drafts::forget(conn, is_about)?;
    saved_filters::forget(conn, is_about)?;
    forget_bulk_changes(conn, is_about)?;
    sessions::forget_words_to_show(conn, is_about)?;
    audit::forgetting::forget_filters(conn, is_about)
}

/// Whether a text names one of them: by an e-mail, a number, both names, or one name that is theirs alone, also by its
/// beginning where nothing else in the book begins so.
fn is_about(
    conn: &mut AnyConnection,
    marks: &Marks,
    names: &BTreeSet<String>,
    text: &str,
) -> AppResult<bool> {
    if marks.are_in(text) {
        return Ok(true);
    }
    for word in folded_words(text) {
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

/// Of what was typed that is about somebody, nothing is left: in its place stands what nobody is found by. There are few
/// changes of many contacts.
///
/// # Errors
/// Those of the database.
fn forget_bulk_changes(
    conn: &mut AnyConnection,
    is_about: impl Fn(&mut AnyConnection, &str) -> AppResult<bool>,
) -> AppResult<()> {
    let queries: Vec<(i64, String)> = bulk_changes::table
        .filter(bulk_changes::query.ne(""))
        .select((bulk_changes::id, bulk_changes::query))
        .load(conn)?;
    for (id, query) in queries {
        let filter = Filter::parse(&query);
        if is_about(conn, &filter.typed())? {
            diesel::update(bulk_changes::table.find(id))
                .set(bulk_changes::query.eq(filter.replaced(FORGOTTEN).query()))
                .execute(conn)?;
        }
    }
    Ok(())
}
