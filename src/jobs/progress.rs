//! The progress of jobs, which survive being killed between any two statements.
//!
//! A long job has a row with a cursor and counts, which its page shows. Each part of its work is a transaction of
//! [`JobContext::run_parts`], which does the part, adds to the counts, and moves the cursor with [`advance`]. A part is stored
//! together with the cursor behind it, or not at all: none is lost, and none is done twice. A part that another worker has done
//! meanwhile is rolled back.
//!
//! A job that can begin again without harm has no row. [`JobContext::walk`] keeps its cursor in memory.

use diesel::query_dsl::methods::ExecuteDsl;

use super::{JobContext, Kind, remove};
use crate::db::AnyConnection;
use crate::error::{AppError, AppResult};

/// Moves a job's row, in the transaction of the work: `update` is an `UPDATE` of the row if it is still where the work began.
///
/// # Errors
/// [`AppError::Overtaken`] if it changes no row, because the work has been advanced or ended elsewhere.
pub fn advance(conn: &mut AnyConnection, update: impl ExecuteDsl<AnyConnection>) -> AppResult<()> {
    match ExecuteDsl::execute(update, conn)? {
        1 => Ok(()),
        _ => Err(AppError::Overtaken),
    }
}

/// Like [`advance`], to a state without work. The job is removed, so that the next one for the same subject can be queued at once.
///
/// # Errors
/// [`AppError::Overtaken`], as with [`advance`].
pub fn finish(
    conn: &mut AnyConnection,
    (kind, subject): (Kind, i64),
    update: impl ExecuteDsl<AnyConnection>,
) -> AppResult<()> {
    advance(conn, update)?;
    remove(conn, kind, subject)
}

impl JobContext {
    /// Does the parts of a job with a stored cursor, each in a transaction of its own, until `part` returns `false`.
    pub fn run_parts(&self, part: impl Fn(&mut AnyConnection) -> AppResult<bool>) -> AppResult<()> {
        while self.write_step(&part)? {}
        Ok(())
    }

    /// Does the parts of a job without a stored cursor, each in a transaction of its own: `part` gets a cursor, and returns
    /// the one for the next part, or `None` after the last part.
    pub fn walk<C>(
        &self,
        first: C,
        part: impl Fn(&mut AnyConnection, C) -> AppResult<Option<C>>,
    ) -> AppResult<()> {
        let mut cursor = Some(first);
        while let Some(here) = cursor {
            cursor = self.write(|conn| part(conn, here))?;
        }
        Ok(())
    }
}
