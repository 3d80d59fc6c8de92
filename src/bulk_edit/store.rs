//! The queries on bulk changes: action and progress.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::action::Action;
use super::items::Item;
use super::state::State;
use crate::audit::{self, Entry};
use crate::base::clock;
use crate::book::filter::Filter;
use crate::db::schema::{bulk_changes, bulk_items, contacts, organizations};
use crate::db::{AnyConnection, account_name_of};
use crate::domain::Headcount;
use crate::erasure::one_at_a_time;
use crate::error::{AppError, AppResult};
use crate::jobs;

#[derive(Queryable, Selectable)]
#[diesel(table_name = bulk_changes)]
struct BulkRow {
    id: i64,
    action: String,
    query: String,
    account_id: Option<i64>,
    undone_by: Option<i64>,
    state: State,
    total: i64,
    done: i64,
    changed: i64,
    kept: i64,
    cursor_id: i64,
    created_at: NaiveDateTime,
    expected: Option<String>,
    found: Option<String>,
}

/// A bulk change.
#[derive(Debug, Clone)]
pub struct Bulk {
    pub id: i64,
    pub action: Action,
    pub filter: Filter,
    pub account_id: Option<i64>,
    pub undone_by: Option<i64>,
    pub state: State,
    /// The number of its contacts; during and after an undo, of the contacts that it had changed.
    pub total: i64,
    /// Contacts processed so far.
    pub done: i64,
    pub changed: i64,
    /// Contacts left unchanged at least in part: without an e-mail or, for an undo, changed by somebody since.
    pub kept: i64,
    /// The last processed contact.
    pub cursor: i64,
    pub created_at: NaiveDateTime,
    /// The confirmed contacts; `None` if an earlier version filed the change.
    pub expected: Option<Headcount>,
    /// The contacts found instead of the confirmed ones, if nothing was changed for that reason.
    pub found: Option<Headcount>,
}

impl TryFrom<BulkRow> for Bulk {
    type Error = AppError;

    fn try_from(row: BulkRow) -> AppResult<Self> {
        let (_, action): (String, Action) = serde_json::from_str(&row.action)?;
        Ok(Self {
            id: row.id,
            action,
            filter: Filter::parse(&row.query),
            account_id: row.account_id,
            undone_by: row.undone_by,
            state: row.state,
            total: row.total,
            done: row.done,
            changed: row.changed,
            kept: row.kept,
            cursor: row.cursor_id,
            created_at: row.created_at,
            expected: row.expected.as_deref().and_then(Headcount::parse),
            found: row.found.as_deref().and_then(Headcount::parse),
        })
    }
}

/// Files a bulk change of all contacts of a filter, and its job. The same form sent again returns the same bulk change.
pub fn begin(
    conn: &mut AnyConnection,
    action: &Action,
    filter: &Filter,
    expected: &Headcount,
    form_key: &str,
    account: i64,
) -> AppResult<i64> {
    one_at_a_time(conn, account)?;
    let action = serde_json::to_string(&(form_key, action))?;
    let begun: Option<i64> = bulk_changes::table
        .filter(bulk_changes::account_id.eq(account))
        .filter(bulk_changes::action.eq(&action))
        .select(bulk_changes::id)
        .first(conn)
        .optional()?;
    if let Some(id) = begun {
        return Ok(id);
    }
    let id: i64 = diesel::insert_into(bulk_changes::table)
        .values((
            bulk_changes::action.eq(action),
            bulk_changes::query.eq(filter.query()),
            bulk_changes::expected.eq(expected.to_string()),
            bulk_changes::account_id.eq(account),
            bulk_changes::state.eq(State::Gathering.as_str()),
            bulk_changes::created_at.eq(clock::now()),
        ))
        .returning(bulk_changes::id)
        .get_result(conn)?;
    let entry = Entry::new(audit::Kind::BulkStarted, Some(account));
    audit::record(conn, &[entry.subject(id.to_string())])?;
    jobs::enqueue(conn, jobs::Kind::BulkChange, id)?;
    Ok(id)
}

/// # Errors
/// [`AppError::NotFound`] for an unknown bulk change.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Bulk> {
    let row: BulkRow = bulk_changes::table.find(id).select(BulkRow::as_select()).first(conn)?;
    row.try_into()
}

/// A bulk change with the other data of its page.
pub struct ShownBulk {
    pub bulk: Bulk,
    /// The account that started it.
    pub by: Option<String>,
    /// The account that started the undo.
    pub undone_by: Option<String>,
    /// The name of the organization to set.
    pub organization: Option<String>,
}

/// # Errors
/// [`AppError::NotFound`] for an unknown bulk change.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<ShownBulk> {
    let bulk = find(conn, id)?;
    let by = account_name_of(conn, bulk.account_id)?;
    let undone_by = account_name_of(conn, bulk.undone_by)?;
    let organization = match bulk.action {
        Action::Organization(Some(id)) => {
            organizations::table.find(id).select(organizations::name).first(conn).optional()?
        }
        _ => None,
    };
    Ok(ShownBulk { bulk, by, undone_by, organization })
}

/// Returns the latest bulk changes with their start times.
pub fn latest(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<(i64, NaiveDateTime)>> {
    Ok(bulk_changes::table
        .order(bulk_changes::id.desc())
        .limit(limit)
        .select((bulk_changes::id, bulk_changes::created_at))
        .load(conn)?)
}

/// Counts the contacts without an e-mail.
pub fn count_without_email(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<i64> {
    Ok(contacts::table
        .filter(contacts::id.eq_any(ids))
        .filter(contacts::email.is_null())
        .count()
        .get_result(conn)?)
}

/// Marks the contacts as completely gathered.
///
/// # Errors
/// [`AppError::Overtaken`] if the bulk change is in a later state.
pub fn begin_changing(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    let gathering = bulk_changes::table.filter(at(id, State::Gathering));
    jobs::advance(conn, diesel::update(gathering).set(bulk_changes::state.eq(State::Changing.as_str())))
}

/// Ends a bulk change whose contacts differ from the confirmed ones: nothing is changed, and its page asks again. The state
/// is `done` with no changed contacts, which an earlier version can read too.
///
/// # Errors
/// [`AppError::Overtaken`] if the bulk change is in another state.
pub fn ask_again(conn: &mut AnyConnection, bulk: &Bulk, found: &Headcount) -> AppResult<()> {
    let gathering = bulk_changes::table.filter(at(bulk.id, State::Gathering));
    let done = (
        bulk_changes::state.eq(State::Done.as_str()),
        bulk_changes::total.eq(0),
        bulk_changes::found.eq(found.to_string()),
        bulk_changes::finished_at.eq(clock::now()),
    );
    jobs::finish(conn, (jobs::Kind::BulkChange, bulk.id), diesel::update(gathering).set(done))?;
    diesel::delete(bulk_items::table.filter(bulk_items::bulk_id.eq(bulk.id))).execute(conn)?;
    Ok(())
}

/// The result of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub changed: i64,
    pub kept: i64,
}

/// Adds the result of a batch and moves the cursor.
///
/// # Errors
/// [`AppError::Overtaken`] if the cursor or the state is another.
pub fn advance(conn: &mut AnyConnection, bulk: &Bulk, items: &[Item], counts: Counts) -> AppResult<()> {
    let Some(last) = items.last() else {
        return Ok(());
    };
    let here = at(bulk.id, bulk.state).and(bulk_changes::cursor_id.eq(bulk.cursor));
    let counted = (
        bulk_changes::cursor_id.eq(last.contact),
        bulk_changes::done.eq(bulk_changes::done + items.len() as i64),
        bulk_changes::changed.eq(bulk_changes::changed + counts.changed),
        bulk_changes::kept.eq(bulk_changes::kept + counts.kept),
    );
    jobs::advance(conn, diesel::update(bulk_changes::table.filter(here)).set(counted))
}

/// Ends a bulk change or its undo.
///
/// # Errors
/// [`AppError::Overtaken`] if the bulk change is in another state.
pub fn finish(conn: &mut AnyConnection, bulk: &Bulk) -> AppResult<()> {
    let end = match bulk.state {
        State::Undoing => State::Undone,
        _ => State::Done,
    };
    let here = bulk_changes::table.filter(at(bulk.id, bulk.state));
    let ended = (bulk_changes::state.eq(end.as_str()), bulk_changes::finished_at.eq(clock::now()));
    jobs::finish(conn, (jobs::Kind::BulkChange, bulk.id), diesel::update(here).set(ended))
}

/// Files the undo of a finished bulk change. Returns `false` if it was not in the state `done`.
pub fn begin_undo(conn: &mut AnyConnection, id: i64, account: i64) -> AppResult<bool> {
    let begun = diesel::update(bulk_changes::table.filter(at(id, State::Done)))
        .set((
            bulk_changes::state.eq(State::Undoing.as_str()),
            bulk_changes::total.eq(bulk_changes::changed),
            bulk_changes::done.eq(0),
            bulk_changes::changed.eq(0),
            bulk_changes::kept.eq(0),
            bulk_changes::cursor_id.eq(0),
            bulk_changes::undone_by.eq(account),
            bulk_changes::finished_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    if begun == 0 {
        return Ok(false);
    }
    let entry = Entry::new(audit::Kind::BulkUndoStarted, Some(account));
    audit::record(conn, &[entry.subject(id.to_string())])?;
    jobs::enqueue(conn, jobs::Kind::BulkChange, id)?;
    Ok(true)
}

pub(super) type At = diesel::dsl::And<
    diesel::dsl::Eq<bulk_changes::id, i64>,
    diesel::dsl::Eq<bulk_changes::state, &'static str>,
>;

pub(super) fn at(id: i64, state: State) -> At {
    bulk_changes::id.eq(id).and(bulk_changes::state.eq(state.as_str()))
}
