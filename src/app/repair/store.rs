//! The queries on repairs. Each step advances only from where it began, in the transaction of its work.

use diesel::prelude::*;

use crate::base::{clock, text_enum};
use crate::book::write::Repaired;
use crate::db::schema::repairs;
use crate::db::{AnyConnection, from_text_column};
use crate::error::AppResult;
use crate::jobs;

text_enum! {
    /// The next stage of a repair.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Stage {
        /// Waiting for the last older node to end.
        Waiting = "waiting",
        Names = "names",
        Contacts = "contacts",
        Words = "words",
        Values = "values",
        Done = "done",
    }
}

from_text_column!(Stage);

/// A repair and its progress.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = repairs)]
pub struct Repair {
    pub id: i64,
    pub stage: Stage,
    pub cursor_id: i64,
    pub cursor_kind: String,
    pub cursor_word: String,
    /// Contacts processed.
    pub contacts: i64,
    /// Contacts with a changed value.
    pub changed: i64,
    /// Phone numbers that have become another number.
    pub numbers: i64,
    /// Contacts whose e-mail keeps its old spelling.
    pub kept: i64,
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown repair.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Repair> {
    Ok(repairs::table.find(id).select(Repair::as_select()).first(conn)?)
}

/// Moves the repair to a stage.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if it is no longer in the stage of `from`.
pub fn advance(conn: &mut AnyConnection, from: &Repair, to: Stage) -> AppResult<()> {
    let finished_at = (to == Stage::Done).then(clock::now);
    let here = repairs::table.find(from.id).filter(repairs::stage.eq(from.stage.as_str()));
    let moved = diesel::update(here)
        .set((
            repairs::stage.eq(to.as_str()),
            repairs::cursor_kind.eq(""),
            repairs::cursor_word.eq(""),
            repairs::finished_at.eq(finished_at),
        ))
        .execute(conn)?;
    jobs::moved_on(moved)
}

/// Adds the result of a batch of contacts, and moves the cursor.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the stage or the cursor differs from `from`.
pub fn pass_contacts(conn: &mut AnyConnection, from: &Repair, done: &Repaired) -> AppResult<()> {
    let here = repairs::table
        .find(from.id)
        .filter(repairs::stage.eq(from.stage.as_str()))
        .filter(repairs::cursor_id.eq(from.cursor_id));
    let moved = diesel::update(here)
        .set((
            repairs::cursor_id.eq(done.last),
            repairs::contacts.eq(repairs::contacts + done.contacts),
            repairs::changed.eq(repairs::changed + done.changed),
            repairs::numbers.eq(repairs::numbers + done.numbers),
            repairs::kept.eq(repairs::kept + done.kept),
        ))
        .execute(conn)?;
    jobs::moved_on(moved)
}

/// Moves the cursor among words or values.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the stage or the cursor differs from `from`.
pub fn pass_word(conn: &mut AnyConnection, from: &Repair, kind: &str, word: &str) -> AppResult<()> {
    let here = repairs::table
        .find(from.id)
        .filter(repairs::stage.eq(from.stage.as_str()))
        .filter(repairs::cursor_kind.eq(&from.cursor_kind))
        .filter(repairs::cursor_word.eq(&from.cursor_word));
    let moved = diesel::update(here)
        .set((repairs::cursor_kind.eq(kind), repairs::cursor_word.eq(word)))
        .execute(conn)?;
    jobs::moved_on(moved)
}
