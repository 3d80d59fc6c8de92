//! Recomputes folded unique names after a newer version has changed the folding.

use diesel::connection::SimpleConnection as _;

use super::AnyConnection;
use crate::error::{AppError, AppResult};

/// Recomputes the folded names of a small table's rows. A row keeps its older key if another row already has the new one.
/// Returns the ids of such rows.
macro_rules! rekey {
    ($conn:expr, $table:ident, $name:ident, $key:ident, $of:expr) => {{
        use $crate::db::schema::$table;
        let rows: Vec<(i64, String, String)> =
            $table::table.order($table::id).select(($table::id, $table::$name, $table::$key)).load($conn)?;
        let mut kept: Vec<i64> = Vec::new();
        for (id, name, key) in rows {
            let today: String = $of(&name);
            if today == key {
                continue;
            }
            let is_free = $crate::db::unless_taken($conn, |conn| {
                diesel::update($table::table.find(id)).set($table::$key.eq(today)).execute(conn)?;
                Ok(())
            })?;
            if !is_free {
                kept.push(id);
            }
        }
        kept
    }};
}
pub(crate) use rekey;

/// Runs `write` in a savepoint. If a unique value is taken, the savepoint is rolled back, the transaction continues, and the
/// result is `false`.
///
/// # Errors
/// Those of `write`, except [`AppError::Taken`].
pub fn unless_taken(
    conn: &mut AnyConnection,
    write: impl FnOnce(&mut AnyConnection) -> AppResult<()>,
) -> AppResult<bool> {
    conn.batch_execute("SAVEPOINT unless_taken")?;
    let is_written = match write(conn) {
        Ok(()) => true,
        Err(AppError::Taken(_)) => {
            conn.batch_execute("ROLLBACK TO SAVEPOINT unless_taken")?;
            false
        }
        Err(error) => return Err(error),
    };
    conn.batch_execute("RELEASE SAVEPOINT unless_taken")?;
    Ok(is_written)
}
