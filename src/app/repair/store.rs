//! The queries on repairs.

use diesel::prelude::*;

use crate::base::{clock, text_enum};
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

impl Repair {
    /// The progress at the beginning of a later stage.
    pub fn at(&self, stage: Stage) -> Self {
        Self { stage, cursor_kind: String::new(), cursor_word: String::new(), ..self.clone() }
    }
}

/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown repair.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Repair> {
    Ok(repairs::table.find(id).select(Repair::as_select()).first(conn)?)
}

/// Stores the progress behind a part of the work.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the repair is no longer at `from`.
pub fn advance(conn: &mut AnyConnection, from: &Repair, to: &Repair) -> AppResult<()> {
    let here = repairs::table
        .find(from.id)
        .filter(repairs::stage.eq(from.stage.as_str()))
        .filter(repairs::cursor_id.eq(from.cursor_id))
        .filter(repairs::cursor_kind.eq(&from.cursor_kind))
        .filter(repairs::cursor_word.eq(&from.cursor_word));
    let progress = (
        repairs::stage.eq(to.stage.as_str()),
        repairs::cursor_id.eq(to.cursor_id),
        repairs::cursor_kind.eq(&to.cursor_kind),
        repairs::cursor_word.eq(&to.cursor_word),
        repairs::contacts.eq(to.contacts),
        repairs::changed.eq(to.changed),
        repairs::numbers.eq(to.numbers),
        repairs::kept.eq(to.kept),
        repairs::finished_at.eq((to.stage == Stage::Done).then(clock::now)),
    );
    jobs::advance(conn, diesel::update(here).set(progress))
}
