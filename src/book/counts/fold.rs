//! Adds the deltas that wait on PostgreSQL to the numbers, so that reading a number stays cheap.

use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool};

use crate::base::stop::Stop;
use crate::db::{AnyConnection, Db};
use crate::error::AppResult;

/// PostgreSQL's lock of the numbers in `book_counts`: only its holder changes them, and writers never need it.
const FOLD_LOCK: i64 = 7_261_034;
/// Deltas that may wait.
const MANY: i64 = 1_000;
/// Deltas per transaction.
const FOLDED: i64 = 50_000;
/// How often a node looks for waiting deltas.
const LOOK: Duration = Duration::from_secs(5);

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Locks the numbers until the transaction ends: nobody else folds. Nothing on SQLite, whose writer is alone.
pub(super) fn hold(conn: &mut AnyConnection) -> AppResult<()> {
    if let AnyConnection::Postgres(conn) = conn {
        sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(FOLD_LOCK).execute(conn)?;
    }
    Ok(())
}

/// Adds waiting deltas to the numbers. Returns `false`, and changes nothing, if another node does so now. On SQLite no delta
/// waits.
pub fn fold(conn: &mut AnyConnection) -> AppResult<bool> {
    let AnyConnection::Postgres(conn) = conn else {
        return Ok(true);
    };
    let locked: Answer = sql_query("SELECT pg_try_advisory_xact_lock($1) AS answer")
        .bind::<BigInt, _>(FOLD_LOCK)
        .get_result(conn)?;
    if locked.answer {
        sql_query(
            "WITH folded AS ( \
                DELETE FROM book_count_deltas \
                WHERE id IN (SELECT id FROM book_count_deltas ORDER BY id LIMIT $1) RETURNING kind, value_key, delta), \
             summed AS (SELECT kind, value_key, CAST(SUM(delta) AS BIGINT) AS n FROM folded GROUP BY kind, value_key) \
             INSERT INTO book_counts (kind, value_key, n) SELECT kind, value_key, n FROM summed \
             ON CONFLICT (kind, value_key) DO UPDATE SET n = book_counts.n + excluded.n",
        )
        .bind::<BigInt, _>(FOLDED)
        .execute(conn)?;
        remove_unused(conn)?;
    }
    Ok(locked.answer)
}

/// Removes the values that no contact has, unless a transaction that has added one is open: it may have added the same value.
/// Nobody waits for such a transaction, and the next time is early enough, because values without contacts are not shown.
fn remove_unused(conn: &mut PgConnection) -> AppResult<()> {
    Ok(conn.batch_execute(
        "DO $$ BEGIN \
            DELETE FROM book_counts WHERE n = 0 AND kind NOT IN ('service', 'city', 'topic', 'language'); \
            IF EXISTS (SELECT 1 FROM book_counts WHERE n = 0) \
                AND NOT EXISTS (SELECT 1 FROM book_counts WHERE kind = 'stale') THEN \
                LOCK TABLE book_values IN SHARE ROW EXCLUSIVE MODE NOWAIT; \
                WITH unused AS ( \
                    DELETE FROM book_counts AS counts WHERE n = 0 AND NOT EXISTS ( \
                        SELECT 1 FROM book_count_deltas AS deltas \
                        WHERE deltas.kind = counts.kind AND deltas.value_key = counts.value_key) \
                    RETURNING kind, value_key) \
                DELETE FROM book_values USING unused \
                WHERE book_values.kind = unused.kind AND book_values.value_key = unused.value_key; \
            END IF; \
         EXCEPTION WHEN lock_not_available THEN NULL; \
         END $$",
    )?)
}

/// Adds all waiting deltas to the numbers, where nobody else writes: in the copy of a book, on either database.
pub fn fold_all(conn: &mut AnyConnection) -> AppResult<()> {
    Ok(conn.batch_execute(
        "INSERT INTO book_counts (kind, value_key, n) \
         SELECT kind, value_key, CAST(SUM(delta) AS BIGINT) FROM book_count_deltas WHERE true GROUP BY kind, value_key \
         ON CONFLICT (kind, value_key) DO UPDATE SET n = book_counts.n + excluded.n; \
         DELETE FROM book_count_deltas",
    )?)
}

fn are_many(conn: &mut AnyConnection) -> AppResult<bool> {
    let AnyConnection::Postgres(conn) = conn else {
        return Ok(false);
    };
    let many: Answer = sql_query(
        "SELECT COUNT(*) > $1 AS answer FROM (SELECT 1 FROM book_count_deltas LIMIT $1 + 1) AS waiting",
    )
    .bind::<BigInt, _>(MANY)
    .get_result(conn)?;
    Ok(many.answer)
}

/// Folds whenever many deltas wait, until `stop` is requested. It does not run as a job: a long import would delay it, and is
/// what writes most deltas.
pub async fn keep_folded(db: Db, stop: Stop) {
    let is_sqlite = db.read(|conn| Ok(matches!(conn, AnyConnection::Sqlite(_)))).await;
    if is_sqlite.unwrap_or_default() {
        return;
    }
    while tokio::time::timeout(LOOK, stop.asked()).await.is_err() {
        let folded = async {
            if db.read(are_many).await? {
                db.write_unhurried(fold).await?;
            }
            Ok::<_, crate::error::AppError>(())
        };
        if let Err(error) = folded.await {
            tracing::debug!(%error, "the counts could not be folded; the next time will do");
        }
    }
}
