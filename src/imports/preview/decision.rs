//! The decision about an import: each step is a conditional `UPDATE` whose row count is checked, so that a double click has
//! the effect of one.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::super::import::{ApprovedCounts, Import, State};
use super::super::profiles;
use super::super::store::{self, Checked, in_state};
use super::lines;
use super::outlook::Effects;
use crate::audit::{self, Entry, Kind};
use crate::base::clock;
use crate::db::AnyConnection;
use crate::db::schema::imports;
use crate::domain::ImportName;
use crate::error::AppResult;
use crate::jobs;

/// The outcome of a request to import what was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The import is being applied.
    Applying,
    /// The book has changed since the check: the import is checked again, and applied if its effects are those shown.
    CheckedAgain,
    /// The import has been checked again since the page was shown: its current effects were not shown.
    Outdated,
    /// The import has already been decided.
    Late,
}

/// Returns the identifier of a check, for the form of its page.
pub fn stamp(checked_at: &NaiveDateTime) -> i64 {
    checked_at.and_utc().timestamp_micros()
}

/// What follows a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// The import waits for a decision.
    Asked,
    /// The import is being applied.
    Applying,
}

/// Ends a forecast: the import is applied if the profile of its list lets it go on, else it waits for a decision.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn settle(conn: &mut AnyConnection, id: i64) -> AppResult<Planned> {
    let import = store::find(conn, id)?;
    let emptying = lines::count_emptied(conn, id)?;
    if profiles::goes_on(conn, &import, emptying)? {
        store::begin_applying(conn, id)?;
        return Ok(Planned::Applying);
    }
    ask(conn, id)?;
    Ok(Planned::Asked)
}

/// Ends a check that has counted what its lines would do: the import is applied if the profile of its list lets it go on. Otherwise
/// nothing is changed, and `false` is returned.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn go_on(conn: &mut AnyConnection, id: i64, checked: &Checked, effects: &Effects) -> AppResult<bool> {
    let counts = checked.counts.with(&effects.counts);
    let import = Import { counts, ..store::find(conn, id)? };
    let goes_on = profiles::goes_on(conn, &import, effects.emptying)?;
    if goes_on {
        store::keep_checked(conn, id, &Checked { counts, ..*checked })?;
        store::begin_applying(conn, id)?;
    }
    Ok(goes_on)
}

/// Moves the import to the state `deciding`, for the first or another decision.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn ask(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let asked = (
        imports::state.eq(State::Deciding.as_str()),
        imports::cursor_line.eq(0),
        imports::decided_by.eq(None::<i64>),
    );
    let kind = store::find(conn, id)?.job();
    jobs::finish(conn, (kind, id), diesel::update(in_state(id, State::Checking)).set(asked))
}

/// Decides to import what was shown, under another name if one is given; `shown` is the [`stamp`] of the page, if the decision
/// comes from a page.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown import, `Taken(ImportName)` if another import has the new name.
pub fn confirm(
    conn: &mut AnyConnection,
    id: i64,
    account: i64,
    shown: Option<i64>,
    name: Option<&ImportName>,
) -> AppResult<Confirmed> {
    let import = store::find(conn, id)?;
    let (State::Deciding, Some(checked_at)) = (import.state, import.checked_at) else {
        return Ok(Confirmed::Late);
    };
    if shown.is_some_and(|shown| shown != stamp(&checked_at)) {
        return Ok(Confirmed::Outdated);
    }
    let is_outdated = has_changed(conn, &import)?;
    let rejected = store::checked_rejected(conn, &import)?;
    let foreseen = ApprovedCounts::new(&import.counts, checked_at);
    let changed = diesel::update(in_state(id, State::Deciding).filter(imports::checked_at.eq(checked_at)))
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
            imports::held.eq(0),
            imports::unmatched.eq(0),
            rejected.map(|rejected| imports::rejected.eq(rejected)),
            name.map(|name| (imports::name.eq(name.as_str()), imports::name_key.eq(name.key()))),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Ok(Confirmed::Late);
    }
    jobs::enqueue(conn, import.job(), id)?;
    if is_outdated {
        return Ok(Confirmed::CheckedAgain);
    }
    let decided = store::find(conn, id)?;
    apply(conn, &decided)?;
    Ok(Confirmed::Applying)
}

/// Returns `true` if the book may have changed since the check of the import.
fn has_changed(conn: &mut AnyConnection, import: &Import) -> AppResult<bool> {
    // The history has a single entry for everything that an import creates, written at its end.
    let others =
        imports::table.filter(imports::id.ne(import.id)).filter(imports::state.eq(State::Applying.as_str()));
    if diesel::select(diesel::dsl::exists(others)).get_result(conn)? {
        return Ok(true);
    }
    audit::store::contacts_changed_since(conn, import.checked_entry.unwrap_or_default())
}

/// Continues with a confirmed import.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the import is no longer being checked.
pub fn apply(conn: &mut AnyConnection, import: &Import) -> AppResult<()> {
    store::begin_applying(conn, import.id)?;
    let entry =
        Entry::new(Kind::ImportConfirmed, import.decided_by).import(Some(import.id)).subject(&import.name);
    audit::record(conn, &[entry])
}

/// Cancels an import that has written nothing; returns `false` if it is too late, or if the import is already cancelled.
///
/// # Errors
/// [`crate::error::AppError::NotFound`] for an unknown import.
pub fn cancel(conn: &mut AnyConnection, id: i64, account: Option<i64>) -> AppResult<bool> {
    // The order in which the import's worker locks the two rows, so that there is no deadlock.
    let kind = store::find(conn, id)?.job();
    jobs::hold(conn, kind, id)?;
    let waiting = [State::Checking.as_str(), State::Deciding.as_str()];
    let changed = diesel::update(imports::table.find(id).filter(imports::state.eq_any(waiting)))
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
    let entry = Entry::new(Kind::ImportCancelled, account).import(Some(id)).subject(import.name);
    audit::record(conn, &[entry])?;
    store::rest(conn, id)?;
    // The job deletes what was stored for the decision.
    jobs::enqueue(conn, kind, id)?;
    Ok(true)
}
