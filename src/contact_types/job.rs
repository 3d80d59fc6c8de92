//! The job after a type or one of its searchable fields was switched off or on: its contacts are found by other words.

use crate::book::write;
use crate::error::AppResult;
use crate::jobs::JobContext;

/// # Errors
/// Database errors; the job is tried again later, from the beginning.
pub fn run(work: &JobContext, contact_type: i64) -> AppResult<()> {
    work.walk(0, |conn, after| write::reindex_of_type(conn, contact_type, after))
}
