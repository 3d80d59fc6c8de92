//! The searches of the whole book, and the storage of their results.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::audit::{self, Entry};
use crate::base::clock;
use crate::book::likeness::Reasons;
use crate::db::schema::{accounts, contacts, duplicate_pairs, duplicate_runs, shared_phones};
use crate::db::{AnyConnection, account_name, lock_rows, on_backend};
use crate::error::AppResult;
use crate::jobs;

/// Rows per statement: SQLite accepts 32 766 values.
const ROWS: usize = 2_000;

/// A search, running or finished.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = duplicate_runs)]
pub struct DuplicateSearch {
    pub id: i64,
    pub account_id: Option<i64>,
    /// The next key to compare; see [`crate::book::duplicate_keys`].
    #[diesel(column_name = cursor_id)]
    pub cursor: i64,
    pub done: i64,
    /// The number of contacts at its start.
    pub total: i64,
    pub finished_at: Option<NaiveDateTime>,
}

impl DuplicateSearch {
    pub fn percent(&self) -> i64 {
        (self.done * 100 / self.total.max(1)).clamp(0, 99)
    }
}

/// Returns the latest search, with the name of the account that started it.
pub fn latest(conn: &mut AnyConnection) -> AppResult<Option<(DuplicateSearch, Option<String>)>> {
    Ok(duplicate_runs::table
        .left_join(accounts::table)
        .order(duplicate_runs::id.desc())
        .select((DuplicateSearch::as_select(), account_name().nullable()))
        .first(conn)
        .optional()?)
}

pub fn find(conn: &mut AnyConnection, id: i64) -> AppResult<Option<DuplicateSearch>> {
    Ok(duplicate_runs::table.find(id).select(DuplicateSearch::as_select()).first(conn).optional()?)
}

/// Files a search, unless one is running. Without an account it is one of Carnet's own.
pub fn begin(conn: &mut AnyConnection, account: Option<i64>) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = &mut *conn {
        // Two simultaneous clicks start one search.
        conn.batch_execute("LOCK TABLE duplicate_runs IN SHARE ROW EXCLUSIVE MODE")?;
    }
    let going_on: i64 =
        duplicate_runs::table.filter(duplicate_runs::finished_at.is_null()).count().get_result(conn)?;
    if going_on > 0 {
        return Ok(());
    }
    let total: i64 = contacts::table.filter(contacts::deleted_at.is_null()).count().get_result(conn)?;
    let id: i64 = diesel::insert_into(duplicate_runs::table)
        .values((
            duplicate_runs::account_id.eq(account),
            duplicate_runs::total.eq(total),
            duplicate_runs::created_at.eq(clock::now()),
        ))
        .returning(duplicate_runs::id)
        .get_result(conn)?;
    jobs::enqueue(conn, jobs::Kind::DuplicateSearch, id)
}

/// Moves the cursor, only from where the search was.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if the cursor has moved.
pub fn advance(conn: &mut AnyConnection, run: &DuplicateSearch, to: i64, done: i64) -> AppResult<()> {
    let here = duplicate_runs::table.find(run.id).filter(duplicate_runs::cursor_id.eq(run.cursor));
    let counted = (duplicate_runs::cursor_id.eq(to), duplicate_runs::done.eq(done));
    jobs::advance(conn, diesel::update(here).set(counted))
}

/// The results of one part of a search.
#[derive(Default)]
pub struct Found {
    /// Reasons by the lower and the higher id.
    pub pairs: BTreeMap<(i64, i64), Reasons>,
    /// Phone numbers that too many contacts have, each with its number of contacts.
    pub shared: BTreeMap<String, i64>,
}

/// Stores the results; a pair declared distinct stays distinct.
pub fn record(conn: &mut AnyConnection, run: i64, found: Found) -> AppResult<()> {
    record_shared(conn, run, &found.shared)?;
    record_pairs(conn, run, found.pairs)
}

fn record_shared(conn: &mut AnyConnection, run: i64, shared: &BTreeMap<String, i64>) -> AppResult<()> {
    let shared: Vec<_> = shared
        .iter()
        .map(|(e164, count)| {
            (shared_phones::e164.eq(e164), shared_phones::contacts.eq(count), shared_phones::run.eq(run))
        })
        .collect();
    for part in shared.chunks(ROWS) {
        on_backend!(conn, |conn| diesel::insert_into(shared_phones::table)
            .values(part)
            .on_conflict(shared_phones::e164)
            .do_update()
            .set((
                shared_phones::contacts.eq(excluded(shared_phones::contacts)),
                shared_phones::run.eq(excluded(shared_phones::run)),
            ))
            .execute(conn))?;
    }
    Ok(())
}

fn record_pairs(
    conn: &mut AnyConnection,
    run: i64,
    mut pairs: BTreeMap<(i64, i64), Reasons>,
) -> AppResult<()> {
    let now = clock::now();
    let ids: Vec<i64> = pairs.keys().flat_map(|(a, b)| [*a, *b]).collect();
    let there = hold(conn, ids)?;
    for (pair, reasons) in known(conn, run, &pairs)? {
        pairs.entry(pair).and_modify(|found| found.add(reasons.0));
    }
    let pairs: Vec<_> = pairs
        .iter()
        .filter(|((low, high), _)| there.contains(low) && there.contains(high))
        .map(|((low, high), reasons)| {
            (
                duplicate_pairs::low_id.eq(low),
                duplicate_pairs::high_id.eq(high),
                duplicate_pairs::reasons.eq(reasons.to_string()),
                duplicate_pairs::certainty.eq(reasons.certainty()),
                duplicate_pairs::run.eq(run),
                duplicate_pairs::found_at.eq(now),
            )
        })
        .collect();
    for part in pairs.chunks(ROWS) {
        on_backend!(conn, |conn| diesel::insert_into(duplicate_pairs::table)
            .values(part)
            .on_conflict((duplicate_pairs::low_id, duplicate_pairs::high_id))
            .do_update()
            .set((
                duplicate_pairs::reasons.eq(excluded(duplicate_pairs::reasons)),
                duplicate_pairs::certainty.eq(excluded(duplicate_pairs::certainty)),
                duplicate_pairs::run.eq(excluded(duplicate_pairs::run)),
            ))
            .execute(conn))?;
    }
    Ok(())
}

/// Returns the reasons that this search has already found for the same pairs by another key.
fn known(
    conn: &mut AnyConnection,
    run: i64,
    pairs: &BTreeMap<(i64, i64), Reasons>,
) -> AppResult<HashMap<(i64, i64), Reasons>> {
    let mut low: Vec<i64> = pairs.keys().map(|(low, _)| *low).collect();
    low.dedup();
    let mut known = HashMap::new();
    for part in low.chunks(ROWS) {
        let rows: Vec<(i64, i64, String)> = duplicate_pairs::table
            .filter(duplicate_pairs::low_id.eq_any(part))
            .filter(duplicate_pairs::run.eq(run))
            .select((duplicate_pairs::low_id, duplicate_pairs::high_id, duplicate_pairs::reasons))
            .load(conn)?;
        known.extend(rows.into_iter().map(|(low, high, reasons)| ((low, high), Reasons::parse(&reasons))));
    }
    Ok(known)
}

/// Returns those of these contacts that still exist, and locks them against erasure, in the order of ids that every lock of
/// contacts uses. On SQLite, the transaction that writes has no concurrent writer.
fn hold(conn: &mut AnyConnection, mut ids: Vec<i64>) -> AppResult<HashSet<i64>> {
    ids.sort_unstable();
    ids.dedup();
    let mut there = HashSet::with_capacity(ids.len());
    for part in ids.chunks(ROWS) {
        let rows = contacts::table.filter(contacts::id.eq_any(part)).order(contacts::id);
        let locked: Vec<i64> = lock_rows!(conn, rows, contacts::id, for_key_share);
        there.extend(locked);
    }
    Ok(there)
}

/// Ends the search, and removes the open pairs that it did not find again.
///
/// # Errors
/// [`crate::error::AppError::Overtaken`] if it has already ended.
pub fn finish(conn: &mut AnyConnection, run: &DuplicateSearch) -> AppResult<()> {
    let going_on = duplicate_runs::table.find(run.id).filter(duplicate_runs::finished_at.is_null());
    let ended =
        (duplicate_runs::finished_at.eq(clock::now()), duplicate_runs::done.eq(duplicate_runs::total));
    jobs::advance(conn, diesel::update(going_on).set(ended))?;
    diesel::delete(
        duplicate_pairs::table
            .filter(duplicate_pairs::run.ne(run.id))
            .filter(duplicate_pairs::dismissed_at.is_null()),
    )
    .execute(conn)?;
    diesel::delete(shared_phones::table.filter(shared_phones::run.ne(run.id))).execute(conn)?;
    diesel::delete(duplicate_runs::table.filter(duplicate_runs::id.lt(run.id))).execute(conn)?;
    let open: i64 =
        duplicate_pairs::table.filter(duplicate_pairs::dismissed_at.is_null()).count().get_result(conn)?;
    let entry = Entry::new(audit::Kind::DuplicatesSearched, run.account_id);
    audit::record(conn, &[entry.subject(open.to_string())])
}
