//! The queries on changes of many contacts: what is to be done, and how far it is.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::action::Action;
use super::items::Item;
use super::state::State;
use crate::accounts::store::username_of;
use crate::audit::{self, Entry};
use crate::base::clock;
use crate::book::filter::Filter;
use crate::db::AnyConnection;
use crate::db::schema::{bulk_changes, bulk_items, contacts, organizations};
use crate::domain::Headcount;
use crate::erasure::one_at_a_time;
use crate::error::{AppError, AppResult};
use crate::jobs;

#[derive(Queryable, Selectable)]
#[diesel(table_name = bulk_changes)]
struct Row {
    id: i64,
    action: String,
    query: String,
    account_id: Option<i64>,
    undone_by: Option<i64>,
    state: String,
    total: i64,
    done: i64,
    changed: i64,
    kept: i64,
    cursor_id: i64,
    created_at: NaiveDateTime,
    expected: Option<String>,
    found: Option<String>,
}

/// A change of many contacts.
#[derive(Debug, Clone)]
pub struct Bulk {
    pub id: i64,
    pub action: Action,
    pub filter: Filter,
    pub account_id: Option<i64>,
    pub undone_by: Option<i64>,
    pub state: State,
    /// Whom it is about; while it is undone and after, those whom it had changed.
    pub total: i64,
    /// How many of them have been looked at.
    pub done: i64,
    pub changed: i64,
    /// How many stay so, at least in part: they have no e-mail, or, where it is undone, the same was changed since.
    pub kept: i64,
    /// The contact that the work has come to.
    pub cursor: i64,
    pub created_at: NaiveDateTime,
    /// Whom it was confirmed for; none where an earlier version filed it.
    pub expected: Option<Headcount>,
    /// Whom it found instead, where it did nothing for that.
    pub found: Option<Headcount>,
}

impl TryFrom<Row> for Bulk {
    type Error = AppError;

    fn try_from(row: Row) -> AppResult<Self> {
        let (_, action): (String, Action) = serde_json::from_str(&row.action)?;
        Ok(Self {
            id: row.id,
            action,
            filter: Filter::parse(&row.query),
            account_id: row.account_id,
            undone_by: row.undone_by,
            state: State::parse(&row.state)?,
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

/// Files a change of all who pass a filter, and its job; the same form again is the same change.
///
/// # Errors
/// Those of the database.
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
/// [`AppError::NotFound`] and those of the database.
pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Bulk> {
    let row: Row = bulk_changes::table
        .find(id)
        .select(Row::as_select())
        .first(conn)?;
    row.try_into()
}

/// A change with what its page says of it.
pub struct Shown {
    pub bulk: Bulk,
    /// Who began it.
    pub by: Option<String>,
    /// Who undoes it, or has.
    pub undone_by: Option<String>,
    /// The name of the organization that it sets.
    pub organization: Option<String>,
}

/// # Errors
/// [`AppError::NotFound`] and those of the database.
pub fn show(conn: &mut AnyConnection, id: i64) -> AppResult<Shown> {
    let bulk = find(conn, id)?;
    let by = username_of(conn, bulk.account_id)?;
    let undone_by = username_of(conn, bulk.undone_by)?;
    let organization = match bulk.action {
        Action::Organization(Some(id)) => organizations::table
            .find(id)
            .select(organizations::name)
            .first(conn)
            .optional()?,
        _ => None,
    };
    Ok(Shown {
        bulk,
        by,
        undone_by,
        organization,
    })
}

/// The latest changes, with when they were begun.
///
/// # Errors
/// Those of the database.
pub fn latest(conn: &mut AnyConnection, limit: i64) -> AppResult<Vec<(i64, NaiveDateTime)>> {
    Ok(bulk_changes::table
        .order(bulk_changes::id.desc())
        .limit(limit)
        .select((bulk_changes::id, bulk_changes::created_at))
        .load(conn)?)
}

/// How many of these contacts have no e-mail.
///
/// # Errors
/// Those of the database.
pub fn count_without_email(conn: &mut AnyConnection, ids: &[i64]) -> AppResult<i64> {
    Ok(contacts::table
        .filter(contacts::id.eq_any(ids))
        .filter(contacts::email.is_null())
        .count()
        .get_result(conn)?)
}

/// It is known whom it is about.
///
/// # Errors
/// [`AppError::Overtaken`] when it is past that, and those of the database.
pub fn begin_changing(conn: &mut AnyConnection, id: i64) -> AppResult<()> {
    jobs::moved_on(
        diesel::update(bulk_changes::table.filter(at(id, State::Gathering)))
            .set(bulk_changes::state.eq(State::Changing.as_str()))
            .execute(conn)?,
    )
}

/// They are others than it was confirmed for: nothing is done, and its page asks again. Its state is one that an earlier
/// version reads as well: done, with nobody changed.
///
/// # Errors
/// [`AppError::Overtaken`] when it stands elsewhere, and those of the database.
pub fn ask_again(conn: &mut AnyConnection, bulk: &Bulk, found: &Headcount) -> AppResult<()> {
    jobs::moved_on(
        diesel::update(bulk_changes::table.filter(at(bulk.id, State::Gathering)))
            .set((
                bulk_changes::state.eq(State::Done.as_str()),
                bulk_changes::total.eq(0),
                bulk_changes::found.eq(found.to_string()),
                bulk_changes::finished_at.eq(clock::now()),
            ))
            .execute(conn)?,
    )?;
    diesel::delete(bulk_items::table.filter(bulk_items::bulk_id.eq(bulk.id))).execute(conn)?;
    jobs::remove(conn, jobs::Kind::BulkChange, bulk.id)
}

/// What a batch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub changed: i64,
    pub kept: i64,
}

/// Adds what a batch of items did, from where it began only: if another worker has come further meanwhile, the batch is
/// undone.
///
/// # Errors
/// [`AppError::Overtaken`] when it stands elsewhere, and those of the database.
pub fn advance(
    conn: &mut AnyConnection,
    bulk: &Bulk,
    items: &[Item],
    counts: Counts,
) -> AppResult<()> {
    let Some(last) = items.last() else {
        return Ok(());
    };
    let here = at(bulk.id, bulk.state).and(bulk_changes::cursor_id.eq(bulk.cursor));
    jobs::moved_on(
        diesel::update(bulk_changes::table.filter(here))
            .set((
                bulk_changes::cursor_id.eq(last.contact),
                bulk_changes::done.eq(bulk_changes::done + int(items.len())),
                bulk_changes::changed.eq(bulk_changes::changed + counts.changed),
                bulk_changes::kept.eq(bulk_changes::kept + counts.kept),
            ))
            .execute(conn)?,
    )
}

/// All that it is about have been looked at. The job goes with it: it would stand in the way of the undoing's.
///
/// # Errors
/// [`AppError::Overtaken`] when it stands elsewhere, and those of the database.
pub fn finish(conn: &mut AnyConnection, bulk: &Bulk) -> AppResult<()> {
    let end = match bulk.state {
        State::Undoing => State::Undone,
        _ => State::Done,
    };
    jobs::moved_on(
        diesel::update(bulk_changes::table.filter(at(bulk.id, bulk.state)))
            .set((
                bulk_changes::state.eq(end.as_str()),
                bulk_changes::finished_at.eq(clock::now()),
            ))
            .execute(conn)?,
    )?;
    jobs::remove(conn, jobs::Kind::BulkChange, bulk.id)
}

/// Files the undoing, unless it is begun, or the change not done; tells whether it did.
///
/// # Errors
/// Those of the database.
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
    bulk_changes::id
        .eq(id)
        .and(bulk_changes::state.eq(state.as_str()))
}

pub(super) fn int(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
