//! Locking rows for the rest of the transaction.

/// Loads a selection of the rows of a query and locks the rows until the transaction ends: `for_update` unless another strength of
/// PostgreSQL is named. On SQLite, where a transaction that writes runs alone, nothing needs a lock.
///
/// The rows come from a query on one table without its own selection. Lock rows of several tables, or by several statements, in one
/// order everywhere: two transactions must not wait for each other.
macro_rules! lock_rows {
    ($conn:expr, $rows:expr, $selection:expr) => {
        $crate::db::lock_rows!($conn, $rows, $selection, for_update)
    };
    ($conn:expr, $rows:expr, $selection:expr, $strength:ident) => {
        match $conn {
            $crate::db::AnyConnection::Sqlite(conn) => $rows.select($selection).load(conn)?,
            $crate::db::AnyConnection::Postgres(conn) => $rows.select($selection).$strength().load(conn)?,
        }
    };
}
pub(crate) use lock_rows;
