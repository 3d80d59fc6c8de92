//! Look-ups during an import, which PostgreSQL must not plan by old statistics.

use diesel::connection::SimpleConnection as _;

use super::AnyConnection;
use crate::error::AppResult;

/// Runs work that finds rows by their keys, so that PostgreSQL uses the indexes. It plans by the statistics of its last `ANALYZE`,
/// and keeps the plan of a prepared statement until the next one: while an import fills a book, both say that the tables are empty,
/// and each look-up of e-mails or numbers may read all contacts. An import of 100 000 lines took 87 s without an `ANALYZE`, and 15 s
/// by the indexes; a list with two numbers per row took 50 s by kept plans, and 25 s by new ones.
pub fn by_index<T>(
    conn: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
) -> AppResult<T> {
    if let AnyConnection::Sqlite(_) = conn {
        return work(conn);
    }
    // Plans for each use instead (`plan_cache_mode`) would plan the check of each foreign key anew: 100 000 lines took 17 s, not 12.
    conn.batch_execute("DISCARD PLANS; SET enable_seqscan = off")?;
    let result = work(conn);
    match conn.batch_execute("RESET enable_seqscan") {
        // In a failed transaction no statement runs; its end takes the setting back.
        Err(error) if result.is_ok() => Err(error.into()),
        _ => result,
    }
}
