//! After an organization got another name: its contacts are found by that one.

use crate::book::write;
use crate::error::AppResult;
use crate::jobs::Work;

/// Goes through the contacts from the beginning; going twice is going once.
///
/// # Errors
/// Those of the database; the job is taken up again later.
pub fn run(work: &Work, organization: i64) -> AppResult<()> {
    let mut place = None;
    loop {
        let after = place.take();
        place = work.write(|conn| write::reindex_members(conn, organization, after))?;
        if place.is_none() {
            return Ok(());
        }
    }
}
