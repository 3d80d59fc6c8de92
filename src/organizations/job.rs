//! The job after an organization was renamed: its contacts are found by the new name.

use crate::book::write::{self, MemberCursor};
use crate::error::AppResult;
use crate::jobs::JobContext;

/// Goes through the contacts from the beginning; a second run changes nothing more.
///
/// # Errors
/// Database errors; the job is tried again later.
pub fn run(work: &JobContext, organization: i64) -> AppResult<()> {
    work.walk(MemberCursor::default(), |conn, after| write::reindex_members(conn, organization, after))
}
