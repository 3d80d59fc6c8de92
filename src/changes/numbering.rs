//! The order of the feed on PostgreSQL.
//!
//! Ids of a sequence are given before the commit, so a reader that has passed an id could miss a lower one that is committed later.
//! Rows therefore wait, and one transaction at a time, under a lock that writers never need, moves those that are committed. The
//! entries of a contact are written while its row is locked: the statement that sees one sees all earlier ones, and these have
//! lower ids. So the order of ids among the rows that it sees is right for each contact.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

use crate::db::AnyConnection;
use crate::db::schema::feed_waiting;
use crate::error::AppResult;

/// PostgreSQL's lock of the order.
const NUMBER_LOCK: i64 = 7_261_035;
/// Rows per transaction.
const PART: i64 = 5_000;

/// Returns `true` if committed rows wait. On SQLite none does.
pub fn rows_wait(conn: &mut AnyConnection) -> AppResult<bool> {
    if matches!(conn, AnyConnection::Sqlite(_)) {
        return Ok(false);
    }
    let first = feed_waiting::table.select(feed_waiting::id).limit(1);
    Ok(first.load::<i64>(conn)?.len() == 1)
}

/// Gives rows that wait their places, in a transaction that has not read anything: it must see what was committed before it got
/// the lock, so each statement has a snapshot of its own. Of many rows it takes the first ones.
pub fn number(conn: &mut AnyConnection) -> AppResult<()> {
    let AnyConnection::Postgres(conn) = conn else {
        return Ok(());
    };
    conn.batch_execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")?;
    sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(NUMBER_LOCK).execute(conn)?;
    sql_query(
        "WITH taken AS ( \
            DELETE FROM feed_waiting WHERE id IN ( \
                SELECT id FROM feed_waiting ORDER BY first_entry, last_entry NULLS FIRST, id LIMIT $1) \
            RETURNING id, first_entry, last_entry, import_id, line, at, account_id) \
         INSERT INTO feed (first_entry, last_entry, import_id, line, at, account_id) \
         SELECT first_entry, last_entry, import_id, line, at, account_id FROM taken \
         ORDER BY first_entry, last_entry NULLS FIRST, id",
    )
    .bind::<BigInt, _>(PART)
    .execute(conn)?;
    Ok(())
}

/// Gives all rows that wait their places, where nobody else writes: in the copy of a book, on either database.
pub fn number_all(conn: &mut AnyConnection) -> AppResult<()> {
    Ok(conn.batch_execute(
        "INSERT INTO feed (first_entry, last_entry, import_id, line, at, account_id) \
         SELECT first_entry, last_entry, import_id, line, at, account_id FROM feed_waiting \
         ORDER BY first_entry, last_entry IS NOT NULL, id; \
         DELETE FROM feed_waiting",
    )?)
}

/// Removes what the triggers wrote while the history of another book was copied into this one, whose feed follows.
pub fn clear(conn: &mut AnyConnection) -> AppResult<()> {
    Ok(conn.batch_execute("DELETE FROM feed; DELETE FROM feed_waiting")?)
}
