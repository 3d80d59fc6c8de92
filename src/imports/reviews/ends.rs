//! The rows that wait no longer although nobody has decided about them, and the decisions that an undo takes back.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::decide::SEPARATE;
use super::store::{Held, settle};
use crate::base::clock;
use crate::book::distinct;
use crate::db::AnyConnection;
use crate::db::schema::{import_held, imports};
use crate::error::AppResult;

/// How long after the end of its import a row waits; then it counts as skipped.
const KEPT: TimeDelta = TimeDelta::days(90);
/// How long before this end the pages announce it.
const ANNOUNCED: TimeDelta = TimeDelta::days(7);
/// Rows that one transaction lets count as skipped.
const SKIPPED_TOGETHER: i64 = 1_000;
/// Decisions that one transaction takes back.
const TAKEN_BACK_TOGETHER: i64 = 200;
/// The stored decision of a row that has waited for too long, or that an erasure has blanked.
pub const SKIPPED: &str = "skip";

/// When the rows of an import that ended at this time count as skipped.
pub fn end_of(finished_at: NaiveDateTime) -> NaiveDateTime {
    finished_at + KEPT
}

/// Returns `true` if this end is less than a week away.
pub fn is_soon(end: NaiveDateTime) -> bool {
    end - clock::now() < ANNOUNCED
}

/// The rows that soon count as skipped.
pub struct EndingSoon {
    pub rows: i64,
    /// When the first of them do.
    pub first: NaiveDateTime,
}

/// Returns `None` if no row that waits ends within a week.
pub fn ending_soon(conn: &mut AnyConnection) -> AppResult<Option<EndingSoon>> {
    let (rows, first): (i64, Option<NaiveDateTime>) = import_held::table
        .inner_join(imports::table)
        .filter(import_held::decision.is_null())
        .filter(imports::finished_at.lt(clock::now() - KEPT + ANNOUNCED))
        .select((diesel::dsl::count_star(), diesel::dsl::min(imports::finished_at)))
        .first(conn)?;
    Ok(first.map(|first| EndingSoon { rows, first: end_of(first) }))
}

/// Lets rows that have waited for 90 days since the end of their import count as skipped.
pub fn expire(conn: &mut AnyConnection) -> AppResult<()> {
    let old: Vec<Held> = import_held::table
        .inner_join(imports::table)
        .filter(import_held::decision.is_null())
        .filter(imports::finished_at.lt(clock::now() - KEPT))
        .limit(SKIPPED_TOGETHER)
        .select(Held::as_select())
        .load(conn)?;
    skip(conn, &old)
}

/// Lets the rows count as skipped that an erasure has blanked.
pub fn skip_blanked(conn: &mut AnyConnection, import: i64, lines: &[i64]) -> AppResult<()> {
    let blanked: Vec<Held> = import_held::table
        .filter(import_held::import_id.eq(import))
        .filter(import_held::line.eq_any(lines))
        .filter(import_held::decision.is_null())
        .select(Held::as_select())
        .load(conn)?;
    skip(conn, &blanked)
}

/// Lets the next rows of an undone import that wait count as skipped. Returns `false` if there were none.
pub fn skip_next(conn: &mut AnyConnection, import: i64) -> AppResult<bool> {
    let waiting: Vec<Held> = import_held::table
        .filter(import_held::import_id.eq(import))
        .filter(import_held::decision.is_null())
        .limit(SKIPPED_TOGETHER)
        .select(Held::as_select())
        .load(conn)?;
    skip(conn, &waiting)?;
    Ok(!waiting.is_empty())
}

/// Forgets which contacts the next decisions of an undone import have declared distinct, after the row `after`. Returns the last of
/// these rows, or `None` at the end.
pub fn forget_next_distinct(
    conn: &mut AnyConnection,
    import: i64,
    after: i64,
    account: Option<i64>,
) -> AppResult<Option<i64>> {
    let decided: Vec<(Held, Option<i64>)> = import_held::table
        .filter(import_held::import_id.eq(import))
        .filter(import_held::decision.eq(SEPARATE))
        .filter(import_held::id.gt(after))
        .order(import_held::id)
        .limit(TAKEN_BACK_TOGETHER)
        .select((Held::as_select(), import_held::contact_id))
        .load(conn)?;
    for (held, contact) in &decided {
        if let Some(contact) = contact {
            distinct::withdraw(conn, *contact, &held.candidates, account)?;
        }
    }
    Ok(decided.last().map(|(held, _)| held.id))
}

fn skip(conn: &mut AnyConnection, rows: &[Held]) -> AppResult<()> {
    for held in rows {
        if settle(conn, held, SKIPPED, None, None)? {
            diesel::update(imports::table.find(held.import_id))
                .set((imports::held.eq(imports::held - 1), imports::skipped.eq(imports::skipped + 1)))
                .execute(conn)?;
        }
    }
    Ok(())
}
