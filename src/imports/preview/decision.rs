//! Deciding about an import: each step is a conditional `UPDATE` whose count is looked at, so that two clicks are one.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::super::import::{Foreseen, Import, State};
use super::super::store::{self, in_state};
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::imports;
use crate::error::AppResult;
use crate::jobs;

/// What came of somebody's wish to import what they were shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// It is being applied.
    Applying,
    /// The book has changed since it was checked: it is checked again, and applied if it does what was shown.
    CheckedAgain,
    /// It has been checked again since the page was drawn: what it does now was not shown.
    Outdated,
    /// It has been decided about already.
    Late,
}

/// Which check a page shows: in its form.
pub fn stamp(checked_at: &NaiveDateTime) -> i64 {
    checked_at.and_utc().timestamp_micros()
}

/// Waits for a decision, the first one or another.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] when it is no longer checking, and those of the database.
pub fn ask(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let changed = diesel::update(in_state(id, State::Checking))
        .set((
            imports::state.eq(State::Deciding.as_str()),
            imports::cursor_line.eq(0),
            imports::decided_by.eq(None::<i64>),
        ))
        .execute(conn)?;
    jobs::moved_on(changed)?;
    // In this transaction: it must not be there any more when someone decides and files the next one.
    jobs::remove(conn, jobs::Kind::Import, id)
}

/// Decides to import what was shown; `shown` is the [`stamp`] of the page, where the decision comes from one.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] and those of the database.
pub fn confirm(
    conn: &mut AnyConnection,
    id: i64,
    account: i64,
    shown: Option<i64>,
) -> AppResult<Confirmed> {
    let import = store::find(conn, id)?;
    let (State::Deciding, Some(checked_at)) = (import.state, import.checked_at) else {
        return Ok(Confirmed::Late);
    };
    if shown.is_some_and(|shown| shown != stamp(&checked_at)) {
        return Ok(Confirmed::Outdated);
    }
    let is_outdated = has_changed(conn, &import)?;
    let foreseen = Foreseen::new(&import.counts, checked_at);
    let changed =
        diesel::update(in_state(id, State::Deciding).filter(imports::checked_at.eq(checked_at)))
            .set((
                imports::state.eq(State::Checking.as_str()),
                imports::decided_by.eq(account),
                imports::foreseen.eq(serde_json::to_string(&foreseen)?),
                imports::cursor_line.eq(0),
                imports::cursor_byte.eq(0),
                imports::created.eq(0),
                imports::updated.eq(0),
                imports::unchanged.eq(0),
                imports::restored.eq(0),
            ))
            .execute(conn)?;
    if changed == 0 {
        return Ok(Confirmed::Late);
    }
    jobs::enqueue(conn, jobs::Kind::Import, id)?;
    if is_outdated {
        return Ok(Confirmed::CheckedAgain);
    }
    let decided = store::find(conn, id)?;
    apply(conn, &decided)?;
    Ok(Confirmed::Applying)
}

/// Whether the book may be another than when the import was checked.
fn has_changed(conn: &mut AnyConnection, import: &Import) -> AppResult<bool> {
    // What an import creates is told by its one entry at the end.
    let others = imports::table
        .filter(imports::id.ne(import.id))
        .filter(imports::state.eq(State::Applying.as_str()));
    if diesel::select(diesel::dsl::exists(others)).get_result(conn)? {
        return Ok(true);
    }
    audit::store::contacts_changed_since(conn, import.checked_entry.unwrap_or_default())
}

/// Goes on with an import that somebody decided about.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] when it is no longer checking, and those of the database.
pub fn apply(conn: &mut AnyConnection, import: &Import) -> AppResult<()> {
    store::begin_applying(conn, import.id)?;
    let entry = Entry::new(Kind::ImportConfirmed, import.decided_by)
        .import(Some(import.id))
        .subject(&import.name);
    audit::record(conn, &[entry])
}

/// Gives the import up while nothing is written; false when it is too late, or was done.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] and those of the database.
pub fn cancel(conn: &mut AnyConnection, id: i64, account: Option<i64>) -> AppResult<bool> {
    // In the order in which its worker holds the two rows, so that neither waits for the other.
    jobs::hold(conn, jobs::Kind::Import, id)?;
    let waiting = [State::Checking.as_str(), State::Deciding.as_str()];
    let changed = diesel::update(
        imports::table
            .find(id)
            .filter(imports::state.eq_any(waiting)),
    )
    .set((
        imports::state.eq(State::Cancelled.as_str()),
        imports::decided_by.eq(account),
        imports::finished_at.eq(clock::now()),
    ))
    .execute(conn)?;
    if changed == 0 {
        return Ok(false);
    }
    let import = store::find(conn, id)?;
    let entry = Entry::new(Kind::ImportCancelled, account)
        .import(Some(id))
        .subject(import.name);
    audit::record(conn, &[entry])?;
    store::rest(conn, id)?;
    // What was kept for the decision goes.
    jobs::enqueue(conn, jobs::Kind::Import, id)?;
    Ok(true)
}
