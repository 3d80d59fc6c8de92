//! Parts of a transaction that can fail by themselves.

use diesel::connection::SimpleConnection as _;

use super::AnyConnection;
use crate::error::{AppError, AppResult};

/// Runs a part of a transaction in a savepoint. If the part fails, nothing of it remains, the transaction continues, and the inner
/// error is the reason.
///
/// # Errors
/// The savepoint cannot be set or ended: the transaction is lost. It is the reason of the part's failure if there is one.
pub fn attempt<T>(
    conn: &mut AnyConnection,
    part: impl FnOnce(&mut AnyConnection) -> AppResult<T>,
) -> AppResult<Result<T, AppError>> {
    conn.batch_execute("SAVEPOINT part")?;
    match part(conn) {
        Ok(done) => {
            conn.batch_execute("RELEASE SAVEPOINT part")?;
            Ok(Ok(done))
        }
        Err(error) => match conn.batch_execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part") {
            Ok(()) => Ok(Err(error)),
            Err(_) => Err(error),
        },
    }
}

/// Runs `write` in a savepoint. If a unique value is taken, nothing of it remains, the transaction continues, and the result is
/// `false`.
///
/// # Errors
/// Those of `write`, except [`AppError::Taken`].
pub fn unless_taken(
    conn: &mut AnyConnection,
    write: impl FnOnce(&mut AnyConnection) -> AppResult<()>,
) -> AppResult<bool> {
    match attempt(conn, write)? {
        Ok(()) => Ok(true),
        Err(AppError::Taken(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
